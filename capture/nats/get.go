package nats

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"creel/capture"
	"creel/capture/lazy"
)

// last returns the newest message of a subject. A replica that does not have it may
// lag behind, so the leader is asked before the message is called gone.
func (t *Team) last(ctx context.Context, k kind, subject string) (*jetstream.RawStreamMsg, error) {
	s, err := t.js.Stream(ctx, t.stream(k))
	if err != nil {
		return nil, err
	}
	msg, err := s.GetLastMsgForSubject(ctx, subject)
	if !errors.Is(err, jetstream.ErrMsgNotFound) {
		return msg, err
	}
	return t.askLeader(ctx, k, subject)
}

func (t *Team) askLeader(ctx context.Context, k kind, subject string) (*jetstream.RawStreamMsg, error) {
	in, _ := json.Marshal(map[string]string{"last_by_subj": subject}) // never fails
	resp, err := t.conn.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+t.stream(k), in)
	if err != nil {
		return nil, err
	}
	var out struct {
		Error   *jetstream.APIError `json:"error"`
		Message *struct {
			Subject string    `json:"subject"`
			Seq     uint64    `json:"seq"`
			Data    []byte    `json:"data"`
			Time    time.Time `json:"time"`
		} `json:"message"`
	}
	if err := json.Unmarshal(resp.Data, &out); err != nil {
		return nil, err
	}
	switch {
	case out.Error != nil && out.Error.ErrorCode == jetstream.JSErrCodeMessageNotFound:
		return nil, jetstream.ErrMsgNotFound
	case out.Error != nil:
		return nil, out.Error
	case out.Message == nil:
		return nil, errors.New("the engine's response has no message")
	}
	m := out.Message
	return &jetstream.RawStreamMsg{Subject: m.Subject, Sequence: m.Seq, Data: m.Data, Time: m.Time}, nil
}

var bodyForm = lazy.Regexp(`^[A-Za-z0-9_-]{1,64}\.[0-9]{1,20}\.[0-9]{1,9}$`)

// maxBodyBytes bounds a body that a message names; no node takes a larger one.
const maxBodyBytes = 1 << 30

// check returns why a body that a message names cannot be right.
func (c *chunked) check() error {
	if !bodyForm().MatchString(c.Name) || c.Size > maxBodyBytes || c.Count < 0 || int64(c.Count) > c.Size {
		return errors.New("the message names a body that cannot be")
	}
	return nil
}

// body reads a body; one whose chunks were evicted gives [capture.ErrEvicted].
func (t *Team) body(ctx context.Context, c chunked) ([]byte, error) {
	out := []byte{}
	for i := range c.Count {
		m, err := t.last(ctx, kindBodies, t.subject("body", c.Name, strconv.Itoa(i)))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil, capture.ErrEvicted
		} else if err != nil {
			return nil, fmt.Errorf("read a body of the team's ring: %w", err)
		}
		if out = append(out, m.Data...); int64(len(out)) > c.Size {
			break
		}
	}
	if sum := sha256.Sum256(out); hex.EncodeToString(sum[:]) != c.SHA256 {
		return nil, errors.New("a body of the team's ring is damaged: its SHA-256 differs")
	}
	return out, nil
}
