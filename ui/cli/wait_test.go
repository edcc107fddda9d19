package cli

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/ring"
)

// A wait is a success when as many came as were wanted: also when the last came just as
// its time was over, unless a command was stopped for it.
func TestVerdictOfWait(t *testing.T) {
	broken := errors.New("the listener failed")
	for _, tt := range []struct {
		name           string
		n              int
		count, exactly int
		early          error
		stopped        bool
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
		{name: "the command was stopped", n: 2, count: 2, exactly: -1, early: errTimeout, stopped: true, want: exitMissed},
		{name: "broken", n: 2, count: 2, exactly: -1, early: broken, want: -1},
	} {
		r := ring.New(capture.Bounds{})
		var out strings.Builder
		p := newProgram()
		p.out, p.errs = &out, io.Discard
		w := &waiting{p: p, arrivals: arrivals{ring: r}, env: newHistoryEnv(t.Context()), arrived: map[capture.ID]bool{}, matched: map[capture.ID]*capture.Exchange{}}
		w.command = []string{"x"}
		w.count, w.exactly, w.stopped, w.filter = tt.count, tt.exactly, tt.stopped, &filter.Filter{}
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

// came is a ring with what came before it was looked at.
type came []*capture.Exchange

func (c came) Watch(context.Context) <-chan struct{} { return nil }

func (c came) Snapshot() []*capture.Exchange { return c }

func (c came) Since(rev capture.Rev) ring.Delta {
	if rev > 0 {
		return ring.Delta{Rev: rev}
	}
	return ring.Delta{Rev: 1, Changed: c}
}

// The timeout is for the matches and CMD; the time to settle comes after it began.
func TestTimesOfWait(t *testing.T) {
	one := came{{ID: 1, State: capture.StateAnswered}}
	for _, tt := range []struct {
		name           string
		ring           came
		count, exactly int
		settle         time.Duration
		timeout        time.Duration
		ends           time.Duration // when CMD does
		want           error
		after          time.Duration
	}{
		{"exactly", one, 1, 1, 2 * time.Second, time.Second, 0, nil, 2 * time.Second},
		{"at least", one, 1, -1, 3 * time.Second, time.Second, 0, nil, 3 * time.Second},
		{"none", nil, 0, 0, 3 * time.Second, time.Second, 0, nil, 3 * time.Second},
		{"CMD in time", one, 1, 1, 2 * time.Second, time.Second, time.Second / 2, nil, 5 * time.Second / 2},
		{"the usual timeout", one, 1, 1, time.Minute, 0, time.Hour, nil, time.Hour + time.Minute},
		{"nothing came", nil, 1, -1, time.Hour, time.Second, 0, errTimeout, time.Second},
		{"nothing came in the usual time", nil, 1, -1, time.Hour, 0, 0, errTimeout, usualTimeout},
		{"CMD is stopped", one, 1, -1, 0, time.Second, time.Hour, errTimeout, time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancelCause(t.Context())
			ended := make(chan error, 1)
			go func() {
				select {
				case <-time.After(tt.ends):
				case <-ctx.Done():
				}
				ended <- nil
			}()
			w := &waiting{arrivals: arrivals{ring: tt.ring}, env: newHistoryEnv(ctx), arrived: map[capture.ID]bool{}, matched: map[capture.ID]*capture.Exchange{}}
			w.count, w.exactly, w.settle, w.timeout, w.filter = tt.count, tt.exactly, tt.settle, tt.timeout, &filter.Filter{}
			start := time.Now()
			if err := w.until(ctx, stop, ended); !errors.Is(err, tt.want) || time.Since(start) != tt.after {
				t.Errorf("%s: %v after %v, want %v after %v", tt.name, err, time.Since(start), tt.want, tt.after)
			}
			stop(nil)
		})
	}
}
