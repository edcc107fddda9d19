package ui

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture/filter"
	"creel/capture/safe"
	"creel/ui/field"
	"creel/ui/theme"
)

// filterLine is the line in which the filter is written. The filter follows as
// one types; while the text is wrong, the last right one stays in force.
type filterLine struct {
	open   bool
	field  field.Field
	before string // in force when it was opened
	err    *filter.Error
}

// openFilter opens the line with the filter in force.
func (m *Model) openFilter() {
	text := m.sieve.filterText()
	m.filter = filterLine{open: true, field: field.New(text), before: text}
	m.filter.field.Ghost = "path:/stripe  is:invalid  status:5xx  any word"
	m.inDetail, m.zoomed = false, false
	m.relayout()
}

func (s *sieve) filterText() string {
	if s.f == nil {
		return ""
	}
	return s.f.String()
}

// filterKey handles a key or a paste while the line is open.
func (m *Model) filterKey(msg tea.Msg) tea.Cmd {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "enter":
			m.filter.open = false
			m.relayout()
			return nil
		case "esc", "ctrl+c":
			cmd, _ := m.setFilter(m.filter.before)
			m.filter.open = false
			m.relayout()
			return cmd
		case "up", "down", "pgup", "pgdown":
			return m.key(key)
		}
	}
	if !m.filter.field.Update(msg) {
		return nil
	}
	cmd, err := m.setFilter(m.filter.field.Value())
	m.filter.err = nil
	errors.As(err, &m.filter.err)
	return cmd
}

// filterRow draws the line under the header: the filter being written, the one
// in force, or just a line.
func (m *Model) filterRow(w int) string {
	t := m.theme
	row := t.NewRow(w, theme.Style{}).Lit(t.Accent, " filter › ")
	room := w - row.Col() - 14
	if !m.filter.open {
		row = t.NewRow(w, theme.Style{}).Lit(t.Rule, "─").Lit(t.Dim, " filter ").Text(t.Plain, safe.Line(m.sieve.filterText()).Cut(w-24)).Gap(1)
		row.Line(w - row.Col() - 18)
		m.drawFound(row)
		return row.Line(w).String()
	}
	text, _ := m.filter.field.View(t, max(1, room))
	row.Styled(text, max(1, room))
	m.drawFound(row)
	return row.String()
}

// drawFound says how many rows the filter lets through.
func (m *Model) drawFound(row *theme.Row) {
	t := m.theme
	row.Gap(1).Text(t.Dim, safe.Line(number(m.list.Len())+" of "+number(len(m.index.all)))).Gap(1)
	if p := m.sieve.progress(); p < 100 {
		row.Text(t.Dim, safe.Linef("%d%% ", p))
	}
}

// filterCursor is where the cursor stands in the line.
func (m *Model) filterCursor() *tea.Cursor {
	_, at := m.filter.field.View(m.theme, max(1, m.lay.W-10-14))
	return tea.NewCursor(10+at, m.lay.Rule.Y)
}

// filterMistake says under the line what is wrong with it, and where.
func (m *Model) filterMistake(w int) string {
	t, e := m.theme, m.filter.err
	before := safe.Line(m.filter.field.Value()[:min(e.Start, len(m.filter.field.Value()))]).Width()
	n := max(1, e.End-e.Start)
	row := t.NewRow(w, theme.Style{}).Gap(10+before).Text(t.Warn, safe.Line(strings.Repeat("^", n))).Gap(1)
	return row.Text(t.Warn, safe.Line(e.Error())).String()
}
