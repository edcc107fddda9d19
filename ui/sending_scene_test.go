package ui_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/forward"
	"creel/ui"
)

// fakeSender answers as the test says, and records it.
type fakeSender struct {
	w       *world
	scene   *scene
	results []string // of the next attempts: a status, a cause, or an error
	checked error
}

func (f *fakeSender) next() string {
	if len(f.results) == 0 {
		return "200"
	}
	r := f.results[0]
	f.results = f.results[1:]
	return r
}

func (f *fakeSender) Resend(ctx context.Context, x forward.Resend) (capture.Attempt, error) {
	req := x.Request
	if req == nil {
		req = &x.Exchange.Request
	}
	ex, _ := f.w.ring.Get(x.Exchange.ID)
	to := x.To.Resolve(req.Target).String()
	a := capture.Attempt{N: 1, At: noon, Method: req.Method, To: to, Took: 12 * time.Millisecond, Resend: true, Edited: x.Edited, By: x.By, SameBody: !x.Edited}
	if ex != nil {
		a.N = len(ex.Attempts) + 1
	}
	var status int
	result := f.next()
	f.scene.Say("sends %s %s to %s, edited %v, sign %q: %s", x.Exchange.ID, req.Method, to, x.Edited, x.Sign, result)
	switch _, err := fmt.Sscan(result, &status); {
	case err == nil:
		a.Reply = capture.Reply{Status: status, Body: capture.NewBody([]byte("answer " + result))}
	case strings.HasPrefix(result, "error "):
		return a, errors.New(result)
	default:
		a.Cause, a.Err = capture.Cause(result), "send: "+result
	}
	return a, f.w.ring.Apply(ctx, capture.Op{Attempt: &capture.AttemptAdd{ID: x.Exchange.ID, Attempt: a}})
}

func (f *fakeSender) Repeat(ctx context.Context, plan forward.Repeat) forward.Histogram {
	f.scene.Say("repeats %d, %d times, %d at once, %v apart, speed %v", len(plan.Runs), plan.Times, plan.Concurrency, plan.Delay, plan.Speed)
	n := len(plan.Runs) * plan.Times
	h := forward.Histogram{Total: n, Done: n, Sent: n, Ended: true, Buckets: []forward.Bucket{{Name: "200", Count: 1}}}
	return h
}

func (f *fakeSender) Fetch(context.Context, string) (capture.Attempt, error) {
	return capture.Attempt{}, errors.New("not fetched")
}
func (f *fakeSender) InFlight() []forward.InFlight             { return nil }
func (f *fakeSender) InFlightOf(capture.ID) []forward.InFlight { return nil }
func (f *fakeSender) CheckURL(u forward.URL) error             { return f.checked }
func (f *fakeSender) Count(string) int                         { return 3 }
func (f *fakeSender) Counts() map[string]int {
	return map[string]int{"http://localhost:3969/hooks": 3}
}

func (f *fakeSender) Flush(_ context.Context, key string) forward.Flushed {
	f.scene.Say("delivers what waits for %q", key)
	return forward.Flushed{}
}

// sending is a screen that sends with a fakeSender.
func (s *scene) sending(what string, w, h int) *fakeSender {
	s.t.Helper()
	f := &fakeSender{scene: s}
	x := everything(s.t, w, h, s.keeps, func(d *ui.Deps) { d.Resender, d.Queue = f, f })
	f.w = x
	s.begin(what, x)
	return f
}

func sendScene(s *scene) {
	f := s.sending("resent", 120, 24)
	f.results = []string{"200", "500", "refused", "error the signature cannot be renewed", "302"}
	s.do("k", "r", "r", "r", "r", "o", "esc", "r", "5", "enter", "esc", "k k", "space j space", "r", "esc", "space", "P", "n", "P", "enter", ":", "'send it twice", "enter", "R", "ctrl+u", "'3", "enter", "esc", "esc", "R", "esc")
	f = s.sending("to other URLs", 120, 24)
	s.do("k", "f", "'4000/x", "enter", "f", "down", "enter", "r", "F", "n", "'3001", "enter", "esc", "f", "esc")
	f.checked = errors.New("that is creel itself")
	s.do("f", "'4000", "enter", "esc", "F", "n", "'4001", "enter", "esc", "esc")
	f.checked = nil
	f = s.sending("edited", 120, 24)
	f.results = []string{"200", "timeout", "error it cannot be renewed"}
	s.do("k", "e", "ctrl+end", "' ", "ctrl+s", "' ", "ctrl+s", "' ", "ctrl+s", "esc", "j", "k", "e", "esc", "d", "esc")
}

func failScene(s *scene) {
	no := errors.New("the disk is full")
	s.begin("nothing can be kept", everything(s.t, 120, 24, s.keeps, func(d *ui.Deps) {
		d.Config.History = ""
		d.KeepSecret = func(string, string) error { return no }
		d.KeepTheme = func(string) error { return no }
		d.KeepView = func(string, ui.View) error { return no }
		d.KeepPreset = func(reply.Spec) error { return no }
		d.KeepTarget = func(forward.Target) error { return no }
		d.DevKey = func(string) (provider.DevKey, error) { return provider.DevKey{}, no }
		d.KeepRequests = func(context.Context, []*capture.Exchange) (string, error) { return "", no }
	}))
	s.do("/", "is:failed ctrl+s", "'mine", "enter", "esc", "esc", ":", "'theme", "enter", "j", "enter", "esc", "s", "ctrl+s", "'x", "enter", "esc", "F", "w", "esc", "6", "enter", "'whsec_x", "tab tab", "space", "enter", "esc", "q", "h", "esc", "esc", "wait 9")
	s.begin("nothing is there to keep it", everything(s.t, 120, 24))
	s.do("/", "'x", "ctrl+s", "esc", "esc", "]", "[", "s", "ctrl+s", "esc", "F", "w", "esc", "E", "v", "T", "P", "w", "Z", "Z", "shift+tab")
}
