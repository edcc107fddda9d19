package capture

import (
	"context"
	"iter"
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
}

// Meta changes what is said about an exchange; nil fields stay as they are.
type Meta struct {
	ID        ID
	Pinned    *bool
	Note      *string
	Pending   *[]string
	Verdict   *Verdict
	Handshake *string
}

// Receipt is what a commit gave.
type Receipt struct {
	Rev Rev
	// Added are the exchanges of the Add ops, in order, with their ids, and
	// with their bodies as handles that the journal can give back.
	Added []*Exchange
}

// Change is one difference in a journal: an exchange as it now is, or one that
// is gone.
type Change struct {
	Rev      Rev
	Exchange *Exchange // nil when gone
	Gone     ID
}

// Journal makes a ring outlive the process. It is safe for concurrent use. Every
// implementation passes the contract in capture/ringtest.
type Journal interface {
	BodySource
	// Commit applies all ops or none, in order. They are durable on return.
	Commit(ctx context.Context, ops ...Op) (Receipt, error)
	// Changes yields the exchanges that changed after a revision: after zero,
	// all there is, oldest first; later, what this and other processes wrote.
	Changes(ctx context.Context, after Rev) iter.Seq2[Change, error]
	// Watch returns a channel of capacity one that receives when another
	// process wrote: look. It is closed when ctx ends.
	Watch(ctx context.Context) <-chan struct{}
	Close() error
}
