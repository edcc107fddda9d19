package capture

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrBusy says that the bytes in flight did not fit into the budget in time.
var ErrBusy = errors.New("too many bytes in flight")

// budgetWait is how long [Budget.Take] waits for others to give back.
const budgetWait = 5 * time.Second

// Budget bounds the bytes of bodies and answers that are in memory but not yet
// in the ring. It is safe for concurrent use. A nil Budget has no bound.
type Budget struct {
	mu    sync.Mutex
	left  int64
	max   int64
	freed chan struct{} // closed when bytes come back; nil while there is no waiter
}

// NewBudget returns a budget of maxBytes.
func NewBudget(maxBytes int64) *Budget { return &Budget{left: maxBytes, max: maxBytes} }

// Take reserves n bytes. It waits up to five seconds for others to give back,
// then returns ErrBusy; when ctx ends before, the cause of that. More than the
// whole budget is given to the first who asks when nothing is taken, so that one
// body larger than the budget is slow, not impossible.
func (b *Budget) Take(ctx context.Context, n int64) error {
	if b == nil || n <= 0 {
		return nil
	}
	freed, ok := b.try(n)
	if ok {
		return nil
	}
	limit := time.NewTimer(budgetWait)
	defer limit.Stop()
	for {
		select {
		case <-freed:
		case <-limit.C:
			return ErrBusy
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if freed, ok = b.try(n); ok {
			return nil
		}
	}
}

// TryTake reserves n bytes when it need not wait for them.
func (b *Budget) TryTake(n int64) bool {
	if b == nil || n <= 0 {
		return true
	}
	_, ok := b.try(n)
	return ok
}

func (b *Budget) try(n int64) (freed <-chan struct{}, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n <= b.left || b.left == b.max {
		b.left -= n
		return nil, true
	}
	if b.freed == nil {
		b.freed = make(chan struct{})
	}
	return b.freed, false
}

// Taken returns how many bytes are reserved.
func (b *Budget) Taken() int64 {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.max - b.left
}

// Give returns n bytes that Take reserved.
func (b *Budget) Give(n int64) {
	if b == nil || n <= 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left += n
	if b.freed != nil {
		close(b.freed)
		b.freed = nil
	}
}
