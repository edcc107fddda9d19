package ui_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/ui"
	"creel/ui/uitest"
)

// answering is a screen on a chain that answers senders.
type answering struct {
	*uitest.Screen
	chain reply.Chain
	ring  *ring.Ring
	pokes chan struct{}
	now   time.Time
}

func newAnswering(t *testing.T) *answering {
	a := &answering{ring: ring.New(capture.Bounds{}), pokes: make(chan struct{}, 100), now: noon}
	a.chain = reply.Chain{
		Standing: &reply.Standing{}, Rules: reply.NewRules(reply.Source{}, nil),
		Gate: &reply.Gate{Poke: func() { a.pokes <- struct{}{} }},
	}
	a.Screen = uitest.New(t, ui.Deps{
		Ring: a.ring, Standing: a.chain.Standing, Gate: a.chain.Gate, Rules: a.chain.Rules, Log: &ui.Log{},
		Now: func() time.Time { return a.now }, Environ: []string{}, Config: ui.Config{URL: "http://127.0.0.1:4665"},
	}, 80, 24)
	return a
}

// ticket is the Recorder of an exchange that is in the ring.
type ticket struct{ id capture.ID }

func (c ticket) Committed(context.Context) (capture.ID, error) { return c.id, nil }
func (ticket) SetState(context.Context, capture.State)         {}
func (ticket) AddAttempt(*capture.Attempt)                     {}
func (ticket) SetMeta(capture.Meta)                            {}

// send captures a request and answers it beside the test.
func (a *answering) send(t *testing.T, ctx context.Context, target string) <-chan capture.Outcome {
	t.Helper()
	ex, err := a.ring.Submit(&capture.Exchange{At: a.now, Request: capture.Request{Method: "POST", Target: target}}).Wait(ctx)
	if err != nil {
		t.Fatal(err)
	}
	out := make(chan capture.Outcome, 1)
	go func() { out <- a.chain.Respond(ctx, ex, ticket{ex.ID}) }()
	return out
}

// held sends a request and waits until it is held and seen.
func (a *answering) held(t *testing.T, ctx context.Context, target string) <-chan capture.Outcome {
	t.Helper()
	n := a.chain.Gate.Len()
	out := a.send(t, ctx, target)
	for a.chain.Gate.Len() == n {
		<-a.pokes
	}
	a.Look()
	return out
}

func (a *answering) shows(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.Text(), text) {
			t.Fatalf("no %q on\n%s", text, a.Text())
		}
	}
}

func TestAHeldSenderIsAnsweredFromTheKeyboard(t *testing.T) {
	a := newAnswering(t)
	a.chain.Gate.Set(new(filter.Filter), true)
	out := a.held(t, t.Context(), "/hook")
	a.shows(t, "#1 is held: a replies to it", "HOLD  1 waiting")
	a.Press("j", "down", "enter", "y", "esc", "esc") // for the list
	if a.chain.Gate.Len() != 1 {
		t.Fatal("a key for the list answered")
	}
	a.Press("a")
	a.shows(t, "reply to #1", "POST /hook")
	if a.chain.Gate.Held()[0].Paused {
		t.Error("the time stands still though nothing was typed")
	}
	a.Type(`422 {"error":"x"}`)
	if h := a.chain.Gate.Held(); len(h) != 1 || !h[0].Paused {
		t.Errorf("the time does not stand still while the answer is written: %+v", h)
	}
	a.Exact()
	a.Press("enter")
	if o := <-out; o.Reply.Status != 422 || o.Reply.By != "hold" {
		t.Errorf("%+v", o.Reply)
	}
	if a.Exact(); strings.Contains(a.Text(), "is held") {
		t.Errorf("it is still said to be held:\n%s", a.Text())
	}
}

// After an answer the next dialog does not open by itself, and what a means is
// the selected request where that is held, else the oldest.
func TestHeldOnesAreAnsweredOneByOne(t *testing.T) {
	a := newAnswering(t)
	a.chain.Gate.Set(new(filter.Filter), true)
	first := a.held(t, t.Context(), "/1")
	second := a.held(t, t.Context(), "/2")
	third := a.held(t, t.Context(), "/3")
	a.now = a.now.Add(time.Second)
	a.Press("k", "a")
	a.shows(t, "reply to #2")
	a.Press("enter", "enter", "enter")
	<-second
	if n := a.chain.Gate.Len(); n != 2 {
		t.Fatalf("%d are held after one was answered", n)
	}
	a.Look()
	a.Press("esc", "k", "j", "a") // #2, which is not held
	a.shows(t, "reply to #1")
	a.shows(t, "▌   #1") // its body is in sight
	a.Press("enter")
	<-first
	a.Press("j", "a")
	a.shows(t, "reply to #3")
	a.Press("enter")
	<-third
}

// What is said of a second held request says no longer whom a replies to when that one
// has its reply.
func TestTheNoticeOfASecondHeldRequest(t *testing.T) {
	a := newAnswering(t)
	a.chain.Gate.Set(new(filter.Filter), true)
	first := a.held(t, t.Context(), "/1")
	a.Look()
	a.Press("p") // it is meant from now on
	a.held(t, t.Context(), "/2")
	a.Look()
	a.shows(t, "is held, too: a replies to")
	a.Press("a", "enter")
	<-first
	a.Look()
	if a.Press("esc"); strings.Contains(a.Text(), "is held, too") {
		t.Errorf("the first one has its reply:\n%s", a.Text())
	}
}

func TestTheTimeOfAHoldGoesOnWhenNothingIsWritten(t *testing.T) {
	a := newAnswering(t)
	a.chain.Gate.Set(new(filter.Filter), true)
	a.held(t, t.Context(), "/1")
	paused := func() bool { return a.chain.Gate.Held()[0].Paused }
	for _, tt := range []struct {
		key  string
		want bool
	}{{"a", false}, {"down", false}, {"4", true}, {"up", true}, {"backspace", false}, {"5", true}, {"esc", false}} {
		if a.Press(tt.key); paused() != tt.want {
			t.Errorf("after %s: paused %v", tt.key, paused())
		}
	}
}

func TestTheSenderLeavesWhileItsAnswerIsWritten(t *testing.T) {
	a := newAnswering(t)
	a.chain.Gate.Set(new(filter.Filter), true)
	ctx, leave := context.WithCancel(t.Context())
	out := a.held(t, ctx, "/hook")
	a.Press("a")
	a.Type("409")
	leave()
	<-out
	a.Look()
	a.shows(t, "its sender left", "next try")
	a.Press("enter")
	a.chain.Gate.Set(nil, false)
	if o := <-a.send(t, t.Context(), "/hook"); o.Reply.Status != 409 {
		t.Errorf("the next try got %+v", o.Reply)
	}
	if o := <-a.send(t, t.Context(), "/hook"); o.Reply.Status != 200 {
		t.Errorf("the try after it got %+v", o.Reply)
	}
}

func TestHoldIsSetFromTheRow(t *testing.T) {
	a := newAnswering(t)
	<-a.send(t, t.Context(), "/hook")
	a.Look()
	a.Press("i")
	a.shows(t, "path:/hook", "1 of the 1 newest would have been held")
	a.Press("enter")
	if f, on := a.chain.Gate.Filter(); !on || f.String() != "path:/hook" {
		t.Errorf("%v %v", f, on)
	}
	if o := <-a.send(t, t.Context(), "/other"); o.Reply.By != "default" {
		t.Errorf("%+v", o.Reply)
	}
	first, second := a.held(t, t.Context(), "/hook/1"), a.held(t, t.Context(), "/hook/2")
	a.Press("A")
	a.shows(t, "release all 2?")
	a.Press("y", "I")
	if o := <-first; o.Reply.By != "default" {
		t.Errorf("%+v", o.Reply)
	}
	<-second
	if _, on := a.chain.Gate.Filter(); on {
		t.Error("I does not switch it off")
	}
}

func TestTheReplyAndTheRulesAreSetFromTheKeyboard(t *testing.T) {
	a := newAnswering(t)
	<-a.send(t, t.Context(), "/hook")
	a.Look()
	a.Press("s", "ctrl+u")
	a.Type("500x2,200 later")
	a.Press("enter")
	a.shows(t, "senders get 500 x2 then 200")
	if o := <-a.send(t, t.Context(), "/hook"); o.Reply.Status != 500 || o.Reply.By != "reply" {
		t.Errorf("%+v", o.Reply)
	}
	if err := a.chain.Rules.Add("[[rule]]\nname = 'teapot'\nreply = { status = 418 }\n"); err != nil {
		t.Fatal(err)
	}
	a.Press("S")
	a.shows(t, "teapot", "418")
	if o := <-a.send(t, t.Context(), "/hook"); o.Reply.Status != 418 || o.Reply.By != "rule:teapot" {
		t.Errorf("%+v", o.Reply)
	}
	a.Press("space")
	a.shows(t, "off teapot")
	if o := <-a.send(t, t.Context(), "/hook"); o.Reply.By != "reply" {
		t.Errorf("%+v", o.Reply)
	}
	a.Exact()
}

// With b on, a held request rings, whatever the filter lets through.
func TestAHeldRequestRings(t *testing.T) {
	a := newAnswering(t)
	a.chain.Gate.Set(new(filter.Filter), true)
	a.held(t, t.Context(), "/first")
	a.Press("b", "/")
	a.Type("nowhere")
	a.Press("enter")
	a.send(t, t.Context(), "/second")
	for a.chain.Gate.Len() < 2 {
		<-a.pokes
	}
	batch, _ := a.Model.Refresh()().(tea.BatchMsg)
	for _, cmd := range batch {
		if raw, ok := cmd().(tea.RawMsg); ok && strings.Contains(fmt.Sprint(raw.Msg), "\a\x1b]9;creel: #2 is held\a") {
			return
		}
	}
	t.Error("it does not ring")
}
