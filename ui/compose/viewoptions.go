package compose

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/forward"
	"creel/ui/theme"
)

// The column at which what an option line says begins.
const optionColumn = 14

var optionNames = map[focus]string{
	onTo: "Send to", onSignature: "Signature", onSpacing: "Spacing", onBody: "Body", onResponse: "Response",
}

// partOf says the how manieth line of its option a line is, from 0.
func partOf(options []focus, i int) int {
	part := 0
	for _, f := range options[:i] {
		if f == options[i] {
			part++
		}
	}
	return part
}

// optionRow draws a line of an option, and says where the cursor stands when it is written.
func (c *Compose) optionRow(f focus, part int, parted bool) (string, int) {
	t := c.spec.Theme
	ground := theme.Style{}
	if f == c.focus {
		ground = t.Selected
	}
	row := t.NewRow(c.w, ground)
	switch {
	case part > 0:
	case f == c.focus:
		row.Gap(1).Lit(t.Accent, t.Bar)
	case f == onBody && c.broken() && c.opts.Body == nil:
		row.Gap(1).Lit(t.Warn, "!")
	}
	if part == 0 {
		row.To(3).Text(t.Dim, safe.Line(optionNames[f]))
	}
	if row.To(min(optionColumn, c.w/3)); part == 0 && row.Col() == 3+len(optionNames[f]) {
		row.Gap(1)
	}
	if f == c.focus && c.field != nil {
		text, at := c.field.View(t, max(1, row.Room()-1))
		col := row.Col()
		return row.Styled(text, max(1, row.Room()-1)).String(), col + at
	}
	style, text, value := c.option(f)
	right := safe.Text{}
	if value != "" {
		right = safe.Line("[" + value + "]")
	}
	if parts := c.optionParts(f); parted && part < len(parts) {
		if text = parts[part]; part < len(parts)-1 {
			return row.Text(style, text).String(), 0
		}
	}
	if room := row.Room() - right.Width() - 2; right.Empty() || room < 8 {
		return row.Text(style, text).String(), 0
	}
	row.Text(style, text.Cut(row.Room()-right.Width()-2))
	return row.To(c.w-right.Width()-1).Text(t.Dim, right).String(), 0
}

// mostParts is how many lines an option has at most.
const mostParts = 3

// optionParts is what an option says, in lines of which the last has room for its value.
func (c *Compose) optionParts(f focus) []safe.Text {
	_, text, value := c.option(f)
	room := c.w - optionColumn - 1
	last := room
	if value != "" {
		last -= theme.Width(value) + 3
	}
	var parts []safe.Text
	for len(parts) < mostParts-1 && text.Width() > last && (f != c.focus || c.field == nil) {
		first, rest := breakText(text, min(room, max(last, text.Width()-1)))
		parts = append(parts, first)
		text = rest
	}
	return append(parts, text)
}

// breakText parts a text that is wider than w, between words where it has some.
func breakText(text safe.Text, w int) (first, rest safe.Text) {
	first, rest = text.Head(w)
	at := strings.LastIndexByte(first.String(), ' ')
	if rest.Empty() || at < max(1, w/2) {
		return first, rest
	}
	first, _ = text.Head(safe.Line(first.String()[:at]).Width())
	return first, text.Slice(first.Width()+1, text.Width())
}

// option is what a line says, how it is drawn, and what it is set to.
func (c *Compose) option(f focus) (theme.Style, safe.Text, string) {
	t := c.spec.Theme
	switch f {
	case onTo:
		text := safe.Line(c.destinations())
		if c.to.Insecure {
			text = safe.Concat(text, safe.Const("   any certificate"))
		}
		return t.Plain, text, ""
	case onSignature:
		words, on, can := c.signWords()
		value := ""
		if can {
			value = map[bool]string{true: "on", false: "off"}[on]
		}
		return t.Plain, safe.Line(words), value
	case onSpacing:
		words, value := c.spacingWords()
		return t.Plain, safe.Line(words), value
	case onBody:
		return c.bodyOption()
	}
	return c.responseOption()
}

func (c *Compose) bodyOption() (theme.Style, safe.Text, string) {
	t := c.spec.Theme
	switch {
	case c.opts.Body != nil:
		return t.Plain, safe.Linef("the %d bytes of %s", len(c.opts.Body), c.file), "enter takes them back"
	case c.state.late:
		return t.Dim, safe.Const("being checked…"), ""
	case c.state.problem != nil:
		return t.Warn, safe.Line(c.state.problem.Error()), "enter goes there"
	}
	words := fmt.Sprintf("%d bytes", c.state.result.Request.Body.Size())
	if c.draft.SpeaksJSON() {
		words += ", valid JSON"
	}
	if charset := c.draft.Charset(); charset != "" {
		words += ", in " + charset
	}
	for _, note := range c.state.result.Notes {
		words += "; " + note
	}
	value := ""
	if c.spec.ReadFile != nil && c.focus == onBody {
		value = "enter takes a file's"
	}
	return t.Plain, safe.Line(words), value
}

func (c *Compose) responseOption() (theme.Style, safe.Text, string) {
	t := c.spec.Theme
	switch {
	case c.note != "":
		return t.Warn, safe.Line(c.note), ""
	case c.sending > 0:
		return t.Plain, safe.Const("in flight…"), ""
	case len(c.responses) == 0:
		return t.Dim, safe.Const("none yet"), ""
	case len(c.responses) > 1:
		return t.Plain, eachOutcome(c.responses), ""
	}
	a := c.responses[0]
	if a.Cause != "" {
		return t.Bad, safe.Linef("%s after %s: %s", a.Cause, words.Duration(a.Took), a.Err), ""
	}
	words := fmt.Sprintf("%d   %s", a.Reply.Status, words.Duration(a.Took))
	if a.Signed {
		words += "   re-signed"
	}
	if lines := bytes.SplitN(responseBody(a), []byte("\n"), 2); len(lines[0]) > 0 {
		words += "   " + string(lines[0][:min(len(lines[0]), 1024)])
	}
	return t.Status(a.Reply.Status), safe.Line(words), ""
}

// eachOutcome says what came from where: "200 from :3000/a, refused from :4000".
func eachOutcome(list []*capture.Attempt) safe.Text {
	each := make([]safe.Text, len(list))
	for i, a := range list {
		each[i] = safe.Linef("%s from %s", a.Outcome(), forward.ShortURL(a.To))
	}
	return safe.Join(safe.Const(", "), each...)
}

// responseBody is the beginning of a response's body, which is in memory when just made.
func responseBody(a *capture.Attempt) []byte {
	if !a.Reply.Body.InMemory() {
		return nil
	}
	b, err := a.Reply.Body.Bytes(context.Background())
	if err != nil {
		return nil
	}
	return b[:min(len(b), 16<<10)]
}

// responseLines are the lines of the body after the first, or one for each of several responses.
func (c *Compose) responseLines() []safe.Text {
	if len(c.responses) == 0 || c.note != "" {
		return nil
	}
	if len(c.responses) > 1 {
		var lines []safe.Text
		for _, a := range c.responses {
			first, _, _ := bytes.Cut(responseBody(a), []byte("\n"))
			if a.Cause != "" {
				first = []byte(a.Err)
			}
			lines = append(lines, safe.Linef("%s   %s   %s   %s", a.Outcome(), words.Duration(a.Took), a.To, first[:min(len(first), 256)]))
		}
		return lines
	}
	_, rest, more := bytes.Cut(bytes.TrimRight(responseBody(c.responses[0]), "\r\n"), []byte("\n"))
	if !more || c.responses[0].Cause != "" {
		return nil
	}
	return safe.Lines(rest)
}
