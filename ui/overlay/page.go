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
	rows  []PageRow
	port  viewport.Model
}

// PageRow is a name and what there is to say of it, from a column on and on as
// many lines as that takes; a heading has a name alone.
type PageRow struct {
	Name safe.Text
	Look theme.Style // of the name
	At   int
	Text safe.Text
}

// pageCells is how wide a page is at most, for its lines to be read with ease.
const pageCells = 100

// NewPage returns a page for a screen with w by h cells for dialogs.
func NewPage(t *theme.Theme, title safe.Text, rows []PageRow, w, h int) *Page {
	p := &Page{t: t, title: title, rows: rows, port: viewport.New()}
	p.port.KeyMap = viewport.KeyMap{
		Down: on("j", "down", "ctrl+n"), Up: on("k", "up", "ctrl+p"),
		PageDown: on("pgdown", "space", "ctrl+f"), PageUp: on("pgup", "ctrl+b"),
		HalfPageDown: on("ctrl+d"), HalfPageUp: on("ctrl+u"),
	}
	p.fit(&p.port, w, h)
	return p
}

// fit lays the rows out for a screen with w by h cells for dialogs.
func (p *Page) fit(port *viewport.Model, w, h int) {
	inner := p.title.Width() + 2
	w = min(w, pageCells+theme.BoxFrameWidth)
	for i := range p.rows {
		r := &p.rows[i]
		inner = max(inner, r.Name.Width(), r.At+r.Text.Width())
	}
	inner = max(1, min(inner, w-theme.BoxFrameWidth))
	var lines []string
	for i := range p.rows {
		lines = append(lines, p.rows[i].draw(p.t, inner)...)
	}
	port.SetWidth(inner)
	port.SetContentLines(lines)
	port.SetHeight(max(1, min(len(lines), h-theme.BoxFrameHeight)))
	port.SetYOffset(port.YOffset()) // as far as there are lines
}

// draw lays a row out in w cells. Where that is little, the text begins further
// left, under a name that is too long for that.
func (r *PageRow) draw(t *theme.Theme, w int) []string {
	at := min(r.At, w/3)
	row := t.NewRow(w, theme.Style{}).Text(r.Look, r.Name)
	if r.Text.Empty() {
		return []string{row.Drawn()}
	}
	var lines []string
	for _, line := range r.Text.WrapWords(w - at) {
		if row.Col() > at {
			lines = append(lines, row.Drawn())
			row = t.NewRow(w, theme.Style{})
		}
		row.To(at).Text(t.Plain, line)
		lines = append(lines, row.Drawn())
		row = t.NewRow(w, theme.Style{})
	}
	return lines
}

func on(keys ...string) key.Binding { return key.NewBinding(key.WithKeys(keys...)) }

// Update implements Overlay.
func (p *Page) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.fit(&p.port, msg.Width, msg.Height-1)
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

// View implements Overlay.
func (p *Page) View(w, h int) Frame {
	port := p.port
	p.fit(&port, w, h)
	lines := strings.Split(port.View(), "\n")
	for i := range lines { // it pads them, which would look as if they were cut
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return Frame{Content: p.t.Box(p.title, lines, min(w, port.Width()+theme.BoxFrameWidth))}
}

// Keys implements Overlay.
func (p *Page) Keys() []Key {
	if p.port.TotalLineCount() <= p.port.Height() {
		return []Key{{"esc", "close"}}
	}
	return []Key{{"j k", "scroll"}, {"esc", "close"}}
}
