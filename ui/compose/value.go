package compose

import (
	"bytes"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"creel/capture/jsontok"
	"creel/forward/edit"
)

// SetValue replaces one value of a JSON body and nothing else, and puts the
// cursor behind it. The path is in the language of jq, was is the value that is
// meant, as it stands or as it was to begin with, and value is JSON.
func (c *Compose) SetValue(path, was, value string) (tea.Cmd, error) {
	set, err := edit.ParseSet(path + " = " + value)
	if err != nil {
		return nil, err
	}
	from, to, err := c.find(set, path, was)
	if err != nil {
		return nil, err
	}
	c.text.typing = false
	c.text.replace(from, to, set.Value)
	c.text.want = -1
	return c.changed(), nil
}

// GoToValue puts the cursor behind a value that [Compose.SetValue] would find.
func (c *Compose) GoToValue(path, was string) {
	set, err := edit.ParseSet(path + " = null")
	if err != nil {
		return
	}
	if _, to, err := c.find(set, path, was); err == nil {
		c.text.at, c.text.want = to, -1
	}
}

// find returns where the value that set is about begins and ends in the text.
func (c *Compose) find(set edit.Set, path, was string) (from, to pos, err error) {
	if c.draft.IsBinary() || c.opts.Body != nil {
		return pos{}, pos{}, fmt.Errorf("set %s: the body is not text here", path)
	}
	first := c.bodyLine()
	body := bytes.Join(c.text.lines[min(first, len(c.text.lines)):], []byte("\n"))
	off, end, err := set.Find(body)
	if err != nil {
		return pos{}, pos{}, err
	}
	if string(body[off:end]) != was && !c.samePlace(set, was, body, off, end) {
		return pos{}, pos{}, fmt.Errorf("set %s: it is %.40s in the draft, or there twice: change it in the text", path, body[off:end])
	}
	start := pos{first, 0}
	return after(start, body[:off]), after(start, body[:end]), nil
}

// samePlace reports whether body[off:end] is where the meant value was: nothing came or went around it.
func (c *Compose) samePlace(set edit.Set, was string, body []byte, off, end int) bool {
	first := c.draft.Text()[c.draft.BodyAt():]
	from, to, err := set.Find(first)
	count := func(src []byte) int { return len(jsontok.Tokens(src)) }
	return err == nil && string(first[from:to]) == was &&
		count(first[:from]) == count(body[:off]) && count(first[to:]) == count(body[end:])
}
