package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/overlay"
)

func (m *Model) askViewName() tea.Cmd {
	text := m.filter.Filter().String()
	switch {
	case m.filter.Wrong():
		m.filter.Say(safe.Const("not saved: the filter has a mistake"))
		return nil
	case strings.TrimSpace(text) == "":
		m.filter.Say(safe.Const("nothing to save: the filter is empty"))
		return nil
	}
	m.openViewName(overlay.PromptSpec{
		Title: safe.Const("save the filter"), Verb: "save it", Ghost: "a name, such as failed",
		Done: func(name string) tea.Cmd { return m.saveView(View{strings.TrimSpace(name), text}) },
	}, text, m.savedViews())
	return nil
}

// openViewName asks for a name that none of some views has.
func (m *Model) openViewName(spec overlay.PromptSpec, filter string, others []View) {
	where := "until creel ends"
	if m.deps.KeepView != nil {
		where = "in " + m.deps.Config.ConfigFile
	}
	spec.Check = func(name string) (safe.Text, error) {
		name = strings.TrimSpace(name)
		_, err := CheckView(View{name, filter}, others)
		return safe.Linef("%s, %s", name, where), err
	}
	m.stack.Open(overlay.NewPrompt(m.theme, spec))
}

func (m *Model) savedViews() []View {
	var list []View
	for _, s := range m.views.list {
		list = append(list, s.View)
	}
	return list
}

func (m *Model) saveView(v View) tea.Cmd {
	m.addView(v)
	show := tea.Batch(m.setFilter(v.Filter), m.searchViews())
	if m.deps.KeepView == nil {
		m.notify(safe.Linef("saved as %s until creel ends: [ and ] switch", v.Name))
		return show
	}
	return tea.Batch(show, m.keepView("", v, safe.Linef("saved as %s in %s: [ and ] switch", v.Name, m.deps.Config.ConfigFile)))
}

// keepView writes what became of a view to the configuration file, and says so.
func (m *Model) keepView(name string, is View, done safe.Text) tea.Cmd {
	keep := m.deps.KeepView
	if keep == nil {
		m.notify(done)
		return nil
	}
	return func() tea.Msg {
		if err := keep(name, is); err != nil {
			return did{err: fmt.Errorf("the saved filters of the configuration are as before: %w", err)}
		}
		return did{what: done.String()}
	}
}

// viewHere is the place of the saved filter that is in force; -1 when none is.
func (m *Model) viewHere() int {
	force := m.filter.Filter().String()
	return slices.IndexFunc(m.views.list, func(s *savedView) bool { return s.Filter == force })
}

func (m *Model) renameView() {
	s, others := m.views.list[m.viewHere()], m.savedViews()
	others = slices.DeleteFunc(others, func(v View) bool { return v.Name == s.Name })
	m.openViewName(overlay.PromptSpec{
		Title: safe.Const("rename the saved filter"), Verb: "rename it", Text: s.Name, Select: true,
		Done: func(name string) tea.Cmd {
			was := s.Name
			if s.Name = strings.TrimSpace(name); s.Name == was {
				return nil
			}
			return m.keepView(was, s.View, safe.Linef("saved filter %s is now %s", was, s.Name))
		},
	}, s.Filter, others)
}

// removeView removes the saved filter in force, from the configuration, too.
func (m *Model) removeView() tea.Cmd {
	at := m.viewHere()
	name := m.views.list[at].Name
	m.views.list = slices.Delete(m.views.list, at, at+1)
	show := m.setFilter("")
	return tea.Batch(show, m.keepView(name, View{}, safe.Linef("saved filter %s removed", name)))
}
