package ui

import (
	"testing"

	"creel/capture"
)

// Deleted requests are kept for undo up to 64 MiB of bodies, and exactly so many.
func TestHoldForUndo(t *testing.T) {
	for over, want := range map[int]bool{0: true, 1: false} {
		rows := []*capture.Exchange{
			{ID: 1, Request: capture.Request{Body: capture.NewBody(make([]byte, undoBytes-1000))}},
			{ID: 2, Reply: capture.Reply{Body: capture.NewBody(make([]byte, 600))}, Attempts: []*capture.Attempt{
				{Body: capture.NewBody(make([]byte, 300)), Reply: capture.Reply{Body: capture.NewBody(make([]byte, 100+over))}},
			}},
		}
		if kept := hold(t.Context(), rows); (kept != nil) != want {
			t.Errorf("%d bytes above the limit: kept %v, want %v", over, kept != nil, want)
		}
	}
}
