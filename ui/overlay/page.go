package overlay

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/viewport"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/keys"
	"creel/ui/theme"
)

// Page is text to read: help, or what went wrong so far.
type Page struct {
	t     *theme.Theme
	title safe.Text
	rows  []PageRow
	more  func() []PageRow // found by a search only
	shown []PageRow        // of rows, or what the search finds
	query string
	types bool // the query is being written
	two   bool // columns, where they fit
	port  viewport.Model
	w, h  int
}

// PageRow is a name and what there is to say of it from a column on; a heading has a name alone.
type PageRow struct {
	Name safe.Text
	Look theme.Style // of the name
	At   int
	Text safe.Text
}

// pageCells is how wide the text of a page is at most, for its lines to be read with
// ease; columnCells how wide the screen is at least for two columns of it, and
// columnGap what is between them.
const (
	pageCells   = 100
	columnCells = 100
	columnGap   = 3
)

// NewPage returns a page for a screen with w by h cells for dialogs.
func NewPage(t *theme.Theme, title safe.Text, rows []PageRow, w, h int) *Page {
	p := &Page{t: t, title: title, rows: rows, shown: rows, port: viewport.New(), w: w, h: h}
	p.port.KeyMap = viewport.KeyMap{
		Down: pageKeys.down, Up: pageKeys.up, PageDown: keys.Bind("", "pgdown", "space", "ctrl+f"), PageUp: keys.Bind("", "pgup", "ctrl+b"),
		HalfPageDown: keys.Bind("", "ctrl+d"), HalfPageUp: keys.Bind("", "ctrl+u"),
	}
	p.fit(&p.port, w, h)
	return p
}

// Finds gives the page rows that stand on other pages, which a search finds, too: they are
// asked for when one begins.
func (p *Page) Finds(more func() []PageRow) { p.more = more }

// InColumns puts the sections of the page in two columns where there is room.
func (p *Page) InColumns() {
	p.two = true
	p.fit(&p.port, p.w, p.h)
}

// search shows the rows that have all words of the query, under their headings.
func (p *Page) search() {
	words := strings.Fields(strings.ToLower(p.query))
	p.shown = p.rows
	if len(words) > 0 {
		p.shown = nil
		all := p.rows
		if p.more != nil {
			all = append(all[:len(all):len(all)], p.more()...)
		}
		var heading *PageRow
		for i := range all {
			r := &all[i]
			if r.blank() {
				continue
			}
			if r.Text.Empty() && !strings.HasPrefix(r.Name.String(), " ") {
				heading = r
				continue
			}
			text := strings.ToLower(r.Name.String() + " " + r.Text.String())
			if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
				continue
			}
			if heading != nil {
				p.shown = append(p.shown, *heading)
				heading = nil
			}
			p.shown = append(p.shown, *r)
		}
		if len(p.shown) == 0 {
			p.shown = []PageRow{{Name: safe.Const(" nothing has these words"), Look: p.t.Dim}}
		}
	}
	p.port.GotoTop()
}

// write handles a key while the query is written; done reports whether it was one.
func (p *Page) write(msg tea.KeyPressMsg) (done bool) {
	switch {
	case key.Matches(msg, pageKeys.all):
		p.query, p.types = "", false
	case key.Matches(msg, enterKey):
		p.types = false
	case msg.String() == "backspace":
		if r := []rune(p.query); len(r) > 0 {
			p.query = string(r[:len(r)-1])
		}
	case msg.String() == "ctrl+u":
		p.query = ""
	case msg.Text != "":
		p.query += msg.Text
	default:
		return false // such as the arrows: they scroll
	}
	p.search()
	return true
}

func (p *Page) heading() safe.Text {
	switch {
	case p.types:
		return safe.Linef("search › %s▌", p.query)
	case p.query != "":
		return safe.Linef("%s with %s", p.title, p.query)
	}
	return p.title
}

// fit lays the rows out for a screen with w by h cells for dialogs.
func (p *Page) fit(port *viewport.Model, w, h int) {
	most := w - theme.BoxFrameWidth
	inner := p.cells(min(most, pageCells))
	var lines []string
	if p.two && p.query == "" && w >= columnCells {
		column := p.cells(min((most-columnGap)/2, pageCells))
		inner, lines = 2*column+columnGap, p.columns(column)
	} else {
		lines = p.draw(p.shown, inner)
	}
	port.SetWidth(inner)
	port.SetContentLines(lines)
	port.SetHeight(max(1, min(len(lines), h-theme.BoxFrameHeight)))
	port.SetYOffset(port.YOffset()) // as far as there are lines
}

// cells is how wide the rows want to be, at most as wide as that.
func (p *Page) cells(most int) int {
	n := p.heading().Width() + 2
	for i := range p.shown {
		r := &p.shown[i]
		n = max(n, r.Name.Width(), r.At+r.Text.Width(), 3*r.At) // see draw
	}
	return max(1, min(n, most))
}

func (p *Page) draw(rows []PageRow, w int) []string {
	var lines []string
	for i := range rows {
		lines = append(lines, rows[i].draw(p.t, w)...)
	}
	return lines
}

// columns are the sections in two columns, of which the first goes on to about half of it all.
func (p *Page) columns(w int) []string {
	var drawn []string
	var ends []int // of sections
	for i := range p.shown {
		if p.shown[i].blank() {
			ends = append(ends, len(drawn))
		}
		drawn = append(drawn, p.shown[i].draw(p.t, w)...)
	}
	end := len(drawn)
	for _, e := range ends {
		if max(e, len(drawn)-e) < max(end, len(drawn)-end) {
			end = e
		}
	}
	left, right := drawn[:end], drawn[min(end+1, len(drawn)):]
	lines := make([]string, max(len(left), len(right)))
	for i := range lines {
		row := p.t.NewRow(2*w+columnGap, theme.Style{})
		if i < len(left) {
			row.Styled(left[i], theme.Width(left[i]))
		}
		if row.To(w + columnGap); i < len(right) {
			row.Styled(right[i], theme.Width(right[i]))
		}
		lines[i] = row.Drawn()
	}
	return lines
}

// blank reports whether it is the empty row above a heading.
func (r *PageRow) blank() bool { return r.Name.Empty() && r.Text.Empty() }

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
		if row.Col() >= at && row.Col() > 0 {
			lines = append(lines, row.Drawn())
			row = t.NewRow(w, theme.Style{})
		}
		row.To(at).Text(t.Plain, line)
		lines = append(lines, row.Drawn())
		row = t.NewRow(w, theme.Style{})
	}
	return lines
}

var pageKeys = struct{ down, up, search, all, shut key.Binding }{
	down:   keys.Bind("scroll", "j", "down", "ctrl+n"),
	up:     keys.Bind("scroll", "k", "up", "ctrl+p"),
	search: keys.Bind("search", "/"),
	all:    keys.Bind("all of it", "esc", "ctrl+c"),
	shut:   keys.Bind("close", "esc", "q", "ctrl+c", "enter", "?", "!", "h", "left"),
}

// Update implements Overlay.
func (p *Page) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.w, p.h = msg.Width, msg.Height-1
		p.fit(&p.port, p.w, p.h)
	case tea.KeyPressMsg:
		switch {
		case p.types && p.write(msg):
			p.fit(&p.port, p.w, p.h)
			return nil, false
		case key.Matches(msg, pageKeys.search):
			p.types, p.query = true, ""
			p.search()
		case p.query != "" && msg.String() == "esc":
			p.query = ""
			p.search()
		case key.Matches(msg, pageKeys.shut):
			return nil, true
		case key.Matches(msg, listHome):
			p.port.GotoTop()
		case key.Matches(msg, listEnd):
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
	return Frame{Content: p.t.Box(p.heading(), lines, min(w, port.Width()+theme.BoxFrameWidth))}
}

// Keys implements Overlay.
func (p *Page) Keys() []key.Binding {
	switch {
	case p.types:
		return []key.Binding{does(enterKey, "done"), pageKeys.all}
	case p.port.TotalLineCount() <= p.port.Height():
		return []key.Binding{pageKeys.search, pageKeys.shut}
	}
	return []key.Binding{pageKeys.down, pageKeys.up, pageKeys.search, pageKeys.shut}
}
