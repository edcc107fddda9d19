package compose

import (
	"bytes"
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/forward/edit"
	"creel/ui/keys"
)

// Update handles one message. A message that is not its own changes nothing.
func (c *Compose) Update(msg tea.Msg) tea.Cmd {
	defer c.follow()
	switch msg := msg.(type) {
	case Edited:
		return c.takeEdited(msg)
	case FileRead:
		return c.takeFile(msg)
	case rechecked:
		if msg.id != c.ID() || msg.n != c.checked {
			return nil
		}
		return c.checkBeside()
	case examined:
		if msg.id != c.ID() {
			return nil
		}
		return c.takeExamined(msg)
	case signature:
		if msg.id == c.ID() && msg.n == c.checked {
			c.sign = msg.Edit
		}
		return nil
	case tea.MouseClickMsg:
		return c.click(msg)
	case tea.MouseWheelMsg:
		c.text.rows(keys.Wheel(msg))
		return nil
	case tea.KeyPressMsg:
		if cmd, ok := c.global(msg); ok {
			return cmd
		}
		if c.focus != onText {
			return c.optionKey(msg)
		}
	case tea.PasteMsg:
		if c.field != nil {
			c.field.Update(msg)
			return nil
		}
		if c.focus != onText {
			c.note = "pasted where no text is: esc leads to the text"
			return nil
		}
	default:
		return nil
	}
	return c.textInput(msg)
}

func (c *Compose) textInput(msg tea.Msg) tea.Cmd {
	before := c.text.rev
	if c.fixed != nil {
		c.text.typing = false // so that undo takes back this alone
	}
	c.text.update(msg)
	if c.text.rev == before {
		return nil
	}
	if c.fixed != nil && !bytes.Equal(c.bodyText(), c.fixed) {
		return c.keepBody()
	}
	return c.changed()
}

// global are the keys that work wherever the focus is.
func (c *Compose) global(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	switch {
	case key.Matches(msg, sendKey):
		cmd, ok := c.commit()
		if !ok || cmd != nil && c.focus == onBody { // a file that is chosen by this very key has to be read first
			return cmd, true
		}
		return tea.Batch(cmd, c.submit()), true
	case key.Matches(msg, editorKey):
		cmd, ok := c.commit()
		if !ok {
			return nil, true
		}
		return tea.Sequence(cmd, c.OpenEditor()), true
	case key.Matches(msg, nextKey):
		return c.move(1), true
	case key.Matches(msg, previousKey):
		return c.move(-1), true
	case key.Matches(msg, leaveKey):
		if c.field != nil {
			c.field = nil
			return nil, true
		}
		if c.focus != onText {
			c.focus = onText
			return nil, true
		}
		id := c.ID()
		return func() tea.Msg { return Left{id} }, true
	}
	return nil, false
}

func (c *Compose) takeEdited(msg Edited) tea.Cmd {
	if msg.Text == nil {
		c.note = msg.Err.Error() + "; the draft is as it was"
		return c.taken(false, msg.Err)
	}
	lines, rev := slices.Clone(c.text.lines), c.text.rev
	return c.beside("reading what the editor left", false, func() func() tea.Cmd {
		text, note := edit.FromFile(bytes.Join(lines, []byte("\n")), msg.Text)
		r := replacementOf(lines, text)
		return func() tea.Cmd {
			if c.text.rev != rev {
				r = replacementOf(c.text.lines, text)
			}
			return c.takeText(r, note, msg.Err)
		}
	})
}

// takeText puts what an editor left into the text; failed says how the editor failed.
func (c *Compose) takeText(r replacement, note string, failed error) tea.Cmd {
	c.text.typing = false
	var before [][]byte
	if c.fixed != nil {
		before = slices.Clone(c.text.lines)
	}
	rev := c.text.rev
	c.text.put(r)
	changed := c.text.rev != rev
	if c.fixed != nil && !bytes.Equal(c.bodyText(), c.fixed) {
		if c.opts.Body != nil || c.draft.Damaged(c.bodyText()) {
			c.setBody(c.fixed)
			changed = !slices.EqualFunc(before, c.text.lines, bytes.Equal)
			note = c.fixedNote()
		} else {
			c.fixed = nil // another body stands in its place
		}
	}
	cmd := c.taken(changed, failed)
	if c.text.rev != rev {
		cmd = tea.Batch(c.changed(), cmd)
	}
	c.note = note
	if failed != nil {
		c.note = fmt.Sprintf("%v; what it had written is here", failed)
	}
	return cmd
}

func (c *Compose) taken(changed bool, err error) tea.Cmd {
	taken := Taken{c.ID(), changed, err}
	return func() tea.Msg { return taken }
}

func (c *Compose) takeFile(msg FileRead) tea.Cmd {
	if msg.Err != nil {
		c.note = msg.Err.Error()
		return nil
	}
	if c.opts.Body == nil {
		c.before = c.bodyText()
	}
	c.opts.Body, c.file, c.sent = msg.Bytes, msg.Path, false
	if c.opts.Body == nil {
		c.opts.Body = []byte{}
	}
	c.fixed = c.shownFile(msg)
	c.setBody(c.fixed)
	return c.check()
}

func (c *Compose) click(msg tea.MouseClickMsg) tea.Cmd {
	l := c.layout()
	switch {
	case msg.Y >= l.textY && msg.Y < l.textY+l.textH:
		line := min(c.text.top+msg.Y-l.textY, len(c.text.lines)-1)
		col, _ := byteAt(c.text.lines[line], max(0, msg.X-c.gutter())+c.text.left)
		c.focus, c.text.at, c.text.want = onText, pos{line, col}, -1
		c.field = nil
	case msg.Y >= l.optionsY && msg.Y < l.optionsY+len(l.options):
		c.focus = l.options[msg.Y-l.optionsY]
	}
	return nil
}
