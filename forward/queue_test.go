package forward

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

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
	if diff := cmp.Diff(Flushed{Sent: 1, LeftOut: 1, Results: []Bucket{{"200", 1}}}, f); diff != "" || q.Count("") != 0 {
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
	if diff := cmp.Diff(Flushed{Left: 5, Down: []string{down.String()}}, f); diff != "" || q.Count("") != 5 || !maps.Equal(q.Counts(), map[string]int{down.String(): 5}) {
		t.Error(diff)
	}
	first, _ := r.Get(1)
	second, _ := r.Get(2)
	if len(first.Attempts) != 1 || len(second.Attempts) != 0 {
		t.Errorf("%d and %d attempts", len(first.Attempts), len(second.Attempts))
	}
}

// A queue that is too far behind to follow the changes counts again: each request once, and
// none that is gone.
func TestCountOfAQueueThatIsFarBehind(t *testing.T) {
	q, r := queueFor(t)
	const a, b = "http://127.0.0.1:1", "http://127.0.0.1:2"
	gone := add(t, r, capture.Exchange{}, "x", a, b)
	add(t, r, capture.Exchange{}, "x", a)
	if diff := cmp.Diff(map[string]int{a: 2, b: 1}, q.Counts()); diff != "" {
		t.Error(diff)
	}
	if err := r.Apply(t.Context(), capture.Op{Delete: []capture.ID{gone}}); err != nil {
		t.Fatal(err)
	}
	q.rev = 0 // nothing is known of what changed since
	if diff := cmp.Diff(map[string]int{a: 1}, q.Counts()); diff != "" || q.Count("") != 1 {
		t.Error(diff)
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

// A pending delivery is left out only when it was given to the same target and
// succeeded: what another try, another target or another request got says nothing.
func TestFlushLeavesOutOnlyWhatSucceeded(t *testing.T) {
	sender := capture.Sender{Provider: "stripe", Delivery: "evt_1", Try: 1}
	other := sender
	other.Provider = "github"
	for _, tt := range []struct {
		name    string
		again   *capture.Sender // of the exchange with the attempt; nil is the pending one itself
		attempt capture.Attempt
		leftOut bool
	}{
		{"again, 200", &sender, capture.Attempt{Reply: capture.Reply{Status: 200}}, true},
		{"again, 399", &sender, capture.Attempt{Reply: capture.Reply{Status: 399}}, true},
		{"again, 400", &sender, capture.Attempt{Reply: capture.Reply{Status: 400}}, false},
		{"again, 500", &sender, capture.Attempt{Reply: capture.Reply{Status: 500}}, false},
		{"again, timeout", &sender, capture.Attempt{Cause: capture.CauseTimeout, Reply: capture.Reply{Status: 200}}, false},
		{"again, elsewhere", &sender, capture.Attempt{To: "http://127.0.0.1:1/x", Reply: capture.Reply{Status: 200}}, false},
		{"again, edited", &sender, capture.Attempt{Edited: true, Reply: capture.Reply{Status: 200}}, false},
		{"another provider's", &other, capture.Attempt{Reply: capture.Reply{Status: 200}}, false},
		{"no delivery id", &capture.Sender{}, capture.Attempt{Reply: capture.Reply{Status: 200}}, false},
		{"resent by hand", nil, capture.Attempt{Resend: true, Reply: capture.Reply{Status: 204}}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newApp(t, 200)
			key := a.URL.String()
			q, r := queueFor(t, Target{URL: a.URL})
			id := add(t, r, capture.Exchange{Sender: sender}, "pending", key)
			if tt.again != nil {
				id = add(t, r, capture.Exchange{Sender: *tt.again}, "again")
			}
			if tt.attempt.To == "" {
				tt.attempt.To = key + "/x"
			}
			r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: tt.attempt}})
			f := q.Flush(t.Context(), key)
			want := Flushed{Sent: 1, Results: []Bucket{{"200", 1}}}
			if tt.leftOut {
				want = Flushed{LeftOut: 1}
			}
			if diff := cmp.Diff(want, f); diff != "" || len(a.got()) != f.Sent {
				t.Errorf("%v; %s", a.got(), diff)
			}
		})
	}
}

// Of two pending tries of one delivery the second is left out when the first
// succeeds now, and sent when it fails.
func TestFlushTwoTries(t *testing.T) {
	for status, want := range map[int]string{
		200: "1 sent: 1 x 200; 1 left out: came again and succeeded",
		500: "2 sent: 2 x 500",
	} {
		a := newApp(t, status)
		q, r := queueFor(t, Target{URL: a.URL})
		for try := range 2 {
			add(t, r, capture.Exchange{Sender: capture.Sender{Provider: "stripe", Delivery: "evt_1", Try: try + 1}}, "x", a.URL.String())
		}
		if f := q.Flush(t.Context(), ""); f.String() != want || f.Failed() != (status == 500) || q.Count("") != 0 {
			t.Errorf("%s, failed %v, %d left", f, f.Failed(), q.Count(""))
		}
	}
}

// What is deleted, or no longer pending, by the time its turn comes is not sent: another
// flush, a resend or a user was faster.
func TestFlushAsksAgainBeforeItSends(t *testing.T) {
	var mu sync.Mutex
	var r *ring.Ring
	var ids []capture.ID
	var got []string
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		b, _ := io.ReadAll(req.Body)
		mu.Lock()
		defer mu.Unlock()
		if got = append(got, string(b)); len(got) == 1 {
			r.Record(capture.Op{Meta: &capture.Meta{ID: ids[1], Pending: &[]string{}}})
			r.Record(capture.Op{Delete: ids[2:3]})
		}
	}))
	defer app.Close()
	mu.Lock()
	var q *Queue
	q, r = queueFor(t, Target{URL: mustURL(t, app.URL)})
	for _, body := range []string{"first", "settled", "deleted", "last"} {
		ids = append(ids, add(t, r, capture.Exchange{}, body, app.URL))
	}
	mu.Unlock()
	f := q.Flush(t.Context(), "")
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff(Flushed{Sent: 2, Results: []Bucket{{"200", 2}}}, f); diff != "" || q.Count("") != 0 {
		t.Errorf("%d are left, %s", q.Count(""), diff)
	}
	if diff := cmp.Diff([]string{"first", "last"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFlushedWords(t *testing.T) {
	var f Flushed
	f.add(Flushed{Sent: 1, Results: []Bucket{{"200", 1}}})
	f.add(Flushed{Sent: 3, Results: []Bucket{{"500", 2}, {"timeout", 1}}, LeftOut: 1, Left: 1, Down: []string{"https://b.example"}})
	f.add(Flushed{Left: 1, Down: []string{"http://localhost:3969"}})
	const want = "4 sent: 2 x 500, 1 x 200, 1 x timeout; 1 left out: came again and succeeded; 2 still pending: no connection to :3969, https://b.example"
	if f.String() != want {
		t.Error(f.String())
	}
	for _, tt := range []struct {
		f      Flushed
		failed bool
	}{
		{Flushed{}, false},
		{Flushed{LeftOut: 1}, false},
		{Flushed{Left: 1}, true},
		{Flushed{Results: []Bucket{{"200", 1}, {"302", 1}}}, false},
		{Flushed{Results: []Bucket{{"200", 1}, {"404", 1}}}, true},
		{Flushed{Results: []Bucket{{"dns", 1}}}, true},
	} {
		if tt.f.Failed() != tt.failed {
			t.Errorf("%+v", tt.f)
		}
	}
}

// What is pending for a target that is in the list no more is delivered to its URL,
// and nothing more once the context has ended.
func TestFlushToATargetThatWasRemoved(t *testing.T) {
	a := newApp(t, 200)
	key := a.URL.String()
	q, r := queueFor(t)
	for i := range 3 {
		add(t, r, capture.Exchange{}, fmt.Sprint(i), key)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if diff := cmp.Diff(Flushed{Left: 3}, q.Flush(ctx, key)); diff != "" || len(a.got()) > 0 {
		t.Error(a.got(), diff)
	}
	if diff := cmp.Diff(Flushed{Sent: 3, Results: []Bucket{{"200", 3}}}, q.Flush(t.Context(), key)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"0", "1", "2"}, a.got()); diff != "" || q.Count("") != 0 {
		t.Error(q.Count(""), diff)
	}
}

// A success from before the pending request arrived is none of its delivery.
func TestFlushAfterAnEarlierSuccess(t *testing.T) {
	a := newApp(t, 200)
	key := a.URL.String()
	q, r := queueFor(t, Target{URL: a.URL})
	sender, at := capture.Sender{Provider: "stripe", Delivery: "evt_1"}, time.Now()
	first := add(t, r, capture.Exchange{Sender: sender, At: at}, "dup")
	r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: first, Attempt: capture.Attempt{At: at, To: key + "/x", Reply: capture.Reply{Status: 200}}}})
	add(t, r, capture.Exchange{Sender: sender, At: at.Add(time.Second)}, "dup", key)
	f := q.Flush(t.Context(), "")
	if diff := cmp.Diff(Flushed{Sent: 1, Results: []Bucket{{"200", 1}}}, f); diff != "" || len(a.got()) != 1 {
		t.Error(diff)
	}
}

// What is deleted while it is delivered and brought back later is not pending again.
func TestFlushOfWhatIsDeletedMeanwhile(t *testing.T) {
	q, r := queueFor(t)
	deleted := make(chan *capture.Exchange, 1)
	a := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		was, _ := r.Get(1)
		deleted <- was
		if err := r.Apply(context.Background(), capture.Op{Delete: []capture.ID{1}}); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(a.Close)
	to := Target{URL: mustURL(t, a.URL)}
	q.targets.Set([]Target{to})
	add(t, r, capture.Exchange{}, "body", to.Key())
	q.Flush(t.Context(), "")
	if err := r.Apply(t.Context(), capture.Op{Add: <-deleted}); err != nil {
		t.Fatal(err)
	}
	if ex, _ := r.Get(1); len(ex.Attempts) != 1 || len(ex.Pending) != 0 || q.Count("") != 0 {
		t.Errorf("%d attempts, pending %q", len(ex.Attempts), ex.Pending)
	}
}
