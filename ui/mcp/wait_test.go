package mcp

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"creel/capture"
)

// Of what is there already the first that matches is found, and only after the one that
// is named.
func TestWaitFindsWhatIsThere(t *testing.T) {
	w := newWorld(t, AllowRead)
	for _, target := range []string{"/a", "/b", "/a", "/c"} {
		w.post(t, target, "x", "{}")
	}
	for _, tt := range []struct {
		after  int
		filter string
		want   uint64
	}{{1, "", 2}, {1, "path:/a", 3}, {2, "path:/c", 4}, {3, "", 4}} {
		got := read[row](t, w, "wait_for_request", map[string]any{"after": tt.after, "filter": tt.filter, "timeout_seconds": 20})
		if got.ID != tt.want {
			t.Errorf("after %d %s: %d", tt.after, tt.filter, got.ID)
		}
	}
}

// What was there before is not waited for, even when it changes; nor is what does not match.
func TestWaitPassesOver(t *testing.T) {
	w := newWorld(t, AllowRead)
	w.post(t, "/wanted", "old", "{}")
	got := make(chan string, 1)
	go func() {
		text, err := w.call(t.Context(), "wait_for_request", map[string]any{"filter": "path:/wanted", "timeout_seconds": 20})
		got <- fmt.Sprint(text, err)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for i := 0; ; i++ { // until it waits
		note := fmt.Sprint(i)
		if err := w.engine.Ring.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: 1, Note: &note}}); err != nil {
			t.Fatal(err)
		}
		w.post(t, "/other", "x", "{}")
		w.post(t, "/wanted", "new", "{}")
		select {
		case text := <-got:
			if !strings.Contains(text, `"target":"/wanted"`) || strings.Contains(text, `"id":1,`) {
				t.Error(text)
			}
			return
		case <-ctx.Done():
			t.Fatal("it still waits")
		case <-time.After(20 * time.Millisecond): // what is posted is read, too
		}
	}
}

// Nobody waits for ever, and who has waited is told how long.
func TestHowLongIsWaited(t *testing.T) {
	w := newWorld(t, AllowRead)
	on, err := w.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer on.Close()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for seconds, want := range map[int]string{-1: "within 30s:", 0: "within 30s:", 7: "within 7s:", 300: "within 5m0s:", 301: "within 5m0s:"} {
		if _, err := (&server{Config: w.Config}).wait(over, on, waitIn{Timeout: seconds}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d: %v, want %s", seconds, err, want)
		}
	}
}
