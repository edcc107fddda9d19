package compose

import (
	"bytes"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"creel/forward/edit"
)

// SetValue replaces one value of a JSON body and nothing else, and puts the
// cursor behind it. The path is in the language of jq, was is the value that is
// meant, and value is JSON.
func (c *Compose) SetValue(path, was, value string) (tea.Cmd, error) {
	if c.draft.IsBinary() || c.opts.Body != nil {
		return nil, fmt.Errorf("set %s: the body is not text here", path)
	}
	set, err := edit.ParseSet(path + " = " + value)
	if err != nil {
		return nil, err
	}
	first := c.bodyLine()
	body := bytes.Join(c.text.lines[min(first, len(c.text.lines)):], []byte("\n"))
	off, end, err := set.Find(body)
	if err != nil {
		return nil, err
	}
	if string(body[off:end]) != was {
		return nil, fmt.Errorf("set %s: it is %.40s in the draft, or there twice: change it in the text", path, body[off:end])
	}
	start := pos{first, 0}
	c.text.typing = false
	c.text.replace(after(start, body[:off]), after(start, body[:end]), set.Value)
	c.text.want = -1
	return c.changed(), nil
}
