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
		from = safe.Line(ex.Name())
	}
	m.rulesStatus = safe.Text{}
	m.stack.Open(overlay.NewRules(m.theme, overlay.RulesSpec{
		Look: func() overlay.RulesNow {
			return overlay.RulesNow{
				List: rules.List(), File: rules.File(), Unsaved: rules.Unsaved(), Err: rules.Err(), Status: m.rulesStatus,
			}
		},
		From: from, Make: m.makeRule, Edit: m.editRule, Undo: m.undoRule, Save: m.saveRules,
		Enable: func(i int, on bool) tea.Cmd {
			return m.changeRules(quietly(func() error { return rules.Enable(i, on) }))
		},
		Move: func(from, to int) tea.Cmd {
			return m.changeRules(quietly(func() error { return rules.Move(from, to) }))
		},
		Remove: func(i int) tea.Cmd { return m.changeRules(quietly(func() error { return rules.Remove(i) })) },
	}))
	return nil
}

// rulesChange changes the rules and returns what there is to say about it.
type rulesChange func() (status safe.Text, err error)

// changeRules makes a change beside the screen, after those that were asked for
// before it: another process may have the rules.
func (m *Model) changeRules(change rulesChange) tea.Cmd {
	m.rulesChanges = append(m.rulesChanges, change)
	if len(m.rulesChanges) > 1 {
		return nil
	}
	return m.nextRulesChange()
}

func (m *Model) nextRulesChange() tea.Cmd {
	if len(m.rulesChanges) == 0 {
		return nil
	}
	change := m.rulesChanges[0]
	return func() tea.Msg {
		status, err := change()
		return order(func(m *Model) tea.Cmd {
			m.rulesChanges = m.rulesChanges[1:]
			if m.ruled(err); err == nil {
				m.rulesStatus = status
			}
			return m.nextRulesChange()
		})
	}
}

// quietly is a change about which there is nothing to say.
func quietly(change func() error) rulesChange {
	return func() (safe.Text, error) { return safe.Text{}, change() }
}

func (m *Model) saveRules() tea.Cmd {
	rules := m.deps.Rules
	if rules.File() == "" {
		m.rulesStatus = safe.Const("there is no file to save to: start with --rules FILE")
		return nil
	}
	return m.changeRules(func() (safe.Text, error) { return safe.Linef("saved to %s", rules.File()), rules.Save() })
}

// undoRule puts back the rule that was removed last.
func (m *Model) undoRule() tea.Cmd {
	rules := m.deps.Rules
	return m.changeRules(func() (safe.Text, error) {
		name, err := rules.Restore()
		return safe.Linef("%s is back", name), err
	})
}

// ruled says in the list of rules what is wrong with a change of them.
func (m *Model) ruled(err error) {
	m.rulesStatus = safe.Text{}
	if err != nil {
		m.rulesStatus = safe.Line(err.Error())
	}
	m.takeFacts()
}
