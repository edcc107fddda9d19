package ui_test

import (
	"errors"
	"testing"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"
	"creel/ui/uitest"
)

func TestHeaderSaysThatNothingCanBeKept(t *testing.T) {
	journal := ringtest.NewFake()
	ring, err := ring.Open(t.Context(), capture.Bounds{}, journal)
	if err != nil {
		t.Fatal(err)
	}
	defer ring.Close()
	w := &world{ring: ring, now: noon}
	w.Screen = uitest.New(t, w.deps(), 80, 24)
	const words = "HISTORY FAILS: senders get 503"
	w.hasNot(t, words)

	journal.Fail(errors.New("disk full"))
	if _, err := ring.Submit(&capture.Exchange{}).Wait(t.Context()); err == nil {
		t.Fatal("kept by a journal that fails")
	}
	w.Look()
	w.has(t, words)

	journal.Fail(nil)
	w.arrive(t, &capture.Exchange{})
	w.hasNot(t, words)
}
