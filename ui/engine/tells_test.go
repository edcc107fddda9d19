package engine

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/reply"
	"creel/capture/server"
	"creel/capture/sqlite"
	"creel/forward"
)

// Other processes read in the history where an engine listens and which targets are on,
// also after these were changed. A further try of a delivery counts on from those kept.
func TestWhatTheHistoryTells(t *testing.T) {
	history := filepath.Join(t.TempDir(), "h.db")
	post := func(e *Engine) *capture.Exchange {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), "POST", e.URL+"/github", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-GitHub-Event", "push")
		req.Header.Set("X-GitHub-Delivery", "d-1")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		list := e.Ring.Snapshot()
		return list[len(list)-1]
	}
	on, err := forward.ParseTarget("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	off := on
	off.Path, off.Disabled = "/off", true
	for n := 1; n <= 2; n++ {
		next := testConfig(t) // of another process
		next.History, next.Problem = history, func(string) {}
		e, err := Open(t.Context(), next)
		if err != nil {
			t.Fatal(err)
		}
		if ex := post(e); ex.Sender.Try != n {
			t.Errorf("try %d of the delivery, want %d", ex.Sender.Try, n)
		}
		e.Targets.Set([]forward.Target{on, off})
		guest, err := sqlite.Open(t.Context(), history, sqlite.Options{Role: sqlite.Read})
		if err != nil {
			t.Fatal(err)
		}
		var owner sqlite.Owner
		for end := time.Now().Add(20 * time.Second); len(owner.Targets) != 1 || owner.URL != e.URL || owner.Targets[0] != on.Spec(); runtime.Gosched() {
			if owner, _, err = guest.Owner(t.Context()); err != nil || time.Now().After(end) {
				t.Fatalf("%+v is told, %v", owner, err)
			}
		}
		if err := errors.Join(guest.Close(), e.Close()); err != nil {
			t.Error(err)
		}
	}
}

// The next free port is taken in place of the default one only, and said.
func TestDefaultPortBusy(t *testing.T) {
	l, err := server.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, addrs := range [][]string{nil, {"127.0.0.1:0"}} {
		e := &Engine{config: Config{Listen: addrs}, listening: l}
		if busy := e.DefaultPortBusy(); busy != (addrs == nil) {
			t.Errorf("%q: %v", addrs, busy)
		}
	}
}

// Whose targets are told apart gets the words about one that is down; all others hear of a
// problem.
func TestWhoHearsThatATargetIsDown(t *testing.T) {
	var told []string
	c := &Config{Problem: func(s string) { told = append(told, "problem: "+s) }}
	c.targetDown()("a")
	c.TargetDown = func(s string) { told = append(told, "down: "+s) }
	c.targetDown()("b")
	if got := strings.Join(told, ", "); got != "problem: a, down: b" {
		t.Error(got)
	}
}

// The screen looks again when a request is held, and when its hold ends.
func TestHoldsAreShown(t *testing.T) {
	e, err := Open(t.Context(), testConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	gate := e.Replies.Gate
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	watch := e.Ring.Watch(ctx)
	gate.Set(nil, true)
	got := make(chan struct{})
	go func() {
		defer close(got)
		if resp, err := http.Post(e.URL, "text/plain", nil); err == nil {
			resp.Body.Close()
		}
	}()
	for len(gate.Held()) == 0 {
		if _, ok := <-watch; !ok {
			t.Fatal("the hold is not told")
		}
	}
	id := gate.Held()[0].Exchange.ID
	for len(watch) > 0 {
		<-watch
	}
	gate.Pause(id)
	if _, ok := <-watch; !ok {
		t.Error("the pause is not told")
	}
	gate.Release(id, reply.Decision{})
	<-got
}
