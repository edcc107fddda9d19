package overlay

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/keys"
	"creel/ui/theme"
)

// Curl takes a curl command line from the clipboard or a paste. It is not typed, so no key of it acts.
type Curl struct {
	t     *theme.Theme
	read  func(text string) (safe.Text, error)
	done  func(text string) tea.Cmd
	text  string
	means safe.Text
	err   error
}

// NewCurl returns the dialog. Read says what a text would send, or why not; done gets the text.
func NewCurl(t *theme.Theme, read func(text string) (safe.Text, error), done func(text string) tea.Cmd) *Curl {
	return &Curl{t: t, read: read, done: done}
}

// Update implements Overlay.
func (c *Curl) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		c.take(msg.Content)
	case tea.ClipboardMsg:
		if c.text == "" && msg.Content != "" {
			c.take(msg.Content)
		}
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, shutKey):
			return nil, true
		case key.Matches(msg, enterKey):
			if c.text != "" && c.err == nil {
				return c.done(c.text), true
			}
		case key.Matches(msg, pasteKey):
			return tea.ReadClipboard, false
		}
	}
	return nil, false
}

func (c *Curl) take(text string) {
	c.text = pastedLines.Replace(text)
	c.means, c.err = c.read(c.text)
}

// pastedLines undoes what terminals do to the line breaks of a paste.
var pastedLines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// View implements Overlay.
func (c *Curl) View(w, _ int) Frame {
	inner := max(1, min(72, w-theme.BoxFrameWidth))
	row := func() *theme.Row { return c.t.NewRow(inner, theme.Style{}) }
	lines := []string{row().Lit(c.t.Ghost, "paste it here, as you paste into your terminal").String(), row().String()}
	if c.text != "" {
		lines[0] = row().Text(c.t.Plain, safe.Line(c.text).Cut(inner)).String()
		lines[1] = row().Text(c.t.Dim, c.means.Cut(inner)).String()
	}
	if c.err != nil {
		lines[1] = row().Text(c.t.Warn, safe.Line(c.err.Error()).Cut(inner)).String()
	}
	return Frame{Content: c.t.Box(safe.Const("send a curl command to creel"), lines, inner+theme.BoxFrameWidth)}
}

// Keys implements Overlay.
func (c *Curl) Keys() []key.Binding { return []key.Binding{does(enterKey, "send"), shutKey} }

var pasteKey = keys.Bind("", "ctrl+v")
