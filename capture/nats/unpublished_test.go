package nats

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	client "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"creel/capture"
	"creel/capture/ring"
)

// evicted has no body any more.
type evicted struct{}

func (evicted) Body(context.Context, capture.BodyRef) ([]byte, error) { return nil, capture.ErrEvicted }

// What cannot be published does not delay what comes after it. A problem is reported for
// what is too large, and for what cannot be read now, which is tried again.
func TestWhatCannotBePublished(t *testing.T) {
	team := startEngine(t).init(t, Limits{Bytes: minBytes})
	r := ring.New(capture.Bounds{})
	submit := func(change func(*capture.Request)) capture.ID {
		ex := request("/", []byte("body"))
		change(&ex.Request)
		kept, err := r.Submit(ex).Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return kept.ID
	}
	large := submit(func(q *capture.Request) {
		q.Fields = []capture.Field{{Name: "X-Large", Value: strings.Repeat("x", minMessage)}}
	})
	submit(func(q *capture.Request) { q.Body = capture.StoredBody(evicted{}, 1, 10) })
	submit(func(q *capture.Request) { q.Target = "/good" })
	var mu sync.Mutex
	var problems []string
	var failures atomic.Int32
	failures.Store(1)
	o := &Outbox{Team: team, Ring: r, Position: Position{Node: "n"}, Problem: func(s string) {
		mu.Lock()
		defer mu.Unlock()
		problems = append(problems, s)
	}, Redact: func(_ context.Context, ex *capture.Exchange) (*capture.Exchange, error) {
		if failures.Add(-1) >= 0 {
			return nil, errUnreadable
		}
		return ex, nil
	}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); o.Run(ctx) }()
	ana := reader(t, team)
	if got := until(t, ana.Mirror.Ring, "the good one", has(1)); got[0].Request.Target != "/good" {
		t.Errorf("published is %s", got[0].Request.Target)
	}
	if err := o.Published(deadline(t), 3); err != nil {
		t.Error(err)
	}
	pinned := true
	if err := r.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: large, Pinned: &pinned}}); err != nil {
		t.Fatal(err)
	}
	last := capturing(t, r, "/last", nil)
	if err := o.Published(deadline(t), last); err != nil {
		t.Error(err)
	}
	cancel()
	<-done
	want := []string{
		"team: read #1: " + errUnreadable.Error() + "; requests are kept here and published later",
		"team: #1 is " + errTooLarge.Error() + ": it is kept here only",
		"team: pin #1: " + errTooLarge.Error(),
	}
	if fmt.Sprint(problems) != fmt.Sprint(want) {
		t.Errorf("problems %q, want %q", problems, want)
	}
}

// What a leader says of a message is believed as it is meant, and what makes no sense is
// an error.
func TestWhatALeaderSays(t *testing.T) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoLog: true, NoSigs: true}) // without streams of its own
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the server does not start")
	}
	team := connected(t, "nats://"+s.Addr().String())
	for says, want := range map[string]error{
		`{"message":{"subject":"a","seq":7,"data":"aGk="}}`:                     nil,
		`{"error":{"code":404,"err_code":10037,"description":"no message"}}`:    jetstream.ErrMsgNotFound,
		`{"error":{"code":503,"err_code":10008,"description":"not available"}}`: errors.New("not available"),
		`{}`:        errors.New("has no message"),
		`garbage`:   errors.New("invalid character"),
		`{"message`: errors.New("unexpected end"),
	} {
		sub, err := team.conn.Subscribe("$JS.API.STREAM.MSG.GET.creel-shop-bodies", func(m *client.Msg) { _ = m.Respond([]byte(says)) })
		if err != nil {
			t.Fatal(err)
		}
		got, err := team.askLeader(deadline(t), kindBodies, "a")
		if want == nil && (err != nil || got.Subject != "a" || got.Sequence != 7 || string(got.Data) != "hi") {
			t.Errorf("%s: %+v, %v", says, got, err)
		}
		if want != nil && (err == nil || !errors.Is(err, want) && !strings.Contains(err.Error(), want.Error())) {
			t.Errorf("%s: %v, want %v", says, err, want)
		}
		if errors.Is(err, jetstream.ErrMsgNotFound) != (want == jetstream.ErrMsgNotFound) {
			t.Errorf("%s: gone is %v", says, err)
		}
		if err := sub.Unsubscribe(); err != nil {
			t.Error(err)
		}
	}
}
