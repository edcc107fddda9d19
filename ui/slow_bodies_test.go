package ui_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/ui"
)

// slowBodies gives each body after a while.
type slowBodies time.Duration

func (s slowBodies) Body(_ context.Context, ref capture.BodyRef) ([]byte, error) {
	time.Sleep(time.Duration(s))
	return fmt.Appendf(nil, `{"n":%d}`, ref%2), nil
}

// arriveSlowly captures requests whose bodies are the numbers from, to and those between.
func (w *world) arriveSlowly(t *testing.T, each slowBodies, from, to int) {
	t.Helper()
	list := samples(to - from)
	for i, ex := range list {
		ex.Request.Body = capture.StoredBody(each, capture.BodyRef(from+i), 7)
	}
	w.arrive(t, list...)
}

// However long it takes to read the bodies, a filter and the counts of the saved
// filters come to all of them, those that arrive meanwhile, too.
func TestSlowBodiesAreAllSearched(t *testing.T) {
	for _, each := range []time.Duration{0, 20 * time.Millisecond, 200 * time.Millisecond} {
		each := slowBodies(each)
		synctest.Test(t, func(t *testing.T) {
			w, _ := withViews(t, 120, 40, ui.View{Name: "odd", Filter: `body:"n\":1"`})
			w.arriveSlowly(t, each, 0, 7)
			held := w.Hold(func() { w.arriveSlowly(t, each, 7, 10) })
			w.arriveSlowly(t, each, 10, 12)
			held.End()
			if got := w.tabs(); got != "all 12 · odd 6" {
				t.Errorf("%v for each body: %s", time.Duration(each), got)
			}
			w = newWorld(t, 120, 40)
			w.arriveSlowly(t, each, 0, 7)
			w.Press("/")
			held = w.Hold(func() { w.Type(`body:"n\":1"`) })
			w.arriveSlowly(t, each, 7, 12)
			held.End()
			w.Press("enter")
			w.has(t, "6 of 12")
		})
	}
}
