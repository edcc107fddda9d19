package reply

import (
	"fmt"
	"strings"

	"creel/capture"
	"creel/capture/filter"
)

// Rule says what happens to what matches. It is made by [LoadRules].
type Rule struct {
	name    string
	match   *filter.Filter
	enabled bool
	times   int // 0: without end
	hold    bool
	reply   *Fixed
	forward []string
	fault   capture.Fault

	used    int    // of times
	matched uint64 // since it was loaded
}

// What is done without a rule: the standing action, after a hold or at once.
var withoutRule, heldWithoutRule = &Rule{}, &Rule{hold: true}

// standing reports whether the standing action is what is done, after a hold.
func (r *Rule) standing() bool { return r.reply == nil && r.fault == nil && len(r.forward) == 0 }

// RuleInfo is a rule for people to see.
type RuleInfo struct {
	Name    string
	Match   string // the filter as written; empty for all
	Action  string // "hold, then 503", "fault hang"
	Forward string // the URL that it forwards to, the first one; empty for none
	Enabled bool
	Matched uint64 // how often, since it was loaded
	Used    int    // how many of Times
	Times   int    // 0: without end
	Text    string // its block in the file, comments included
}

// UsedUp says that the rule matches no longer, until reload.
func (i RuleInfo) UsedUp() bool { return i.Times > 0 && i.Used >= i.Times }

func (r *Rule) words() string {
	var words []string
	if r.hold {
		words = append(words, "hold")
	}
	if w := r.actionWords(); w != "" {
		words = append(words, w)
	}
	return strings.Join(words, ", then ")
}

func (r *Rule) actionWords() string {
	switch {
	case r.reply != nil && len(r.forward) > 0:
		return r.reply.Words() + ", copies → " + strings.Join(r.forward, " ")
	case r.reply != nil:
		return r.reply.Words()
	case len(r.forward) > 0:
		return "forward → " + strings.Join(r.forward, " ")
	case r.fault != nil:
		return "fault " + string(r.fault.Name())
	}
	return ""
}

// inherit takes over the counts of the rule that this one was before an edit.
func (r *Rule) inherit(old *Rule) {
	r.used, r.matched = old.used, old.matched
	if r.reply != nil && old.reply != nil {
		r.reply.counter.inherit(&old.reply.counter)
	}
}

// check says what is wrong with the mix of a rule's keys: the key, and why.
func (r *Rule) check() (key string, err error) {
	switch {
	case r.fault != nil && r.reply != nil:
		return "fault", fmt.Errorf("fault with reply: a rule has one of them")
	case r.fault != nil && len(r.forward) > 0:
		return "fault", fmt.Errorf("fault with forward: a rule has one of them")
	case r.standing() && !r.hold:
		return "", fmt.Errorf("nothing to do: give the rule a reply, forward, fault or hold = true")
	}
	return "", nil
}
