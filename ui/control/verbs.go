package control

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/forward"
	"creel/ui/engine"
)

// apply changes the history. What is deleted can be put back for a while.
func (s *Server) apply(ctx context.Context, in applyRequest) error {
	var ops []capture.Op
	for _, id := range in.Restore {
		ex, ok := s.Engine.Ring.Deleted(id)
		if !ok {
			return fmt.Errorf("%v cannot be put back: it was deleted too long ago, or is too large", id)
		}
		ops = append(ops, capture.Op{Add: ex})
	}
	for i := range in.Meta {
		ops = append(ops, capture.Op{Meta: &in.Meta[i]})
	}
	if len(in.Delete) > 0 {
		ops = append(ops, capture.Op{Delete: in.Delete})
	}
	if err := s.Engine.Ring.Apply(ctx, ops...); err != nil {
		return err
	}
	for _, text := range in.words() {
		s.notice(ctx, "%s", text)
	}
	return nil
}

func (in *applyRequest) words() []string {
	ids := map[string][]capture.ID{"deleted": in.Delete, "put back": in.Restore}
	for _, m := range in.Meta {
		what := ""
		switch {
		case m.Pinned != nil && *m.Pinned:
			what = "pinned"
		case m.Pinned != nil:
			what = "unpinned"
		case m.Note != nil:
			what = "given a note"
		}
		ids[what] = append(ids[what], m.ID)
	}
	var out []string
	for _, what := range []string{"pinned", "unpinned", "given a note", "deleted", "put back"} {
		switch list := ids[what]; {
		case len(list) == 1:
			out = append(out, fmt.Sprintf("%v was %s", list[0], what))
		case len(list) > 1:
			out = append(out, fmt.Sprintf("%d were %s", len(list), what))
		}
	}
	return out
}

func (s *Server) sendVerbs(mux *http.ServeMux) {
	verb(mux, "resend", s.resendOne)
	verb(mux, "record", s.record)
	act(mux, "resend-check", func(ctx context.Context, in resendRequest) error {
		x, err := s.resend(ctx, in)
		if err != nil {
			return err
		}
		return s.Engine.Resender.Check(ctx, x)
	})
	verb(mux, "repeat", s.repeat)
	verb(mux, "fetch", s.fetch)
	verb(mux, "flush", func(ctx context.Context, in textRequest) (forward.Flushed, error) {
		flushed := s.Engine.Queue.Flush(ctx, in.Text)
		s.notice(ctx, "what was pending was delivered (%s)", flushed)
		return flushed, nil
	})
	act(mux, "targets", s.setTargets)
}

func (s *Server) resendOne(ctx context.Context, in resendRequest) (attemptResponse, error) {
	x, err := s.resend(ctx, in)
	if err != nil {
		return attemptResponse{}, err
	}
	resender := s.Engine.Resender
	if in.Recording == RecordNo {
		unrecorded := *resender
		unrecorded.Record, resender = nil, &unrecorded
	}
	a, err := resender.Resend(ctx, x)
	if err != nil {
		return attemptResponse{}, err
	}
	s.notice(ctx, "%v was resent (%s)", x.Exchange.ID, a.Outcome())
	a.N = s.number(x.Exchange.ID, a.At)
	return attemptLine(ctx, x.Exchange, a)
}

func (s *Server) repeat(ctx context.Context, in repeatRequest) (forward.Histogram, error) {
	plan := forward.Repeat{Times: in.Times, Concurrency: in.Concurrency, Delay: in.Delay, Speed: in.Speed}
	for _, run := range in.Runs {
		x, err := s.resend(ctx, run)
		if err != nil {
			return forward.Histogram{}, err
		}
		plan.Runs = append(plan.Runs, x)
	}
	h := s.Engine.Resender.Repeat(ctx, plan)
	s.notice(ctx, "%d were sent in a repeat (%d failed)", h.Sent, h.Failed)
	return h, nil
}

// fetch gets the URL with which a provider wants a subscription confirmed, and no other.
func (s *Server) fetch(ctx context.Context, in urlRequest) (attemptResponse, error) {
	if !provider.ConfirmationURL(in.URL) {
		return attemptResponse{}, fmt.Errorf("%s is not fetched", in.URL)
	}
	a, err := s.Engine.Resender.Fetch(ctx, in.URL)
	if err != nil {
		return attemptResponse{}, err
	}
	s.notice(ctx, "a subscription was confirmed (%s)", a.Outcome())
	return attemptLine(ctx, &capture.Exchange{}, a)
}

func (s *Server) setTargets(ctx context.Context, in []forward.Target) error {
	for _, t := range in {
		if err := errors.Join(s.Engine.Resender.CheckURL(t.URL), t.Check()); err != nil {
			return err
		}
	}
	s.Engine.Targets.Set(in)
	s.notice(ctx, "the targets were changed")
	return nil
}

func (s *Server) resend(ctx context.Context, in resendRequest) (forward.Resend, error) {
	x := forward.Resend{Edited: in.Edited, To: in.To, Sign: in.Sign, By: caller(ctx)}
	var err error
	if x.Exchange, err = s.find(in.ID); err != nil {
		return x, err
	}
	if err := s.Engine.Resender.CheckURL(in.To.URL); err != nil {
		return x, err
	}
	if len(in.Request) > 0 {
		ex, err := export.ReadFeedLine(in.Request, noBody)
		if err != nil {
			return x, err
		}
		x.Request = &ex.Request
	}
	return x, nil
}

// noBody stands for a body that should have come with the line.
func noBody(_ export.BodyPart, size int64) capture.Body { return capture.ForgottenBody(size) }

// attemptLine is an attempt as the only one of its exchange.
func attemptLine(ctx context.Context, ex *capture.Exchange, a capture.Attempt) (attemptResponse, error) {
	ctx = context.WithoutCancel(ctx) // an attempt that was ended is told, too
	b, err := export.FeedLine(ctx, nil, &capture.Exchange{ID: ex.ID, Attempts: []*capture.Attempt{&a}}, maxRequest)
	return attemptResponse{b}, err
}

func (s *Server) replyVerbs(mux *http.ServeMux) {
	e, gate := s.Engine, s.Engine.Replies.Gate
	act(mux, "reply", func(ctx context.Context, in reply.Spec) error { return s.replySet(ctx, e.Replies.Standing.Set(in)) })
	act(mux, "hold", func(ctx context.Context, in holdRequest) error {
		match, err := parseFilter(in.Filter)
		if err == nil {
			gate.Set(match, in.On)
		}
		return s.did(ctx, err, "hold was set to %s", holdWords(match, in.On))
	})
	verb(mux, "release", s.release)
	act(mux, "pause", func(_ context.Context, in idRequest) error { gate.Pause(in.ID); return nil })
	act(mux, "resume", func(_ context.Context, in idRequest) error { gate.Resume(in.ID); return nil })
	act(mux, "next-try", func(ctx context.Context, in idRequest) error {
		ex, err := s.find(in.ID)
		if err == nil {
			err = gate.ReplyNextTry(ex, in.Spec)
		}
		return s.did(ctx, err, "the reply to the next try of %v was set to %s", in.ID, in.Spec.Words())
	})
}

func (s *Server) ruleVerbs(mux *http.ServeMux) {
	rules := s.Engine.Replies.Rules
	changed := func(ctx context.Context, err error, format string, args ...any) error {
		s.Engine.Ring.Notify()
		return s.did(ctx, err, format, args...)
	}
	for _, v := range []struct {
		name, did string
		do        func(ruleRequest) error
	}{
		{"enable", "switched", func(in ruleRequest) error { return rules.Enable(in.At, in.On) }},
		{"move", "moved", func(in ruleRequest) error { return rules.Move(in.At, in.To) }},
		{"remove", "removed", func(in ruleRequest) error { return rules.Remove(in.At) }},
		{"replace", "changed", func(in ruleRequest) error { return rules.Replace(in.At, in.Was, in.Text) }},
	} {
		act(mux, "rules/"+v.name, func(ctx context.Context, in ruleRequest) error {
			list := rules.List()
			if in.At < 0 || in.At >= len(list) {
				return fmt.Errorf("rules: there is no rule %d", in.At+1)
			}
			return changed(ctx, v.do(in), "the rule %s was %s", list[in.At].Name, v.did)
		})
	}
	act(mux, "rules/add", func(ctx context.Context, in ruleRequest) error {
		before := len(rules.List())
		if err := rules.Add(in.Text); err != nil {
			return err
		}
		list := rules.List()
		if n := len(list) - before; n > 1 {
			var names []string
			for _, r := range list[:n] {
				names = append(names, r.Name)
			}
			return changed(ctx, nil, "the rules %s were added", strings.Join(names, ", "))
		}
		added := list[0]
		return changed(ctx, nil, "the rule %s was added: %s", added.Name, added.Action)
	})
	act(mux, "rules/save", func(ctx context.Context, _ ruleRequest) error {
		return changed(ctx, rules.Save(), "the rules were saved")
	})
	act(mux, "rules/reload", func(ctx context.Context, _ ruleRequest) error {
		return changed(ctx, rules.Load(), "the rules were loaded again")
	})
	verb(mux, "rules/restore", func(ctx context.Context, _ nothing) (textRequest, error) {
		name, err := rules.Restore()
		return textRequest{name}, changed(ctx, err, "the rule %s was put back", name)
	})
}

func (s *Server) providerVerbs(mux *http.ServeMux) {
	e := s.Engine
	set := engine.Providers{Set: e.Providers, Ring: e.Ring}
	verb(mux, "providers/check", func(ctx context.Context, in checkRequest) (provider.Result, error) {
		ex, err := s.find(in.ID)
		if err != nil {
			return provider.Result{}, err
		}
		return set.Check(ctx, ex, in.Options)
	})
	verb(mux, "providers/edited", func(ctx context.Context, in checkRequest) (provider.Edit, error) {
		was, err := s.find(in.ID)
		if err != nil {
			return provider.Edit{}, err
		}
		ex, err := export.ReadFeedLine(in.Request, noBody)
		if err != nil {
			return provider.Edit{}, err
		}
		return set.Edited(ctx, was, &ex.Request, in.Options.Now), nil
	})
	verb(mux, "providers/secret", func(ctx context.Context, in textRequest) (countResponse, error) {
		sec, err := provider.ParseSecret(in.Text)
		if err != nil {
			return countResponse{}, err
		}
		n, err := set.AddSecret(ctx, sec)
		e.Ring.Notify()
		return countResponse{Count: n}, s.did(ctx, err, "a secret for %s was set", sec)
	})
	verb(mux, "providers/secrets-in", func(ctx context.Context, in idsRequest) ([]string, error) {
		return set.SecretsIn(ctx, s.named(in.IDs))
	})
	verb(mux, "providers/sample", func(ctx context.Context, in sampleRequest) (sampleResponse, error) {
		made, err := set.Sample(ctx, in.Provider, provider.SampleOptions{
			Event: in.Event, Secret: in.Secret, Target: in.Target, URL: in.URL, Rand: rand.Reader,
		})
		if err != nil {
			return sampleResponse{}, err
		}
		b, err := requestLine(ctx, made.Request)
		out := sampleResponse{Request: b, Note: made.Note, Signed: made.Signed, URL: made.SignedURL}
		return out, s.did(ctx, err, "a sample of %s was made", in.Provider)
	})
	verb(mux, "public-url", func(ctx context.Context, in urlRequest) (countResponse, error) {
		n, err := set.SetPublicURL(ctx, in.URL)
		what := "set to " + in.URL
		if in.URL == "" {
			what = "removed"
		}
		return countResponse{Count: n}, s.did(ctx, err, "the public URL was %s", what)
	})
}

func (s *Server) tunnelVerbs(mux *http.ServeMux) {
	act(mux, "tunnel/start", func(ctx context.Context, in tunnelRequest) error {
		return s.did(ctx, s.Engine.Tunnels.Start(in.Spec, in.AcceptNew), "a public URL through %s was asked for", in.Spec.Via())
	})
	act(mux, "tunnel/stop", func(ctx context.Context, _ nothing) error {
		s.Engine.Tunnels.Stop()
		s.notice(ctx, "the tunnel was stopped")
		return nil
	})
}

// named are the exchanges with these ids, as far as they are there; none means all.
func (s *Server) named(ids []capture.ID) []*capture.Exchange {
	if len(ids) == 0 {
		return s.Engine.Ring.Snapshot()
	}
	var list []*capture.Exchange
	for _, id := range ids {
		if ex, ok := s.Engine.Ring.Get(id); ok {
			list = append(list, ex)
		}
	}
	return list
}

// requestLine is a request as that of an exchange, with its whole body. Its fields say what
// is sent; the head that arrived would be read in their place.
func requestLine(ctx context.Context, req *capture.Request) ([]byte, error) {
	r := *req
	r.Head = nil
	return export.FeedLine(ctx, nil, &capture.Exchange{Request: r}, maxRequest)
}
