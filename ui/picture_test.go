package ui_test

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"creel/capture"
	"creel/capture/golden"
	"creel/forward"
	"creel/ui/uitest"
)

// delivery is a request as a provider sends it.
func delivery(n int, provider, event, body string, status int, took time.Duration) *capture.Exchange {
	return &capture.Exchange{
		At: noon.Add(time.Duration(n) * 3 * time.Second), State: capture.StateAnswered,
		Request: capture.Request{
			Method: "POST", Target: "/" + provider, Host: "127.0.0.1:4665", Proto: "HTTP/1.1",
			Fields: []capture.Field{{Name: "Host", Value: "127.0.0.1:4665"}, {Name: "Content-Type", Value: "application/json"}},
			Body:   capture.NewBody([]byte(body)),
		},
		Sender: capture.Sender{Provider: provider, Event: event, Delivery: fmt.Sprint(provider, n), Try: 1},
		Reply:  capture.Reply{Status: status, By: "default", Took: took},
	}
}

func deliveries() []*capture.Exchange {
	const invoice = `{"id":"evt_1MqqbKLt4dXK03v5","type":"invoice.paid","data":{"object":{"amount_paid":%d,"currency":"eur","customer":"cus_NffrFeUfNV2Hib","lines":[{"id":"il_1","amount":1900}]}}}`
	list := []*capture.Exchange{
		delivery(1, "slack", "url_verification", `{"type":"url_verification"}`, 200, time.Millisecond/2),
		delivery(2, "github", "push", `{"ref":"refs/heads/main"}`, 200, 18*time.Millisecond),
		delivery(3, "stripe", "invoice.paid", fmt.Sprintf(invoice, 1900), 200, 31*time.Millisecond),
		delivery(4, "stripe", "charge.failed", `{"type":"charge.failed"}`, 500, 44*time.Millisecond),
		delivery(5, "github", "issues", `{"action":"opened"}`, 200, 12*time.Millisecond),
		delivery(6, "stripe", "invoice.paid", fmt.Sprintf(invoice, 2000), 500, 12*time.Millisecond),
	}
	list[0].Handshake = "slack url_verification"
	list[1].Signature.Verdict = capture.Invalid
	list[2].Signature.Verdict, list[5].Signature.Verdict = capture.Valid, capture.Valid
	list[5].Sender.Try = 2
	return list
}

// TestPictures draws the pictures of the README: the screen, and how a request is
// captured, edited and sent again.
func TestPictures(t *testing.T) {
	w := newWorld(t, 120, 32)
	d := w.deps()
	app, err := forward.ParseURL("http://localhost:3000")
	if err != nil {
		t.Fatal(err)
	}
	targets := &forward.Targets{}
	targets.Set([]forward.Target{{URL: app}})
	d.Targets = targets
	w.Screen = uitest.New(t, d, 120, 32)
	w.Send(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
	var frames []string
	take := func() { frames = append(frames, w.Model.View().Content) }
	check := func(name string, each time.Duration, frames ...string) {
		golden.File(t, name+".svg", picture(w.W, w.H, each, frames))
	}
	take()
	list := deliveries()
	for _, ex := range list {
		w.now = ex.At.Add(time.Second)
		w.arrive(t, ex)
		take()
	}
	check("screen", 0, frames[len(frames)-1])
	w.now = w.now.Add(time.Second) // what is selected is no longer new
	w.Press("e")
	take()
	w.Press("down", "down", "down", "down", "down", "end", "backspace", "backspace")
	take()
	w.Type("9,")
	take()
	w.Press("esc")
	w.ring.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: 6, Attempt: capture.Attempt{
		At: w.now, To: "http://localhost:3000/stripe", Method: "POST", Target: "/stripe", Resend: true, Edited: true,
		Took: 12 * time.Millisecond, Reply: capture.Reply{Status: 200, Body: capture.NewBody([]byte(`{"ok":true}`))},
	}}})
	w.now = w.now.Add(time.Second)
	if err := w.ring.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Look()
	take()
	check("demo", 1500*time.Millisecond, frames...)
}
