package compare

import (
	"time"

	"creel/capture"
	"creel/capture/safe"
)

// Side is one of the two that are compared.
type Side struct {
	order   uint64 // of when it was made
	name    safe.Text
	at      time.Time
	request *capture.Request
	reply   *capture.Reply // to an attempt; nil where there was none
}

func captured(ex *capture.Exchange) Side {
	return Side{order: uint64(ex.ID), name: safe.Line(ex.Name()), at: ex.At, request: &ex.Request}
}

func attempted(a *capture.Attempt) Side {
	s := Side{
		order: uint64(a.N), name: safe.Linef("attempt %d", a.N), at: a.At,
		request: &capture.Request{
			Method: a.Method, Target: a.Target, Proto: "HTTP/1.1", Fields: a.Fields, Trailers: a.Trailers, Chunked: a.Chunked, Body: a.Body,
		},
	}
	if a.Reply.Status > 0 {
		s.reply = &a.Reply
	}
	return s
}
