package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/nats"
	"creel/capture/reply"
	"creel/capture/words"
	"creel/forward"
)

// decideRequest asks a node to end a hold; the answer is a decideResponse. The first one
// wins, and who comes later hears what it was.
type decideRequest struct {
	ID       capture.ID     `json:"id"` // in the node's history
	Decision reply.Decision `json:"decision"`
}

type decideResponse struct {
	Error string `json:"error,omitempty"` // why nothing was done
}

func holds(g *reply.Gate) []nats.Hold {
	var out []nats.Hold
	for _, h := range g.Held() {
		out = append(out, nats.Hold{
			ID: h.Exchange.ID, Age: time.Since(h.Since), Left: h.Left, Limit: h.Limit, Paused: h.Paused, Action: h.Action,
		})
	}
	return out
}

func (e *Engine) decideHeld(data []byte) []byte {
	var in decideRequest
	err := json.Unmarshal(data, &in)
	if err == nil {
		err = e.decide(in)
	}
	var out decideResponse
	if err != nil {
		out.Error = err.Error()
	}
	data, _ = json.Marshal(out) // a struct of texts
	return data
}

func (e *Engine) decide(in decideRequest) error {
	d := in.Decision
	switch {
	case d.Way > reply.WayDrop || d.By == "":
		return errors.New("that is no decision")
	case len(d.URLs) > 0, d.Reply.BodyFile != "", d.Reply.TemplateFile != "":
		return errors.New("only the node itself says where it forwards to and which files it reads")
	}
	if err := d.Reply.Validate(); err != nil {
		return err
	}
	if !e.Replies.Gate.Release(in.ID, d) {
		return notHeld(e.Replies.Gate, in.ID)
	}
	e.config.Notice(fmt.Sprintf("%v was %s", in.ID, d))
	return nil
}

func notHeld(g *reply.Gate, id capture.ID) error {
	for _, h := range slices.Backward(g.Ended()) {
		if h.ID == id {
			return fmt.Errorf("not held any more: %s %s", h.How, words.Ago(time.Since(h.At)))
		}
	}
	return errors.New("not held any more")
}

// mergedGate is what the own node holds, and what the others do. These decide about
// theirs: they are asked. It holds nothing by itself without a node of its own.
type mergedGate struct {
	*reply.Gate // nil without a node
	t           *MergedRing
}

// Gate returns what all nodes hold; own is nil without a node.
func (t *MergedRing) Gate(own *reply.Gate) mergedGate {
	return mergedGate{cmp.Or(own, &reply.Gate{}), t}
}

func (g mergedGate) Held() []reply.Held {
	list := g.Gate.Held()
	for i, h := range list {
		c := *h.Exchange
		c.ID = g.t.ownID(c.ID)
		list[i].Exchange = &c
	}
	for _, m := range g.t.c.Here.Members() {
		list = append(list, g.t.heldBy(m)...)
	}
	slices.SortStableFunc(list, func(a, b reply.Held) int { return a.Since.Compare(b.Since) })
	return list
}

// heldBy is what a member's node holds, as far as it was read.
func (t *MergedRing) heldBy(m nats.Member) []reply.Held {
	var list []reply.Held
	for _, h := range m.Held {
		id := t.idOf(placeName{m.Node, h.ID})
		ex, ok := t.Get(id)
		if !ok || m.Node == t.c.Node || ex.State != capture.StateHeld && ex.State != capture.StateWaiting {
			continue
		}
		list = append(list, reply.Held{
			Exchange: ex, Since: time.Now().Add(-h.Age), Limit: h.Limit, Left: h.Left, Paused: h.Paused, Action: h.Action,
		})
	}
	return list
}

func (g mergedGate) Ended() []reply.EndedHold {
	list := g.Gate.Ended()
	for i := range list {
		list[i].ID = g.t.ownID(list[i].ID)
	}
	return list
}

// Release ends a hold. That another member was faster is a problem told later.
func (g mergedGate) Release(id capture.ID, d reply.Decision) bool {
	there, own, err := g.t.there(id)
	if err == nil && own {
		return g.Gate.Release(there, d)
	}
	for _, h := range g.Held() {
		if h.Exchange.ID == id {
			go g.t.ask(h.Exchange, d)
			return true
		}
	}
	return false
}

func (g mergedGate) ReleaseAll(d reply.Decision) int {
	n := 0
	for _, h := range g.Held() {
		if g.Release(h.Exchange.ID, d) {
			n++
		}
	}
	return n
}

// Pause makes the time of a hold stand still, where it is the own node's. That of
// another goes on: who asked for it might never come back.
func (g mergedGate) Pause(id capture.ID) bool { return g.own(id, g.Gate.Pause) }

func (g mergedGate) Resume(id capture.ID) bool { return g.own(id, g.Gate.Resume) }

func (g mergedGate) ReplyNextTry(ex *capture.Exchange, s reply.Spec) error {
	if ex.Origin.Node != g.t.c.Node {
		return fmt.Errorf("%s captured it: only its own screen says what its next try gets", ex.Origin.Node)
	}
	return g.Gate.ReplyNextTry(ex, s)
}

func (g mergedGate) own(id capture.ID, do func(capture.ID) bool) bool {
	there, own, err := g.t.there(id)
	return err == nil && own && do(there)
}

func (t *MergedRing) ask(ex *capture.Exchange, d reply.Decision) {
	if err := t.askNode(ex, d); err != nil {
		t.c.Problem(fmt.Sprintf("%s: %v", ex.Name(), err))
	}
}

func (t *MergedRing) askNode(ex *capture.Exchange, d reply.Decision) (err error) {
	if len(d.URLs) > 0 {
		return fmt.Errorf("%s holds it: only its own screen can forward it to %s", ex.Origin.Node, forward.Redact(d.URLs[0]))
	}
	if d.By = t.c.Who; d.Way == reply.WayReply {
		if d.Reply, err = complete(ex, d.Reply); err != nil {
			return err
		}
	}
	data, err := json.Marshal(decideRequest{ex.Origin.ID, d})
	if err != nil {
		return err
	}
	data, err = t.c.Team.AskNode(context.Background(), ex.Origin.Node, data)
	if err != nil {
		return err
	}
	var out decideResponse
	if err := json.Unmarshal(data, &out); err != nil {
		return fmt.Errorf("%s: %w", ex.Origin.Node, err)
	}
	if out.Error != "" {
		return errors.New(out.Error)
	}
	return nil
}

// complete is a reply without files and templates: those are here, not at the node.
func complete(ex *capture.Exchange, s reply.Spec) (reply.Spec, error) {
	if s.BodyFile == "" && s.Template == "" && s.TemplateFile == "" {
		return s, nil
	}
	f, err := reply.New(s, "hold")
	if err != nil {
		return s, err
	}
	r := f.Reply(context.Background(), ex)
	body, err := r.Body.Bytes(context.Background())
	if err == nil && r.By == capture.ByError {
		err = errors.New(strings.TrimSpace(string(body)))
	}
	s.Body, s.BodyFile, s.Template, s.TemplateFile = string(body), "", "", ""
	return s, err
}
