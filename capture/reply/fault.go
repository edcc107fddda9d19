package reply

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"creel/capture"
)

// fault is a misbehaviour: a row of the table of faults.
type fault struct {
	name capture.FaultName
	play func(ctx context.Context, to capture.SenderConn, reply *capture.Reply) error
}

var _ capture.Fault = fault{}

// Name implements [capture.Fault].
func (f fault) Name() capture.FaultName { return f.name }

// Play misbehaves until it is over or ctx ends.
func (f fault) Play(ctx context.Context, to capture.SenderConn, reply *capture.Reply) error {
	return f.play(ctx, to, reply)
}

// faultTable holds the faults in the order in which people should meet them.
var faultTable = []fault{
	{"hang", hang},
	{"reset", reset},
	{"close", closeUnanswered},
	{"drip", drip},
	{"garbage", garbage},
	{"truncate", truncate},
}

// Fault returns the fault of that name.
func Fault(name capture.FaultName) (f capture.Fault, ok bool) {
	for _, f := range faultTable {
		if f.name == name {
			return f, true
		}
	}
	return nil, false
}

// FaultNames returns the names of all faults.
func FaultNames() []string {
	var names []string
	for _, f := range faultTable {
		names = append(names, string(f.name))
	}
	return names
}

// hang never replies: the sender has to give up.
func hang(ctx context.Context, _ capture.SenderConn, _ *capture.Reply) error {
	<-ctx.Done()
	return capture.ErrAbort
}

// closeUnanswered ends the connection in good order, but without a reply.
func closeUnanswered(context.Context, capture.SenderConn, *capture.Reply) error {
	return capture.ErrAbort
}

// reset ends the connection with a TCP reset, as a crashed host's kernel does.
// On HTTP/2 only the stream is reset.
func reset(_ context.Context, to capture.SenderConn, _ *capture.Reply) error {
	c, err := to.Hijack()
	if err != nil {
		return capture.ErrAbort
	}
	tcp := beneath(c)
	if tcp != nil {
		// A linger of zero makes Close send RST. Closing the TCP connection itself
		// keeps TLS from sending its close_notify first.
		_ = tcp.SetLinger(0)
		_ = tcp.Close()
	}
	_ = c.Close()
	return nil
}

// beneath finds the TCP connection under wrappers and TLS.
func beneath(c net.Conn) *net.TCPConn {
	for {
		switch at := c.(type) {
		case *net.TCPConn:
			return at
		case interface{ NetConn() net.Conn }:
			c = at.NetConn()
		default:
			return nil
		}
	}
}

// dripEvery is the time between two bytes: each is in time for a sender that
// waits for the next byte only, and the whole never comes.
const dripEvery = time.Second

// filler is the body of faults that need one when the reply has none: small
// enough to be meant as a reply, long enough to drip for more than 30 seconds.
var filler = []byte(`{"creel":"` + strings.Repeat(".", 48) + `"}`)

// drip sends one byte of the body at a time.
func drip(ctx context.Context, to capture.SenderConn, reply *capture.Reply) error {
	body := begin(ctx, to, reply)
	tick := time.NewTicker(dripEvery)
	defer tick.Stop()
	for i := range body {
		if _, err := to.Write(body[i : i+1]); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return capture.ErrAbort
		}
	}
	return nil
}

// truncate announces the whole body, sends half of it, and ends the connection.
func truncate(ctx context.Context, to capture.SenderConn, reply *capture.Reply) error {
	body := begin(ctx, to, reply)
	_, _ = to.Write(body[:len(body)/2])
	return capture.ErrAbort
}

// begin writes the head of the reply and returns the body that should follow.
func begin(ctx context.Context, to capture.SenderConn, reply *capture.Reply) []byte {
	body, err := reply.Body.Bytes(ctx)
	if err != nil || len(body) == 0 {
		body = filler
		reply.Body = capture.NewBody(body)
		reply.Fields = withType(reply.Fields, http.StatusOK, body)
	}
	if reply.Status == 0 || !mayHaveBody(reply.Status) {
		reply.Status = http.StatusOK
	}
	length := capture.Field{Name: "Content-Length", Value: strconv.Itoa(len(body))}
	fields := slices.DeleteFunc(slices.Clone(reply.Fields), func(f capture.Field) bool {
		return capture.EqualFold(f.Name, length.Name)
	})
	to.WriteHead(reply.Status, append(fields, length))
	return body
}

// garbage sends something that is not HTTP. On HTTP/2 it resets the stream.
func garbage(_ context.Context, to capture.SenderConn, _ *capture.Reply) error {
	c, err := to.Hijack()
	if err != nil {
		return capture.ErrAbort
	}
	_ = c.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = c.Write([]byte("\x00\x16\x03 this is not HTTP\r\n\xff\xfe\r\n\r\n"))
	_ = c.Close()
	return nil
}
