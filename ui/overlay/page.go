package overlay

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/viewport"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/theme"
)

// Page is text to read: help, or what went wrong so far.
type Page struct {
	t     *theme.Theme
	title safe.Text
	port  viewport.Model
}

// NewPage returns a page of lines that are already drawn.
func NewPage(t *theme.Theme, title safe.Text, lines []string) *Page {
	p := &Page{t: t, title: title, port: viewport.New(viewport.WithHeight(10))}
	p.port.KeyMap = viewport.KeyMap{
		Down: on("j", "down", "ctrl+n"), Up: on("k", "up", "ctrl+p"),
		PageDown: on("pgdown", "space", "ctrl+f"), PageUp: on("pgup", "ctrl+b"),
		HalfPageDown: on("ctrl+d"), HalfPageUp: on("ctrl+u"),
	}
	p.port.SetWidth(p.title.Width() + 2)
	for _, l := range lines {
		p.port.SetWidth(max(p.port.Width(), theme.Width(l)))
	}
	p.port.SetContentLines(lines)
	return p
}

func on(keys ...string) key.Binding { return key.NewBinding(key.WithKeys(keys...)) }

// Update implements Overlay.
func (p *Page) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.port.SetHeight(p.rows(msg.Height - 1))
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, on("esc", "q", "ctrl+c", "enter", "?", "!", "h", "left")):
			return nil, true
		case key.Matches(msg, on("g", "home")):
			p.port.GotoTop()
		case key.Matches(msg, on("G", "end")):
			p.port.GotoBottom()
		}
	}
	p.port, _ = p.port.Update(msg)
	return nil, false
}

// rows is how many lines are shown on a screen with h lines for dialogs.
func (p *Page) rows(h int) int {
	return max(1, min(p.port.TotalLineCount(), h-theme.BoxFrameHeight))
}

// View implements Overlay.
func (p *Page) View(w, h int) Frame {
	port := p.port
	port.SetHeight(p.rows(h))
	port.SetYOffset(port.YOffset()) // as far as there are rows
	lines := strings.Split(port.View(), "\n")
	for i := range lines { // it pads them, which would look as if they were cut
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return Frame{Content: p.t.Box(p.title, lines, min(w, port.Width()+theme.BoxFrameWidth))}
}

// Keys implements Overlay.
func (p *Page) Keys() []Key { return []Key{{"j k", "scroll"}, {"esc", "close"}} }
