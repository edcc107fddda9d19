package compare

import (
	"time"

	"creel/capture"
	"creel/capture/safe"
)

// Side is one of the two that are compared.
type Side struct {
	order    uint64 // of when it was made
	name     safe.Text
	at       time.Time
	request  *capture.Request
	response *response // of an attempt; nil where that is not compared
}

func captured(ex *capture.Exchange) Side {
	return Side{order: uint64(ex.ID), name: safe.Line(ex.Name()), at: ex.At, request: &ex.Request}
}

// original is the request that attempts were made of, with what its sender got.
func original(ex *capture.Exchange) Side {
	s := captured(ex)
	s.order = 0
	if ex.Reply.Status > 0 {
		s.response = &response{name: safe.Const("the sender got"), took: ex.Reply.Took, reply: &ex.Reply}
	}
	return s
}

func attempted(a *capture.Attempt) Side {
	name := safe.Linef("attempt %d", a.N)
	return Side{
		order: uint64(a.N), name: name, at: a.At,
		request: &capture.Request{
			Method: a.Method, Target: a.Target, Proto: "HTTP/1.1", Fields: a.Fields, Trailers: a.Trailers, Chunked: a.Chunked, Body: a.Body,
		},
		response: &response{name: name, took: a.Took, reply: &a.Reply, cause: a.Cause, err: a.Err, cut: a.Truncated},
	}
}
