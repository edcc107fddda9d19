package engine

import (
	"context"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
)

// Memory is released when a burst is over, once for each.
func TestWorthReleasing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		before int64
		grown  []int64 // in each interval
		want   string  // of each interval, whether memory is released
	}{
		{"nothing happened", 0, []int64{0, 0}, "--"},
		{"after the history was read", 1 << 30, []int64{0, 0}, "x-"},
		{"in a burst and after it", 0, []int64{1 << 30, quietMemory, quietMemory - 1, 0, 0}, "--x--"},
		{"too little", 0, []int64{spareMemory - 1, 0}, "--"},
		{"just enough", 0, []int64{spareMemory, 0}, "-x"},
		{"bit by bit", 0, slices.Repeat([]int64{quietMemory - 1}, 2*spareMemory/quietMemory+4), strings.Repeat(strings.Repeat("-", spareMemory/quietMemory)+"x", 2) + "--"},
		{"two bursts", 0, []int64{spareMemory, 0, spareMemory - 1, 0, 1, 0}, "-x--x-"},
	} {
		heap, now, got := heapGrowth{before: tt.before}, tt.before, ""
		for _, n := range tt.grown {
			now += n
			if heap.worthReleasing(now) {
				got += "x"
			} else {
				got += "-"
			}
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// A body counts when it is no longer in flight, too: memory that was released before
// is released once more.
func TestSettledBytes(t *testing.T) {
	t.Parallel()
	inflight := capture.NewBudget(2 << 40)
	inflight.TryTake(1 << 40)
	before := settledBytes(inflight)
	inflight.Give(1 << 40)
	if grown := settledBytes(inflight) - before; grown < 1<<40 || grown > 1<<40+1<<39 {
		t.Errorf("%d bytes settled, want a little more than %d", grown, int64(1)<<40)
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
			go boundMemory(ctx, 3<<30, nil, func() {})
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

// TestMemoryIsReleasedAfterABurst: once, when little is allocated again.
func TestMemoryIsReleasedAfterABurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var released atomic.Int32
		go boundMemory(ctx, math.MaxInt64, nil, func() { released.Add(1) })
		synctest.Wait()
		runtime.KeepAlive(make([]byte, spareMemory))
		for i, want := range []int32{0, 1, 1} {
			time.Sleep(memoryInterval)
			synctest.Wait()
			if got := released.Load(); got != want {
				t.Errorf("released %d times after %d looks, want %d", got, i+1, want)
			}
		}
		cancel()
		synctest.Wait()
	})
}
