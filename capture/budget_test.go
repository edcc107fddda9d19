package capture

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
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

// What is taken and given is counted to the byte, whether one would wait for it or not;
// nothing is taken for nothing, and all of it where there is no budget.
func TestBudgetCounts(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	rapid.Check(t, func(t *rapid.T) {
		const whole = 5
		b, left := NewBudget(whole), int64(whole)
		var taken []int64
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			if i := rapid.IntRange(0, 3*len(taken)).Draw(t, "give"); i < len(taken) {
				b.Give(taken[i])
				left += max(taken[i], 0)
				taken = slices.Delete(taken, i, i+1)
				continue
			}
			n := rapid.Int64Range(-1, whole+2).Draw(t, "bytes")
			want := n <= 0 || n <= left || left == whole
			got := false
			if rapid.Bool().Draw(t, "wait") {
				got = b.Take(ended, n) == nil
			} else {
				got = b.TryTake(n)
			}
			if got != want {
				t.Fatalf("%d bytes when %d are left: %v", n, left, got)
			}
			if got {
				taken = append(taken, n)
				left -= max(n, 0)
			}
			if got := b.Taken(); got != whole-left {
				t.Fatalf("%d bytes are taken, want %d", got, whole-left)
			}
		}
	})
	var none *Budget
	if none.Give(1); none.Taken() != 0 || !none.TryTake(1<<40) || none.Take(ended, 1<<40) != nil {
		t.Error("no budget has a bound")
	}
}
