package cli

import (
	"context"
	"time"

	"creel/capture"
	"creel/capture/ring"
)

// feed turns the ring, which only says that something changed, into what
// happened: each exchange once, when its reply is decided or its sender gone,
// then its attempts as they end.
type feed struct {
	ring     *ring.Ring
	rev      capture.Rev
	attempts map[capture.ID]int // how many were told; absent: not told yet
	exchange func(*capture.Exchange) error
	attempt  func(capture.ID, *capture.Attempt) error
	// rest is how long it waits between two looks, so that under load one look tells of
	// many changes. The first change after a quiet moment is told at once.
	rest time.Duration
}

// newFeed returns a feed that does not tell what the ring holds already.
func newFeed(ring *ring.Ring) *feed {
	f := &feed{ring: ring, attempts: map[capture.ID]int{}, rest: 2 * time.Millisecond}
	d := ring.Since(0)
	f.rev = d.Rev
	for _, ex := range d.Changed {
		f.attempts[ex.ID] = len(ex.Attempts)
	}
	return f
}

// run tells until ctx ends, and then once more what is left. After each look it calls flush.
func (f *feed) run(ctx context.Context, flush func() error) error {
	watch := f.ring.Watch(ctx)
	for {
		looked := time.Now()
		if err := f.tell(); err != nil {
			return err
		}
		if err := flush(); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
		select {
		case <-watch:
		case <-ctx.Done():
			continue
		}
		select {
		case <-time.After(f.rest - time.Since(looked)):
		case <-ctx.Done():
		}
	}
}

// tell tells what changed since it was last called.
func (f *feed) tell() error {
	d := f.ring.Since(f.rev)
	f.rev = d.Rev
	for _, ex := range d.Changed {
		if err := f.one(ex); err != nil {
			return err
		}
	}
	for _, id := range d.Gone {
		delete(f.attempts, id)
	}
	return nil
}

func (f *feed) one(ex *capture.Exchange) error {
	told, known := f.attempts[ex.ID]
	if !known {
		if !decided(ex) {
			return nil
		}
		if err := f.exchange(ex); err != nil {
			return err
		}
	}
	for ; told < len(ex.Attempts); told++ {
		if err := f.attempt(ex.ID, ex.Attempts[told]); err != nil {
			return err
		}
	}
	f.attempts[ex.ID] = told
	return nil
}

// decided reports whether the conversation with the sender is over.
func decided(ex *capture.Exchange) bool {
	return ex.State != capture.StateWaiting && ex.State != capture.StateHeld
}
