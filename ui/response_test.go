package ui_test

import (
	"testing"
	"time"

	"creel/capture"
)

// withAttempt captures a request with one attempt.
func (w *world) withAttempt(t *testing.T, a capture.Attempt) {
	t.Helper()
	ex := samples(1)[0]
	a.At, a.To = noon, "http://localhost:3000/stripe"
	ex.Attempts = []*capture.Attempt{&a}
	w.arrive(t, ex)
}

// What came back is seen without a key, beside the request.
func TestTheResponseIsInSight(t *testing.T) {
	for _, size := range [][2]int{{160, 45}, {120, 40}} {
		w := newWorld(t, size[0], size[1])
		w.withAttempt(t, capture.Attempt{N: 2, Resend: true, Signed: true, Took: 12 * time.Millisecond, Reply: capture.Reply{
			Status: 422, Fields: []capture.Field{{Name: "Content-Type", Value: "application/json"}}, Body: capture.NewBody([]byte(`{"error":"card_declined"}`)),
		}})
		w.has(t, "response · attempt 2 · resent → :3000/stripe · re-signed")
		w.has(t, "422 Unprocessable Entity")
		w.has(t, "application/json")
		w.has(t, `"error": "card_declined"`)
		w.has(t, `"object": "event"`) // the request, at the same time
	}
}

// A failure has its cause and the whole error.
func TestAFailureIsInSight(t *testing.T) {
	w := newWorld(t, 160, 45)
	w.withAttempt(t, capture.Attempt{N: 1, Cause: capture.CauseRefused, Err: "send: dial tcp 127.0.0.1:3000: connection refused"})
	w.has(t, "refused")
	w.has(t, "send: dial tcp 127.0.0.1:3000: connection refused")
}

// Without an attempt it is the reply, and who gave it.
func TestTheReplyIsInSight(t *testing.T) {
	w := newWorld(t, 160, 45)
	w.arrive(t, samples(1)...)
	w.has(t, "reply · by default")
}

// tab goes from the list to the request, to the response, and back; its keys are
// then for what has the focus.
func TestKeysOfTheResponse(t *testing.T) {
	w := newWorld(t, 160, 45)
	w.withAttempt(t, capture.Attempt{N: 1, Reply: capture.Reply{Status: 200, Body: capture.NewBody([]byte(`{"found":"needle","other":[1,2]}`))}})
	w.Press("tab", "tab", "/")
	w.Type("needle")
	w.Press("enter")
	w.has(t, "1 of 1")
	w.Press("esc", "v")
	w.has(t, "view the body as")
	w.Press("3") // raw
	w.has(t, `{"found":"needle","other":[1,2]}`)
	w.Press("tab", "j")
	if w.Quit {
		t.Error("it ended")
	}
	w.Press("tab", "/")
	w.Type("needle")
	w.Press("enter")
	w.hasNot(t, "1 of 1") // the request has none
}
