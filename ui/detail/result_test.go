package detail

import (
	"testing"

	"creel/capture"
)

// An error that only says its cause again is left out beside the word for it.
func TestResultSaysItOnce(t *testing.T) {
	for _, c := range []struct {
		cause capture.Cause
		err   string
		want  string
	}{
		{capture.CauseRefused, "send: dial tcp 127.0.0.1:3000: connect: connection refused", "refused"},
		{capture.CauseRefused, "send: dial tcp 10.0.0.1:3000: connect: no route to host", "refused no route to host"},
		{capture.CauseReset, "response: read tcp: connection reset by peer", "reset"},
		{capture.CauseReset, "response: read tcp: i/o timeout", "reset i/o timeout"},
		{capture.CauseTimeout, "timeout: no answer within 30s", "timeout no answer within 30s"},
		{capture.CauseTimeout, "timeout", "timeout"},
	} {
		r := row{spans: result(&capture.Attempt{Cause: c.cause, Err: c.err})}
		if got := r.text().String(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.err, got, c.want)
		}
	}
}
