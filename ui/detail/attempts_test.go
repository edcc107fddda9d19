package detail

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"creel/capture"
	"creel/capture/safe"
)

func TestLastPart(t *testing.T) {
	for err, want := range map[string]string{
		"": "",
		"send: dial tcp 127.0.0.1:3000: connect: no route to host": "no route to host",
		"an error in creel: went wrong\ngoroutine 1: at\n\tx.go:1": "went wrong",
	} {
		if got := lastPart(err); got != want {
			t.Errorf("%q gives %q, want %q", err, got, want)
		}
	}
}

// What cannot be sent is not offered to be sent.
func TestNoAttemptsOfWhatCannotBeSent(t *testing.T) {
	for want, change := range map[string]func(*capture.Request){
		"not sent anywhere: r sends it":                          func(*capture.Request) {},
		"not sent anywhere: the head could not be read, so":      func(r *capture.Request) { r.Malformed = "no colon" },
		"not sent anywhere: the connection ended too early: the": func(r *capture.Request) { r.Incomplete = true },
	} {
		ex := stripe()
		ex.Attempts = nil
		change(&ex.Request)
		p := newPane(t, Deps{}, 60, 24, false)
		drain(p, p.Show(ex))
		drain(p, p.Open(Attempts))
		if got := ansi.Strip(p.View(true)); !strings.Contains(got, want) {
			t.Errorf("without %q:\n%s", want, got)
		}
	}
}

// The value in what is said of a row is cut to the room, and at last nothing is said.
func TestAsideIn(t *testing.T) {
	a := aside{safe.Const("was "), safe.Const(`"evt_1234"`), safe.Const(" in #3")}
	for room, want := range map[int]string{30: `was "evt_1234" in #3`, 20: `was "evt_1234" in #3`, 18: `was "evt_12… in #3`, 16: `was "evt_… in #3`, 15: ""} {
		if got := a.in(room); got.String() != want {
			t.Errorf("in %d cells %q, want %q", room, got, want)
		}
	}
}

// A line that is wrapped says behind its end what it was.
func TestWrappedLineSaysWhatItWas(t *testing.T) {
	old, ex := stripe(), stripe()
	old.ID = 398
	old.Request.Body = capture.NewBody([]byte(`{"text":"old"}`))
	ex.Request.Body = capture.NewBody([]byte(`{"text":"` + strings.Repeat("long ", 20) + `"}`))
	p := newPane(t, Deps{Ctx: t.Context(), Before: func(*capture.Exchange) *capture.Exchange { return old }}, 80, 24, false)
	drain(p, p.Show(ex))
	if got := ansi.Strip(p.View(true)); !strings.Contains(got, `was "old" in #398`) {
		t.Error(got)
	}
}
