package compose

import (
	"bytes"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"creel/forward/edit"
)

// A body in the text is fixed where it stands for another: the line for a binary
// body, and the bytes of a file. To edit it would not edit what is sent.

func (c *Compose) bodyText() []byte {
	_, body := edit.SplitHead(c.text.text())
	return append([]byte{}, body...)
}

func (c *Compose) setBody(body []byte) {
	head, _ := edit.SplitHead(c.text.text())
	c.text.typing = false
	c.text.set(bytes.Join([][]byte{head, body}, []byte("\n\n")))
}

// shownFile is what stands in the text for the bytes of a file: they themselves, if readable.
func (c *Compose) shownFile(f FileRead) []byte {
	if edit.Binary(f.Bytes, c.spec.Exchange.Request.Fields) || len(f.Bytes) > edit.MaxBytes || bytes.Count(f.Bytes, []byte("\n")) >= edit.MaxLines {
		return fmt.Appendf(nil, "(the %d bytes of %s)", len(f.Bytes), f.Path)
	}
	return append([]byte{}, f.Bytes...)
}

// keepBody takes back a change of a body that is not sent; undo to before the file drops the file.
func (c *Compose) keepBody() tea.Cmd {
	if c.opts.Body != nil && bytes.Equal(c.bodyText(), c.before) {
		c.dropFile()
		return c.changed()
	}
	c.text.undo()
	c.text.redos = nil
	cmd := c.changed()
	c.note = c.fixedNote()
	return cmd
}

// dropFile has the body of the text sent again.
func (c *Compose) dropFile() {
	c.opts.Body, c.file, c.fixed, c.sent = nil, "", nil, false
	if c.draft.IsBinary() && bytes.Equal(c.before, c.draft.Text()[c.draft.BodyAt():]) {
		c.fixed = c.before
	}
}

// fixedNote says why the body cannot be edited, and what can be done.
func (c *Compose) fixedNote() string {
	if c.opts.Body != nil {
		return "the body is that of " + c.file + ": tab to Body and enter takes it back"
	}
	return "the body is binary and sent as it is: tab to Body and enter replaces it by a file"
}
