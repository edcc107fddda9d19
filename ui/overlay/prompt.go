package overlay

import (
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/field"
	"creel/ui/theme"
)

// Prompt asks for one line of text.
type Prompt struct {
	t     *theme.Theme
	title safe.Text
	field field.Field
	check func(string) (safe.Text, error)
	done  func(string) tea.Msg
}

// PromptSpec is what a prompt asks.
type PromptSpec struct {
	Title  safe.Text
	Text   string // to begin with
	Select bool   // and it is selected
	Ghost  string // shown while it is empty
	Secret bool
	// Check says under the field what the text would mean, or why it cannot be
	// taken; nil takes everything and says nothing.
	Check func(string) (safe.Text, error)
	// Done makes the message that is sent.
	Done func(string) tea.Msg
}

// NewPrompt returns a prompt.
func NewPrompt(t *theme.Theme, s PromptSpec) *Prompt {
	p := &Prompt{t: t, title: s.Title, field: field.New(s.Text), check: s.Check, done: s.Done}
	p.field.Ghost, p.field.Secret = s.Ghost, s.Secret
	if s.Select {
		p.field.Select()
	}
	return p
}

// Update implements Overlay.
func (p *Prompt) Update(msg tea.Msg) (tea.Cmd, bool) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc", "ctrl+c":
			return nil, true
		case "enter":
			if _, err := p.note(); err != nil {
				return nil, false
			}
			value := p.field.Value()
			return func() tea.Msg { return p.done(value) }, true
		}
	}
	p.field.Update(msg)
	return nil, false
}

func (p *Prompt) note() (safe.Text, error) {
	if p.check == nil {
		return safe.Text{}, nil
	}
	return p.check(p.field.Value())
}

// View implements Overlay.
func (p *Prompt) View(w, _ int) Frame {
	inner := min(max(60, p.title.Width()+4), w-theme.BoxFrameWidth)
	text, at := p.field.View(p.t, max(1, inner))
	lines := []string{text}
	if note, err := p.note(); err != nil {
		lines = append(lines, p.t.NewRow(inner, theme.Style{}).Text(p.t.Warn, safe.Line(err.Error())).String())
	} else if p.check != nil {
		lines = append(lines, p.t.NewRow(inner, theme.Style{}).Text(p.t.Dim, note).String())
	}
	return Frame{
		Content: p.t.Box(p.title, lines, inner+theme.BoxFrameWidth),
		Cursor:  tea.NewCursor(2+at, 1),
	}
}

// Keys implements Overlay.
func (p *Prompt) Keys() []Key { return []Key{{"enter", "ok"}, {"esc", "cancel"}} }
