package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/reply"
	"creel/capture/safe"
	"creel/forward"
	"creel/ui/overlay"
)

// rulesFile is the file of the rules, as it is shown; empty when they have none.
func (m *Model) rulesFile() string { return m.atHome(m.deps.Rules.File()) }

func (m *Model) openRules() {
	rules, from := m.deps.Rules, safe.Text{}
	if ex := m.acting(); ex != nil {
		from = safe.Line(ex.Name())
	}
	m.rulesStatus = safe.Text{}
	m.stack.Open(overlay.NewRules(m.theme, overlay.RulesSpec{
		Look: func() overlay.RulesNow {
			return overlay.RulesNow{
				List: rules.List(), File: m.rulesFile(), Unsaved: rules.Unsaved(), Removed: rules.Removed(), Err: rules.Err(), Status: m.rulesStatus,
			}
		},
		From: from, Make: m.makeRule, Edit: m.editRule, Reset: m.resetRule, Undo: m.undoRule,
		Save: func() tea.Cmd { return m.saveRules(safe.Linef("saved to %s", m.rulesFile())) },
		Enable: func(i int, on bool) tea.Cmd {
			return m.changeRules(quietly(func() error { return rules.Enable(i, on) }))
		},
		Move: func(from, to int) tea.Cmd {
			return m.changeRules(quietly(func() error { return rules.Move(from, to) }))
		},
		Remove: func(i int) tea.Cmd { return m.changeRules(quietly(func() error { return rules.Remove(i) })) },
	}))
}

// rulesChange changes the rules and returns what there is to say about it.
type rulesChange func() (status safe.Text, err error)

// changeRules makes a change beside the screen, in order: another process may have the rules.
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
			if err != nil {
				status = safe.Line(err.Error())
			}
			m.sayInRules(status)
			return m.nextRulesChange()
		})
	}
}

// quietly is a change about which there is nothing to say.
func quietly(change func() error) rulesChange {
	return func() (safe.Text, error) { return safe.Text{}, change() }
}

func (m *Model) saveRules(saved safe.Text) tea.Cmd {
	rules := m.deps.Rules
	return m.changeRules(func() (safe.Text, error) { return saved, rules.Save() })
}

// resetRule has a rule count from zero again: it is replaced by itself.
func (m *Model) resetRule(index int) tea.Cmd {
	rules := m.deps.Rules
	list := rules.List()
	if index >= len(list) {
		return nil
	}
	rule := list[index]
	return m.changeRules(func() (safe.Text, error) {
		return safe.Linef("%s counts from zero again", rule.Name), rules.Replace(index, rule.Text, rule.Text)
	})
}

func (m *Model) undoRule() tea.Cmd {
	rules := m.deps.Rules
	return m.changeRules(func() (safe.Text, error) {
		name, err := rules.Restore()
		return safe.Linef("%s is back", name), err
	})
}

// sayInRules says what came of a change: in the list of rules, or a notice when nothing is open.
func (m *Model) sayInRules(status safe.Text) {
	m.rulesStatus = status
	m.takeFacts()
	if m.stack.Top() == nil && !status.Empty() {
		m.notify(status)
	}
}

// ruleTargets says where the rules forward a request, and remembers it for the footer.
type ruleTargets struct {
	rules   []reply.RuleInfo
	filters []*filter.Filter // of the rules; nil for one that is not in force
	id      capture.ID
	url     string
}

// take sets the rules as they are now.
func (r *ruleTargets) take(rules []reply.RuleInfo) {
	same := slices.EqualFunc(r.rules, rules, func(a, b reply.RuleInfo) bool {
		return a.Match == b.Match && a.Forward == b.Forward && a.Enabled == b.Enabled && a.UsedUp() == b.UsedUp()
	})
	if same {
		return
	}
	*r = ruleTargets{rules: rules, filters: make([]*filter.Filter, len(rules))}
	for i, rule := range rules {
		if f, err := filter.Parse(rule.Match, filter.Arrival); err == nil && rule.Enabled && !rule.UsedUp() {
			r.filters[i] = f
		}
	}
}

// of returns the URL that the first fitting rule forwards ex to; empty without one.
func (r *ruleTargets) of(ex *capture.Exchange, env func() *filter.Env) string {
	if r.id == ex.ID {
		return r.url
	}
	r.id, r.url = ex.ID, ""
	for i, f := range r.filters {
		if f != nil && f.Match(ex, env()) {
			r.url = r.rules[i].Forward
			break
		}
	}
	return r.url
}

// ruleTarget is where the rules forward a request that was not sent anywhere yet.
func (m *Model) ruleTarget(ex *capture.Exchange) (forward.Target, bool) {
	if len(ex.Attempts) > 0 {
		return forward.Target{}, false // it goes where it went
	}
	to, err := forward.ParseTarget(m.ruleTargets.of(ex, m.filterEnv))
	if err != nil {
		return forward.Target{}, false
	}
	for _, s := range m.facts.targets {
		if s.Key() == to.Key() {
			return s.Target, true // with all its settings, as on arrival
		}
	}
	return m.targetForURL(to.URL), true
}
