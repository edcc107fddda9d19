package engine

import (
	"context"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"creel/capture"
)

const (
	// memorySlack is what the process may take, in bytes, on top of what is in flight
	// and what the ring keeps. The garbage collector works harder near that limit.
	memorySlack = 96 << 20
	// journalCopies is how many copies of a body that is committed SQLite makes, outside
	// of the heap: the value of the statement, and the row. One body is committed at a
	// time when it is large.
	journalCopies = 2
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

// memoryLimit returns how large the heap may be: for what is in flight and what the ring
// keeps, less what the journal takes outside of it.
func (e *Engine) memoryLimit() int64 {
	limit := e.config.InflightBytes + e.Ring.Stats().Bounds.Bytes + memorySlack
	if e.store != nil { // which has the bodies, so the ring leaves room
		limit -= min(journalCopies*e.config.MaxBody, memorySlack)
	}
	return limit
}

// boundMemory keeps the heap near limit bytes, and gives back to the system what a burst
// needed, until ctx ends. A limit that the user set in GOMEMLIMIT or in GOGC stays. Left
// alone, the garbage collector lets the heap grow to twice what is in use, and keeps it
// for minutes when nothing more is allocated. Release is called to give memory back.
func boundMemory(ctx context.Context, limit int64, inflight *capture.Budget, release func()) {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(limit))
		if os.Getenv("GOGC") == "" {
			defer debug.SetGCPercent(debug.SetGCPercent(garbagePercent))
		}
	}
	tick := time.NewTicker(memoryInterval)
	defer tick.Stop()
	heap := heapGrowth{before: settledBytes(inflight)}
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if heap.worthReleasing(settledBytes(inflight)) {
			release()
		}
	}
}

// releaseMemory gives back to the system what is not needed just now.
func (e *Engine) releaseMemory() {
	if e.store != nil {
		e.store.Shrink()
	}
	debug.FreeOSMemory()
}

// settledBytes returns how many bytes were allocated on the heap since the start, without
// those in flight.
func settledBytes(inflight *capture.Budget) int64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64()) - inflight.Taken()
}

// heapGrowth is how many bytes were settled when the heap was looked at last, and when
// memory was released last: never at first, for reading the history left garbage, too.
// A body that was in flight then is garbage later although nothing is allocated.
type heapGrowth struct{ before, released int64 }

// worthReleasing reports whether a collection is worth its cost now: lately, in a
// memoryInterval, little was settled, but much in all since memory was released.
func (h *heapGrowth) worthReleasing(now int64) bool {
	worth := now-h.before < quietMemory && now-h.released >= spareMemory
	if h.before = now; worth {
		h.released = now
	}
	return worth
}
