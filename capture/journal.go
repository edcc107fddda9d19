package capture

import (
	"context"
	"errors"
	"iter"
	"slices"
)

// Rev is a revision of a journal or of a ring: it grows with every change.
type Rev uint64

// An Op changes the history; exactly one field is set. An op on an exchange
// that is gone does nothing.
type Op struct {
	// Add puts an exchange in. With ID zero the journal gives it the next id;
	// with another, a deleted exchange is put back under its old id.
	Add     *Exchange
	Reply   *ReplySet
	Attempt *AttemptAdd
	Meta    *Meta
	Delete  []ID // by the user
	Evict   []ID // by the bounds
	// Gauge tells what the ring holds once the ops are applied.
	Gauge *Gauge
}

// Gauge is what a ring holds and may hold, for one who reads the journal alone.
type Gauge struct {
	Bounds
	Kept, Pinned, Pending int
	Used, PinnedBytes     int64 // bytes
}

// ReplySet says what the sender was answered, or how far that is.
type ReplySet struct {
	ID    ID
	State State
	Reply Reply
}

// AttemptAdd puts one more attempt under an exchange. The attempt's N is given
// by the receiver: one more than the last.
type AttemptAdd struct {
	ID      ID
	Attempt Attempt
	// Forget is the last attempt whose bodies are removed to make room; those
	// that are KeepBodies older than the new one lose theirs in any case.
	Forget int
}

// Meta changes what is said about an exchange; nil fields stay as they are.
type Meta struct {
	ID        ID
	Pinned    *bool
	Note      *string
	Pending   *[]string
	Signature *Signature
	Handshake *string
}

// Put makes the change to ex.
func (m *Meta) Put(ex *Exchange) {
	if m.Pinned != nil {
		ex.Pinned = *m.Pinned
	}
	if m.Note != nil {
		ex.Note = *m.Note
	}
	if m.Pending != nil {
		ex.Pending = slices.Clone(*m.Pending)
	}
	if m.Signature != nil {
		ex.Signature = *m.Signature
	}
	if m.Handshake != nil {
		ex.Handshake = *m.Handshake
	}
}

// Receipt is what a commit gave.
type Receipt struct {
	Rev Rev // one more than that of the commit before it, by any process
	// Kept are the ops as they are kept, in order: an added exchange has its
	// id, an attempt its number, and bodies are handles that the journal can
	// give back.
	Kept []Op
}

// Change is one difference in a journal: an exchange as it now is, or one that
// is gone. One with neither says that all up to Rev is told.
type Change struct {
	Rev      Rev
	Exchange *Exchange // nil when gone
	Gone     ID
	Left     int // how many more come at the least, where that is known
}

// ErrBehind is yielded by [Journal.Changes] when what changed since is no
// longer known: start again from zero.
var ErrBehind = errors.New("the changes since then are no longer known")

// Journal makes a ring outlive the process. It is safe for concurrent use. Every
// implementation passes the contract in capture/ringtest.
type Journal interface {
	BodySource
	// Commit applies all ops or none, in order. They are durable on return.
	// Bodies of deleted exchanges can still be read for a while (64 MiB of them
	// at least), so that an Add can put the exchange back. Without ops it finds
	// out whether a commit would succeed.
	Commit(ctx context.Context, ops ...Op) (Receipt, error)
	// Changes yields the exchanges that changed after a revision: after zero,
	// all there is, oldest first; later, what other processes wrote. The last
	// change it yields has only a Rev.
	Changes(ctx context.Context, after Rev) iter.Seq2[Change, error]
	// Watch returns a channel of capacity one that receives when another
	// process wrote: look. It is closed when ctx ends.
	Watch(ctx context.Context) <-chan struct{}
	Close() error
}
