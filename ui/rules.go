package ui

import (
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/overlay"
)

func noRules(m *Model) safe.Text {
	if m.deps.Rules == nil {
		return safe.Const("there are no rules here")
	}
	return safe.Text{}
}

// openRules opens the list of rules.
func (m *Model) openRules() tea.Cmd {
	rules, from := m.deps.Rules, safe.Text{}
	if ex := m.acting(); ex != nil {
		from = safe.Line(ex.ID.String())
	}
	m.rulesStatus = safe.Text{}
	m.stack.Open(overlay.NewRules(m.theme, overlay.RulesSpec{
		Look: func() overlay.RulesNow {
			return overlay.RulesNow{
				List: rules.List(), File: rules.File(), Unsaved: rules.Unsaved(), Err: rules.Err(), Status: m.rulesStatus,
			}
		},
		From: from, Make: m.makeRule, Edit: m.editRule, Undo: m.undoRule, Save: m.saveRules,
		Enable: func(i int, on bool) { m.ruled(rules.Enable(i, on)) },
		Move:   func(from, to int) { m.ruled(rules.Move(from, to)) },
		Remove: func(i int) { m.ruled(rules.Remove(i)) },
	}))
	return nil
}

func (m *Model) saveRules() {
	if m.deps.Rules.File() == "" {
		m.rulesStatus = safe.Const("there is no file to save to: start with --rules FILE")
		return
	}
	if err := m.deps.Rules.Save(); err != nil {
		m.ruled(err)
		return
	}
	m.rulesStatus = safe.Linef("saved to %s", m.deps.Rules.File())
}

// undoRule puts back the rule that was removed last.
func (m *Model) undoRule() {
	name, err := m.deps.Rules.Restore()
	if m.ruled(err); err == nil {
		m.rulesStatus = safe.Linef("%s is back", name)
	}
}

// ruled says in the list of rules what is wrong with a change of them.
func (m *Model) ruled(err error) {
	m.rulesStatus = safe.Text{}
	if err != nil {
		m.rulesStatus = safe.Line(err.Error())
	}
	m.takeFacts()
}
