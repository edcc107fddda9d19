package cli

import (
	"errors"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/export"
)

// TestLsCutShort: an error in the middle of a history leaves whole lines.
func TestLsCutShort(t *testing.T) {
	broken := errors.New("damaged")
	for _, line := range []encodeLine{nil, export.JSONLine} {
		var b strings.Builder
		err := newProgram().list(t.Context(), &b, func(yield func(*capture.Exchange, error) bool) {
			_ = yield(&capture.Exchange{ID: 1, Request: capture.Request{Method: "POST", Target: "/"}}, nil) && yield(nil, broken)
		}, line)
		if !errors.Is(err, broken) || strings.Count(b.String(), "\n") != 1 {
			t.Errorf("json %v: %v, wrote %q", line != nil, err, b.String())
		}
	}
}

// Of a list the last are taken, however many there are, and an error ends it.
func TestLast(t *testing.T) {
	broken := errors.New("damaged")
	for size := range capture.ID(12) {
		var all []*capture.Exchange
		for id := range size {
			all = append(all, &capture.Exchange{ID: id + 1})
		}
		for n := range 6 {
			want := size
			if n > 0 {
				want = min(size, capture.ID(n))
			}
			next := size - want + 1
			for ex, err := range last(each(all), n) {
				if err != nil || ex.ID != next {
					t.Errorf("the last %d of %d: %v, want #%d", n, size, ex.ID, next)
				}
				next++
			}
			if next != size+1 {
				t.Errorf("the last %d of %d: %d are missing", n, size, size+1-next)
			}
			for ex, err := range last(each(all), n) {
				_, _ = ex, err
				break
			}
		}
	}
	for n := range 3 {
		var errs []error
		for ex, err := range last(func(yield func(*capture.Exchange, error) bool) {
			_ = yield(&capture.Exchange{ID: 1}, nil) && yield(nil, broken)
		}, n) {
			if n > 0 && ex != nil || ex != nil && err != nil {
				t.Errorf("the last %d of one and an error: %v, %v", n, ex, err)
			}
			errs = append(errs, err)
		}
		if len(errs) == 0 || !errors.Is(errs[len(errs)-1], broken) {
			t.Errorf("the last %d of one and an error: %v", n, errs)
		}
	}
}
