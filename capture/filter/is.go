package filter

import (
	"strings"

	"creel/capture"
)

// state is a word after is:.
type state struct {
	name string
	help string
	when known
	test test
}

// known is when a state can first be asked for.
type known uint8

const (
	onArrival known = iota
	afterwards
	onScreen
)

var states = []state{
	{"pinned", "pinned, never evicted", afterwards, func(p *probe) bool { return p.ex.Pinned }},
	{"marked", "marked on this screen", onScreen, func(p *probe) bool { return p.env.Marked != nil && p.env.Marked(p.ex.ID) }},
	{"unread", "not looked at yet", onScreen, func(p *probe) bool { return p.env.Unread != nil && p.env.Unread(p.ex.ID) }},
	{"held", "the sender waits for you", afterwards, inState(capture.StateHeld)},
	{"waiting", "not answered yet", afterwards, inState(capture.StateWaiting)},
	{"gone", "the sender left before the reply", afterwards, inState(capture.StateGone)},
	{"interrupted", "creel ended before the reply", afterwards, inState(capture.StateInterrupted)},
	{"imported", "read from a file that has no reply", afterwards, inState(capture.StateImported)},
	{"failed", "the newest attempt failed or got >= 400, or the reply was >= 500", afterwards, func(p *probe) bool { return p.ex.Failed() }},
	{"pending", "not delivered to a target yet", afterwards, func(p *probe) bool { return len(p.ex.Pending) > 0 }},
	{"valid", "the signature is right", onArrival, verdict(capture.Valid)},
	{"invalid", "the signature is wrong", onArrival, verdict(capture.Invalid)},
	{"stale", "the signature is right, its time is not", onArrival, verdict(capture.Stale)},
	{"nosecret", "signed, but the secret is not known", onArrival, verdict(capture.NoSecret)},
	{"unsigned", "not signed", onArrival, func(p *probe) bool {
		return p.ex.Signature.Verdict == "" || p.ex.Signature.Verdict == capture.Unsigned
	}},
	{"duplicate", "the same delivery came before", afterwards, func(p *probe) bool { return p.env.Duplicate != nil && p.env.Duplicate(p.ex) }},
	{"retry", "the sender's second try or later", onArrival, func(p *probe) bool { return p.ex.Sender.Try > 1 }},
	{"handshake", "answered by creel itself", afterwards, func(p *probe) bool { return p.ex.Handshake != "" }},
	{"truncated", "the body was larger than the limit", onArrival, func(p *probe) bool { return p.ex.Request.Truncated }},
	{"incomplete", "the connection ended before the body", onArrival, func(p *probe) bool { return p.ex.Request.Incomplete }},
	{"malformed", "the head could not be read", onArrival, func(p *probe) bool { return p.ex.Request.Malformed != "" }},
}

func inState(s capture.State) test { return func(p *probe) bool { return p.ex.State == s } }
func verdict(v capture.Verdict) test {
	return func(p *probe) bool { return p.ex.Signature.Verdict == v }
}

func compileIs(v value, scope Scope) (test, *Error) {
	for _, s := range states {
		switch {
		case s.name != v.raw:
		case scope == Arrival && s.when != onArrival:
			return nil, mistake(v.start, v.end, "is:"+s.name+" is not known when a request arrives", "rules and hold can ask %s", stateNames(Arrival))
		case scope == History && s.when == onScreen:
			return nil, mistake(v.start, v.end, "is:"+s.name+" is known on screen only", "")
		default:
			return s.test, nil
		}
	}
	return nil, mistake(v.start, v.end, "no state is called "+quoteFor(v.raw), "one of %s", stateNames(scope))
}

func stateNames(scope Scope) string {
	var names []string
	for _, s := range states {
		if s.allowed(scope) {
			names = append(names, s.name)
		}
	}
	return strings.Join(names, " ")
}

func (s state) allowed(scope Scope) bool {
	return scope == Screen || s.when == onArrival || scope == History && s.when == afterwards
}
