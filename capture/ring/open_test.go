package ring_test

import (
	"errors"
	"testing"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"
)

// Of what a journal holds only what waited when it was last used is another: it was
// interrupted.
func TestOpenInterruptsWhatWaited(t *testing.T) {
	j := ringtest.NewFake()
	r, err := ring.Open(t.Context(), capture.Bounds{}, j)
	if err != nil {
		t.Fatal(err)
	}
	states := map[capture.ID]capture.State{}
	for state := range capture.StateImported + 1 {
		ex := submit(t, r, &capture.Exchange{State: state})
		states[ex.ID] = state
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r, err = ring.Open(t.Context(), capture.Bounds{}, j.Other())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if s := r.Stats(); int(s.Newest) != len(states) || s.First != 0 {
		t.Errorf("the newest is %v, the first of this process %v", s.Newest, s.First)
	}
	all := r.Snapshot()
	if len(all) != len(states) {
		t.Fatalf("%d of %d are there", len(all), len(states))
	}
	for _, ex := range all {
		want := states[ex.ID]
		if want == capture.StateWaiting || want == capture.StateHeld {
			want = capture.StateInterrupted
		}
		if ex.State != want {
			t.Errorf("%v was %v and is %v, want %v", ex.ID, states[ex.ID], ex.State, want)
		}
	}
}

// A journal that takes nothing is an error from the start, before a sender relies on it.
func TestOpenOfAJournalThatFails(t *testing.T) {
	j := ringtest.NewFake()
	j.Fail(errFull)
	if r, err := ring.Open(t.Context(), capture.Bounds{}, j); !errors.Is(err, errFull) {
		t.Errorf("opened %v, %v", r, err)
	}
}
