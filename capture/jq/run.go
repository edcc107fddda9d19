package jq

import (
	"context"
	"errors"
	"iter"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"github.com/itchyny/gojq"
)

const (
	// watchEvery is how often a run is looked at.
	watchEvery = 20 * time.Millisecond
	// maxMemory is how much the memory of the process may grow in a run. It grows
	// by others, too, but seldom as fast.
	maxMemory = 512 << 20
	// endWithin is how long a run has to end by itself when it is over.
	endWithin = 50 * time.Millisecond
	// maxLeft is how many runs may be left behind: one more is waited for.
	maxLeft = 4
)

var errMemory = errors.New("stopped: it takes too much memory")

// left counts the runs that did not end although they were over. A function of jq
// cannot be interrupted, and some take time by the square of their input.
var left atomic.Int32

// result is one value as JSON, or what ends a run.
type result struct {
	json []byte
	err  error
}

// run is an expression that runs in a goroutine of its own, so that it can be left.
type run struct {
	ctx     context.Context
	limits  Limits
	results chan result
	gone    chan struct{} // closed when the reader of the results has ended
	base    atomic.Uint64 // memory in use when the newest value was there
}

// over runs the expression over the values.
func (r *run) over(code *gojq.Code, values iter.Seq2[any, error]) {
	defer close(r.results)
	size := 0
	for v, err := range values {
		if err != nil {
			r.give(result{err: err})
			return
		}
		r.base.Store(inUse())
		outputs := code.RunWithContext(r.ctx, v)
		for output, more := outputs.Next(); more; output, more = outputs.Next() {
			json, err := marshal(output, r.limits, size)
			size += len(json)
			if !r.give(result{json, err}) || err != nil {
				return
			}
		}
	}
}

// give reports whether a result was taken.
func (r *run) give(res result) bool {
	select {
	case r.results <- res:
		return true
	case <-r.gone:
		return false
	}
}

// wait yields the results. It calls stop when the run takes too much memory.
func (r *run) wait(stop context.CancelCauseFunc) iter.Seq[result] {
	return func(yield func(result) bool) {
		watch := time.NewTicker(watchEvery)
		defer watch.Stop()
		over := r.ctx.Done()
		var late <-chan time.Time
		for {
			select {
			case res, more := <-r.results:
				if res.err != nil && errors.Is(res.err, r.ctx.Err()) {
					res.err = context.Cause(r.ctx)
				}
				if !more || !yield(res) {
					return
				}
			case <-watch.C:
				if base := r.base.Load(); base > 0 && inUse() > base+r.limits.Memory {
					stop(errMemory)
				}
			case <-over:
				over, late = nil, time.After(endWithin)
			case <-late:
				if r.leave() {
					yield(result{err: context.Cause(r.ctx)})
					return
				}
				late = nil
			}
		}
	}
}

// leave reports whether the run may be left to end by itself.
func (r *run) leave() bool {
	if left.Add(1) > maxLeft {
		left.Add(-1)
		return false
	}
	go func() {
		defer left.Add(-1)
		for range r.results { // until over closes it; gone is closed by then
		}
	}()
	return true
}

// inUse is how many bytes the objects of the heap take.
func inUse() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
