package cli

import (
	"errors"
	"strings"
	"testing"

	"creel/capture"
)

// TestLsCutShort: an error in the middle of a history leaves whole lines.
func TestLsCutShort(t *testing.T) {
	broken := errors.New("damaged")
	for _, asJSON := range []bool{false, true} {
		var b strings.Builder
		err := newProgram().list(t.Context(), &b, func(yield func(*capture.Exchange, error) bool) {
			_ = yield(&capture.Exchange{ID: 1, Request: capture.Request{Method: "POST", Target: "/"}}, nil) && yield(nil, broken)
		}, asJSON, false)
		if !errors.Is(err, broken) || strings.Count(b.String(), "\n") != 1 {
			t.Errorf("json %v: %v, wrote %q", asJSON, err, b.String())
		}
	}
}
