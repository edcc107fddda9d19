package capture

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(10)
		if err := b.Take(t.Context(), 50); err != nil {
			t.Errorf("more than all, when nothing is taken: %v", err)
		}
		go func() {
			time.Sleep(time.Second)
			b.Give(50)
		}()
		began := time.Now()
		if err := b.Take(t.Context(), 4); err != nil || time.Since(began) != time.Second {
			t.Errorf("took %v: %v", time.Since(began), err)
		}
		if err := b.Take(t.Context(), 7); !errors.Is(err, ErrBusy) {
			t.Errorf("beyond the budget: %v", err)
		}
		errEnd := errors.New("end")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errEnd)
		if err := b.Take(ctx, 7); !errors.Is(err, errEnd) {
			t.Errorf("when stopping: %v", err)
		}
		if err := (*Budget)(nil).Take(ctx, 1<<40); err != nil {
			t.Errorf("no budget: %v", err)
		}
	})
}
