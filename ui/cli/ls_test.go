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
