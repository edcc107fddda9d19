package engine

import (
	"context"
	"math"
	"runtime/debug"
	"testing"
	"testing/synctest"
)

func TestWorthReleasing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		lately, inAll uint64
		want          bool
	}{
		{"nothing happened", 0, 0, false},
		{"after a burst", 0, 1 << 30, true},
		{"in a burst", quietMemory, 1 << 30, false},
		{"at its end", quietMemory - 1, 1 << 30, true},
		{"too little", 0, spareMemory - 1, false},
		{"just enough", 0, spareMemory, true},
	} {
		if got := worthReleasing(tt.lately, tt.inAll); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestMemoryLimit: the limit holds while an engine runs, and what the user set stays as
// it is. It is not parallel, for there is one limit.
func TestMemoryLimit(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	for _, tt := range []struct {
		set, want int64
		gogc      string
		percent   int
	}{
		{math.MaxInt64, 3 << 30, "", garbagePercent},
		{math.MaxInt64, 3 << 30, "100", 100},
		{2 << 30, 2 << 30, "", 100},
	} {
		t.Setenv("GOGC", tt.gogc)
		debug.SetMemoryLimit(tt.set)
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			go boundMemory(ctx, 3<<30)
			synctest.Wait()
			if got := debug.SetMemoryLimit(-1); got != tt.want {
				t.Errorf("%d was set; the limit is %d, want %d", tt.set, got, tt.want)
			}
			if got := debug.SetGCPercent(tt.percent); got != tt.percent {
				t.Errorf("GOGC=%s: %d per cent, want %d", tt.gogc, got, tt.percent)
			}
			cancel()
			synctest.Wait()
			if got := debug.SetMemoryLimit(-1); got != tt.set {
				t.Errorf("%d was set; the limit is %d afterwards", tt.set, got)
			}
			if got := debug.SetGCPercent(100); got != 100 {
				t.Errorf("GOGC=%s: %d per cent afterwards", tt.gogc, got)
			}
		})
	}
}
