package detail

import "testing"

func TestLastPart(t *testing.T) {
	for err, want := range map[string]string{
		"": "",
		"send: dial tcp 127.0.0.1:3000: connect: no route to host": "no route to host",
		"an error in creel: went wrong\ngoroutine 1: at\n\tx.go:1": "went wrong",
	} {
		if got := lastPart(err); got != want {
			t.Errorf("%q gives %q, want %q", err, got, want)
		}
	}
}
