package ui

import (
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/forward"
	"creel/ui/compose"
	"creel/ui/keys"
	"creel/ui/layout"
	"creel/ui/overlay"
)

// needsOne is the reason against what needs a request.
func needsOne(m *Model) safe.Text {
	switch {
	case m.selected() != nil:
		return safe.Text{}
	case len(m.index.all) > 0:
		return safe.Const("none matches the filter: esc takes it off")
	}
	return safe.Const("there is no request yet: t sends a sample")
}

// needsSendable is the reason against what sends the selected request, unless some are marked.
func needsSendable(m *Model) safe.Text {
	ex := m.selected()
	if why := needsOne(m); !why.Empty() || len(m.marked) > 0 {
		return why
	}
	if err := forward.Sendable(&ex.Request); err != nil {
		return safe.Linef("%s: %v", ex.Name(), err)
	}
	return safe.Text{}
}

// subject names what an acting key would act on: "#412", "3 marked".
func (m *Model) subject() safe.Text {
	switch ids := m.chosen(); {
	case len(ids) == 0:
		return safe.Text{}
	case len(m.marked) > 0:
		return safe.Linef("%d marked", len(ids))
	default:
		return safe.Line(ids[0].Name())
	}
}

func (m *Model) moveList(by int) tea.Cmd {
	if m.showsFirst() {
		n := len(m.first.ways)
		m.first.at = (m.first.at + max(-1, min(by, 1)) + n) % n
		return nil
	}
	if by >= m.list.Len() {
		m.list.MoveLast()
	} else {
		m.list.Move(by)
	}
	return m.showSelected()
}

// open goes from the list into the detail; from there it zooms.
func (m *Model) open() {
	if m.inDetail {
		m.zoomed = !m.zoomed
	} else {
		m.inDetail, m.zoomed = true, m.lay.Mode != layout.Wide
	}
	m.list.EndFollow()
	m.relayout()
}

// zoom gives the pane in use the whole screen, or takes it back.
func (m *Model) zoom() {
	m.inDetail, m.zoomed = true, !m.zoomed
	m.list.EndFollow()
	m.relayout()
}

// moveSplit moves the line between list and detail by so many steps.
func (m *Model) moveSplit(by int) {
	switch m.lay.Mode {
	case layout.Wide:
		by *= 4
	case layout.Stacked:
	default:
		m.notify(safe.Const("one pane at a time here: there is no line to move"))
		return
	}
	m.shiftTo(m.lay.Moved(m.shift, by))
}

// shiftTo moves the line, unless a pane can get no smaller.
func (m *Model) shiftTo(s layout.Shift) {
	was, list := m.shift, m.lay.List
	m.shift = s
	if m.relayout(); m.lay.List == list {
		m.shift = was
	}
}

// otherPane goes round list, request, and response where there is one.
func (m *Model) otherPane(by int) {
	if m.selected() == nil {
		return
	}
	panes, at := 2, 0
	if !m.lay.Response.Empty() || m.detail.Answered(m.selected()) {
		panes++
	}
	switch {
	case m.inResponse:
		at = 2
	case m.inDetail:
		at = 1
	}
	at = (at + by + panes) % panes
	m.inDetail, m.inResponse = at > 0, at == 2
	m.zoomed = m.zoomed && m.inDetail
	if m.inDetail {
		m.list.EndFollow()
	}
	m.relayout()
}

// back is one step back, never out: zoom, detail, filter, marks.
func (m *Model) back() tea.Cmd {
	if m.showsBanner(m.lay.H) { // it says so, wherever the focus is
		m.first.banners, m.bannerShown = nil, false
		m.relayout()
		return nil
	}
	if cmd, ok := m.pane().Back(); m.inDetail && ok {
		return cmd
	}
	switch {
	case m.zoomed && m.lay.W >= layout.WideColumns:
		m.zoomed = false
	case m.inDetail:
		m.inDetail, m.inResponse, m.zoomed = false, false, false
	case m.filterState.sieve != nil:
		m.filter.Clear()
		return m.applyFilter(&filter.Filter{}) // lets everything through again
	case len(m.marked) > 0:
		m.notify(safe.Linef("%s taken off", words.Count(len(m.marked), "mark")))
		ids := slices.Collect(maps.Keys(m.marked))
		clear(m.marked)
		return m.recount(ids...)
	}
	m.relayout()
	return nil
}

func (m *Model) toggleMark() tea.Cmd {
	ex := m.acting()
	if m.marked[ex.ID] {
		delete(m.marked, ex.ID)
	} else {
		m.marked[ex.ID] = true
	}
	return tea.Batch(m.reapplyFilter(), m.recount(ex.ID))
}

func (m *Model) toggleBell() {
	if m.bell = !m.bell; m.bell {
		m.notify(safe.Const("bell on: rings for what the filter lets through"))
	} else {
		m.notify(safe.Const("bell off"))
	}
}

// ring sounds the bell and notifies, once for all that is fresh.
func (m *Model) ring(fresh []*capture.Exchange) tea.Cmd {
	if !m.bell {
		return nil
	}
	for _, ex := range slices.Backward(fresh) {
		if m.index.match == nil || m.index.match(ex) {
			return ringWith(safe.Linef("creel: %s %s %s", ex.Name(), ex.Request.Method, ex.Request.Target))
		}
	}
	return nil
}

// ringWith sounds the bell, with a desktop notification (OSC 9) where the terminal knows that.
func ringWith(text safe.Text) tea.Cmd {
	return tea.Raw("\a\x1b]9;" + strings.ReplaceAll(text.Cut(120).String(), ";", ",") + "\a")
}

// beyondName is what help says that the name does not.
func (a *action) beyondName() string {
	rest, ok := strings.CutPrefix(a.help, strings.ToLower(a.name))
	if !ok && strings.EqualFold(a.help, a.name) {
		return ""
	}
	if !ok || rest != "" && !strings.ContainsAny(rest[:1], ":,;") {
		return a.help
	}
	return strings.TrimLeft(rest, ":,; ")
}

func (m *Model) palette() {
	helps := map[string]int{}
	for i := range m.actions {
		helps[m.actions[i].help]++
	}
	var items []overlay.Item
	for i := range m.actions {
		a := &m.actions[i]
		if a.where&m.here() == 0 || a.group == groupMove || a.unlisted {
			continue
		}
		hint := safe.Line(a.beyondName())
		if helps[a.help] > 1 { // it is about several keys, of which the name tells this one
			hint = safe.Text{}
		}
		items = append(items, overlay.Item{
			Key: a.firstKey(), Name: safe.Line(a.name), Hint: hint, Off: a.why(m), Words: a.words,
			Do: func() tea.Cmd { return m.do(a) },
		})
	}
	m.stack.Open(overlay.NewPalette(m.theme, items))
}

func (m *Model) showProblems() {
	m.takeFacts()
	m.problems.read = m.total
	var rows []overlay.PageRow
	older := m.total
	for _, p := range m.wrong {
		text := p.text
		if older -= p.n; p.n > 1 {
			text = safe.Concat(text, safe.Linef("  %d times", p.n))
		}
		rows = append(rows, overlay.PageRow{Name: safe.Line(p.at.Local().Format(time.TimeOnly)), Look: m.theme.Dim, At: 10, Text: text})
	}
	if older > 0 {
		rows = slices.Insert(rows, 0, overlay.PageRow{Name: safe.Linef("%s older ones are not kept", words.Number(older)), Look: m.theme.Dim})
	}
	if len(rows) == 0 {
		rows = []overlay.PageRow{{Name: safe.Const("nothing went wrong"), Look: m.theme.Dim}}
	}
	m.openPage(safe.Const("what went wrong so far"), rows)
}

func (m *Model) openPage(title safe.Text, rows []overlay.PageRow) {
	m.stack.Open(overlay.NewPage(m.theme, title, rows, m.lay.W, m.lay.H-1))
}

func (m *Model) composeHelp() {
	var rows []overlay.PageRow
	for _, h := range keys.Hints(compose.AllKeys()) {
		rows = append(rows, overlay.PageRow{Name: safe.Line(h.Key), Look: m.theme.Key, At: 28, Text: safe.Line(h.Desc)})
	}
	m.openPage(safe.Const("keys while a request is edited"), rows)
}
