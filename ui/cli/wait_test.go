package cli

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/ring"
)

// A wait is a success when as many came as were wanted: also when its time is over while
// it looks for more, unless a command was stopped for it.
func TestVerdictOfWait(t *testing.T) {
	broken := errors.New("the listener failed")
	for _, tt := range []struct {
		name           string
		n              int
		count, exactly int
		early          error
		command        []string
		want           int // the exit code; -1: what ended it
	}{
		{name: "as many", n: 2, count: 2, exactly: -1},
		{name: "more", n: 3, count: 2, exactly: -1},
		{name: "less", n: 1, count: 2, exactly: -1, want: exitMissed},
		{name: "exactly", n: 2, count: 2, exactly: 2},
		{name: "one too many", n: 3, count: 2, exactly: 2, want: exitMissed},
		{name: "none", exactly: 0},
		{name: "none, but one", n: 1, exactly: 0, want: exitMissed},
		{name: "in time", n: 2, count: 2, exactly: -1, early: errTimeout},
		{name: "not in time", n: 1, count: 2, exactly: -1, early: errTimeout, want: exitMissed},
		{name: "exactly, in time", n: 2, count: 2, exactly: 2, early: errTimeout},
		{name: "too many, in time", n: 3, count: 2, exactly: 2, early: errTimeout, want: exitMissed},
		{name: "none, but one in time", n: 1, exactly: 0, early: errTimeout, want: exitMissed},
		{name: "the command was stopped", n: 2, count: 2, exactly: -1, early: errTimeout, command: []string{"x"}, want: exitMissed},
		{name: "broken", n: 2, count: 2, exactly: -1, early: broken, want: -1},
	} {
		r := ring.New(capture.Bounds{})
		var out strings.Builder
		p := newProgram()
		p.out, p.errs = &out, io.Discard
		w := &waiting{p: p, arrivals: arrivals{ring: r}, env: newHistoryEnv(t.Context()), matched: map[capture.ID]bool{}}
		w.count, w.exactly, w.command, w.filter = tt.count, tt.exactly, tt.command, &filter.Filter{}
		for range tt.n {
			if _, err := r.Submit(&capture.Exchange{State: capture.StateAnswered, Request: capture.Request{Method: "POST", Target: "/x"}}).Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.look()
		err := w.verdict(tt.early)
		exit := (*exitError)(nil)
		switch {
		case tt.want == -1:
			if !errors.Is(err, broken) {
				t.Errorf("%s: %v, %q", tt.name, err, out.String())
			}
			continue
		case tt.want == 0 && err != nil, tt.want != 0 && (!errors.As(err, &exit) || exit.code != tt.want):
			t.Errorf("%s: %v, want exit code %d", tt.name, err, tt.want)
		}
		if n := strings.Count(out.String(), "POST   /x"); n != tt.n {
			t.Errorf("%s: %d lines of %d: %s", tt.name, n, tt.n, out.String())
		}
		if (w.explained != "") != (tt.want != 0) {
			t.Errorf("%s: it explains %q", tt.name, w.explained)
		}
	}
}

// A command that cannot be run, or that fails, is why a wait fails.
func TestCommandOfWait(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	w := &waiting{}
	w.command = []string{"x"}
	if err := w.commandError(t.Context(), nil); err != nil || w.commandFailed {
		t.Errorf("one that succeeded: %v", err)
	}
	if err := w.commandError(over, errors.New("killed")); err != nil || w.commandFailed {
		t.Errorf("one that was ended by creel: %v", err)
	}
	err := w.commandError(t.Context(), errors.New("no permission"))
	if exit := (*exitError)(nil); !errors.As(err, &exit) || exit.code != exitFailure || err.Error() != "run x: no permission" || !w.commandFailed {
		t.Errorf("one that cannot be run: %v", err)
	}
}
