package ui_test

import (
	"strings"
	"testing"
)

// A draft goes to several URLs at once; each gets the same bytes, and each
// attempt is kept.
func TestComposeForSeveralTargets(t *testing.T) {
	one, gotOne := app(t, 201)
	two, gotTwo := app(t, 404)
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press("e")
	w.Type(one)
	w.Press("enter", "tab", "enter", "end")
	w.Type(" " + strings.TrimPrefix(two, "http://"))
	w.Press("enter", "ctrl+s")
	w.has(t, "201")
	w.has(t, "404")
	w.has(t, one+"/stripe?n=1")
	w.has(t, two+"/stripe?n=1")
	if len(gotOne()) != 1 || len(gotTwo()) != 1 || gotOne()[0] != gotTwo()[0] {
		t.Errorf("the apps got %q and %q", gotOne(), gotTwo())
	}
	if ex, _ := w.ring.Get(1); len(ex.Attempts) != 2 {
		t.Errorf("attempts: %+v", ex.Attempts)
	}
}
