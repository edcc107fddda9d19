package nats

import (
	"context"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/ring"
)

// Who waits for what is published hears of it when the engine has it, and why not when
// it is away.
func TestPublished(t *testing.T) {
	e := startEngine(t)
	team := e.init(t, Limits{})
	r := ring.New(capture.Bounds{})
	n := run(t, team, r, Position{Node: "n"})
	kept := func() uint64 {
		t.Helper()
		all, err := team.Status(deadline(t))
		if err != nil {
			t.Fatal(err)
		}
		return all[0].Messages
	}
	before := kept()
	id := capturing(t, r, "/1", nil)
	if err := n.Published(deadline(t), id); err != nil || kept() != before+1 {
		t.Errorf("published: %v; %d messages were %d", err, kept(), before)
	}
	e.stop()
	id = capturing(t, r, "/2", nil)
	for _, wait := range []time.Duration{0, 100 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		if err := n.Published(ctx, id); err == nil || !strings.HasPrefix(err.Error(), "#2 is not published to the team: ") {
			t.Errorf("without the engine: %v", err)
		}
		cancel()
	}
	if err := n.Published(deadline(t), id-1); err != nil {
		t.Errorf("the one before: %v", err)
	}
	waiting := make(chan error)
	go func() { waiting <- n.Published(deadline(t), id) }()
	e.start()
	if err := <-waiting; err != nil {
		t.Errorf("after it is back: %v", err)
	}
}
