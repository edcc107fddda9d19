// Package capture is the recorder: it reads requests from the wire, keeps them
// in a ring that a journal makes durable, and answers their senders. It is
// complete without the packages forward and ui, and imports neither.
//
// # What an exchange is
//
// An [Exchange] is one captured request, the reply its sender got, and every
// attempt that was made with it since. It is immutable once it is in the ring:
// a change makes a new value that shares what did not change, so any goroutine
// may keep and read the pointers it was given for as long as it likes.
//
// # Promises
//
//   - The body is kept byte for byte; header fields are kept in the order,
//     spelling and number in which they arrived, or marked as not exact.
//   - A sender hears 2xx only after its request is committed to the journal.
//   - Nothing here waits for a reader of the ring: a change pokes a channel of
//     capacity one and goes on. Readers look at what changed since the revision
//     they know ([Ring.Since]) as often as they like.
//   - Memory, disk and time are bounded by the limits of [Server] and [Bounds].
//   - Captured bytes are hostile. Nothing here prints them; only the package
//     safe turns them into text for a terminal.
//
// # Why level-triggered
//
// A reader that is told of each change either drops events or makes the sender
// wait, and a buffer only moves the moment at which it must choose. A reader
// that is told "look" and asks for the difference can do neither.
//
// # Why a commit leaves some out
//
// A request that is being forwarded is answered when its target has answered and
// its commit is done. Together with its attempt it is one change of the journal,
// before it two. So, where captures come fast, a commit does without those that
// nobody waits for yet, for a few milliseconds at most. Requests that are under way
// at the same time get their ids in the order in which they are kept.
//
// # Why net/http, watched
//
// net/http is the most tried HTTP server there is, but it forgets the order,
// spelling and number of header fields, and it answers what it cannot read
// without telling anyone. So each connection is wrapped, under net/http and
// above TLS, by one that keeps the bytes of each head until the handler claims
// them. A head that is not sure to be the handler's (after a chunked body, where
// the next request begins is not known) must agree with what net/http read, or
// what net/http kept is used and marked as not exact. Heads that nobody claimed
// when the connection closes become rows, too.
//
// # Why answers end connections when places are scarce
//
// A connection that is closed between two requests loses the one that its
// sender is just sending. A sender that is told with its answer loses none.
package capture
