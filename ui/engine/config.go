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

// Config says what an engine captures, where, and what it does with it. Sizes are in bytes.
type Config struct {
	Listen   []string    // what [server.Listen] takes; empty is the default port
	NextPort bool        // take the next free port when the default one is busy
	TLS      *tls.Config // serves HTTPS; nil for plain HTTP

	// History is the file that the ring is kept in; empty keeps it in memory.
	History       string
	Bounds        capture.Bounds
	MaxBody       int64
	InflightBytes int64 // bodies and responses being read at the same time

	Providers  *provider.Set
	Handshakes Handshakes

	// Standing is the reply where no rule and no target decides; nil is 200 with an empty body.
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
	// Progress is called once a second while a long start goes on. It may be nil.
	Progress func(string)
}

func (c *Config) targetDown() func(string) {
	if c.TargetDown != nil {
		return c.TargetDown
	}
	return c.Problem
}

// Handshakes says what is done with a provider's verification request.
type Handshakes string

// The ways to treat handshakes.
const (
	HandshakesAnswer  Handshakes = "answer"  // creel computes the reply
	HandshakesForward Handshakes = "forward" // the target replies, creel marks it
	HandshakesOff     Handshakes = "off"     // an ordinary request
)
