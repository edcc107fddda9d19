package overlay

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/field"
	"creel/ui/theme"
)

// Prompt asks for one line of text.
type Prompt struct {
	t     *theme.Theme
	s     PromptSpec
	field field.Field
	tried bool // enter did not take the text as it is
}

// PromptSpec is what a prompt asks.
type PromptSpec struct {
	Title  safe.Text
	Verb   string // what enter does: "keep the note"
	Text   string // to begin with
	Select bool   // and it is selected
	Ghost  string // shown while it is empty
	Secret bool   // it is not shown
	// Check says under the field what the text would mean, or why it cannot be taken; nil takes everything.
	Check func(string) (safe.Text, error)
	Done  func(string) tea.Cmd // is called with the text
	// About is the line of the screen that the text is about, from 1; 0 when it is out of sight.
	About func() int
}

// NewPrompt returns a prompt.
func NewPrompt(t *theme.Theme, s PromptSpec) *Prompt {
	p := &Prompt{t: t, s: s, field: field.New(s.Text)}
	p.field.Ghost, p.field.Secret = s.Ghost, s.Secret
	if s.Select {
		p.field.Select()
	}
	return p
}

// Update implements Overlay.
func (p *Prompt) Update(msg tea.Msg) (tea.Cmd, bool) {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		switch {
		case key.Matches(press, leaveKey):
			return nil, true
		case key.Matches(press, enterKey):
			if _, err := p.note(); err != nil {
				p.tried = true
				return nil, false
			}
			return p.s.Done(p.field.Value()), true
		}
	}
	if p.field.Update(msg) {
		p.tried = false
	}
	return nil, false
}

func (p *Prompt) note() (safe.Text, error) {
	if p.s.Check == nil {
		return safe.Text{}, nil
	}
	return p.s.Check(p.field.Value())
}

// View implements Overlay.
func (p *Prompt) View(w, h int) Frame {
	inner := min(max(60, p.s.Title.Width()+4), w-theme.BoxFrameWidth)
	text, at := p.field.View(p.t, max(1, inner))
	lines := []string{text}
	if p.s.Check != nil {
		switch note, err := p.note(); {
		case err == nil:
			lines = append(lines, paragraph(p.t, p.t.Dim, note, inner)...)
		case p.tried || p.field.Value() != "":
			lines = append(lines, paragraph(p.t, p.t.Warn, safe.Line(err.Error()), inner)...)
		default: // an empty field has its ghost
			lines = append(lines, "")
		}
	}
	f := framed(p.t, p.s.Title, lines, inner, h, at, 0)
	if p.s.About != nil {
		f.About = p.s.About()
	}
	return f
}

// Keys implements Overlay.
func (p *Prompt) Keys() []key.Binding {
	return []key.Binding{does(enterKey, p.s.Verb), does(leaveKey, "cancel")}
}
