package ring

import (
	"context"
	"slices"
	"sync"
	"time"

	"creel/capture"
)

// The pace of those who show a ring. In a rush they look less often: the rows pass
// faster than anybody reads, and the processor is needed for what arrives.
const (
	framePause = time.Second / 30
	rushPause  = 100 * time.Millisecond
	rush       = 20 // changes that one look brings
)

// Pause is how long a reader that shows a ring to a person waits after a look at it
// that brought a number of changes.
func Pause(changes int) time.Duration {
	if changes > rush {
		return rushPause
	}
	return framePause
}

// watchers are those who want to know that something changed. It is safe for
// concurrent use.
type watchers struct {
	mu  sync.Mutex
	all []chan struct{}
}

func (w *watchers) add(ctx context.Context) <-chan struct{} {
	ch := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, ch)
	context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all = slices.DeleteFunc(w.all, func(other chan struct{}) bool { return other == ch })
		close(ch)
	})
	return ch
}

// notify never blocks: a watcher that has not looked yet will.
func (w *watchers) notify() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, ch := range w.all {
		capture.Signal(ch)
	}
}
