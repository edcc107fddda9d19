package ui_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"creel/forward"
	"creel/ui/uitest"
)

// A repeat of marked requests goes, for each, where that one was sent before; the
// URL that is asked for is for those of which nothing is known.
func TestRepeatKeepsKnownTargets(t *testing.T) {
	var came [2]atomic.Int32
	var url [2]string
	for i := range came {
		app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came[i].Add(1) }))
		t.Cleanup(app.Close)
		url[i] = app.URL
	}
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(2)...)
	w.Press("f")
	w.Type(url[0])
	w.Press("enter") // #2 is sent to the first
	w.Look()
	w.Press("space", "k", "space", "R")
	w.has(t, "repeat #1 to")
	w.Type(url[1])
	w.Press("enter")
	w.has(t, "and others")
	w.Press("enter")
	if a, b := came[0].Load(), came[1].Load(); a != 2 || b != 1 {
		t.Errorf("%d and %d arrived, want 2 and 1", a, b)
	}
}

// A URL that was given is offered once something was sent to it, and not before: what
// was left on the way there may have been a slip.
func TestOnlyUsedURLsAreOffered(t *testing.T) {
	app := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(app.Close)
	for _, tt := range []struct{ opens, sends []string }{
		{[]string{"R"}, []string{"enter"}},
		{[]string{"e"}, []string{"ctrl+s"}},
	} {
		w := newWorld(t, 120, 40)
		w.arrive(t, samples(2)...)
		w.Press(tt.opens...)
		w.Type(app.URL + "/slip")
		w.Press("enter", "esc", "f")
		w.hasNot(t, "/slip")
		w.Press("esc")
		w.Press(tt.opens...)
		w.Type(app.URL + "/meant")
		w.Press("enter")
		w.Press(tt.sends...)
		w.Press("esc", "k", "f")
		w.has(t, app.URL+"/meant")
		w.hasNot(t, "/slip")
	}
}

// endlessRepeat sends one, and the others never.
type endlessRepeat struct{ forward.Resender }

func (*endlessRepeat) Repeat(ctx context.Context, r forward.Repeat) forward.Histogram {
	h := forward.Histogram{Total: r.Times * len(r.Runs), Done: 1, Sent: 1}
	r.Progress(h)
	<-ctx.Done()
	h.Ended = true
	return h
}

// A repeat that is under way ends with esc, and its dialog stays until it has.
func TestRepeatIsCanceled(t *testing.T) {
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Resender = &endlessRepeat{forward.Resender{Sender: &forward.Sender{}}}
	w.Screen = uitest.New(t, d, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press("R")
	w.Type("3000")
	w.Press("enter", "ctrl+u")
	w.Type("5")
	under := w.Hold(func() { w.Press("enter") }).Next()
	w.has(t, "1 of 5 sent")
	w.Press("enter", "R")
	w.has(t, "1 of 5 sent") // only what ends it means something now
	w.Press("esc")
	w.has(t, "ending: 1 of 5 sent")
	under.End()
	w.has(t, "canceled: 1 of 5 sent")
	w.Press("esc")
	w.hasNot(t, "canceled")
	w.has(t, "repeat: 1 sent, 0 failed")
}
