package overlay

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/provider"
	"creel/capture/safe"
	"creel/ui/field"
	"creel/ui/keys"
	"creel/ui/theme"
)

// Palette finds an item by some of its letters.
type Palette struct {
	t     *theme.Theme
	title safe.Text
	verb  string // what enter does
	items []Item
	field field.Field
	found []int
	cursor
	// none is said when nothing is called what was typed.
	none safe.Text
	// preview is called with the item that is selected, and with -1 when none is
	// chosen; nil for nothing.
	preview func(i int)
	// wide and rows are its size at most, in cells and items; aside puts it in
	// the corner, where the list is, so that the detail is in sight.
	wide, rows int
	aside      bool
	// menu says that j, k and q do what they do in a menu until something is typed.
	menu bool
}

// paletteCells is how wide a palette is at most.
const paletteCells = 100

// NewPalette returns a palette of all items.
func NewPalette(t *theme.Theme, items []Item) *Palette {
	p := &Palette{t: t, cursor: cursor{typed: true, round: true}, title: safe.Const("commands"), verb: "do it", items: items, none: safe.Const("no command is called that"), wide: paletteCells, rows: len(items)}
	p.field.Ghost = "what do you want to do?"
	p.find()
	return p
}

// NewThemes returns a palette of themes. Preview gets the one that is selected, in the end now.
func NewThemes(t *theme.Theme, names []string, now string, preview func(name string), choose func(name string) tea.Cmd) *Palette {
	items := make([]Item, len(names))
	for i, name := range names {
		items[i] = Item{Name: safe.Line(name), Do: func() tea.Cmd { return choose(name) }}
	}
	p := NewPalette(t, items)
	p.title, p.verb, p.none, p.field.Ghost = safe.Const("themes"), "keep it", safe.Const("no theme is called that"), "a name"
	p.preview = func(i int) {
		if i < 0 {
			preview(now)
			return
		}
		preview(names[i])
	}
	p.at = max(0, slices.Index(names, now))
	p.wide, p.rows, p.aside, p.menu = 40, 6, true, true
	return p
}

// TriggerSpec is what can be sent to creel itself to try it.
type TriggerSpec struct {
	Samples []provider.SampleInfo
	// Sample sends a sample, Empty a request without anything in it, Curl a curl
	// command line that is to be pasted.
	Sample      func(provider, event string) tea.Cmd
	Empty, Curl func() tea.Cmd
}

// NewTrigger returns the list of it, to be found by some of its letters.
func NewTrigger(t *theme.Theme, spec TriggerSpec) *Palette {
	items := make([]Item, 0, len(spec.Samples)+2)
	for _, s := range spec.Samples {
		hint := safe.Text{}
		if s.Signed {
			hint = safe.Const("signed")
		}
		items = append(items, Item{Group: safe.Line(s.Provider), Name: safe.Line(s.Event), Hint: hint, Do: func() tea.Cmd { return spec.Sample(s.Provider, s.Event) }})
	}
	items = append(items,
		Item{Name: safe.Const("empty request"), Hint: safe.Const("POST / with nothing in it"), Do: spec.Empty},
		Item{Name: safe.Const("curl from the clipboard"), Hint: safe.Const("a command line to paste"), Do: spec.Curl},
	)
	p := NewPalette(t, items)
	p.title, p.verb, p.none = safe.Const("send a sample to creel"), "send", safe.Const("no sample is called that")
	p.field.Ghost = "whose, and which event?"
	return p
}

// Update implements Overlay.
func (p *Palette) Update(msg tea.Msg) (tea.Cmd, bool) {
	was := p.selected()
	cmd, done := p.update(msg)
	if i := p.selected(); p.preview != nil && !done && i != was && i >= 0 {
		p.preview(i)
	}
	return cmd, done
}

// selected is the selected item; -1 when there is none.
func (p *Palette) selected() int {
	if p.at >= len(p.found) {
		return -1
	}
	return p.found[p.at]
}

func (p *Palette) update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		return p.choose(msg.Y)
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, leaveKey), p.asMenu() && key.Matches(msg, quitKey):
			if p.preview != nil {
				p.preview(-1)
			}
			return nil, true
		case key.Matches(msg, enterKey):
			return p.choose(p.at)
		case p.asMenu() && key.Matches(msg, listDown):
			p.move(1, len(p.found))
			return nil, false
		case p.asMenu() && key.Matches(msg, listUp):
			p.move(-1, len(p.found))
			return nil, false
		}
	}
	if !p.cursor.update(msg, len(p.found)) && p.field.Update(msg) {
		p.find()
	}
	return nil, false
}

var quitKey = keys.Bind("", "q")

// asMenu reports whether j, k and q do what they do in a menu.
func (p *Palette) asMenu() bool { return p.menu && p.field.Value() == "" }

func (p *Palette) choose(at int) (tea.Cmd, bool) {
	if at < 0 || at >= len(p.found) {
		return nil, false
	}
	it := p.items[p.found[at]]
	if !it.Off.Empty() {
		return nil, false
	}
	return it.Do(), true
}

// find keeps the items that are meant, the closest first, those that cannot be chosen last.
func (p *Palette) find() {
	p.found, p.at = p.found[:0], 0
	want := strings.ToLower(p.field.Value())
	scores := make([]int, len(p.items))
	for i, it := range p.items {
		s, ok := it.distance(want)
		if !ok {
			continue
		}
		if !it.Off.Empty() {
			s += 1000
		}
		scores[i] = s
		p.found = append(p.found, i)
	}
	slices.SortStableFunc(p.found, func(a, b int) int { return scores[a] - scores[b] })
}

// far is the distance of an item that is found by another word than its name.
const far = 60

// distance is how far an item is from what was typed; false when it is not meant.
func (it *Item) distance(want string) (int, bool) {
	d, ok := fuzzy(want, strings.ToLower(strings.TrimSpace(it.Group.String()+" "+it.Name.String())))
	if (!ok || d > far) && strings.Contains(strings.ToLower(it.Hint.String()+" "+it.Words), want) {
		return far, true
	}
	return d, ok
}

// fuzzy reports whether the letters of want stand in s in order, and how far apart.
func fuzzy(want, s string) (distance int, ok bool) {
	want = strings.ReplaceAll(want, " ", "")
	if i := strings.Index(s, want); i >= 0 {
		return i, true
	}
	at := 0
	for _, r := range want {
		i := strings.IndexRune(s[at:], r)
		if i < 0 {
			return 0, false
		}
		distance += i + 10
		at += i + len(string(r))
	}
	return distance + 50, true
}

// room is how many items fit under the field, and whether a line says how many more there are.
func (p *Palette) room(h int) (rows int, more bool) {
	lines := h - theme.BoxFrameHeight - 1
	if more = len(p.items) > min(p.rows, lines) && lines > 2; more {
		lines--
	}
	return max(1, min(p.rows, lines)), more
}

// View implements Overlay.
func (p *Palette) View(w, h int) Frame {
	inner := min(p.wide, w-theme.BoxFrameWidth)
	text, cursor := p.field.View(p.t, max(1, inner-2))
	lines := []string{p.t.Accent.Lit("› ") + text}
	rows, more := p.room(h)
	first := p.first(len(p.found), rows)
	for i := first; i < min(len(p.found), first+rows); i++ {
		lines = append(lines, p.line(i, inner, i == first))
	}
	if len(p.found) == 0 {
		lines = append(lines, p.t.NewRow(inner, theme.Style{}).Gap(2).Text(p.t.Dim, p.none).String())
	}
	for len(lines) < min(rows, len(p.items))+1 {
		lines = append(lines, "")
	}
	if more {
		lines = append(lines, moreLine(p.t, inner, first, len(p.found)-first-rows))
	}
	return Frame{
		Content: p.t.Box(p.title, lines, inner+theme.BoxFrameWidth),
		Cursor:  tea.NewCursor(2+2+cursor, 1),
		Fixed:   p.aside,
		List:    ListRows{2, min(rows, len(p.found)-first), first},
	}
}

// moreLine says how many items are above and below those in sight.
func moreLine(t *theme.Theme, w, above, below int) string {
	row := t.NewRow(w, theme.Style{}).Gap(2)
	if above > 0 {
		row.Text(t.Dim, safe.Linef("↑ %d more", above)).Gap(3)
	}
	if below > 0 {
		row.Text(t.Dim, safe.Linef("↓ %d more", below))
	}
	return row.String()
}

// groupAt is the group of a line, where it is not that of the line above.
func (p *Palette) groupAt(i int, first bool) safe.Text {
	group := p.items[p.found[i]].Group
	if !first && p.items[p.found[i-1]].Group == group {
		return safe.Text{}
	}
	return group
}

// groups is the width of the column of the groups; 0 where there are none.
func (p *Palette) groups() int {
	n := 0
	for _, it := range p.items {
		n = max(n, it.Group.Width()+2)
	}
	if n == 2 {
		return 0
	}
	return n
}

func (p *Palette) line(i, w int, first bool) string {
	it, row := p.items[p.found[i]], listLine(p.t, w, i == p.at)
	look, hint := p.t.Plain, it.Hint
	if !it.Off.Empty() {
		look, hint = p.t.Dim, it.Off
	}
	key := safe.Line(it.Key)
	at, limit := 2+p.groups(), w/2
	if at > 2 {
		limit = w * 4 / 5
	}
	row.To(2)
	if !it.Group.Empty() {
		row.Text(p.t.Bold, p.groupAt(i, first)).To(at)
	}
	row.Text(look, it.Name.Cut(max(0, row.Room()-key.Width()-2))).To(min(at+p.names(), limit)).Gap(2)
	row.Text(p.t.Dim, hint.Cut(max(0, row.Room()-key.Width()-3))).To(w-key.Width()-1).Text(p.t.Key, key)
	return row.String()
}

// names is the width of the longest name, so that what they do stands in line.
func (p *Palette) names() int {
	n := 0
	for _, it := range p.items {
		n = max(n, it.Name.Width())
	}
	return n
}

// Keys implements Overlay.
func (p *Palette) Keys() []key.Binding {
	down, up := typedDown, typedUp
	if p.asMenu() {
		down, up = listDown, listUp
	}
	return []key.Binding{does(enterKey, p.verb), down, up, leaveKey}
}
