package server

import (
	"errors"
	"runtime"
	"testing"
	"weak"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"
)

// A reply that is not written yet keeps nothing of the request in memory, which the
// journal has by then: where large bodies come fast, there would be many of them.
func TestUnwrittenReplyKeepsNoBody(t *testing.T) {
	t.Parallel()
	journal := ringtest.NewFake()
	r, err := ring.Open(t.Context(), capture.Bounds{}, journal)
	if err != nil {
		t.Fatal(err)
	}
	arrived := func() weak.Pointer[recorder] {
		rec := &recorder{ring: r}
		rec.ticket = r.SubmitOwned(&rec.arrived)
		id, err := rec.Committed(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		journal.Fail(errors.New("the disk is full"))
		rec.end(id, capture.StateAnswered)
		return weak.Make(rec)
	}()
	for range 2 {
		runtime.GC()
	}
	if arrived.Value() != nil {
		t.Error("the request is still in memory")
	}
	if ex, ok := r.Get(1); !ok || ex.State != capture.StateAnswered {
		t.Error("the reply is not recorded")
	}
	journal.Fail(nil)
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
