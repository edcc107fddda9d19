package compose

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/provider"
	"creel/ui/field"
)

// focus is what has the keys: the text, or one of the option lines.
type focus uint8

// The option lines, in their order.
const (
	onText focus = iota
	onTo
	onSignature
	onSpacing
	onBody
	onResponse
)

// all option lines, in the order in which they are shown.
var optionLines = []focus{onTo, onSignature, onSpacing, onBody, onResponse}

// move goes to the next line, or the text, round the end.
func (c *Compose) move(by int) tea.Cmd {
	cmd, ok := c.commit()
	if ok {
		n := len(optionLines) + 1
		c.focus = focus((int(c.focus) + by + n) % n)
	}
	return cmd
}

func (c *Compose) optionKey(msg tea.KeyPressMsg) tea.Cmd {
	if c.field != nil {
		if key.Matches(msg, takeKey) {
			cmd, _ := c.commit()
			return cmd
		}
		c.field.Update(msg)
		return nil
	}
	switch {
	case key.Matches(msg, downKey):
		return c.move(1)
	case key.Matches(msg, upKey):
		return c.move(-1)
	case key.Matches(msg, chooseKey):
		if _, choose := c.choice(); choose != nil {
			return choose()
		}
	}
	return nil
}

// choice is what choosing the option line in focus does, in words and in fact; nothing to choose: nil.
func (c *Compose) choice() (does string, choose func() tea.Cmd) {
	switch c.focus {
	case onTo:
		return "another URL, or several", effect(func() { c.write(c.writtenTo()) })
	case onSignature:
		if _, _, can := c.signWords(); can {
			return "change", effect(func() { c.renew = !c.renew })
		}
	case onSpacing:
		if _, value := c.spacingWords(); value != "" {
			return "change", func() tea.Cmd {
				c.opts.AsShown = !c.opts.AsShown
				return c.check()
			}
		}
	case onBody:
		return c.bodyChoice()
	}
	return "", nil
}

// bodyChoice takes a file back; without one it goes to what is wrong, else asks for a file.
func (c *Compose) bodyChoice() (does string, choose func() tea.Cmd) {
	switch p := c.state.problem; {
	case c.opts.Body != nil:
		return "take back the file", func() tea.Cmd {
			c.dropFile()
			c.setBody(c.before)
			return c.check()
		}
	case c.broken():
		return "go there", effect(func() {
			c.focus, c.text.at, c.text.want = onText, c.text.clamp(pos{p.Line - 1, p.Col - 1}), -1
		})
	case c.spec.ReadFile != nil:
		return "replace it by a file", effect(func() {
			c.write("")
			c.field.Ghost = "the file whose bytes are sent as the body"
		})
	}
	return "", nil
}

// effect is a choice that gives no command.
func effect(do func()) func() tea.Cmd {
	return func() tea.Cmd { do(); return nil }
}

// broken reports whether something is known to be wrong with the text as it stands.
func (c *Compose) broken() bool { return c.state.problem != nil && !c.state.late }

// write opens a field on the option line, with text in it that is selected.
func (c *Compose) write(text string) {
	f := field.Prefilled(text)
	c.field = &f
}

// commit takes what was written on an option line; false, and still open, when it cannot be.
func (c *Compose) commit() (tea.Cmd, bool) {
	if c.field == nil {
		return nil, true
	}
	value := strings.TrimSpace(c.field.Value())
	var cmd tea.Cmd
	switch {
	case c.focus == onTo:
		var err error
		if cmd, err = c.setTo(value); err != nil {
			c.note = err.Error()
			return nil, false
		}
	case value != "":
		cmd = c.spec.ReadFile(value)
	}
	c.field = nil
	return cmd, true
}

// signWords are the signature line, and whether it can be switched.
func (c *Compose) signWords() (words string, on, canSwitch bool) {
	if c.spec.Signature == nil {
		return "not known", false, false
	}
	if c.state.err != nil {
		return "not known: " + c.state.err.Error(), false, false
	}
	e := c.sign
	if e.State != provider.EditRenewed {
		return e.Text, false, false
	}
	if !c.renew {
		return strings.Replace(e.Text, "renewed on send", "sent as it is; could be renewed", 1), false, true
	}
	return e.Text, true, true
}

// spacingWords are the spacing line, and what it is switched to.
func (c *Compose) spacingWords() (words, value string) {
	switch {
	case c.opts.Body != nil || c.draft.IsBinary():
		return "the bytes are sent as they are", ""
	case !c.draft.LaidOut():
		return "sent as shown", ""
	case c.opts.AsShown:
		return "sent as shown, with line breaks and indentation", "as shown"
	}
	return "shown pretty, sent as captured" + c.onlyChanged(), "captured"
}

// onlyChanged names the lines that changed, while they are few.
func (c *Compose) onlyChanged() string {
	switch n, line := c.bodyChanges(); {
	case n == 0 || c.state.late:
		return ""
	case n == 1:
		return fmt.Sprintf("; only line %d changed", line+1)
	default:
		return fmt.Sprintf("; only %d lines changed", n)
	}
}

// bodyChanges are how many lines of the body changed, and the last of them.
func (c *Compose) bodyChanges() (n, last int) {
	from := c.bodyLine()
	for i := range c.state.was {
		if i >= from && i < len(c.text.lines) {
			n, last = n+1, max(last, i)
		}
	}
	return n, last
}

func (c *Compose) bodyLine() int {
	for i, l := range c.text.lines {
		if len(l) == 0 || len(l) == 1 && l[0] == '\r' {
			return i + 1
		}
	}
	return len(c.text.lines)
}
