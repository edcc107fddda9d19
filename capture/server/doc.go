// Package server captures HTTP requests: it reads them from its listeners, keeps
// them in a [ring.Ring], asks a [capture.Responder], and replies to the senders.
//
// # Promises
//
//   - The body is kept byte for byte; header fields are kept in the order,
//     spelling and number in which they arrived, or marked as not exact.
//   - A sender gets a 2xx only after its request is committed to the journal.
//   - Memory and time are bounded by the limits of [Server].
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
// # Why replies end connections when places are scarce
//
// A connection that is closed between two requests loses the one that its
// sender is just sending. A sender that is told with its reply loses none.
package server
