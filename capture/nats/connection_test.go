package nats

import (
	"context"
	"errors"
	"testing"
	"time"

	client "github.com/nats-io/nats.go"

	"creel/capture"
	"creel/capture/ring"
)

// What a member is asked for while the connection is lost fails at once: nothing is kept
// to be sent later, after the caller has stopped waiting.
func TestNothingIsAskedWithoutAConnection(t *testing.T) {
	e := startEngine(t)
	node := e.init(t, Limits{})
	e.stop()
	lost := node.conn.StatusChanged(client.RECONNECTING)
	for wait := deadline(t); node.Connected(); {
		select {
		case <-lost:
		case <-wait.Done():
			t.Fatal("the connection is not lost")
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := node.Ask(ctx, "/x", request("/x", nil)); err == nil || ctx.Err() != nil {
		t.Errorf("asked for a reply: %v", err)
	}
	if _, err := node.AskNode(ctx, "n", nil); err == nil || ctx.Err() != nil {
		t.Errorf("asked a node: %v", err)
	}
}

// A problem says once why nothing is published, and again after something was; an
// outbox that ends says nothing.
func TestFailuresAreSaidOnce(t *testing.T) {
	var said []string
	o := &Outbox{Ring: ring.New(capture.Bounds{}), Problem: func(s string) { said = append(said, s) }}
	ended, end := context.WithCancel(t.Context())
	end()
	why := errors.New("no route to host")
	for i, tt := range []struct {
		ctx  context.Context
		err  error
		said int // so far
	}{
		{t.Context(), nil, 0},
		{t.Context(), why, 1},
		{t.Context(), why, 1},
		{t.Context(), nil, 1},
		{t.Context(), why, 2},
		{t.Context(), nil, 2},
		{ended, why, 2},
	} {
		o.failed(tt.ctx, tt.err)
		if _, err := o.Waiting(); len(said) != tt.said || !errors.Is(err, tt.err) {
			t.Errorf("step %d: said %q, waiting because of %v", i, said, err)
		}
	}
	if said[0] != "team: no route to host; requests are kept here and published later" {
		t.Error(said[0])
	}
}
