package nats

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	client "github.com/nats-io/nats.go"

	"creel/capture"
	"creel/capture/export"
)

// Claim says that a member's app replies to what the nodes receive on a path and below.
type Claim struct {
	Path string `json:"path"`
	To   string `json:"to"` // URL of the app, as seen by Who
	Who  string `json:"-"`
}

// maxServing is how many requests one claim serves at a time; others wait.
const maxServing = 32

// errUnclaimed says that no member serves a path any more.
var errUnclaimed = errors.New("no member of the team serves that path")

// claimSubject is where requests on a path are asked for. Of several who claim a path,
// one gets each request.
func (t *Team) claimSubject(path string) string {
	return t.subject("serve", hex.EncodeToString([]byte(path)))
}

// Serve lets do make the attempt for each request that a node receives on a path, until
// ctx ends. Who made it is told to the node. What comes is as the sender sent it: nothing
// of it is hidden, and nothing stored.
func (t *Team) Serve(ctx context.Context, path, who string, do func(context.Context, *capture.Exchange) capture.Attempt) error {
	free := make(chan struct{}, maxServing)
	sub, err := t.conn.QueueSubscribe(t.claimSubject(path), "claim", func(msg *client.Msg) {
		free <- struct{}{}
		go func() {
			defer func() { <-free }()
			if out, err := t.serve(ctx, msg.Data, who, do); err == nil {
				_ = msg.Respond(out) // an error: the node does not wait any more
			}
		}()
	})
	if err != nil {
		return fmt.Errorf("claim %s: %w", path, err)
	}
	context.AfterFunc(ctx, func() { _ = sub.Unsubscribe() })
	return nil
}

func (t *Team) serve(ctx context.Context, data []byte, who string, do func(context.Context, *capture.Exchange) capture.Attempt) ([]byte, error) {
	ex, err := t.readDirect(data, &message{})
	if err != nil {
		return nil, err
	}
	a := do(ctx, ex)
	a.N = 1
	out, err := t.encodeDirect(ctx, message{Who: who}, &capture.Exchange{Request: ex.Request, Attempts: []*capture.Attempt{&a}})
	if err != nil { // the response is too large to be sent here
		a.Reply.Body, a.Cause, a.Err = capture.Body{}, capture.CauseTooLarge, err.Error()
		out, err = t.encodeDirect(ctx, message{Who: who}, &capture.Exchange{Attempts: []*capture.Attempt{&a}})
	}
	return out, err
}

// Ask lets who claimed a path make the attempt, else the error is [errUnclaimed].
func (t *Team) Ask(ctx context.Context, path string, ex *capture.Exchange) (*capture.Attempt, error) {
	data, err := t.encodeDirect(ctx, message{}, ex)
	if err != nil {
		return nil, err
	}
	resp, err := t.conn.RequestWithContext(ctx, t.claimSubject(path), data)
	switch {
	case errors.Is(err, client.ErrNoResponders):
		return nil, errUnclaimed
	case err != nil:
		return nil, err
	}
	var m message
	out, err := t.readDirect(resp.Data, &m)
	if err != nil {
		return nil, err
	}
	if len(out.Attempts) != 1 {
		return nil, errors.New("the claim's response has no attempt")
	}
	a := out.Attempts[0]
	a.Who, a.N = m.Who[:min(len(m.Who), maxWho)], 0
	if a.SameBody {
		a.Body = ex.Request.Body
	}
	return a, nil
}

// encodeDirect makes a message that is stored nowhere: with all bodies, or not at all.
func (t *Team) encodeDirect(ctx context.Context, m message, ex *capture.Exchange) ([]byte, error) {
	return encode(ctx, m, ex, t.conn.MaxPayload()-headerSpace, func(export.BodyPart, []byte) (chunked, error) {
		return chunked{}, errTooLarge
	})
}

func (t *Team) readDirect(data []byte, m *message) (*capture.Exchange, error) {
	if err := json.Unmarshal(data, m); err != nil {
		return nil, err
	}
	return decode(m, func(c chunked) capture.Body { return capture.ForgottenBody(c.Size) })
}
