package engine

import (
	"context"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// memorySlack is what the process may take, in bytes, on top of what is in flight
	// and what the ring keeps. The garbage collector works harder near that limit.
	memorySlack = 96 << 20
	// garbagePercent is how much garbage, in per cent of what is in use, makes a
	// collection while the heap is far from the limit. What the ring keeps is bounded
	// and stays: marking it again and again takes a sixth of the CPU of a request at
	// the usual 100, a tenth here.
	garbagePercent = 300
	// memoryInterval is how often the heap is looked at.
	memoryInterval = 2 * time.Second
	// spareMemory is how much garbage is worth a collection of its own, in bytes.
	spareMemory = 64 << 20
	// quietMemory is how little is allocated in a memoryInterval after a burst, in bytes.
	quietMemory = 4 << 20
)

// boundMemory keeps the memory of the process near limit bytes, and gives back to the
// system what a burst needed, until ctx ends. A limit that the user set in GOMEMLIMIT
// or in GOGC stays. Left alone, the garbage collector lets the heap grow to twice what is in
// use, and keeps it for minutes when nothing more is allocated.
func boundMemory(ctx context.Context, limit int64) {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(limit))
		if os.Getenv("GOGC") == "" {
			defer debug.SetGCPercent(debug.SetGCPercent(garbagePercent))
		}
	}
	tick := time.NewTicker(memoryInterval)
	defer tick.Stop()
	heap := heapGrowth{before: allocated()}
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if heap.worthReleasing(allocated()) {
			debug.FreeOSMemory()
		}
	}
}

// allocated returns how many bytes were allocated on the heap since the start.
func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// heapGrowth is how many bytes were allocated on the heap when it was looked at last, and
// when memory was released last: never at first, for reading the history left garbage, too.
type heapGrowth struct{ before, released uint64 }

// worthReleasing reports whether a collection is worth its cost now: lately, in a
// memoryInterval, little was allocated, but much in all since memory was released.
func (h *heapGrowth) worthReleasing(now uint64) bool {
	worth := now-h.before < quietMemory && now-h.released >= spareMemory
	if h.before = now; worth {
		h.released = now
	}
	return worth
}
