package ui

import (
	"testing"
	"testing/synctest"
	"time"

	"creel/capture/reply"
)

// The clocks on the screen move by themselves, faster while a sender is held; only one
// tick is under way.
func TestClock(t *testing.T) {
	for _, tt := range []struct {
		held int
		want time.Duration
	}{{0, tickSlow}, {1, tickFast}} {
		synctest.Test(t, func(t *testing.T) {
			m := &Model{clock: clock{watch: make(chan struct{})}}
			m.first.spinning = true
			m.facts.held = make([]reply.Held, tt.held)
			began, next := time.Now(), m.tick()
			if next == nil {
				t.Fatal("the clocks stand still")
			}
			if m.tick() != nil {
				t.Error("two ticks are under way")
			}
			if msg := next(); msg != any(ticked{}) || time.Since(began) != tt.want {
				t.Errorf("%T after %v, want a tick after %v", msg, time.Since(began), tt.want)
			}
		})
	}
}
