package ui

import (
	tea "charm.land/bubbletea/v2"

	"creel/capture/reply"
	"creel/capture/safe"
	"creel/ui/editor"
	"creel/ui/overlay"
)

func noStanding(m *Model) safe.Text {
	if m.deps.Standing == nil {
		return safe.Const("the reply cannot be changed here")
	}
	return safe.Text{}
}

// replyLabel is for the first screen: there is little else to do yet.
func (m *Model) replyLabel() safe.Text {
	if m.showsFirst() {
		return safe.Const("reply")
	}
	return safe.Text{}
}

// setReply asks what senders are answered.
func (m *Model) setReply() tea.Cmd {
	note := safe.Text{}
	for _, t := range m.facts.targets {
		if !t.Disabled {
			note = safe.Linef("%s answers while it is on: this is for what goes to no target", t.Label())
		}
	}
	m.stack.Open(overlay.NewReply(m.theme, m.deps.Standing.Spec(), m.deps.Presets, note))
	return nil
}

func (m *Model) replySet(s overlay.ReplySet) tea.Cmd {
	if err := m.deps.Standing.Set(s.Spec); err != nil {
		m.complain(safe.Line(err.Error()))
		return nil
	}
	m.takeFacts()
	m.say(safe.Linef("senders get %s from now on", m.deps.Standing.Words()))
	return nil
}

// decided acts on what a dialog about replies, holds and rules decided; ok is
// false for any other message.
func (m *Model) decided(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	switch d := msg.(type) {
	case overlay.ReplySet:
		return m.replySet(d), true
	case overlay.ForwardChosen:
		return m.urlChosen(d.URL), true
	case overlay.TargetsSet:
		m.deps.Targets.Set(d.List)
		m.takeFacts()
	case overlay.RepeatAsked:
		return m.startRepeat(d.Plan), true
	case overlay.RepeatCancelled:
		m.cancelRepeat()
	case overlay.HoldSet:
		return m.holdSet(d), true
	case overlay.HeldDecided:
		return m.heldDecided(d), true
	case overlay.NextTryAnswered:
		return m.nextTryAnswered(d), true
	case overlay.AnswerClosed:
		m.deps.Gate.Resume(d.ID)
	case overlay.RuleSwitched:
		m.ruled(m.deps.Rules.Enable(d.Index, d.On))
	case overlay.RuleMoved:
		m.ruled(m.deps.Rules.Move(d.From, d.To))
	case overlay.RuleRemoved:
		m.ruled(m.deps.Rules.Remove(d.Index))
	case overlay.RuleEdited:
		return m.editRule(d.Index), true
	case overlay.RuleMade:
		return m.makeRule(), true
	case overlay.RulesSaved:
		m.saveRules()
	default:
		return nil, false
	}
	return nil, true
}

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
	m.rulesSaid = safe.Text{}
	m.stack.Open(overlay.NewRules(m.theme, func() overlay.RulesNow {
		return overlay.RulesNow{
			List: rules.List(), File: rules.File(), Unsaved: rules.Unsaved(), Err: rules.Err(), Said: m.rulesSaid,
		}
	}, from))
	return nil
}

// makeRule puts a rule for requests like the selected one before all others.
func (m *Model) makeRule() tea.Cmd {
	ex := m.acting()
	if ex == nil {
		return nil
	}
	spec := reply.Spec{}
	if m.deps.Standing != nil {
		spec = m.deps.Standing.Spec()
	}
	m.ruled(m.deps.Rules.Add(reply.RuleFor(ex, spec)))
	return m.editRule(0)
}

// editRule opens the text of a rule in the user's editor.
func (m *Model) editRule(index int) tea.Cmd {
	list := m.deps.Rules.List()
	if index >= len(list) {
		return nil
	}
	return m.inEditor("rule.toml", []byte(list[index].Text), func(text []byte) order {
		return func(m *Model) tea.Cmd {
			m.ruled(m.deps.Rules.Replace(index, string(text)))
			return nil
		}
	})
}

func (m *Model) saveRules() {
	if m.deps.Rules.File() == "" {
		m.rulesSaid = safe.Const("there is no file to save to: start with --rules FILE")
		return
	}
	if err := m.deps.Rules.Save(); err != nil {
		m.ruled(err)
		return
	}
	m.rulesSaid = safe.Linef("saved to %s", m.deps.Rules.File())
}

// ruled says in the list of rules what is wrong with a change of them.
func (m *Model) ruled(err error) {
	m.rulesSaid = safe.Text{}
	if err != nil {
		m.rulesSaid = safe.Line(err.Error())
	}
	m.takeFacts()
}

// inEditor gives text to the user's editor, and has done act on what became of
// it.
func (m *Model) inEditor(name string, text []byte, done func([]byte) order) tea.Cmd {
	s, err := editor.Open(m.ctx, m.editorArgv(), name, text)
	if err != nil {
		m.problem(err.Error())
		return nil
	}
	return tea.ExecProcess(s.Cmd, func(err error) tea.Msg {
		after, err := s.Finish(err)
		if err != nil {
			return did{err: err}
		}
		return done(after)
	})
}

// editorArgv is the command of the user's editor.
func (m *Model) editorArgv() []string {
	return editor.Argv(func(name string) (string, bool) { v := m.env(name); return v, v != "" })
}
