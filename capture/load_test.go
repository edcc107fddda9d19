package capture_test

import (
	"testing"

	"creel/capture"
)

// Bodies are loaded up to the bound, and exactly so many.
func TestLoadedIsBounded(t *testing.T) {
	const most = 10_000
	for over, want := range map[int]bool{0: true, 1: false} {
		rows := []*capture.Exchange{
			{ID: 1, Request: capture.Request{Body: capture.NewBody(make([]byte, most-1000))}},
			{ID: 2, Reply: capture.Reply{Body: capture.NewBody(make([]byte, 600))}, Attempts: []*capture.Attempt{
				{Body: capture.NewBody(make([]byte, 300)), Reply: capture.Reply{Body: capture.NewBody(make([]byte, 100+over))}},
			}},
		}
		if kept := capture.Loaded(t.Context(), rows, most); (kept != nil) != want {
			t.Errorf("%d bytes above the limit: kept %v, want %v", over, kept != nil, want)
		}
	}
}
