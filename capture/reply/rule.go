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

// action is what is to be done with one exchange, as a rule says or, without
// one, by the standing action.
type action struct {
	standing bool
	hold     bool
	reply    *Fixed
	forward  []string
	fault    capture.Fault
	words    string
}

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

// count counts a match and reports false when the times are used up. The caller
// holds the lock of the rules.
func (r *Rule) count() bool {
	if r.times > 0 && r.used >= r.times {
		return false
	}
	r.matched++
	if r.times > 0 {
		r.used++
	}
	return true
}

// inherit takes over the counts of the rule that this one was before an edit.
func (r *Rule) inherit(old *Rule) {
	r.used, r.matched = old.used, old.matched
	if r.reply != nil && old.reply != nil {
		r.reply.counter.inherit(&old.reply.counter)
	}
}

func (r *Rule) action() action {
	a := action{hold: r.hold, reply: r.reply, forward: r.forward, fault: r.fault, words: r.actionWords()}
	a.standing = a.words == "" // hold alone
	return a
}

// check says what is wrong with the mix of a rule's keys: the key, and why.
func (r *Rule) check() (key string, err error) {
	switch {
	case r.fault != nil && r.reply != nil:
		return "fault", fmt.Errorf("fault with reply: a rule has one of them")
	case r.fault != nil && len(r.forward) > 0:
		return "fault", fmt.Errorf("fault with forward: a rule has one of them")
	case r.fault == nil && r.reply == nil && len(r.forward) == 0 && !r.hold:
		return "", fmt.Errorf("nothing to do: give the rule a reply, forward, fault or hold = true")
	}
	return "", nil
}
