package overlay

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/reply"
	"creel/capture/safe"
	"creel/ui/field"
	"creel/ui/keys"
	"creel/ui/theme"
)

// RuleSpec is what the form of a new rule is made of.
type RuleSpec struct {
	From  safe.Text // the request that it is made from: "#412"
	Draft reply.RuleDraft
	// Text makes the rule's text, or says what is wrong with the draft.
	Text func(reply.RuleDraft) (string, error)
	// Make, Edit and Leave are called for enter, for ctrl+o and for esc.
	Make, Edit func(text string) tea.Cmd
	Leave      func()
}

// Rule is the form in which a rule is made, by enter alone.
type Rule struct {
	t    *theme.Theme
	s    RuleSpec
	form form
	text string // of the rule that the form makes
	err  error  // why it makes none
}

// The inputs of the form, in order.
const (
	ruleMatch = iota
	ruleAction
	ruleReply
	ruleForward
	ruleFault
	ruleHold
	ruleTimes
)

// NewRule returns the form, filled in with the draft.
func NewRule(t *theme.Theme, s RuleSpec) *Rule {
	r := &Rule{t: t, s: s}
	r.form.inputs = []input{
		{label: safe.Const("When"), field: field.Prefilled(s.Draft.Match)},
		{label: safe.Const("Then"), choices: choices(reply.RuleActions()...)},
		{label: safe.Const("Reply"), field: field.New(s.Draft.Reply)},
		{label: safe.Const("To"), field: field.New(s.Draft.Forward)},
		{label: safe.Const("Fault"), choices: choices(reply.FaultNames()...)},
		{label: safe.Const("Hold"), choices: choices("no", "yes")},
		{label: safe.Const("Times"), field: field.New("")},
	}
	in := r.form.inputs
	in[ruleMatch].field.Ghost = "everything, or: path:/stripe  event:invoice.*"
	in[ruleReply].field.Ghost = `200   503   422 {"error":"x"}   500x3,200   @preset`
	in[ruleForward].field.Ghost = "3000, http://localhost:3000/hooks"
	in[ruleTimes].field.Ghost = "always, or how many times"
	r.changed()
	return r
}

func (r *Rule) draft() reply.RuleDraft {
	in, d := r.form.inputs, r.s.Draft
	d.Match, d.Action = in[ruleMatch].field.Value(), reply.RuleActions()[in[ruleAction].at]
	d.Reply, d.Forward = in[ruleReply].field.Value(), in[ruleForward].field.Value()
	d.Fault = reply.FaultNames()[in[ruleFault].at]
	d.Hold, d.Times = in[ruleHold].at == 1, strings.TrimSpace(in[ruleTimes].field.Value())
	return d
}

// changed hides what does not belong to the action that is chosen, and makes the text.
func (r *Rule) changed() {
	action := r.draft().Action
	for i, of := range map[int]reply.RuleAction{ruleReply: reply.ActionReply, ruleForward: reply.ActionForward, ruleFault: reply.ActionFault} {
		r.form.inputs[i].hidden = action != of
	}
	r.form.inputs[ruleHold].hidden = action == reply.ActionHold
	r.text, r.err = r.s.Text(r.draft())
}

// Update implements Overlay.
func (r *Rule) Update(msg tea.Msg) (tea.Cmd, bool) {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		switch {
		case key.Matches(press, leaveKey):
			r.s.Leave()
			return nil, true
		case key.Matches(press, enterKey, editorKey):
			if r.err != nil {
				return nil, false
			}
			if key.Matches(press, editorKey) {
				return r.s.Edit(r.text), true
			}
			return r.s.Make(r.text), true
		}
	}
	r.form.update(msg)
	r.changed()
	return nil, false
}

// View implements Overlay.
func (r *Rule) View(w, h int) Frame {
	inner := max(0, min(78, w-theme.BoxFrameWidth))
	lines, x, y := r.form.view(r.t, inner)
	if h >= theme.BoxFrameHeight+len(lines)+3 {
		lines = append(lines, "")
	}
	style, note := r.t.Dim, safe.Const("it goes before all other rules")
	if r.err != nil {
		style, note = r.t.Warn, safe.Line(r.err.Error())
	}
	lines = append(lines, paragraph(r.t, style, note, inner)...)
	return framed(r.t, safe.Linef("a rule from %s", r.s.From), lines, inner, h, x, y)
}

// Keys implements Overlay.
func (r *Rule) Keys() []key.Binding {
	list := append([]key.Binding{does(enterKey, "make the rule")}, r.form.keys()...)
	return append(list, editorKey, does(leaveKey, "cancel"))
}

var editorKey = keys.Bind("$EDITOR", "ctrl+o")
