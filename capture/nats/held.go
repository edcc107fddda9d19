package nats

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	client "github.com/nats-io/nats.go"

	"creel/capture"
)

// Hold is a request that a node holds, as it announces it: times are as of then.
type Hold struct {
	ID     capture.ID    `json:"id"` // in the node's history
	Age    time.Duration `json:"age"`
	Left   time.Duration `json:"left"`            // until it ends by itself
	Limit  time.Duration `json:"limit,omitempty"` // how long its sender waits; 0 unknown
	Paused bool          `json:"paused,omitempty"`
	Action string        `json:"action"` // what happens when it ends by itself
}

// The bounds of what is believed of a member.
const (
	maxHolds  = 100
	maxAction = 200 // bytes
)

// boundHolds returns what is believed of a member's holds.
func boundHolds(list []Hold) []Hold {
	list = list[:min(len(list), maxHolds)]
	for i := range list {
		list[i].Action = list[i].Action[:min(len(list[i].Action), maxAction)]
	}
	return list
}

func sameHolds(a, b []Hold) bool {
	return slices.EqualFunc(a, b, func(a, b Hold) bool { return a.ID == b.ID && a.Paused == b.Paused })
}

// at is the hold as it is some time after it was announced.
func (h Hold) at(after time.Duration) Hold {
	h.Age += after
	if !h.Paused {
		h.Left = max(0, h.Left-after)
	}
	return h
}

// errNoNode says that a node cannot be asked.
var errNoNode = errors.New("the node is not there, or you may not ask it")

// askTime is how long a node may take to say what it did.
const askTime = 5 * time.Second

// Reply lets do reply to what members ask of a node, one at a time, until ctx ends.
func (t *Team) Reply(ctx context.Context, node string, do func([]byte) []byte) error {
	sub, err := t.conn.Subscribe(t.subject("ask", node), func(msg *client.Msg) { _ = msg.Respond(do(msg.Data)) }) // an error: the asker is gone
	if err != nil {
		return fmt.Errorf("listen to the team: %w", err)
	}
	context.AfterFunc(ctx, func() { _ = sub.Unsubscribe() })
	return nil
}

// AskNode asks a node; the error is [errNoNode] when it does not listen.
func (t *Team) AskNode(ctx context.Context, node string, data []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	msg, err := t.conn.RequestWithContext(ctx, t.subject("ask", node), data)
	switch {
	case errors.Is(err, client.ErrNoResponders):
		return nil, errNoNode
	case err != nil:
		return nil, err
	}
	return msg.Data, nil
}
