package ui

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture/reply"
	"creel/capture/safe"
	"creel/ui/editor"
	"creel/ui/overlay"
)

// ruleEdit is a rule that is with the user's editor.
type ruleEdit struct {
	index int    // of the rule that it replaces; newRule for none
	was   string // the text of that rule
	text  string // what the editor was given, without the remarks
	at    time.Time
}

// newRule is the index of a rule that is made.
const newRule = -1

// ruleDraft is the text of a rule that could not be put in force: editing goes on with it.
type ruleDraft struct{ was, text string }

// moment is how long a person takes at least to change something in an editor.
const moment = time.Second

// makeRule opens the form for a rule for requests like the selected one.
func (m *Model) makeRule() tea.Cmd {
	ex := m.acting()
	if ex == nil {
		return nil
	}
	rules, presets := m.deps.Rules, m.presets
	draft := reply.RuleFor(ex, rules.List())
	m.stack.Open(overlay.NewRule(m.theme, overlay.RuleSpec{
		From: safe.Line(ex.Name()), Draft: draft,
		Text: func(d reply.RuleDraft) (string, error) {
			if d.Match != draft.Match {
				d.Name = reply.FreeName(cmp.Or(strings.TrimSpace(d.Match), "everything"), rules.List())
			}
			text, err := d.Text(presets)
			if err != nil {
				return "", err
			}
			var wrong reply.RuleErrors
			if errors.As(rules.Check(text), &wrong) {
				return "", errors.New(wrong[0].Msg)
			}
			return text, nil
		},
		Make:  m.addRule,
		Edit:  func(text string) tea.Cmd { return m.ruleInEditor(ruleEdit{index: newRule, text: text}, "") },
		Leave: func() { m.rulesStatus = noRuleMade },
	}))
	return nil
}

var noRuleMade = safe.Const("no rule was made")

// addRule puts a rule in force, before all others.
func (m *Model) addRule(text string) tea.Cmd {
	rules := m.deps.Rules
	return m.changeRules(func() (safe.Text, error) {
		if err := rules.Add(text); err != nil {
			return safe.Text{}, err
		}
		name := "the rule"
		if list := rules.List(); len(list) > 0 {
			name = list[0].Name
		}
		return safe.Linef("%s is in force", name), nil
	})
}

// editRule opens the text of a rule, or its draft, in the user's editor.
func (m *Model) editRule(index int) tea.Cmd {
	list := m.deps.Rules.List()
	if index >= len(list) {
		return nil
	}
	e := ruleEdit{index: index, was: list[index].Text, text: list[index].Text}
	remarks := ""
	if m.ruleDraft.was == e.was && m.ruleDraft.text != "" {
		e.text = m.ruleDraft.text
		remarks = mistakes(m.deps.Rules.Check(e.text))
	}
	return m.ruleInEditor(e, remarks)
}

func (m *Model) ruleInEditor(e ruleEdit, remarks string) tea.Cmd {
	e.at = m.now
	return m.inEditor("rule.toml", []byte(remarks+e.text), func(r editor.Result, err error) tea.Msg {
		return order(func(m *Model) tea.Cmd { return m.takeRule(e, r, err) })
	})
}

// takeRule puts a rule in force. A wrong one goes back into the editor, unless it came back at once or unchanged.
func (m *Model) takeRule(e ruleEdit, r editor.Result, err error) tea.Cmd {
	text := withoutRemarks(string(r.Text))
	blank := strings.TrimSpace(text) == ""
	if err != nil || !r.Saved || blank {
		if text != e.was && !blank {
			m.ruleDraft = ruleDraft{e.was, text}
		}
		m.leaveRule(e, err)
		return nil
	}
	if wrong := m.deps.Rules.Check(text); wrong != nil {
		m.ruleDraft = ruleDraft{e.was, text}
		if text == e.text || m.now.Sub(e.at) < moment {
			m.leaveRule(e, wrong)
			return nil
		}
		e.text = text
		return m.ruleInEditor(e, mistakes(wrong))
	}
	m.ruleDraft = ruleDraft{}
	if e.index == newRule {
		return m.addRule(text)
	}
	if text == e.was {
		m.sayInRules(safe.Text{})
		return nil
	}
	rules := m.deps.Rules
	return m.changeRules(quietly(func() error { return rules.Replace(e.index, e.was, text) }))
}

// leaveRule says that nothing was made or changed, and why: err, or the user did not save.
func (m *Model) leaveRule(e ruleEdit, err error) {
	what := safe.Const("the rule is as it was")
	if e.index == newRule {
		what = noRuleMade
	}
	if err == nil && m.ruleDraft.text != "" {
		err = m.deps.Rules.Check(m.ruleDraft.text)
	}
	var wrong reply.RuleErrors
	switch {
	case errors.As(err, &wrong):
		what = safe.Linef("%s: line %d: %s", what, wrong[0].Line, wrong[0].Msg)
		if more := len(wrong) - 1; more > 0 {
			what = safe.Linef("%s, and %d more", what, more)
		}
		if e.index != newRule {
			what = safe.Concat(what, safe.Const("; e goes on with what you wrote"))
		}
	case err != nil:
		what = safe.Linef("%s: %v", what, err)
	default:
		what = safe.Linef("%s: it was left without saving", what)
	}
	m.sayInRules(what)
}

// remarkMark begins the lines that say what is wrong with a rule that is edited.
const remarkMark = "#! "

// mistakes are the lines above a rule that is wrong; the places in them count those lines, too.
func mistakes(err error) string {
	if err == nil {
		return ""
	}
	var all reply.RuleErrors
	if !errors.As(err, &all) {
		all = reply.RuleErrors{{Line: 1, Msg: err.Error()}}
	}
	var b strings.Builder
	for _, e := range all {
		fmt.Fprintf(&b, "%sline %d: %s\n", remarkMark, e.Line+len(all)+1, safe.Line(e.Msg))
	}
	b.WriteString(remarkMark + "fix it, or leave without saving: the rule then stays as it was\n")
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
