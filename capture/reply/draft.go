package reply

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/tomlfile"
)

// RuleAction is what a rule does with a request that matches.
type RuleAction string

// The actions, as a form names them. ActionHold holds and then does what is done
// without a rule.
const (
	ActionReply   RuleAction = "reply"
	ActionForward RuleAction = "forward"
	ActionFault   RuleAction = "fault"
	ActionHold    RuleAction = "hold"
)

// RuleActions returns all actions in the order in which they are offered.
func RuleActions() []RuleAction {
	return []RuleAction{ActionReply, ActionForward, ActionFault, ActionHold}
}

// RuleDraft is a rule as a form has it: what the user entered.
type RuleDraft struct {
	Name   string
	Match  string // a filter
	Action RuleAction
	// Reply is a reply in the form of [ParseSpec], Forward one or more URLs separated
	// by blanks or commas, Fault the name of a fault. The one of the action counts.
	Reply, Forward, Fault string
	Hold                  bool
	Times                 string // a number; empty: always
}

// RuleFor returns the draft of a rule for requests like ex, which replies 200
// until something else is entered. Its name is none of those in rules.
func RuleFor(ex *capture.Exchange, rules []RuleInfo) RuleDraft {
	name := cmp.Or(strings.TrimSpace(ex.Sender.Provider+" "+ex.Sender.Event), ex.Request.Path()) // as the filter has it
	return RuleDraft{Name: FreeName(name, rules), Match: filter.About(ex), Action: ActionReply, Reply: "200"}
}

// FreeName is name or, where a rule is called so, name with a number after it.
func FreeName(name string, rules []RuleInfo) string {
	free := name
	for n := 2; slices.ContainsFunc(rules, func(r RuleInfo) bool { return r.Name == free }); n++ {
		free = fmt.Sprint(name, " ", n)
	}
	return free
}

// Text returns the rule's block of TOML. The error says what is wrong with what
// was entered; what only a file of rules can have wrong is for [Rules.Check].
func (d RuleDraft) Text(presets []Spec) (string, error) {
	var b strings.Builder
	b.WriteString("[[rule]]\n")
	line := func(key, value string) { fmt.Fprintf(&b, "%-7s = %s\n", key, value) }
	line("name", tomlfile.Quote(d.Name))
	if _, err := filter.Parse(d.Match, filter.Arrival); err != nil {
		return "", fmt.Errorf("when: %w", err)
	}
	if strings.TrimSpace(d.Match) != "" {
		line("match", tomlfile.Quote(d.Match))
	}
	if d.Hold || d.Action == ActionHold {
		line("hold", "true")
	}
	if d.Times != "" {
		n, err := strconv.Atoi(d.Times)
		if err != nil || n < 1 {
			return "", fmt.Errorf("times: %q is not a number from 1", d.Times)
		}
		line("times", d.Times)
	}
	switch d.Action {
	case ActionReply:
		spec, err := ParseSpec(d.Reply, presets)
		if err != nil {
			return "", err
		}
		line("reply", "{ "+strings.Join(spec.keys(), ", ")+" }")
	case ActionForward:
		urls := strings.FieldsFunc(d.Forward, func(r rune) bool { return r == ',' || r == ' ' })
		if len(urls) == 0 {
			return "", errors.New("to: a port of this machine, or a URL")
		}
		for i := range urls {
			urls[i] = tomlfile.Quote(urls[i])
		}
		line("forward", "["+strings.Join(urls, ", ")+"]")
	case ActionFault:
		line("fault", tomlfile.Quote(d.Fault))
	}
	return b.String(), nil
}
