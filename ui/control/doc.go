// Package control is an engine over a unix socket. A creel that captures serves
// its engine there; a [Client] stands for that engine in another process, so that
// a second screen, a script or an agent works with it.
//
// The protocol is HTTP with JSON, several requests at a time over one connection.
// GET /v1/changes is a stream of lines: exchanges as [export.FeedLine] writes
// them, what is gone, and the facts that a screen shows. POST /v1/VERB does one
// thing. A version is agreed on first: with the same major number both sides
// understand each other.
//
// # Safety
//
// The socket is in a directory that only its user can enter, and the user of the
// other side is checked where the system tells it. It is never a TCP port, and it
// is not served where requests are captured: neither a web page nor a sender
// reaches it.
package control
