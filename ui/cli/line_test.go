package cli

import (
	"strings"
	"testing"
	"time"

	"creel/capture"
)

// A line of text says what is out of the ordinary, and nothing else.
func TestRemarks(t *testing.T) {
	for _, tt := range []struct {
		ex   capture.Exchange
		want string
	}{
		{capture.Exchange{Sender: capture.Sender{Try: 1}, Signature: capture.Signature{Verdict: capture.Valid}}, ""},
		{capture.Exchange{Sender: capture.Sender{Try: 2, Late: true}}, "try 2, late"},
		{capture.Exchange{Signature: capture.Signature{Verdict: capture.Invalid}}, "BAD SIG"},
		{capture.Exchange{Signature: capture.Signature{Verdict: capture.Stale}}, "STALE"},
		{capture.Exchange{Signature: capture.Signature{Verdict: capture.NoSecret}}, "no secret"},
		{capture.Exchange{Reply: capture.Reply{Fault: "hang"}, Handshake: "slack url_verification"}, "fault hang, handshake"},
		{capture.Exchange{Request: capture.Request{Truncated: true}}, "truncated"},
		{capture.Exchange{Request: capture.Request{Incomplete: true}}, "incomplete"},
		{capture.Exchange{Request: capture.Request{Malformed: "x"}}, "malformed"},
		{capture.Exchange{Reply: capture.Reply{Status: 500, By: "error", Body: capture.NewBody([]byte("creel: no \x1bfile\nx"))}}, "no ␛file"},
		{capture.Exchange{Reply: capture.Reply{Status: 500, By: "rule:x", Body: capture.NewBody([]byte("creel: x"))}}, ""},
		{capture.Exchange{Reply: capture.Reply{Status: 413, By: "error", Body: capture.NewBody([]byte("creel: x"))}}, ""},
		{capture.Exchange{Reply: capture.Reply{Status: 502, By: "error", Body: capture.NewBody([]byte("creel: x"))}, Attempts: []*capture.Attempt{{}}}, ""},
		{capture.Exchange{Pending: []string{"x"}, Pinned: true}, "pending, pinned"},
	} {
		if got := strings.Join(remarks(&tt.ex, paint{}), ", "); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// A line says what the sender got and, where that is something else, what the newest
// attempt gave.
func TestOutcome(t *testing.T) {
	gave := func(status int, cause capture.Cause) *capture.Attempt {
		return &capture.Attempt{Cause: cause, Took: 2 * time.Second, Reply: capture.Reply{Status: status}}
	}
	answered := capture.Reply{Status: 200, Took: 3 * time.Millisecond}
	for _, tt := range []struct {
		ex   capture.Exchange
		want string
	}{
		{capture.Exchange{State: capture.StateAnswered, Reply: answered}, "200 3ms"},
		{capture.Exchange{State: capture.StateGone, Reply: answered}, "gone 3ms"},
		{capture.Exchange{State: capture.StateHeld}, "held"},
		{capture.Exchange{State: capture.StateAnswered, Reply: answered, Attempts: []*capture.Attempt{gave(500, ""), gave(200, "")}}, "200 3ms"},
		{capture.Exchange{State: capture.StateAnswered, Reply: answered, Attempts: []*capture.Attempt{gave(200, ""), gave(500, "")}}, "200 → 500 2s"},
		{capture.Exchange{State: capture.StateAnswered, Reply: answered, Attempts: []*capture.Attempt{gave(0, capture.CauseRefused)}}, "200 → refused 2s"},
	} {
		if got := outcome(&tt.ex, paint{}); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// An attempt says by whom it was made, with what, and what came of it.
func TestAttemptLine(t *testing.T) {
	const to = "http://a/x"
	ok := capture.Reply{Status: 204}
	for _, tt := range []struct {
		name string
		a    capture.Attempt
		want string
	}{
		{"", capture.Attempt{To: to, Reply: ok, Signed: true}, "→ http://a/x  204  <1ms  signed"},
		{"a7", capture.Attempt{To: to, Reply: ok, Signed: true, Edited: true}, "a7 → http://a/x  204  <1ms  edited  re-signed"},
		{"a7", capture.Attempt{To: to, Reply: ok, Signed: true, SignedURL: to}, "a7 → http://a/x  204  <1ms  re-signed"},
		{"a7", capture.Attempt{To: to, Reply: ok, Signed: true, SignedURL: "https://b/x"}, "a7 → http://a/x  204  <1ms  re-signed for https://b/x"},
		{"a7", capture.Attempt{To: to, Reply: ok, SignedURL: "https://b/x", By: "pid 1"}, "a7 → http://a/x  204  <1ms  by pid 1"},
		{"a7", capture.Attempt{To: to, Cause: capture.CauseRefused, Err: "connection refused", By: "pid 1", Who: "ana"}, "a7 → http://a/x  refused  <1ms  by ana  connection refused"},
	} {
		if got := attemptLine(tt.name, &tt.a, paint{}); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
	if got, want := attemptText(&capture.Attempt{Cause: capture.CauseRefused}, paint{true}), "\x1b[31mrefused\x1b[0m"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for status, colour := range map[int]string{0: yellow, 200: green, 299: green, 300: yellow, 399: yellow, 400: red} {
		if got, want := (paint{true}).status(status, "x"), "\x1b["+colour+"mx\x1b[0m"; got != want {
			t.Errorf("%d: %q, want %q", status, got, want)
		}
	}
}

// What was sent here is printed with how the answer begins, as far as there is one.
func TestPrintAttempt(t *testing.T) {
	text := func(s string) capture.Body { return capture.NewBody([]byte(s)) }
	for _, tt := range []struct {
		body capture.Body
		want string
	}{
		{capture.Body{}, ""},
		{capture.ForgottenBody(9), ""},
		{text("ok"), "  ok"},
		{text("ok\nand more"), "  ok"},
		{text("ok\r\nand more"), "  ok"},
		{text("\nok"), ""},
		{text("\r\nok"), ""},
		{text("\x1b[2J"), "  ␛[2J"},
		{text(strings.Repeat("ü", 200)), "  " + strings.Repeat("ü", 200)},
		{text(strings.Repeat("ü", 201)), "  " + strings.Repeat("ü", 199) + "…"},
		{text(strings.Repeat("ü", 10000) + "\nand more"), "  " + strings.Repeat("ü", 199) + "…"},
	} {
		var out strings.Builder
		p := newProgram()
		p.out = &out
		a := &capture.Attempt{To: "http://a/x", By: "pid 1", Reply: capture.Reply{Status: 204, Body: tt.body}}
		if err := p.printAttempt(7, "#7", a, false); err != nil {
			t.Fatal(err)
		}
		if want := "#7 → http://a/x  204  <1ms" + tt.want + "\n"; out.String() != want {
			t.Errorf("%q, want %q", out.String(), want)
		}
	}
}
