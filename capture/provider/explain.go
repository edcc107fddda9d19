package provider

import (
	"slices"
	"strings"
	"time"
)

// What explaining one mismatch may cost, in bytes that are written or hashed:
// on arrival a few milliseconds, when a person asks some tenths of a second.
const (
	arrivalBudget = 2 << 20
	checkBudget   = 128 << 20
)

// What trying one hypothesis costs besides its content.
const (
	macCost = 512
	keyCost = 64 << 10 // of an asymmetric signature
)

// mismatch is a signature that fits no secret and is being explained: the
// request, and the secrets that should have matched.
type mismatch struct {
	s *Scheme
	m *message
	checking
	// What matched last, so that a test can repeat it.
	found struct {
		s      *Scheme
		m      *message
		secret Secret
	}
}

// hypotheses are the usual causes of a mismatch, the cheapest first. Each
// returns a sentence only when its change reproduces the signature.
var hypotheses = []func(t *mismatch) string{
	ownSample, otherSecret, changedSecret, keyEncoding, damagedSignature, otherOut, otherHash, otherTemplate, otherURL, changedBody, twoCauses,
}

// explain says in one sentence why no secret matches; empty when nothing that
// was tried reproduces the signature.
func (t *mismatch) explain() string {
	if t.m.req.Truncated || t.m.req.Incomplete {
		return "the body is not complete, so its signature cannot be checked"
	}
	for _, h := range hypotheses {
		if why := h(t); why != "" {
			return why
		}
	}
	return ""
}

// fits reports whether the request, read as s reads it, has a signature made
// with the secret. It is false once the budget is spent.
func (t *mismatch) fits(s *Scheme, m *message, secret Secret) bool {
	if t.budget < 0 {
		return false
	}
	t.budget -= len(m.body) + macCost
	if asymmetric(s.alg()) {
		t.budget -= keyCost
	}
	c := s.readClaim(m)
	if c.reason != "" || !s.prove(m, &c, secret).match {
		return false
	}
	t.found.s, t.found.m, t.found.secret = s, m, secret
	return true
}

// any reports whether one of the secrets fits the scheme and message given.
func (t *mismatch) any(s *Scheme, m *message) bool {
	return slices.ContainsFunc(t.secrets, func(sec Secret) bool { return t.fits(s, m, sec) })
}

func (m *message) withBody(b []byte) *message {
	return &message{req: m.req, body: b, urls: m.urls, now: m.now}
}

// stripeListen is advice for a right-looking Stripe secret that does not match:
// the Stripe CLI signs what it forwards with a secret of its own.
func (t *mismatch) stripeListen() string {
	_, forwarded := t.m.req.Get("X-Forwarded-For")
	if t.s.Provider != "stripe" || forwarded || !local(t.m.req.Remote) || !local(t.m.req.Host) {
		return ""
	}
	return "the request came from this machine: `stripe listen` signs with the secret that it prints when it starts (stripe listen --print-secret), not with the one in the Dashboard"
}

// local reports whether an address is of this machine.
func local(addr string) bool {
	host, _, found := strings.Cut(strings.TrimPrefix(addr, "["), "]")
	if !found {
		host, _, _ = strings.Cut(addr, ":")
	}
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.") || strings.HasSuffix(host, ".localhost")
}

// How much time explanations may take on arrival: a burst, and then a share.
const (
	explainBurst = time.Second
	explainShare = 5 // one part in so many
)

// allow reports whether a mismatch may be explained now, and accounts for the
// time that it takes when done is called. Many bad signatures do not slow down
// the capture: they keep the general sentence until a user asks.
func (s *Set) allow() (done func(), ok bool) {
	s.explaining.Lock()
	defer s.explaining.Unlock()

	start := time.Now()
	if s.explaining.last.IsZero() {
		s.explaining.left = explainBurst
	} else {
		s.explaining.left = min(explainBurst, s.explaining.left+start.Sub(s.explaining.last)/explainShare)
	}
	s.explaining.last = start
	if s.explaining.left <= 0 {
		return nil, false
	}
	return func() {
		s.explaining.Lock()
		defer s.explaining.Unlock()
		s.explaining.left -= time.Since(start)
	}, true
}
