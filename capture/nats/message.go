package nats

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"creel/capture"
	"creel/capture/export"
)

// The header fields of messages.
const (
	headerDigest = "Creel-Digest" // of the state that is known after the message
	headerSeq    = "Creel-Seq"    // of a pin: where its exchange was in the ring
)

// part is something of an exchange that changes later.
type part string

const (
	partReply    part = "reply"
	partMeta     part = "meta" // verdict, handshake, pending
	partPin      part = "pinned"
	partNote     part = "note"
	partAttempts part = "attempts" // those in the message are added
	partDelete   part = "deleted"
	partRestore  part = "restored" // a deletion is taken back
)

// message is what is published: a whole exchange, or the parts of it that changed.
type message struct {
	Set      []part          `json:"set,omitempty"` // empty: the whole exchange
	Who      string          `json:"who,omitempty"` // who changed it, where it was not its node
	Exchange json.RawMessage `json:"exchange"`
	Bodies   []chunked       `json:"bodies,omitempty"`
}

// chunked is a body in the stream of bodies.
type chunked struct {
	Attempt  int    `json:"attempt,omitempty"`
	Response bool   `json:"response,omitempty"`
	Name     string `json:"name"` // NODE.ID.PART
	Count    int    `json:"count"`
	Size     int64  `json:"size"`
	SHA256   string `json:"sha256"`
}

// changes returns the parts in which now differs from before, and an exchange with only these.
func changes(before, now *capture.Exchange) ([]part, *capture.Exchange) {
	var set []part
	out := &capture.Exchange{
		ID: now.ID, At: now.At, State: now.State, Reply: now.Reply, Signature: now.Signature, Handshake: now.Handshake,
		Pending: now.Pending, Pinned: now.Pinned, Note: now.Note,
	}
	if before.State != now.State || !sameReply(&before.Reply, &now.Reply) {
		set = append(set, partReply)
	} else {
		out.Reply = capture.Reply{}
	}
	if before.Signature != now.Signature || before.Handshake != now.Handshake || !reflect.DeepEqual(before.Pending, now.Pending) {
		set = append(set, partMeta)
	}
	if before.Pinned != now.Pinned {
		set = append(set, partPin)
	}
	if before.Note != now.Note {
		set = append(set, partNote)
	}
	known := lastAttempt(before)
	for _, a := range now.Attempts {
		if a.N > known && !fromTeam(a) {
			out.Attempts = append(out.Attempts, a)
		}
	}
	if len(out.Attempts) > 0 {
		set = append(set, partAttempts)
	}
	return set, out
}

// lastAttempt is the number of the newest attempt that the node made.
func lastAttempt(ex *capture.Exchange) int {
	for _, a := range slices.Backward(ex.Attempts) {
		if !fromTeam(a) {
			return a.N
		}
	}
	return 0
}

// fromTeam reports whether another member sent an attempt by hand.
func fromTeam(a *capture.Attempt) bool { return a.Resend && a.Who != "" }

// sameReply leaves the bodies out: a reply is written once.
func sameReply(a, b *capture.Reply) bool {
	return a.Status == b.Status && a.By == b.By && a.Fault == b.Fault && a.Took == b.Took && a.Body.Size() == b.Body.Size()
}

// bare is what of an exchange its digest needs: no bodies and no fields.
func bare(ex *capture.Exchange) *capture.Exchange {
	r := &ex.Reply
	out := &capture.Exchange{
		State: ex.State, Reply: capture.Reply{Status: r.Status, By: r.By, Fault: r.Fault, Took: r.Took},
		Signature: ex.Signature, Handshake: ex.Handshake, Pending: ex.Pending, Pinned: ex.Pinned, Note: ex.Note,
	}
	if n := lastAttempt(ex); n > 0 {
		out.Attempts = []*capture.Attempt{{N: n}}
	}
	return out
}

// digest names the state of an exchange, so that a new start knows what the ring has.
func digest(ex *capture.Exchange) string {
	n := lastAttempt(ex)
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %q %q %d %q %q %q %t %q %d", ex.State, ex.Reply.Status, ex.Reply.By, ex.Reply.Fault,
		ex.Reply.Took, ex.Signature, ex.Handshake, ex.Pending, ex.Pinned, ex.Note, n))
	return hex.EncodeToString(sum[:12])
}

// encode makes a message of at most limit bytes. Bodies that do not fit go to put.
func encode(ctx context.Context, m message, ex *capture.Exchange, limit int64, put func(export.BodyPart, []byte) (chunked, error)) ([]byte, error) {
	for _, inline := range []int64{min(512<<10, limit), 0} {
		line, err := export.FeedLine(ctx, nil, ex, inline)
		if err != nil {
			return nil, err
		}
		if int64(len(line)) > limit && inline > 0 {
			continue
		}
		m.Exchange = line
		if m.Bodies, err = store(ctx, ex, inline, put); err != nil {
			return nil, err
		}
		data, err := json.Marshal(m)
		if err != nil || int64(len(data)) <= limit {
			return data, err
		}
	}
	return nil, errTooLarge
}

// store puts the bodies away that are larger than inline.
func store(ctx context.Context, ex *capture.Exchange, inline int64, put func(export.BodyPart, []byte) (chunked, error)) ([]chunked, error) {
	parts := []export.BodyPart{{ID: ex.ID}, {ID: ex.ID, Response: true}}
	for _, a := range ex.Attempts {
		if !a.SameBody {
			parts = append(parts, export.BodyPart{ID: ex.ID, Attempt: a.N})
		}
		parts = append(parts, export.BodyPart{ID: ex.ID, Attempt: a.N, Response: true})
	}
	var out []chunked
	for _, p := range parts {
		body, ok := p.Body(ex)
		if !ok || body.Size() <= inline || body.IsForgotten() {
			continue
		}
		raw, err := body.Bytes(ctx)
		if err != nil {
			return nil, err
		}
		c, err := put(p, raw)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// bodyName is where a body is in the stream of bodies.
func bodyName(node string, p export.BodyPart) string {
	n := 2 * p.Attempt
	if p.Response {
		n++
	}
	return node + "." + strconv.FormatUint(uint64(p.ID), 10) + "." + strconv.Itoa(n)
}

type key struct {
	node string
	id   capture.ID // the node's own number
}

func (k key) tokens() string { return k.node + "." + strconv.FormatUint(uint64(k.id), 10) }

// parseKey reads NODE.ID.
func parseKey(tokens string) (key, bool) {
	node, text, ok := strings.Cut(tokens, ".")
	id, err := strconv.ParseUint(text, 10, 64)
	return key{node, capture.ID(id)}, ok && err == nil && tokenForm().MatchString(node)
}
