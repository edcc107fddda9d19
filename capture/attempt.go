package capture

import (
	"slices"
	"strconv"
	"time"
)

// Per exchange the newest KeepBodies attempts keep their bodies, and the newest
// KeepAttempts are kept at all.
const (
	KeepBodies   = 100
	KeepAttempts = 1000
)

// Attempt is one sending by creel of an exchange to a URL. It is immutable.
type Attempt struct {
	N      int // from 1 under its exchange
	At     time.Time
	To     string // the URL it went to, in full
	Method string
	Target string // the request target as sent
	Fields []Field
	// Trailers as sent.
	Trailers []Field
	Body     Body
	SameBody bool // the body is the exchange's own
	Chunked  bool
	// Changes lists in words what differs from the captured request, such as
	// "Host: localhost:3000 instead of example.com".
	Changes []string

	// Reply is what came back; its Status is 0 when nothing did.
	Reply Reply
	Proto string // of the answer
	// Truncated: the answer was larger than the limit; Reply.Body is its beginning.
	Truncated bool
	Connect   time.Duration // 0 on a reused connection
	FirstByte time.Duration
	Took      time.Duration

	Cause Cause  // empty when an answer came
	Err   string // the whole error beneath

	Resend bool // by hand, not on arrival
	Edited bool
	Signed bool // its signature was renewed
	// SignedURL is the URL that the renewed signature covers; empty when it covers
	// none.
	SignedURL string
	// By is who sent it by hand, where it was not the screen of the creel that
	// captures: "agent", or another process, such as "pid 812".
	By string
	// Who sent it, where that was another member of the team than its node.
	Who string
	// Unsent: not one byte of the request was written, so sending it again
	// cannot deliver it twice.
	Unsent bool
}

// Failed reports whether no whole answer came or the answer was an error (400 or above).
func (a *Attempt) Failed() bool { return a.Cause != "" || a.Reply.Status >= 400 }

// Outcome is in one word what came of it: the status, or the cause that there is none.
func (a *Attempt) Outcome() string {
	if a.Cause != "" {
		return string(a.Cause)
	}
	return strconv.Itoa(a.Reply.Status)
}

// Cause is in one word why an attempt got no answer.
type Cause string

// The causes of a failed attempt.
const (
	CauseRefused  Cause = "refused"
	CauseTimeout  Cause = "timeout"
	CauseDNS      Cause = "dns"
	CauseTLS      Cause = "tls"
	CauseReset    Cause = "reset"
	CauseCanceled Cause = "canceled"
	CauseProtocol Cause = "protocol"
	CauseTooLarge Cause = "toolarge"
)

// Trim returns the attempts as they are kept: the newest KeepAttempts, without
// bodies up to number forget. The slice is changed, the attempts are not.
func Trim(attempts []*Attempt, forget int) []*Attempt {
	if n := len(attempts); n > KeepAttempts {
		attempts = slices.Clone(attempts[n-KeepAttempts:])
	}
	for i, a := range attempts {
		if a.N > forget {
			break
		}
		if a.BodyBytes() > 0 {
			attempts[i] = a.Forget()
		}
	}
	return attempts
}

// BodyBytes is how many bytes of bodies of its own the attempt holds.
func (a *Attempt) BodyBytes() int64 {
	if a.SameBody {
		return a.Reply.Body.Kept()
	}
	return a.Body.Kept() + a.Reply.Body.Kept()
}

// Forget returns the attempt without its bodies.
func (a *Attempt) Forget() *Attempt {
	c := *a
	if !c.SameBody {
		c.Body = c.Body.Forgotten()
	}
	c.Reply.Body = c.Reply.Body.Forgotten()
	return &c
}
