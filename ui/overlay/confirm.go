package overlay

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/keys"
	"creel/ui/theme"
)

// Confirm asks before what cannot be taken back, or leaves the machine more than once.
type Confirm struct {
	t     *theme.Theme
	title safe.Text
	lines []safe.Text
	verb  safe.Text
	yes   func() tea.Cmd
	// Others are what can be done instead; the dialog closes for it.
	Others []Choice
	// Insist takes ctrl+c for yes: that is how it was asked for, and who types it
	// twice means it.
	Insist bool
}

// Choice is a key of a question and what it does.
type Choice struct {
	Key  string
	Does safe.Text
	Do   func() tea.Cmd
}

// NewConfirm asks title; verb names what yes does, which is called for it. On no, nothing is called.
func NewConfirm(t *theme.Theme, title, verb safe.Text, yes func() tea.Cmd, lines ...safe.Text) *Confirm {
	return &Confirm{t: t, title: title, lines: lines, verb: verb, yes: yes}
}

var (
	confirmYes = keys.Bind("", "y", "Y", "enter")
	confirmNo  = keys.Bind("no", "esc", "n", "N", "q", "ctrl+c")
)

// Update implements Overlay.
func (c *Confirm) Update(msg tea.Msg) (tea.Cmd, bool) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil, false
	}
	switch {
	case key.Matches(press, confirmYes), c.Insist && press.String() == "ctrl+c":
		return c.yes(), true
	case key.Matches(press, confirmNo):
		return nil, true
	}
	for _, o := range c.Others {
		if o.Key == press.String() {
			return o.Do(), true
		}
	}
	return nil, false
}

// View implements Overlay.
func (c *Confirm) View(w, h int) Frame {
	inner := max(c.title.Width()+2, c.verb.Width()+20)
	for _, o := range c.Others {
		inner = max(inner, len(o.Key)+1+o.Does.Width())
	}
	for _, l := range c.lines {
		inner = max(inner, l.Width())
	}
	inner = min(inner, w-theme.BoxFrameWidth)
	var lines []string
	for _, l := range c.lines[:min(len(c.lines), max(0, h-4-len(c.Others)))] {
		lines = append(lines, c.t.NewRow(inner, theme.Style{}).Text(c.t.Plain, l).String())
	}
	if len(lines) > 0 {
		lines = append(lines, "")
	}
	for _, o := range c.Others {
		lines = append(lines, c.t.NewRow(inner, theme.Style{}).Text(c.t.Key, safe.Line(o.Key)).Gap(1).Text(c.t.Plain, o.Does).String())
	}
	lines = append(lines, c.t.NewRow(inner, theme.Style{}).
		Lit(c.t.Key, "y").Gap(1).Text(c.t.Plain, c.verb).Gap(3).Lit(c.t.Key, "n").Gap(1).Lit(c.t.Plain, "no").String())
	return Frame{Content: c.t.Box(c.title, lines, inner+theme.BoxFrameWidth)}
}

// Keys implements Overlay.
func (c *Confirm) Keys() []key.Binding {
	list := []key.Binding{does(confirmYes, c.verb.String())}
	for _, o := range c.Others {
		list = append(list, keys.Bind(o.Does.String(), o.Key))
	}
	return append(list, confirmNo)
}
