package ring_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"
	"creel/capture/server"

	"github.com/google/go-cmp/cmp"
)

// gated is a journal whose commits wait until they are let through.
type gated struct {
	*ringtest.Fake
	pass chan struct{}

	mu  sync.Mutex
	ops [][]capture.Op
}

func (g *gated) Commit(ctx context.Context, ops ...capture.Op) (capture.Receipt, error) {
	<-g.pass
	g.mu.Lock()
	g.ops = append(g.ops, ops)
	g.mu.Unlock()
	return g.Fake.Commit(ctx, ops...)
}

// written returns the commits that were let through.
func (g *gated) written() [][]capture.Op {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.ops)
}

// duringCommits sends two requests, the first of which is being committed while
// the other waits, and has add record attempts of each before either is kept.
func duringCommits(t *testing.T, b capture.Bounds, add func(path string, rec capture.Recorder)) *gated {
	j := &gated{Fake: ringtest.NewFake(), pass: make(chan struct{}, 1)}
	j.pass <- struct{}{} // opening
	r, err := ring.Open(t.Context(), b, j)
	if err != nil {
		t.Fatal(err)
	}
	j.ops = nil
	added := make(chan struct{})
	s := &server.Server{Ring: r, Respond: capture.ResponderFunc(func(_ context.Context, ex *capture.Exchange, rec capture.Recorder) capture.Outcome {
		synctest.Wait() // the writer has taken what it can
		add(ex.Request.Target, rec)
		added <- struct{}{}
		return capture.Outcome{Reply: capture.Reply{Status: 200}}
	})}
	var senders sync.WaitGroup
	for _, path := range []string{"/under-way", "/waiting"} {
		senders.Go(func() {
			s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", path, strings.NewReader("body")))
		})
		<-added
	}
	close(j.pass)
	senders.Wait()
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	return j
}

func TestAttemptsGoWithTheirExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := duringCommits(t, capture.Bounds{}, func(path string, rec capture.Recorder) {
			rec.AddAttempt(&capture.Attempt{To: "http://app" + path, SameBody: true})
		})
		if n := len(j.ops[0][0].Add.Attempts); n != 0 {
			t.Errorf("the commit under way had %d attempts", n)
		}
		if n := len(j.ops[1][0].Add.Attempts); n != 1 {
			t.Errorf("the exchange that waited was committed with %d attempts", n)
		}
		for _, ex := range ringtest.Load(t, j.Other()) {
			if len(ex.Attempts) != 1 || ex.Attempts[0].N != 1 || ex.Attempts[0].To != "http://app"+ex.Request.Target {
				t.Errorf("%s has the attempts %+v", ex.Request.Target, ex.Attempts)
			} else if body, err := ex.Attempts[0].Body.Bytes(t.Context()); err != nil || string(body) != "body" {
				t.Errorf("the body of the attempt of %s is %q: %v", ex.Request.Target, body, err)
			}
		}
	})
}

// The first answer is too large to be written with the request.
func TestAttemptsKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := duringCommits(t, capture.Bounds{Bytes: 1 << 20}, func(_ string, rec capture.Recorder) {
			rec.AddAttempt(&capture.Attempt{To: "http://first", SameBody: true, Reply: capture.Reply{Status: 200, Body: capture.NewBody(make([]byte, 300<<10))}})
			rec.AddAttempt(&capture.Attempt{To: "http://second", SameBody: true, Reply: capture.Reply{Status: 200}})
		})
		for _, ex := range ringtest.Load(t, j.Other()) {
			var to []string
			for i, a := range ex.Attempts {
				if to = append(to, a.To); a.N != i+1 {
					t.Errorf("attempt %d of %s has the number %d", i+1, ex.Request.Target, a.N)
				}
			}
			if diff := cmp.Diff([]string{"http://first", "http://second"}, to); diff != "" {
				t.Errorf("%s (-want +got):\n%s", ex.Request.Target, diff)
			}
		}
	})
}

// TestNobodyWaitsYet has requests among many whose answers are still to be found,
// by an application for instance: they are kept in the meantime.
func TestNobodyWaitsYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := ring.Open(t.Context(), capture.Bounds{}, slow{ringtest.NewFake()})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		var mu sync.Mutex
		given := map[string]time.Time{} // those that nobody waits for
		check := func() {
			for _, ex := range r.Snapshot() {
				delete(given, ex.Request.Target)
			}
			for target, at := range given {
				if waits := time.Since(at); waits > 10*time.Millisecond {
					t.Errorf("%s is not kept after %s", target, waits)
				}
			}
		}
		n := 1_000_000
		flood(t, r, 50, func() {
			mu.Lock()
			defer mu.Unlock()
			if n++; n%50 == 0 {
				check()
				ex := request(n)
				r.Submit(ex)
				given[ex.Request.Target] = time.Now()
			}
		})
		check()
		time.Sleep(time.Second)
		ex := request(0)
		r.Submit(ex)
		time.Sleep(syncTime)
		synctest.Wait()
		if all := r.Snapshot(); all[len(all)-1].Request.Target != ex.Request.Target {
			t.Error("alone, a request was not kept at once")
		}
	})
}
