package overlay

import (
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/theme"
)

// Page is text to read: help, or what went wrong so far.
type Page struct {
	t     *theme.Theme
	title safe.Text
	lines []string
	top   int
	rows  int // shown when it was last asked to scroll
}

// NewPage returns a page of lines that are already drawn.
func NewPage(t *theme.Theme, title safe.Text, lines []string) *Page {
	return &Page{t: t, title: title, lines: lines, rows: 10}
}

// Update implements Overlay.
func (p *Page) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.rows = p.shown(msg.Height)
	case tea.MouseWheelMsg:
		p.scroll(3 * wheelStep(msg))
	case tea.KeyPressMsg:
		switch msg.String() {
		case "esc", "q", "ctrl+c", "enter", "?", "!", "h", "left":
			return nil, true
		case "j", "down", "ctrl+n":
			p.scroll(1)
		case "k", "up", "ctrl+p":
			p.scroll(-1)
		case "pgdown", "space", "ctrl+f":
			p.scroll(p.rows)
		case "pgup", "ctrl+b":
			p.scroll(-p.rows)
		case "ctrl+d":
			p.scroll(p.rows / 2)
		case "ctrl+u":
			p.scroll(-p.rows / 2)
		case "g", "home":
			p.top = 0
		case "G", "end":
			p.scroll(len(p.lines))
		}
	}
	return nil, false
}

func (p *Page) scroll(by int) { p.top = max(0, min(p.top+by, len(p.lines)-p.rows)) }

func (p *Page) shown(h int) int {
	return max(1, min(len(p.lines), h-1-theme.BoxFrameHeight))
}

// View implements Overlay.
func (p *Page) View(w, h int) Frame {
	inner := p.title.Width() + 2
	for _, l := range p.lines {
		inner = max(inner, theme.Width(l))
	}
	inner = min(inner, w-theme.BoxFrameWidth)
	rows := p.shown(h)
	top := max(0, min(p.top, len(p.lines)-rows))
	return Frame{Content: p.t.Box(p.title, p.lines[top:min(len(p.lines), top+rows)], inner+theme.BoxFrameWidth)}
}

// Keys implements Overlay.
func (p *Page) Keys() []Key { return []Key{{"j k", "scroll"}, {"esc", "close"}} }
