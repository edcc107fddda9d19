package capture

import (
	"context"
	"errors"
	"io"
	"net"
)

// ErrStopping is the cause with which the contexts of requests end when the
// server shuts down.
var ErrStopping = errors.New("creel is stopping")

// Responder decides what the sender hears. It is safe for concurrent use.
//
// Respond is called while the commit of ex is still under way, so that a
// forward can start in parallel: ex has no ID then. Methods of rec that need
// the ID wait for the commit. Respond may block until ctx ends, which is when
// the sender leaves or creel stops; ctx's end does not end a forward.
type Responder interface {
	Respond(ctx context.Context, ex *Exchange, rec Recorder) Outcome
}

// Recorder writes down what happens to one exchange while it is being answered.
// It is safe for concurrent use, and may be used after Respond returned.
type Recorder interface {
	// Committed waits until the exchange is durable and returns its ID, or why
	// it could not be kept.
	Committed(ctx context.Context) (ID, error)
	// SetState records StateHeld or StateWaiting.
	SetState(ctx context.Context, s State)
	// AddAttempt records an attempt and keeps it: only its reply and its cause may
	// still be read. It waits for nothing; what comes before the exchange is
	// durable becomes so with it or after it.
	AddAttempt(a *Attempt)
	// SetMeta changes what is said about the exchange; m.ID is filled in.
	SetMeta(m Meta)
}

// Outcome is what a Responder decided.
type Outcome struct {
	// Reply is what to answer; its By says who decided. With Drop or a Fault
	// it says what would have been answered, if anything. The ring keeps it, so
	// its parts must not be changed any more, nor be small parts of large memory.
	Reply Reply
	// Stream, when set, is the body of Reply, which is still coming. Reply has its
	// status and fields then.
	Stream Stream
	// Drop closes the connection without an answer.
	Drop bool
	// Fault, when set, answers in place of the server.
	Fault Fault
}

// Refusal is creel's own reply to a request that it cannot take or answer. Many senders
// show the reply in their log, so it says why; it repeats nothing of the request.
func Refusal(status int, why string, more ...Field) Reply {
	return Reply{
		Status: status, By: ByError,
		Fields: append([]Field{
			{Name: "Content-Type", Value: "text/plain; charset=utf-8"},
			{Name: "X-Content-Type-Options", Value: "nosniff"},
		}, more...),
		Body: NewBody([]byte("creel: " + why + "\n")),
	}
}

// Stream is the body of a reply that goes to the sender as it comes.
type Stream interface {
	// Copy writes the body piece by piece, each as soon as it is there. It returns
	// when the body has ended, a write fails or the sender left, and puts into reply
	// what was sent, as far as it is recorded. It returns [ErrAbort] when the body
	// ended too early, so that the connection has to be closed.
	Copy(ctx context.Context, to io.Writer, reply *Reply) error
	// Close says that it is not copied, or not any more.
	Close()
}

// ErrAbort is what a [Fault] or a [Stream] returns when the connection has to be closed without
// anything more.
var ErrAbort = errors.New("close the connection")

// Fault misbehaves towards the sender in place of a plain reply.
type Fault interface {
	Name() FaultName
	// Play replies, or does not; it returns when the misbehaviour is over or ctx
	// ends. It changes reply to what was sent. After an error, such as ErrAbort,
	// the connection is closed.
	Play(ctx context.Context, to SenderConn, reply *Reply) error
}

// SenderConn is the connection to a sender, as a [Fault] uses it. On HTTP/2 it is
// one stream of a connection.
type SenderConn interface {
	// WriteHead writes the status line and the fields, to which only Date is added.
	WriteHead(status int, fields []Field)
	// Write sends a part of the body at once.
	Write(p []byte) (int, error)
	// Hijack hands the connection over to the caller, who has to close it; the
	// error is errors.ErrUnsupported on HTTP/2.
	Hijack() (net.Conn, error)
}

// ResponderFunc is a function as a Responder.
type ResponderFunc func(ctx context.Context, ex *Exchange, rec Recorder) Outcome

// Respond calls f.
func (f ResponderFunc) Respond(ctx context.Context, ex *Exchange, rec Recorder) Outcome {
	return f(ctx, ex, rec)
}
