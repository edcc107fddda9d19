package ui

import (
	"testing"

	"creel/capture"
	"creel/forward"
)

// busy is a resender with so many attempts under way with each exchange.
type busy struct {
	Resender
	n int
}

func (b busy) InFlightOf(capture.ID) []forward.InFlight { return make([]forward.InFlight, b.n) }

// One attempt is enough to be in flight, under way or waiting for its turn.
func TestIsInFlight(t *testing.T) {
	for _, tt := range []struct {
		underWay Resender
		waiting  int
		want     bool
	}{
		{nil, 0, false},
		{nil, 1, true},
		{busy{}, 0, false},
		{busy{}, 1, true},
		{busy{n: 1}, 0, true},
		{busy{n: 2}, 2, true},
	} {
		m := newModel(t, Deps{})
		m.deps.Resender = tt.underWay
		m.inFlight[1] = tt.waiting
		if got := m.isInFlight(1); got != tt.want {
			t.Errorf("%+v under way, %d waiting: %v", tt.underWay, tt.waiting, got)
		}
	}
}
