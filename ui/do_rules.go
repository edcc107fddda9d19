package ui

import (
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture/reply"
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
	err := m.deps.Rules.Add(reply.RuleFor(ex, spec))
	if m.ruled(err); err != nil {
		return nil
	}
	text := m.deps.Rules.List()[0].Text
	return m.ruleInEditor(0, text, ruleRemark()+text)
}

// ruleRemark says above a new rule what else it can do.
func ruleRemark() string {
	return remarkMark + "in place of reply: forward = [\"http://localhost:3000\"], hold = true,\n" +
		remarkMark + "or fault = \"hang\" (or " + strings.Join(reply.FaultNames()[1:], ", ") + ")\n"
}

// editRule opens the text of a rule in the user's editor.
func (m *Model) editRule(index int) tea.Cmd {
	list := m.deps.Rules.List()
	if index >= len(list) {
		return nil
	}
	return m.ruleInEditor(index, list[index].Text, list[index].Text)
}

// ruleInEditor has text edited, to stand for the rule that was.
func (m *Model) ruleInEditor(index int, was, text string) tea.Cmd {
	return m.inEditor("rule.toml", []byte(text), func(after []byte) order {
		return func(m *Model) tea.Cmd { return m.takeRule(index, was, withoutRemarks(string(after))) }
	})
}

// takeRule puts an edited rule in force. One that is wrong goes back into the
// editor, with what is wrong above it, until it is right or empty.
func (m *Model) takeRule(index int, was, text string) tea.Cmd {
	if strings.TrimSpace(text) == "" || text == was {
		m.ruled(nil)
		return nil
	}
	if err := m.deps.Rules.Check(text); err != nil {
		return m.ruleInEditor(index, was, mistakes(err)+text)
	}
	m.ruled(m.deps.Rules.Replace(index, was, text))
	return nil
}

// remarkMark begins the lines that say something of a rule to who edits it.
const remarkMark = "#! "

// mistakes are the lines to stand above a rule that is wrong; the places in them
// count those lines, too.
func mistakes(err error) string {
	var all reply.RuleErrors
	if !errors.As(err, &all) {
		all = reply.RuleErrors{{Line: 1, Msg: err.Error()}}
	}
	var b strings.Builder
	for _, e := range all {
		fmt.Fprintf(&b, "%sline %d: %s\n", remarkMark, e.Line+len(all)+1, safe.Line(e.Msg))
	}
	b.WriteString(remarkMark + "mend it, or save an empty file to leave the rule as it was\n")
	return b.String()
}

func withoutRemarks(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, remarkMark) {
			b.WriteString(line)
		}
	}
	return b.String()
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
