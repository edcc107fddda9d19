// Package forward sends captured requests on: to the user's application as they
// arrive, and again by hand. It knows no screen.
//
// # What is promised
//
//   - Method, path, query, header fields (order, spelling, number) and body are
//     sent as captured. What must differ is listed with the attempt: the fields
//     that are for one connection only (RFC 9110 section 7.6.1), Expect, and the
//     Host of the target.
//   - Nothing is sent twice behind the user's back, and no redirect is followed.
//   - A delivery that failed is data: [Sender.Send] always returns a complete
//     attempt, with a cause in one word and the whole error beneath.
//   - Only what the user configured or typed is ever connected to; no captured
//     byte chooses an address, and creel's own addresses are refused.
//   - Time and memory of each delivery are bounded.
//
// # Why not net/http
//
// The client of net/http and the reverse proxy of httputil change what passes
// through: they canonicalise and sort field names, add User-Agent and
// Accept-Encoding, rewrite queries that they cannot parse, and retry some
// requests by themselves. Signatures break on less. HTTP/1.1 is small enough to
// write by hand, so the package does: see wire.go for what is written and
// response.go for what is read.
package forward
