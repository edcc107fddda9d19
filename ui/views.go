package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/ring"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/ui/layout"
	"creel/ui/theme"
)

// View is a filter that is saved under a name and shown as a tab: a [[view]] of the configuration.
type View struct{ Name, Filter string }

// CheckView reports why a view cannot join those there are, and which of its keys is wrong.
func CheckView(v View, there []View) (key string, err error) {
	switch {
	case strings.TrimSpace(v.Name) == "":
		return "name", errors.New("a saved filter needs a name")
	case v.Name == viewOfAll || slices.ContainsFunc(there, func(t View) bool { return t.Name == v.Name }):
		return "name", fmt.Errorf("there is a saved filter %s already: take another name", v.Name)
	case strings.TrimSpace(v.Filter) == "":
		return "filter", errors.New("it lets everything through: there is nothing to save")
	}
	_, err = filter.Parse(v.Filter, filter.Screen)
	return "filter", err
}

// viewOfAll is the name of the tab that takes the filter off.
const viewOfAll = "all"

// savedView is a view with what it lets through.
type savedView struct {
	View
	*sieve
}

// views are the saved filters.
type views struct {
	list []*savedView
	aged time.Time // when those that ask for the age were counted last
}

// addView adds a view, which is right, and counts what it lets through.
func (m *Model) addView(v View) {
	f, err := filter.Parse(v.Filter, filter.Screen)
	if err != nil {
		m.logProblem(fmt.Sprintf("saved filter %s: %v", v.Name, err))
		return
	}
	s := &savedView{v, &sieve{f: f, found: map[capture.ID]safe.Text{}}}
	m.views.list = append(m.views.list, s)
	s.look(m.index.all, m.filterEnv())
}

// countViews counts what changed in the ring.
func (m *Model) countViews(d *ring.Delta) {
	for _, s := range m.views.list {
		if d.Reset {
			clear(s.found)
		}
		for _, id := range d.Gone {
			delete(s.found, id)
		}
		s.look(d.Changed, m.filterEnv())
	}
}

// recount counts requests again whose marks changed, or that were read.
func (m *Model) recount(ids ...capture.ID) tea.Cmd {
	var d ring.Delta
	for _, id := range ids {
		if ex := m.index.get(id); ex != nil {
			d.Changed = append(d.Changed, ex)
		}
	}
	m.countViews(&d)
	return m.searchViews()
}

// ageViews counts those again that ask for the age, unless they look into bodies just then.
func (m *Model) ageViews() tea.Cmd {
	v := &m.views
	if m.now.Sub(v.aged) < ageTime {
		return nil
	}
	v.aged = m.now
	for _, s := range v.list {
		if s.f.AsksAge() && !s.going() {
			s.look(m.index.all, m.filterEnv())
		}
	}
	return m.searchViews()
}

// searchViews has those that read bodies look into what they have to.
func (m *Model) searchViews() tea.Cmd {
	var cmds []tea.Cmd
	for _, s := range m.views.list {
		cmds = append(cmds, m.search(s.sieve))
	}
	return tea.Batch(cmds...)
}

func (m *Model) showsViews(h int) bool {
	return len(m.views.list) > 0 && h >= layout.StackRows
}

// viewTab is one tab: its text, and the filter that it puts in force.
type viewTab struct {
	name   safe.Text
	n      int
	filter string
	look   theme.Style
}

func (m *Model) viewTabs() []viewTab {
	var tabs []viewTab
	add := func(name safe.Text, n int, filter string) {
		look := m.theme.Dim
		if filter == m.filter.Filter().String() {
			look = m.theme.Accent
		}
		tabs = append(tabs, viewTab{name, n, filter, look})
	}
	add(safe.Const(viewOfAll), len(m.index.all), "")
	for _, s := range m.views.list {
		add(safe.Line(s.Name).Cut(30), len(s.found), s.Filter)
	}
	return tabs
}

func (t *viewTab) text() safe.Text { return safe.Linef("%s %s", t.name, words.Number(t.n)) }

// viewsFrom is the first tab that is drawn, and the one after the last, with the one in force between.
func (m *Model) viewsFrom(tabs []viewTab) (from, to int) {
	from = -1
	for at := m.viewHere() + 1; to <= at; {
		from++
		room := m.lay.W - 2
		if from > 0 {
			room -= viewGap + 1
		}
		for to = from; to < len(tabs); to++ {
			more := min(len(tabs)-1-to, 1) * (viewGap + 1) // the mark
			if room -= tabs[to].text().Width(); to > from && room < more {
				break
			}
			room -= viewGap
		}
	}
	return from, to
}

// viewGap is what is between two tabs.
const viewGap = 3

// viewRow draws the tabs that there is room for, with a mark where some are not shown.
func (m *Model) viewRow() string {
	t, tabs := m.theme, m.viewTabs()
	row := t.NewRow(m.lay.W, theme.Style{}).Gap(1)
	from, to := m.viewsFrom(tabs)
	if from > 0 {
		row.Lit(t.Dim, t.Ellipsis).Gap(1).Lit(t.Rule, t.Dot).Gap(1)
	}
	for i := from; i < to; i++ {
		if i > from {
			row.Gap(1).Lit(t.Rule, t.Dot).Gap(1)
		}
		row.Text(tabs[i].look, tabs[i].text())
	}
	if to < len(tabs) {
		row.Gap(1).Lit(t.Rule, t.Dot).Gap(1).Lit(t.Dim, t.Ellipsis)
	}
	return row.String()
}

// clickView puts the filter of the tab in force that column x is on.
func (m *Model) clickView(x int) tea.Cmd {
	tabs := m.viewTabs()
	from, to := m.viewsFrom(tabs)
	at := 1
	if from > 0 {
		at += 1 + viewGap
	}
	for _, t := range tabs[from:to] {
		w := t.text().Width()
		if x >= at && x < at+w {
			return m.setFilter(t.filter)
		}
		at += w + viewGap
	}
	return nil
}

func (m *Model) nextView(by int) tea.Cmd {
	tabs, at := m.viewTabs(), 0
	for i, t := range tabs {
		if t.filter == m.filter.Filter().String() {
			at = i
		}
	}
	return m.setFilter(tabs[(at+by+len(tabs))%len(tabs)].filter)
}
