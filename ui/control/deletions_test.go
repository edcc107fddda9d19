package control

import (
	"strings"
	"testing"

	"creel/capture"
)

// What can be put back in part only is left alone, and so is all else of that change.
func TestWhatCannotBePutBackChangesNothing(t *testing.T) {
	p := open(t)
	p.post(t, "/1", "x")
	p.post(t, "/2", "x")
	p.until(t, "two requests", func() bool { return len(p.Ring.Snapshot()) == 2 })
	if err := p.Ring.Apply(t.Context(), capture.Op{Delete: []capture.ID{1}}); err != nil {
		t.Fatal(err)
	}
	rev := p.Ring.Since(0).Rev
	if err := p.Ring.Apply(t.Context(), capture.Op{Add: &capture.Exchange{ID: 1}}, capture.Op{Delete: []capture.ID{1}}); err != nil {
		t.Fatal(err)
	}
	p.until(t, "that it was deleted", func() bool { return len(p.Ring.Since(rev).Deleted) == 1 })
	note := "n"
	ops := []capture.Op{{Meta: &capture.Meta{ID: 2, Note: &note}}, {Add: &capture.Exchange{ID: 1}}, {Add: &capture.Exchange{ID: 9}}}
	if err := p.Ring.Apply(t.Context(), ops...); err == nil || !strings.Contains(err.Error(), "#9 cannot be put back") {
		t.Errorf("put back: %v", err)
	}
	if list := p.engine.Ring.Snapshot(); len(list) != 1 || list[0].Note != "" {
		t.Errorf("%d are there, the note is %q", len(list), list[0].Note)
	}
	if err := p.Ring.Apply(t.Context(), ops[1]); err != nil {
		t.Error(err)
	}
	if err := p.Ring.Apply(t.Context(), ops[1]); err == nil {
		t.Error("it was put back twice")
	}
}

// The bodies of what is put back are there, also when they were on disk only.
func TestBodiesComeBack(t *testing.T) {
	p := openWith(t, t.TempDir()+"/h.db")
	big := strings.Repeat("x", 300<<10)
	p.post(t, "/1", big)
	p.until(t, "the request", func() bool { return len(p.Ring.Snapshot()) == 1 })
	if err := p.Ring.Apply(t.Context(), capture.Op{Delete: []capture.ID{1}}); err != nil {
		t.Fatal(err)
	}
	if err := p.Ring.Apply(t.Context(), capture.Op{Add: &capture.Exchange{ID: 1}}); err != nil {
		t.Fatal(err)
	}
	ex, ok := p.engine.Ring.Get(1)
	if !ok {
		t.Fatal("it is not there")
	}
	if b, err := ex.Request.Body.Bytes(t.Context()); err != nil || string(b) != big {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}
