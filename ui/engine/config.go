package engine

import (
	"crypto/tls"
	"time"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/forward"
)

// Config says what an engine captures, where it keeps it, and what it does with
// it. Sizes are in bytes.
type Config struct {
	Listen Listen
	TLS    *tls.Config // serves HTTPS; nil for plain HTTP

	// History is the file that the ring is kept in; empty keeps it in memory.
	History       string
	Bounds        capture.Bounds
	MaxBody       int64
	InflightBytes int64 // bodies and responses being read at the same time

	Providers  *provider.Set
	Handshakes Handshakes

	// Standing is the reply that senders get where no rule and no target decides;
	// nil is 200 with an empty body.
	Standing    *reply.Spec
	Rules       reply.Source
	Hold        *filter.Filter // what is held at first; nil holds nothing
	HoldTimeout time.Duration

	Targets      []forward.Target
	Async        bool // senders do not wait for targets
	CORS         bool // web pages may post; see [reply.CORS]
	FlushPending bool // deliver what is pending as soon as its target is back
	// Sender makes attempts. The engine sets its Inflight and Self.
	Sender *forward.Sender
	// Defaults complete a target of which only the URL is known.
	Defaults forward.Defaults
	Sign     forward.SignMode // when a resend renews signatures

	// TargetDown is called with the words when a target goes down; nil is Problem.
	TargetDown func(string)

	Tunnel TunnelConfig
	Team   TeamConfig

	// Problem is called with what went wrong, Notice with what changed by itself,
	// such as a target that is back: one line of text, from any goroutine. Both
	// must be set.
	Problem, Notice func(string)
	// Progress is called once a second with how far the start is, when it takes
	// long. It may be nil.
	Progress func(string)
}

func (c *Config) targetDown() func(string) {
	if c.TargetDown != nil {
		return c.TargetDown
	}
	return c.Problem
}

// Listen says where an engine listens.
type Listen struct {
	// Addrs are what [server.Listen] takes; empty is the default port.
	Addrs []string
	// Next takes the next free port when the default one is busy.
	Next bool
}

// Handshakes says what is done with a provider's verification request.
type Handshakes string

// The ways to treat handshakes.
const (
	HandshakesAnswer  Handshakes = "answer"  // creel computes the reply
	HandshakesForward Handshakes = "forward" // the target replies, creel marks it
	HandshakesOff     Handshakes = "off"     // an ordinary request
)
