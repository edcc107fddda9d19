package ui_test

import (
	"fmt"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/forward"
	"creel/ui"
	"creel/ui/uitest"
)

var noon = time.Date(2026, 11, 23, 13, 37, 0, 0, time.Local)

var sizes = [][2]int{{160, 45}, {120, 40}, {80, 24}, {40, 12}}

// world is a ring with a screen on it.
type world struct {
	*uitest.Screen
	ring  *ring.Ring
	now   time.Time
	log   *ui.Log       // where it is not thrown away
	pokes chan struct{} // of a gate
}

func newWorld(t testing.TB, w, h int) *world {
	x := &world{ring: ring.New(capture.Bounds{}), now: noon}
	x.Screen = uitest.New(t, x.deps(), w, h)
	return x
}

func (w *world) deps() ui.Deps {
	return ui.Deps{
		Ring: w.ring, Targets: &forward.Targets{}, Log: &ui.Log{},
		Now:     func() time.Time { return w.now },
		Environ: []string{},
		Config: ui.Config{
			URL: "http://127.0.0.1:4665", History: "~/.local/state/creel/history.db",
			Keep: 10000, KeepBytes: 256 << 20,
		},
	}
}

// arrive captures exchanges and has the screen look.
func (w *world) arrive(t testing.TB, list ...*capture.Exchange) {
	t.Helper()
	for _, ex := range list {
		if _, err := w.ring.Submit(ex).Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w.Look()
}

func samples(n int) []*capture.Exchange {
	var list []*capture.Exchange
	for i := range n {
		ex := &capture.Exchange{
			At: noon.Add(time.Duration(i) * 700 * time.Millisecond), State: capture.StateAnswered,
			Request: capture.Request{
				Method: "POST", Target: "/stripe?n=1", Host: "127.0.0.1:4665", Proto: "HTTP/1.1",
				Fields: []capture.Field{{Name: "Content-Type", Value: "application/json"}},
				Body:   capture.NewBody(fmt.Appendf(nil, `{"id":"evt_%d","object":"event","data":{"amount":%d}}`, i, i*100)),
			},
			Sender: capture.Sender{Provider: "stripe", Event: "invoice.paid", Delivery: fmt.Sprint("evt_", i), Try: 1},
			Reply:  capture.Reply{Status: 200, By: "default", Took: 12 * time.Millisecond},
		}
		switch i % 4 {
		case 1:
			ex.Sender = capture.Sender{Provider: "github", Event: "push"}
			ex.Request.Target, ex.Signature.Verdict = "/github", capture.Invalid
		case 2:
			ex.Reply.Status = 500
		}
		list = append(list, ex)
	}
	return list
}

func TestGoldenScreens(t *testing.T) {
	for _, size := range sizes {
		name := fmt.Sprintf("%dx%d", size[0], size[1])
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, size[0], size[1])
			w.Golden("first-" + name)
			w.arrive(t, samples(9)...)
			w.now = noon.Add(9 * time.Second)
			w.Look()
			w.Golden("list-" + name)
			w.Press("k", "k", "enter")
			w.Golden("detail-" + name)
			w.Press("esc", "y")
			w.Golden("copy-" + name)
			w.Press("esc", "?")
			w.Golden("help-" + name)
			w.Press("esc", "ctrl+p")
			w.Golden("palette-" + name)
			w.Press("esc", "/")
			w.Type("is:invalid provider:g")
			w.Golden("filter-" + name)
			w.Press("enter", "esc", "q")
			if !w.Quit {
				t.Error("q on the list does not quit")
			}
		})
	}
}
