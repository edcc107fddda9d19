package export

import (
	"context"
	"errors"
	"io"
	"iter"
	"testing"

	"creel/capture"
)

// An export that is interrupted reads and masks no further exchange.
func TestWriteEndsWithItsContext(t *testing.T) {
	for _, f := range Formats() {
		ctx, cancel := context.WithCancel(t.Context())
		taken := 0
		var all iter.Seq2[*capture.Exchange, error] = func(yield func(*capture.Exchange, error) bool) {
			for ; taken < 10; taken++ {
				if taken == 1 {
					cancel()
				}
				if !yield(sample(), nil) {
					return
				}
			}
		}
		res, err := f.Write(ctx, io.Discard, all, Options{})
		if !errors.Is(err, context.Canceled) || res.Count != 1 || taken != 1 {
			t.Errorf("%s: %d written, %d taken, %v", f.Name, res.Count, taken, err)
		}
	}
}
