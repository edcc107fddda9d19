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
	for ex, err := range last(func(yield func(*capture.Exchange, error) bool) { yield(nil, broken) }, 1) {
		if ex != nil || !errors.Is(err, broken) {
			t.Error(ex, err)
		}
	}
}

// A request is a duplicate when another of its delivery came before.
func TestDuplicates(t *testing.T) {
	e := newHistoryEnv(t.Context())
	of := func(id capture.ID, delivery string) *capture.Exchange {
		return &capture.Exchange{ID: id, Sender: capture.Sender{Provider: "stripe", Delivery: delivery}}
	}
	list := []*capture.Exchange{of(1, "a"), of(2, "b"), of(3, "a"), of(4, ""), of(5, ""), of(6, "a")}
	for _, ex := range list {
		e.saw(ex)
	}
	for _, ex := range list {
		if got, want := e.Duplicate(ex), ex.ID == 3 || ex.ID == 6; got != want {
			t.Errorf("%v: %v", ex.ID, got)
		}
	}
}

// Each target of a creel that runs is on a line of its own.
func TestStatusText(t *testing.T) {
	var b strings.Builder
	p := newProgram()
	p.out = &b
	r := &statusReport{}
	r.PID, r.URL, r.Targets = 7, "http://h", []string{"http://a", "http://b"}
	if err := r.print(p); err != nil {
		t.Fatal(err)
	}
	if want := "running    pid 7, http://h\nforwards   http://a\n           http://b\n"; !strings.HasPrefix(b.String(), want) {
		t.Errorf("%q", b.String())
	}
}

// A style that is none is refused before anything is drawn.
func TestThemeThatIsNone(t *testing.T) {
	p := newProgram()
	p.opts.theme = "nonesuch"
	var exit *exitError
	if err := p.screen(t.Context()); !errors.As(err, &exit) || exit.code != exitUsage || !strings.Contains(err.Error(), "nonesuch: no such style: it is one of") {
		t.Errorf("%v", err)
	}
}
