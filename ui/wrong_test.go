package ui_test

import (
	"testing"
	"time"

	"creel/capture"
)

// What senders were refused, and the first forward on arrival of each outage
// that failed, is kept under !.
func TestWhatWentWrongIsKept(t *testing.T) {
	w := newWorld(t, 120, 40)
	forwarded := func(cause capture.Cause) *capture.Exchange {
		ex := samples(1)[0]
		w.now = w.now.Add(time.Second)
		ex.Attempts = []*capture.Attempt{{N: 1, At: w.now, To: "http://localhost:3100/stripe", Cause: cause}}
		if ex.Reply = (capture.Reply{Status: 200, By: "forward"}); cause != "" {
			ex.Reply = capture.Reply{Status: 502, By: "error"}
		}
		return ex
	}
	w.arrive(t, forwarded("refused"), forwarded("refused"), forwarded(""), forwarded("timeout"))
	resent := forwarded("dns")
	resent.Attempts[0].Resend = true
	bad, large := samples(1)[0], samples(1)[0]
	bad.Request.Malformed, large.Request.Truncated = "no version", true
	w.arrive(t, resent, bad, large)
	w.has(t, "! 4")
	w.Press("!")
	w.has(t, "#1 could not be forwarded to :3100: refused; its sender got 502")
	w.has(t, "#4 could not be forwarded to :3100: timeout; its sender got 502")
	w.has(t, "#6 is malformed: no version")
	w.has(t, "#7 was refused with 413")
	w.hasNot(t, "#2 could")
	w.hasNot(t, "#5 could")
}
