// Package ring keeps the newest exchanges, in order, within bounds of number and
// bytes, and makes them durable through a [capture.Journal].
//
// # Promises
//
//   - A capture is acknowledged only after its commit.
//   - Nothing waits for a reader of the ring: a change sends on a channel of
//     capacity one and goes on. Readers ask for what changed since the revision
//     they know ([Ring.Since]) as often as they like.
//   - Memory and disk are bounded by [capture.Bounds].
//
// # Why level-triggered
//
// A reader that receives each change either drops events or makes the sender
// wait, and a buffer only moves the moment at which it must choose. A reader that is
// notified that something changed, and asks for the difference, does neither.
//
// # Why a commit leaves some out
//
// A request that is being forwarded is answered when its target has answered and
// its commit is done. Together with its attempt it is one change of the journal,
// before it two. So, where captures come fast, a commit leaves out those that are
// not awaited yet, for a few milliseconds at most. Requests that are under way
// at the same time get their ids in the order in which they are kept.
//
// # Locking
//
// One mutex guards the ring; methods whose names end in Locked need it held.
package ring
