package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/capture/words"
	"creel/ui/layout"
	"creel/ui/theme"
)

// View implements tea.Model. It assigns nothing: drawing twice gives the same.
func (m *Model) View() tea.View {
	content, cursor := m.frame()
	if m.look.ASCII {
		content = safe.ASCII(content)
	}
	v := tea.NewView(content)
	v.Cursor = cursor
	v.AltScreen, v.ReportFocus = true, true
	v.WindowTitle = m.title()
	if len(m.facts.held) > 0 {
		v.ProgramStatus = &tea.ProgramStatus{State: tea.ProgramStateBlocked}
	}
	if m.deps.Config.Mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

func (m *Model) frame() (string, *tea.Cursor) {
	l := &m.lay
	switch {
	case l.W <= 0 || l.H <= 0:
		return "", nil
	case l.Mode == layout.Tiny:
		return m.theme.NewRow(l.W, theme.Style{}).Int(m.theme.Plain, m.stats.Kept).Lit(m.theme.Plain, " kept, too small").String(), nil
	}
	rows, cursor := m.rows()
	base := strings.Join(rows, "\n")
	if m.stack.Top() != nil {
		return m.stack.Compose(base, l.W, l.H-1) // the footer stays in sight
	}
	at := m.paneRect()
	if x, y, ok := m.pane().Cursor(); ok && cursor == nil && m.inDetail {
		cursor = tea.NewCursor(at.X+x, at.Y+y)
	}
	return base, cursor
}

// rows are header, line, panes and footer; the filter stands in place of the line.
func (m *Model) rows() ([]string, *tea.Cursor) {
	head, body := []string{m.header()}, m.body()
	if m.showsViews(m.lay.H) {
		head = append(head, m.viewRow())
	}
	lines, cursor := m.filterRows(m.lay.W)
	switch {
	case len(lines) == 0 && !m.lay.Rule.Empty():
		head = append(head, m.ruleLine())
	case len(lines) > 0 && !m.lay.Rule.Empty():
		head = append(head, lines[0])
	case m.filter.IsOpen(): // no room for both
		head = lines[:1]
	}
	if len(lines) > 1 {
		head = append(head, lines[1:]...)
		if ruledFilter(m.lay.H) {
			head = append(head, m.ruleLine())
		}
	}
	if m.showsBanner(m.lay.H) {
		head = append(head, m.stayLine())
	}
	return append(head, body, m.footer()), cursor
}

func (m *Model) body() string {
	l := &m.lay
	if m.showsFirst() {
		return m.firstView(l.W, l.Footer.Y-m.top())
	}
	switch l.Mode {
	case layout.Wide:
		return m.beside(m.list.View(!m.inDetail, m.now), m.panes())
	case layout.Stacked:
		return m.list.View(!m.inDetail, m.now) + "\n" + m.panes()
	}
	if l.List.Empty() {
		return m.pane().View(true)
	}
	return m.list.View(true, m.now)
}

// panes draws the request above the response, or the one of them that is in sight.
func (m *Model) panes() string {
	switch {
	case m.lay.Response.Empty():
		return m.detail.View(m.inDetail)
	case m.lay.Detail.Empty():
		return m.response.View(m.inDetail)
	}
	return m.detail.View(m.inDetail && !m.inResponse) + "\n" + m.response.View(m.inResponse)
}

// beside joins panes of equal height with a line, which branches at the response unless that is covered.
func (m *Model) beside(left, right string) string {
	between, branch := m.theme.Rule.Lit(m.theme.V), m.lay.Response.Y-m.lay.Detail.Y
	if m.covered() {
		branch = -1
	}
	var b strings.Builder
	b.Grow(len(left) + len(right) + len(left)/10)
	for line := 0; left != "" || right != ""; line++ {
		var a, c string
		a, left, _ = strings.Cut(left, "\n")
		c, right, _ = strings.Cut(right, "\n")
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(a)
		if line == branch {
			b.WriteString(m.theme.Rule.Lit(m.theme.Branch))
		} else {
			b.WriteString(between)
		}
		b.WriteString(c)
	}
	return b.String()
}

// ruleLine is the line under the header, with a branch where the panes part.
func (m *Model) ruleLine() string {
	t, l := m.theme, &m.lay
	if l.Mode != layout.Wide || m.showsFirst() {
		return t.Line(l.W)
	}
	return t.NewRow(l.W, theme.Style{}).Line(l.Split.X).Lit(t.Rule, t.Tee).Line(l.W).String()
}

// title is the window's, with how many requests were not looked at.
func (m *Model) title() string {
	title := "creel " + words.URL(m.deps.Config.URL)
	if m.looksOnly() {
		title = "creel team " + m.deps.Config.Team.Space
	}
	if n := len(m.unread); n > 0 {
		title += " (" + words.Number(n) + ")"
	}
	return safe.Line(title).String()
}

func (m *Model) stayLine() string {
	t := m.theme
	return t.NewRow(m.lay.W, theme.Style{}).Gap(1).Text(t.Warn, safe.Join(safe.Const("  "), m.first.banners...)).Gap(2).Lit(t.Dim, "esc: read").String()
}

// top is the first row below header, line and filter.
func (m *Model) top() int {
	if m.lay.List.Empty() {
		return m.paneRect().Y
	}
	return m.lay.List.Y
}
