package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/reply"
	"creel/forward"
)

// TargetChange is one way to change the standing targets.
type TargetChange string

// The ways to change the standing targets.
const (
	TargetAdd    TargetChange = "add"
	TargetOff    TargetChange = "off"
	TargetOn     TargetChange = "on"
	TargetRemove TargetChange = "remove"
)

// liveVerbs are those that take what a user typed: this creel knows what it means.
func (s *Server) liveVerbs(mux *http.ServeMux) {
	standing := s.Engine.Replies.Standing
	verb(mux, "reply-text", func(ctx context.Context, in textRequest) (textRequest, error) {
		if in.Text == "" {
			standing.Reset()
		} else if spec, err := reply.ParseSpec(in.Text, s.Settings.Presets); err != nil {
			return textRequest{}, err
		} else if err := standing.Set(spec); err != nil {
			return textRequest{}, err
		}
		return textRequest{standing.Words()}, s.replySet(ctx, nil)
	})
	act(mux, "target", func(ctx context.Context, in targetRequest) error {
		return s.did(ctx, s.changeTarget(in), "the target %s was %s", forward.Redact(in.Spec), map[TargetChange]string{
			TargetAdd: "added", TargetOff: "switched off", TargetOn: "switched on", TargetRemove: "removed",
		}[in.Change])
	})
}

func (s *Server) replySet(ctx context.Context, err error) error {
	s.Engine.Ring.Notify()
	return s.did(ctx, err, "the reply was set to %s", s.Engine.Replies.Standing.Words())
}

func holdWords(match *filter.Filter, on bool) string {
	switch {
	case !on:
		return "off"
	case match.IsEmpty():
		return "everything"
	}
	return match.String()
}

// release ends holds. The first decision wins; who comes later hears what it was.
func (s *Server) release(ctx context.Context, in decideRequest) (countResponse, error) {
	gate := s.Engine.Replies.Gate
	in.Decision.By = caller(ctx)
	if in.Oldest {
		held := gate.Held()
		if len(held) == 0 {
			return countResponse{}, errNoneHeld
		}
		in.ID = held[0].Exchange.ID
	}
	if in.ID == 0 {
		n := gate.ReleaseAll(in.Decision)
		if n > 0 {
			s.notice(ctx, "%d held were released", n)
		}
		return countResponse{Count: n}, nil
	}
	if !gate.Release(in.ID, in.Decision) {
		return countResponse{}, notHeld(in.ID, gate.Ended())
	}
	what := "released"
	if in.Decision.Way == reply.WayReply {
		what = fmt.Sprintf("replied to with %d", in.Decision.Reply.Status(0))
	}
	s.notice(ctx, "%v was %s", in.ID, what)
	return countResponse{Count: 1, ID: in.ID}, nil
}

var errNoneHeld = errors.New("no request is held")

func notHeld(id capture.ID, ended []reply.EndedHold) error {
	for _, e := range ended {
		if e.ID == id {
			return fmt.Errorf("%v is not held any more: %s", id, e.How)
		}
	}
	return fmt.Errorf("%v is not held", id)
}

func (s *Server) changeTarget(in targetRequest) error {
	if in.Change == TargetAdd {
		return s.addTarget(in.Spec)
	}
	return s.Engine.Targets.Edit(func(list []forward.Target) ([]forward.Target, error) {
		meant := forward.Meant(list, in.Spec)
		if len(meant) == 0 {
			return nil, fmt.Errorf("no target %s", in.Spec)
		}
		for _, i := range slices.Backward(meant) {
			if in.Change == TargetRemove {
				list = slices.Delete(list, i, i+1)
				continue
			}
			list[i].Disabled = in.Change != TargetOn
		}
		return list, nil
	})
}

func (s *Server) addTarget(spec string) error {
	t, err := forward.ParseTarget(spec)
	if err != nil {
		return err
	}
	if err := s.Engine.Resender.CheckURL(t.URL); err != nil {
		return err
	}
	t = s.Engine.Targets.Defaults.Apply(t)
	return s.Engine.Targets.Edit(func(list []forward.Target) ([]forward.Target, error) {
		if i := slices.IndexFunc(list, func(x forward.Target) bool { return x.Spec() == t.Spec() }); i >= 0 {
			if !list[i].Disabled {
				return nil, fmt.Errorf("%s is a target already", t.Spec())
			}
			return nil, fmt.Errorf("%s is a target that is off: switch it on", t.Spec())
		}
		return append(list, t), nil
	})
}
