package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/sqlite"
	"creel/forward/tunnel"
	"creel/ui/engine"

	"github.com/google/go-cmp/cmp"
)

// Each line of listen ends with the error of its reader.
func TestListenWithoutAReader(t *testing.T) {
	ex := &capture.Exchange{ID: 1, State: capture.StateAnswered, Request: capture.Request{Method: "POST", Target: "/x"}}
	attempt := &capture.Attempt{N: 1}
	for name, write := range map[string]func(*printer) error{
		"ready":    func(pr *printer) error { return pr.ready(&engine.Engine{URL: "http://127.0.0.1:1"}, "") },
		"exchange": func(pr *printer) error { return pr.exchange(ex) },
		"attempt":  func(pr *printer) error { return pr.attempt(1, attempt) },
		"tunnel": func(pr *printer) error {
			pr.tunnel(tunnel.Status{State: tunnel.Announced, URL: "https://x.example"})
			return pr.flush()
		},
		"flush": func(pr *printer) error {
			_, _ = pr.w.WriteString("x")
			return pr.flush()
		},
	} {
		p := newProgram()
		p.errs = io.Discard
		pr := &printer{p: p, out: listenOutput{json: true}, w: bufio.NewWriterSize(&goneReader{}, 16), ctx: t.Context()}
		if err := write(pr); !errors.Is(err, errGone) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What people read of listen, and what --quiet leaves of it.
func TestListenForPeople(t *testing.T) {
	ex := &capture.Exchange{ID: 1, State: capture.StateAnswered, Request: capture.Request{Method: "POST", Target: "/x"}}
	for name, tt := range map[string]struct {
		do        func(*printer) error
		out, errs string
		json      string // the beginning of what --json prints
	}{
		"ready": {
			do: func(pr *printer) error {
				return pr.ready(&engine.Engine{URL: "http://127.0.0.1:1"}, "http://127.0.0.1:2")
			},
			errs: "creel: listening on http://127.0.0.1:1\ncreel: health and metrics on http://127.0.0.1:2/metrics\n",
			json: `{"type":"ready","url":"http://127.0.0.1:1"`,
		},
		"ready without figures": {
			do:   func(pr *printer) error { return pr.ready(&engine.Engine{URL: "http://127.0.0.1:1"}, "") },
			errs: "creel: listening on http://127.0.0.1:1\n",
			json: `{"type":"ready","url":"http://127.0.0.1:1"`,
		},
		"ready to hold": {
			do: func(pr *printer) error {
				pr.p.opts.hold = "path:/x"
				return pr.ready(&engine.Engine{URL: "http://127.0.0.1:1"}, "")
			},
			errs: "creel: what is held is released after 25s, unless `creel attach` answers it before\ncreel: listening on http://127.0.0.1:1\n",
			json: `{"type":"ready","url":"http://127.0.0.1:1"`,
		},
		"notice":  {do: func(pr *printer) error { pr.notice("look"); return nil }, errs: "creel: look\n"},
		"request": {do: func(pr *printer) error { return pr.exchange(ex) }, out: textLine(ex, paint{}) + "\n", json: `{"type":"exchange","id":1`},
		"attempt": {
			do:  func(pr *printer) error { return pr.attempt(1, &capture.Attempt{N: 1, To: "http://a"}) },
			out: attemptLine("#1", &capture.Attempt{N: 1, To: "http://a"}, paint{}) + "\n", json: `{"type":"attempt","exchange":1`,
		},
		"tunnel that is up": {
			do: func(pr *printer) error {
				pr.tunnel(tunnel.Status{State: tunnel.Up, URL: "https://x.example", Via: "ssh"})
				return nil
			},
			json: `{"type":"tunnel","state":"up","url":"https://x.example"`,
		},
		"tunnel with a URL": {
			do: func(pr *printer) error {
				pr.tunnel(tunnel.Status{State: tunnel.Announced, URL: "https://x.example", Via: "ssh"})
				return nil
			},
			errs: "creel: https://x.example announced, through ssh\n",
			json: `{"type":"tunnel","state":"announced","url":"https://x.example"`,
		},
	} {
		for _, out := range []listenOutput{{}, {quiet: true}, {json: true}, {json: true, quiet: true}} {
			var lines, errs strings.Builder
			p := newProgram()
			p.errs = &errs
			pr := &printer{p: p, out: out, w: bufio.NewWriter(&lines), ctx: t.Context()}
			if err := errors.Join(tt.do(pr), pr.flush()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			want, wantErrs := tt.out, tt.errs
			if out.quiet {
				want, wantErrs = "", ""
			}
			if out.json {
				want = tt.json
				if tt.json != "" {
					wantErrs = ""
				}
				if name == "ready to hold" && !out.quiet {
					wantErrs, _, _ = strings.Cut(tt.errs, "creel: listening")
				}
			}
			if got := lines.String(); !strings.HasPrefix(got, want) || want == "" && got != "" || errs.String() != wantErrs {
				t.Errorf("%s, %+v: %q and %q, want %q and %q", name, out, got, errs.String(), want, wantErrs)
			}
		}
	}
}

// What came before the feed is reported when this process captured it, and not when an
// earlier one did.
func TestFeedTellsOfThisRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	for run := range 3 {
		s, err := sqlite.Open(t.Context(), path, sqlite.Options{Role: sqlite.Capture})
		if err != nil {
			t.Fatal(err)
		}
		r, err := ring.Open(t.Context(), capture.Bounds{Count: 10, Bytes: 1 << 20}, s)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []capture.ID
		for i := range run { // the first run captures nothing
			ex, err := r.Submit(&capture.Exchange{State: capture.StateAnswered, Request: capture.Request{Method: "GET", Target: "/"}}).Wait(t.Context())
			if err != nil {
				t.Fatal(i, err)
			}
			want = append(want, ex.ID)
		}
		f := newFeed(r)
		f.exchange = func(ex *capture.Exchange) error { got = append(got, ex.ID); return nil }
		for range 2 {
			if err := f.report(); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("run %d: %s", run, d)
		}
		if err := errors.Join(r.Close(), s.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// What cannot be printed ends listen, whatever it is.
func TestFeedEndsWithTheErrorOfItsReader(t *testing.T) {
	r := ring.New(capture.Bounds{})
	var feeds []*feed
	for range 3 {
		feeds = append(feeds, newFeed(r))
	}
	if _, err := r.Submit(&capture.Exchange{State: capture.StateAnswered, Attempts: []*capture.Attempt{{N: 1}}}).Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, f := range feeds {
		fails := func(part int) error {
			if part == i {
				return errGone
			}
			return nil
		}
		f.exchange = func(*capture.Exchange) error { return fails(0) }
		f.attempt = func(capture.ID, *capture.Attempt) error { return fails(1) }
		ctx, end := context.WithCancel(t.Context())
		end() // what is left is written all the same
		if err := f.run(ctx, func() error { return fails(2) }); !errors.Is(err, errGone) {
			t.Errorf("part %d: %v", i, err)
		}
	}
}

// A set of ids has what was added and not removed, and keeps nothing of what is gone.
func TestIDSet(t *testing.T) {
	s := idSet{}
	for id := capture.ID(1); id < 200; id++ {
		if s.has(id) {
			t.Fatalf("%v is there", id)
		}
		s.add(id)
	}
	for id := capture.ID(1); id < 200; id++ {
		if !s.has(id) {
			t.Fatalf("%v is not there", id)
		}
		s.remove(id)
		s.remove(id)
		if s.has(id) {
			t.Fatalf("%v is still there", id)
		}
	}
	if len(s) != 0 {
		t.Errorf("%d entries are left", len(s))
	}
}
