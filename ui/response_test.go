package ui_test

import (
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/ui/uitest"
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
	for _, size := range [][2]int{{160, 45}, {120, 40}, {80, 24}} {
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

// answered are two requests that were sent on: the attempt of the first one failed,
// the second one of the other came back with a long body.
func answered() []*capture.Exchange {
	list := samples(2)
	list[0].Attempts = []*capture.Attempt{{
		N: 1, At: noon, To: "http://127.0.0.1:3000/stripe",
		Cause: capture.CauseRefused, Err: "Post \"http://127.0.0.1:3000/stripe\": dial tcp 127.0.0.1:3000: connect: connection refused",
	}}
	var lines []string
	for c := 'a'; c <= 'z'; c++ {
		lines = append(lines, "line "+string(c))
	}
	came := capture.Reply{Status: 201, Body: capture.NewBody([]byte(strings.Join(lines, "\n")))}
	list[1].Attempts = []*capture.Attempt{{N: 1, At: noon, To: "http://127.0.0.1:3000/github", Took: 12 * time.Millisecond, Reply: came}}
	return list
}

// Request and response have each its own place, search and zoom.
func TestRequestAndResponseTogether(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {160, 45}} {
		w := newWorld(t, size[0], size[1])
		w.arrive(t, answered()...)
		w.has(t, "201 Created")
		w.has(t, "line a")
		w.Press("tab", "tab", "G")
		w.has(t, "line z")
		w.has(t, `"object": "event"`) // the request did not move
		w.Press("/")
		w.Type("line c")
		w.Press("enter")
		w.has(t, "1 of 1")
		w.Press("esc", "Z")
		w.has(t, "line c")
		w.has(t, "POST /github")
		w.hasNot(t, `"object": "event"`) // it has the whole screen
		w.Press("Z", "tab", "k")         // round: the list again
		w.has(t, "refused")
		w.has(t, `Post "http://127.0.0.1:3000/stripe": dial tcp 127.0.0.1:3000: connect:`)
		w.hasNot(t, "line a")
		w.Press("shift+tab", "Z")
		w.has(t, "attempt 1 · forwarded")
		w.Press("2") // a tab is of the request
		w.has(t, "Content-Type")
		w.Exact()
	}
}

// With no more to say than a line holds, a window that is not wide leaves the room to
// the request; where only one pane fits, tab goes to the response none the less.
func TestRoomForTheResponse(t *testing.T) {
	w := newWorld(t, 80, 24)
	w.arrive(t, samples(1)...)
	w.has(t, "Not sent anywhere")
	w.hasNot(t, "reply · by default")
	w.arrive(t, answered()...)
	w.Press("G")
	w.has(t, "line a")
	w.Resize(80, 12)
	w.hasNot(t, "line a")
	w.Press("tab", "tab")
	w.has(t, "line a")
	w.Press("tab")
	w.has(t, "#1")
}

// What is in flight has a spinner, which turns with the time, and its target.
func TestSpinner(t *testing.T) {
	w := newWorld(t, 80, 24)
	d := w.deps()
	url, came, answer := slowApp(t)
	d.Targets = forwardTo(t, url)
	w.Screen = uitest.New(t, d, 80, 24)
	w.arrive(t, samples(1)...)
	held := w.Hold(func() { w.Press("r") })
	<-came
	w.now = time.Now().Add(3 * time.Second)
	w.Look()
	w.has(t, "response · attempt 1 · in flight")
	seen := map[string]bool{}
	for range 5 {
		w.now = w.now.Add(200 * time.Millisecond)
		w.Look()
		_, after, _ := strings.Cut(w.Text(), "in flight")
		_, after, _ = strings.Cut(after, "\n ")
		spinner, to, _ := strings.Cut(after, " ")
		seen[spinner] = true
		if !strings.HasPrefix(to, "→ :") || !strings.Contains(to, "/stripe?n=1 since ") {
			t.Errorf("in flight: %q", to)
		}
	}
	if len(seen) != 5 {
		t.Errorf("the spinner turned through %v", seen)
	}
	answer <- 204
	held.End()
	w.Look()
	w.hasNot(t, "in flight")
	w.has(t, "204 No Content")
}
