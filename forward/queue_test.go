package forward

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/ring"
)

// app is a target that notes the bodies it gets.
type app struct {
	mu     sync.Mutex
	bodies []string
	URL    URL
}

func newApp(t *testing.T, status int) *app {
	a := &app{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		a.mu.Lock()
		a.bodies = append(a.bodies, string(b))
		a.mu.Unlock()
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	a.URL = mustURL(t, server.URL)
	return a
}

func (a *app) got() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.bodies)
}

// add puts an exchange with one body into the ring, pending for the targets.
func add(t *testing.T, r *ring.Ring, ex capture.Exchange, body string, keys ...string) capture.ID {
	t.Helper()
	ex.Request = *post("/x", body, capture.Field{Name: "Content-Length", Value: fmt.Sprint(len(body))})
	ex.Pending = keys
	kept, err := r.Submit(&ex).Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return kept.ID
}

func queueFor(t *testing.T, list ...Target) (*Queue, *ring.Ring) {
	t.Helper()
	r := ring.New(capture.Bounds{})
	ts := &Targets{}
	ts.Set(list)
	s := &Sender{}
	t.Cleanup(s.Close)
	return NewQueue(r, s, ts), r
}

func TestFlushInOrderAndOnce(t *testing.T) {
	a := newApp(t, 500)
	key := a.URL.String()
	q, r := queueFor(t, Target{URL: a.URL})
	var want []string
	for i := range 20 {
		want = append(want, fmt.Sprint(i))
		add(t, r, capture.Exchange{}, fmt.Sprint(i), key, "http://127.0.0.1:1")
	}
	if q.Count(key) != 20 || q.Count("") != 40 {
		t.Errorf("%d pending of %d", q.Count(key), q.Count(""))
	}
	var flushes sync.WaitGroup
	for range 4 {
		flushes.Go(func() { q.Flush(t.Context(), key) })
	}
	flushes.Wait()
	if diff := cmp.Diff(want, a.got()); diff != "" {
		t.Error(diff)
	}
	if q.Count(key) != 0 || q.Count("") != 20 {
		t.Errorf("%d left pending of %d", q.Count(key), q.Count(""))
	}
	ex, _ := r.Get(7)
	if len(ex.Attempts) != 1 || ex.Attempts[0].Reply.Status != 500 {
		t.Errorf("%+v", ex.Attempts)
	}
}

func TestFlushLeavesOutWhatCameAgain(t *testing.T) {
	a := newApp(t, 200)
	key := a.URL.String()
	q, r := queueFor(t, Target{URL: a.URL})
	sender := capture.Sender{Provider: "stripe", Delivery: "evt_1", Try: 1}
	add(t, r, capture.Exchange{Sender: sender}, "first try", key)
	sender.Try = 2
	again := add(t, r, capture.Exchange{Sender: sender}, "second try")
	r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: again, Attempt: capture.Attempt{To: key + "/x", Reply: capture.Reply{Status: 200}}}})
	sender.Delivery = "evt_2"
	add(t, r, capture.Exchange{Sender: sender}, "another", key)
	f := q.Flush(t.Context(), "")
	if diff := cmp.Diff(Flushed{Sent: 1, LeftOut: 1}, f); diff != "" || q.Count("") != 0 {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"another"}, a.got()); diff != "" {
		t.Error(diff)
	}
}

func TestFlushStopsAtATargetThatIsDown(t *testing.T) {
	down := closedPort(t)
	q, r := queueFor(t, Target{URL: down})
	for range 5 {
		add(t, r, capture.Exchange{}, "x", down.String())
	}
	f := q.Flush(t.Context(), "")
	if diff := cmp.Diff(Flushed{Left: 5}, f); diff != "" || q.Count("") != 5 {
		t.Error(diff)
	}
	first, _ := r.Get(1)
	second, _ := r.Get(2)
	if len(first.Attempts) != 1 || len(second.Attempts) != 0 {
		t.Errorf("%d and %d attempts", len(first.Attempts), len(second.Attempts))
	}
}

func TestRunFlushesWhenATargetComesUp(t *testing.T) {
	a := newApp(t, 200)
	q, r := queueFor(t, Target{URL: a.URL})
	add(t, r, capture.Exchange{}, "x", a.URL.String())
	flushed := make(chan Flushed)
	go q.Run(t.Context(), func(_ string, f Flushed) { flushed <- f })
	q.targets.Up = q.Wake
	q.targets.note(a.URL, nil)
	if f := <-flushed; f.Sent != 1 {
		t.Errorf("%+v", f)
	}
}
