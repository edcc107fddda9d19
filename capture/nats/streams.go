package nats

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Limits say how much a space keeps. Zero stands for the default.
type Limits struct {
	Messages int64 // of the ring; default 100,000
	Bytes    int64 // of the ring, and as many of bodies; default 256 MiB
	Replicas int   // default 1
}

const (
	defaultMessages = 100_000
	defaultBytes    = 256 << 20
	maxMessage      = 1 << 20
	// share is the part of a stream that one message may fill at most: the server
	// acknowledges a message larger than the stream, and drops it and all others.
	share      = 10
	minMessage = 64 << 10
	minBytes   = minMessage * share
)

type kind string

const (
	kindRing   kind = ""
	kindBodies kind = "-bodies"
	kindPins   kind = "-pins"
)

var kinds = [...]kind{kindRing, kindBodies, kindPins}

func (t *Team) stream(k kind) string { return "creel-" + t.Address.Space + string(k) }

// Init makes the streams of the space, or changes their limits.
func (t *Team) Init(ctx context.Context, l Limits) error {
	l.Messages, l.Bytes = cmp.Or(l.Messages, defaultMessages), cmp.Or(l.Bytes, defaultBytes)
	if l.Bytes < minBytes {
		return fmt.Errorf("%d bytes: a team's ring has at least %d", l.Bytes, minBytes)
	}
	for _, k := range kinds {
		if _, err := t.js.CreateOrUpdateStream(ctx, t.config(k, l)); err != nil {
			return fmt.Errorf("make stream %s: %w", t.stream(k), err)
		}
	}
	return nil
}

func (t *Team) config(k kind, l Limits) jetstream.StreamConfig {
	c := jetstream.StreamConfig{
		Name: t.stream(k), Storage: jetstream.FileStorage, Discard: jetstream.DiscardOld, AllowDirect: true,
		Replicas: max(1, l.Replicas), MaxBytes: l.Bytes, MaxMsgs: -1, MaxMsgSize: int32(min(maxMessage, l.Bytes/share)),
	}
	switch k {
	case kindRing:
		c.Subjects, c.MaxMsgs = []string{t.subject("req", ">"), t.subject("op", ">")}, l.Messages
	case kindBodies:
		c.Subjects = []string{t.subject("body", ">")}
	case kindPins:
		c.Subjects = []string{t.subject("pin", ">"), t.subject("node", ">")}
		c.Discard, c.MaxMsgsPerSubject = jetstream.DiscardNew, 1
	}
	return c
}

// check returns why a stream would lose what is published; nil when it would not.
func check(c *jetstream.StreamConfig) error {
	switch {
	case c.MaxBytes > 0 && (c.MaxMsgSize <= 0 || int64(c.MaxMsgSize) > c.MaxBytes/share):
		return fmt.Errorf("stream %s: one message may fill more than a tenth of it and would drop the others: run creel team repair", c.Name)
	case c.MaxMsgSize > 0 && c.MaxMsgSize < minMessage:
		return fmt.Errorf("stream %s takes messages of at most %d bytes, and a team needs %d: run creel team init", c.Name, c.MaxMsgSize, minMessage)
	case c.Storage != jetstream.FileStorage:
		return fmt.Errorf("stream %s is in memory and is lost with its server: delete it and create it with file storage", c.Name)
	case !c.AllowDirect:
		return fmt.Errorf("stream %s does not allow direct reads: run creel team repair", c.Name)
	}
	return nil
}

// open returns a stream that is safe to publish to.
func (t *Team) open(ctx context.Context, k kind) (jetstream.Stream, error) {
	s, err := t.js.Stream(ctx, t.stream(k))
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return nil, fmt.Errorf("team %v has no streams yet: run creel team init %v", t.Address, t.Address)
	case err != nil:
		return nil, fmt.Errorf("team %v: %w", t.Address, err)
	}
	return s, check(&s.CachedInfo().Config)
}

// Usage is what a stream holds.
type Usage struct {
	Name            string
	Messages, Bytes uint64
	Limits          Limits
	Leader          string // empty on one server
	Problem         error  // why the stream would lose what is published
}

// Status returns what the streams hold.
func (t *Team) Status(ctx context.Context) ([]Usage, error) {
	var out []Usage
	for _, k := range kinds {
		s, err := t.open(ctx, k)
		if s == nil {
			return nil, err
		}
		i := s.CachedInfo()
		u := Usage{
			Name: i.Config.Name, Messages: i.State.Msgs, Bytes: i.State.Bytes, Problem: err,
			Limits: Limits{Messages: i.Config.MaxMsgs, Bytes: i.Config.MaxBytes, Replicas: i.Config.Replicas},
		}
		if i.Cluster != nil {
			u.Leader = i.Cluster.Leader
		}
		out = append(out, u)
	}
	return out, nil
}

// Repair gives the streams the settings without which they lose messages, and keeps their limits.
func (t *Team) Repair(ctx context.Context) error {
	all, err := t.Status(ctx)
	if err != nil {
		return err
	}
	for i, k := range kinds {
		if _, err := t.js.UpdateStream(ctx, t.config(k, all[i].Limits)); err != nil {
			return fmt.Errorf("repair stream %s: %w", all[i].Name, err)
		}
	}
	return nil
}
