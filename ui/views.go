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
	"creel/ui/layout"
	"creel/ui/overlay"
	"creel/ui/theme"
	"creel/ui/words"
)

// View is a filter that is saved under a name and shown as a tab.
type View struct{ Name, Filter string }

// CheckView reports why a view cannot be one of those that are there.
func CheckView(v View, there []View) error {
	switch {
	case strings.TrimSpace(v.Name) == "":
		return errors.New("a saved filter needs a name")
	case v.Name == viewOfAll || slices.ContainsFunc(there, func(t View) bool { return t.Name == v.Name }):
		return fmt.Errorf("there is a saved filter %s already: take another name", v.Name)
	case strings.TrimSpace(v.Filter) == "":
		return errors.New("it lets everything through: there is nothing to save")
	}
	_, err := filter.Parse(v.Filter, filter.Screen)
	return err
}

// viewOfAll is the name of the tab that takes the filter off.
const viewOfAll = "all"

// savedView is a view with what it lets through.
type savedView struct {
	View
	f    *filter.Filter
	hits map[capture.ID]bool
}

// views are the saved filters. Those that ask nothing of bodies are counted at once,
// the others beside the screen, a batch at a time.
type views struct {
	list []*savedView
	todo []*capture.Exchange // for those that read bodies
	busy bool
	aged time.Time // when those that ask for the age were counted last
}

// viewsCounted reports a batch: what each view that reads bodies lets through of the
// requests that were looked at, and what is left to look at.
type viewsCounted struct {
	looked []capture.ID
	hits   map[*savedView]map[capture.ID]bool
	rest   []*capture.Exchange
}

// addView adds a view, which is right, and counts what it lets through.
func (m *Model) addView(v View) {
	f, err := filter.Parse(v.Filter, filter.Screen)
	if err != nil {
		m.logProblem(fmt.Sprintf("saved filter %s: %v", v.Name, err))
		return
	}
	s := &savedView{View: v, f: f, hits: map[capture.ID]bool{}}
	m.views.list = append(m.views.list, s)
	if f.NeedsBody() {
		m.views.todo = slices.Clone(m.index.all)
	} else {
		s.count(m.index.all, m.filterEnv())
	}
}

// count counts requests as they are now.
func (s *savedView) count(changed []*capture.Exchange, env *filter.Env) {
	for _, ex := range changed {
		if s.f.Match(ex, env) {
			s.hits[ex.ID] = true
		} else {
			delete(s.hits, ex.ID)
		}
	}
}

// countViews takes in what changed in the ring.
func (m *Model) countViews(d *ring.Delta) {
	bodies := false
	for _, s := range m.views.list {
		if d.Reset {
			clear(s.hits)
		}
		for _, id := range d.Gone {
			delete(s.hits, id)
		}
		if s.f.NeedsBody() {
			bodies = true
		} else {
			s.count(d.Changed, m.filterEnv())
		}
	}
	if bodies {
		m.views.todo = append(m.views.todo, d.Changed...)
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

// ageViews counts those again that ask for the age, as time goes on.
func (m *Model) ageViews() {
	if m.now.Sub(m.views.aged) < ageTime {
		return
	}
	m.views.aged = m.now
	for _, s := range m.views.list {
		if s.f.AsksAge() && !s.f.NeedsBody() {
			s.count(m.index.all, m.filterEnv())
		}
	}
}

// searchViews looks into the bodies for the views that ask for them, unless it does so
// already.
func (m *Model) searchViews() tea.Cmd {
	v := &m.views
	if v.busy || len(v.todo) == 0 {
		return nil
	}
	out := viewsCounted{hits: map[*savedView]map[capture.ID]bool{}}
	for _, s := range v.list {
		if s.f.NeedsBody() {
			out.hits[s] = map[capture.ID]bool{}
		}
	}
	v.busy = true
	todo, env, ctx := v.todo, m.searchEnv(), m.ctx
	v.todo = nil
	return func() tea.Msg {
		for start := time.Now(); len(todo) > 0 && time.Since(start) < batchTime && ctx.Err() == nil; todo = todo[1:] {
			ex := todo[0]
			out.looked = append(out.looked, ex.ID)
			for s, hits := range out.hits {
				hits[ex.ID] = s.f.Match(ex, env)
			}
		}
		out.rest = todo
		return out
	}
}

// takeViewsCounted takes in what a batch found; what left the ring meanwhile is left out.
func (m *Model) takeViewsCounted(r viewsCounted) tea.Cmd {
	m.views.busy = false
	m.views.todo = append(r.rest, m.views.todo...)
	for s, hits := range r.hits {
		for _, id := range r.looked {
			if hits[id] && m.index.get(id) != nil {
				s.hits[id] = true
			} else {
				delete(s.hits, id)
			}
		}
	}
	return m.searchViews()
}

// showsViews reports whether the row of tabs is there.
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

// viewTabs are the tabs; that of the filter in force stands out.
func (m *Model) viewTabs() []viewTab {
	force := m.filter.Filter().String()
	tabs := []viewTab{{name: safe.Const(viewOfAll), n: len(m.index.all)}}
	for _, s := range m.views.list {
		tabs = append(tabs, viewTab{name: safe.Line(s.Name).Cut(30), n: len(s.hits), filter: s.Filter})
	}
	for i := range tabs {
		tabs[i].look = m.theme.Dim
		if tabs[i].filter == force {
			tabs[i].look = m.theme.Accent
		}
	}
	return tabs
}

// text is a tab as it is drawn.
func (t *viewTab) text() safe.Text { return safe.Linef("%s %s", t.name, words.Number(t.n)) }

// viewRow draws the tabs, from the first that leaves room for the one in force.
func (m *Model) viewRow() string {
	row := m.theme.NewRow(m.lay.W, theme.Style{}).Gap(1)
	for i, t := range m.viewTabs() {
		if i > 0 {
			row.Gap(1).Lit(m.theme.Rule, m.theme.Dot).Gap(1)
		}
		row.Text(t.look, t.text())
	}
	return row.String()
}

// clickView puts the filter of the tab in force that column x is on.
func (m *Model) clickView(x int) tea.Cmd {
	at := 1
	for _, t := range m.viewTabs() {
		w := t.text().Width()
		if x >= at && x < at+w {
			return m.setFilter(t.filter)
		}
		at += w + 3
	}
	return nil
}

// noViews is the reason against going from tab to tab.
func noViews(m *Model) safe.Text {
	if len(m.views.list) == 0 {
		return safe.Const("there is no saved filter yet: / filters, ctrl+s there saves the filter")
	}
	return safe.Text{}
}

// nextView puts the filter of the next or previous tab in force.
func (m *Model) nextView(by int) tea.Cmd {
	tabs, at := m.viewTabs(), 0
	for i, t := range tabs {
		if t.filter == m.filter.Filter().String() {
			at = i
		}
	}
	return m.setFilter(tabs[(at+by+len(tabs))%len(tabs)].filter)
}

// askViewName asks for the name under which the filter is to be saved.
func (m *Model) askViewName() tea.Cmd {
	text := m.filter.Filter().String()
	switch {
	case m.filter.Wrong():
		m.notify(safe.Const("the filter has a mistake: it cannot be saved"))
		return nil
	case strings.TrimSpace(text) == "":
		m.notify(safe.Const("the filter lets everything through: there is nothing to save"))
		return nil
	}
	view := func(name string) View { return View{strings.TrimSpace(name), text} }
	where := "until creel ends"
	if m.deps.KeepView != nil {
		where = "in " + m.deps.Config.ConfigFile
	}
	m.stack.Open(overlay.NewPrompt(m.theme, overlay.PromptSpec{
		Title: safe.Const("save the filter"), Verb: "save it", Ghost: "a name, such as failed",
		Check: func(name string) (safe.Text, error) {
			return safe.Linef("%s, %s", strings.TrimSpace(name), where), CheckView(view(name), m.saved)
		},
		Done: func(name string) tea.Cmd { return m.saveView(view(name)) },
	}))
	return nil
}

// saveView adds a view, and writes it to the configuration file beside the screen.
func (m *Model) saveView(v View) tea.Cmd {
	m.saved = append(m.saved, v)
	m.addView(v)
	show := tea.Batch(m.setFilter(v.Filter), m.searchViews())
	keep, file := m.deps.KeepView, m.deps.Config.ConfigFile
	if keep == nil {
		m.notify(safe.Linef("saved as %s until creel ends: [ and ] switch", v.Name))
		return show
	}
	return tea.Batch(show, func() tea.Msg {
		err := keep(v)
		return order(func(m *Model) tea.Cmd {
			if err != nil {
				m.logProblem(fmt.Sprintf("saved filter %s is not kept: %v", v.Name, err))
			} else {
				m.notify(safe.Linef("saved as %s in %s: [ and ] switch", v.Name, file))
			}
			return nil
		})
	})
}

// viewHere is the place of the saved filter that is in force; -1 when none is.
func (m *Model) viewHere() int {
	force := m.filter.Filter().String()
	return slices.IndexFunc(m.views.list, func(s *savedView) bool { return s.Filter == force })
}

// noViewHere is the reason against removing one.
func (m *Model) noViewHere() safe.Text {
	if m.viewHere() < 0 {
		return safe.Const("no saved filter is in force: [ and ] switch to one")
	}
	return safe.Text{}
}

// removeView removes the saved filter in force, from the configuration beside the screen.
func (m *Model) removeView() tea.Cmd {
	at := m.viewHere()
	name := m.views.list[at].Name
	m.views.list = slices.Delete(m.views.list, at, at+1)
	m.deps.Views = slices.DeleteFunc(slices.Clone(m.deps.Views), func(v View) bool { return v.Name == name })
	show := m.setFilter("")
	m.relayout()
	m.notify(safe.Linef("saved filter %s removed", name))
	drop := m.deps.DropView
	if drop == nil {
		return show
	}
	return tea.Batch(show, func() tea.Msg {
		err := drop(name)
		return order(func(m *Model) tea.Cmd {
			if err != nil {
				m.logProblem(fmt.Sprintf("saved filter %s is still in the configuration: %v", name, err))
			}
			return nil
		})
	})
}
