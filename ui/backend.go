package ui

import (
	"context"
	"iter"
	"time"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/forward"
	"creel/forward/tunnel"
)

// The parts of a capture that the screen shows and works with. In the process
// that captures they are those of an engine; elsewhere they stand for them. All are
// safe for concurrent use.
//
// Methods with a context, and those that say so, may wait for that process: they are
// called in commands. All others answer at once.

// Ring holds the exchanges; see [ring.Ring].
type Ring interface {
	Since(capture.Rev) ring.Delta
	Before(capture.ID) iter.Seq[*capture.Exchange]
	Stats() ring.Stats
	Watch(context.Context) <-chan struct{}
	Apply(context.Context, ...capture.Op) error
}

// Targets are the standing targets; see [forward.Targets].
type Targets interface {
	List() []forward.Status
	Set([]forward.Target)
	For(captured string) []forward.Target
	ForResend(*capture.Exchange) (forward.Target, bool)
	ForURL(forward.URL) forward.Target
}

// Resender sends captured requests again; see [forward.Resender].
type Resender interface {
	Resend(context.Context, forward.Resend) (capture.Attempt, error)
	Repeat(context.Context, forward.Repeat) forward.Histogram
	// Fetch makes a GET request that belongs to no exchange.
	Fetch(ctx context.Context, url string) (capture.Attempt, error)
	// InFlight are the attempts that are under way, InFlightOf those with one
	// exchange.
	InFlight() []forward.InFlight
	InFlightOf(capture.ID) []forward.InFlight
	// CheckURL refuses what is plainly creel itself.
	CheckURL(forward.URL) error
}

// Queue has the deliveries that wait for a target; see [forward.Queue].
type Queue interface {
	Count(key string) int
	Counts() map[string]int // by key
	Flush(ctx context.Context, key string) forward.Flushed
}

// Standing is the standing reply; see [reply.Standing].
type Standing interface {
	Spec() reply.Spec
	Words() string
	// Set may wait.
	Set(reply.Spec) error
}

// Gate holds requests; see [reply.Gate].
type Gate interface {
	Filter() (match *filter.Filter, on bool)
	Set(match *filter.Filter, on bool)
	Held() []reply.Held
	Ended() []reply.EndedHold
	Release(capture.ID, reply.Decision) bool
	ReleaseAll(reply.Decision) int
	Pause(capture.ID) bool
	Resume(capture.ID) bool
	// ReplyNextTry may wait.
	ReplyNextTry(*capture.Exchange, reply.Spec) error
}

// Rules are the rules; see [reply.Rules].
type Rules interface {
	List() []reply.RuleInfo
	File() string
	Err() error
	Unsaved() bool
	Removed() int // that can be restored
	Check(text string) error
	// The changes may wait.
	Enable(i int, on bool) error
	Move(i, j int) error
	Remove(i int) error
	Restore() (name string, err error)
	Replace(i int, was, text string) error
	Add(text string) error
	Save() error
}

// Tunnel is the public URL; see [engine.Tunnels].
type Tunnel interface {
	Status() tunnel.Status
	// Start begins to connect, Stop ends it. Both may wait.
	Start(spec tunnel.Spec, acceptNew bool) error
	Stop()
}

// Providers knows senders and their secrets; see [provider.Set].
type Providers interface {
	Providers() []provider.Info
	About(name string) (provider.Info, bool)
	Limit(name string) time.Duration
	Setup(name, url string) (provider.Setup, bool)
	HasSecret(name string) bool
	// AddSecret takes a secret, checks again what it concerns, and returns how
	// many verdicts changed.
	AddSecret(context.Context, provider.Secret) (changed int, err error)
	// CheckSecret reports why a value cannot be a secret of its provider.
	CheckSecret(provider.Secret) error
	// SecretsIn are the secrets that stand in exchanges, which exports hide.
	SecretsIn(context.Context, []*capture.Exchange) ([]string, error)
	// SetPublicURL sets what senders call, checks again what is not valid, and
	// returns how many verdicts changed.
	SetPublicURL(ctx context.Context, public string) (changed int, err error)
	// Check answers at once when the options have a secret and the body is in memory.
	Check(context.Context, *capture.Exchange, provider.Options) (provider.Result, error)
	Edited(ctx context.Context, was *capture.Exchange, req *capture.Request, now time.Time) provider.Edit
	Handshake(*capture.Exchange) (provider.Handshake, bool)
	Samples() []provider.SampleInfo
	Sample(ctx context.Context, name string, o provider.SampleOptions) (provider.Sample, error)
}
