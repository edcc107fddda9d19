package mcp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/forward"
	"creel/forward/edit"
	"creel/ui/control"
)

type (
	resendIn struct {
		ID      uint64   `json:"id"`
		Target  string   `json:"target,omitempty" jsonschema:"one of creel's targets, by its name or URL; empty for the one of this request's path"`
		Set     []string `json:"set,omitempty" jsonschema:"'PATH = VALUE' replaces that JSON value of the body, such as: data.object.amount = 0"`
		Headers []string `json:"headers,omitempty" jsonschema:"'NAME: VALUE' sets a header field, 'NAME:' removes it"`
		Sign    string   `json:"sign,omitempty" jsonschema:"auto, always or never: whether the signature is renewed"`
	}
	resendOut struct {
		Trust string `json:"trust"`
		attempt
	}
	triggerIn struct {
		Provider string `json:"provider" jsonschema:"such as stripe or github"`
		Event    string `json:"event,omitempty" jsonschema:"such as invoice.paid; empty for the provider's first sample"`
	}
	triggerOut struct {
		Status int    `json:"status" jsonschema:"what creel answered"`
		Signed bool   `json:"signed"`
		Note   string `json:"note,omitempty"`
	}
	replyIn struct {
		Reply string `json:"reply,omitempty" jsonschema:"STATUS[:BODY], a sequence such as 500x3,200, or @PRESET; empty for the default, 200"`
	}
	replyOut struct {
		SendersGet string `json:"senders_get"`
		Unused     string `json:"unused_while" jsonschema:"the target whose response senders get instead, as long as it is on; empty for none"`
	}
	answerIn struct {
		ID      uint64 `json:"id,omitempty" jsonschema:"0 for the one that has waited longest"`
		Reply   string `json:"reply,omitempty" jsonschema:"STATUS[:BODY] or @PRESET"`
		Release bool   `json:"release,omitempty" jsonschema:"let it go on as if it had not been held, in place of a reply"`
	}
	answerOut struct {
		ID uint64 `json:"id"`
	}
	ruleIn struct {
		Rule string `json:"rule" jsonschema:"a [[rule]] block in TOML: match, and one of reply, forward, fault; the first match wins"`
	}
	ruleOut struct {
		Rules   int  `json:"rules"`
		Unsaved bool `json:"unsaved" jsonschema:"it is in force, but not in the rules file"`
	}
)

func (s *server) actTools(m *sdk.Server) {
	act(s, m, "resend_request", "Send a request again, to one of creel's targets, changed if asked for.", s.resend)
	act(s, m, "trigger_sample", "Have a provider's sample event arrive at creel, signed when a secret is known.", s.trigger)
	act(s, m, "set_reply", "Set what senders get from now on when nothing else decides.", s.setReply)
	act(s, m, "answer_held", "Answer or release a request that is held.", s.answer)
	act(s, m, "make_rule", "Add a rule that says what matching requests get.", s.makeRule)
}

// act adds a tool that changes a running creel.
func act[In, Out any](s *server, m *sdk.Server, name, description string, do func(context.Context, *control.Client, In) (Out, error)) {
	tool(s, m, &sdk.Tool{Name: name, Description: description}, func(ctx context.Context, on *Session, in In) (Out, error) {
		var none Out
		if on.Running == nil {
			return none, errNoCreel
		}
		if err := on.Running.Look(ctx); err != nil {
			return none, err
		}
		return do(ctx, on.Running, in)
	})
}

func (s *server) resend(ctx context.Context, c *control.Client, in resendIn) (resendOut, error) {
	out, on := resendOut{Trust: untrusted}, &Session{History: c.History, Running: c}
	ex, err := on.get(ctx, in.ID)
	if err != nil {
		return out, err
	}
	x := forward.Resend{Exchange: ex, Sign: forward.SignMode(in.Sign)}
	switch x.Sign {
	case "", forward.SignAuto, forward.SignAlways, forward.SignNever:
	default:
		return out, fmt.Errorf("sign %q: it is auto, always or never", in.Sign)
	}
	if x.To, err = target(c, in.Target, ex.Request.Target); err != nil {
		return out, err
	}
	if err := forward.Sendable(&ex.Request); err != nil {
		return out, err
	}
	change, err := edit.NewChange(ctx, ex.Request)
	for i := 0; err == nil && i < len(in.Set); i++ {
		err = change.Set(in.Set[i])
	}
	for i := 0; err == nil && i < len(in.Headers); i++ {
		err = change.SetField(in.Headers[i])
	}
	if err != nil {
		return out, err
	}
	x.Request, x.Edited = change.Req, change.Edited
	a, err := c.Resender.Resend(ctx, x)
	if err != nil {
		return out, err
	}
	v, err := s.viewer(ctx, on, ex) // the attempt is part of it by now
	if err != nil {
		return out, err
	}
	out.attempt, err = v.attempt(ctx, &a)
	return out, err
}

// target is one of the targets that are on: the one that is named, else the first
// for the request's path, else the only one. Nothing is sent anywhere else.
func target(c *control.Client, name, captured string) (forward.Target, error) {
	var on []forward.Target
	var specs []string
	for _, t := range c.Targets.List() {
		if !t.Disabled {
			on = append(on, t.Target)
			specs = append(specs, t.Spec())
		}
	}
	if len(on) == 0 {
		return forward.Target{}, errors.New("creel has no target that is on: the user adds one with creel target add")
	}
	if name != "" {
		if meant := forward.Meant(on, name); len(meant) > 0 {
			return on[meant[0]], nil
		}
		return forward.Target{}, fmt.Errorf("%s is not one of creel's targets: %s", name, strings.Join(specs, ", "))
	}
	if list := c.Targets.For(captured); len(list) > 0 {
		return list[0], nil
	}
	if len(on) == 1 {
		return on[0], nil
	}
	return forward.Target{}, fmt.Errorf("name a target: %s", strings.Join(specs, ", "))
}

// sampleTime is how long a sample may take to be answered; it may be held.
const sampleTime = 30 * time.Second

func (s *server) trigger(ctx context.Context, c *control.Client, in triggerIn) (triggerOut, error) {
	known := c.Providers
	path, err := known.SamplePath(in.Provider, in.Event)
	if err != nil {
		return triggerOut{}, err
	}
	to, err := forward.ParseTarget(c.Status.URL)
	if err != nil {
		return triggerOut{}, err
	}
	to.Insecure = true // its certificate may be self-signed
	url := to.Resolve(path)
	made, err := known.Sample(ctx, in.Provider, provider.SampleOptions{Event: in.Event, Target: url.Target(), URL: url.String()})
	if err != nil {
		return triggerOut{}, err
	}
	sender := &forward.Sender{Timeout: sampleTime, ConnectTimeout: 5 * time.Second, MaxAnswer: 1 << 20}
	defer sender.Close()
	a := sender.Send(ctx, made.Request, to.At(made.Request.Target))
	if a.Cause != "" {
		return triggerOut{}, fmt.Errorf("the sample was not answered: %s", a.Cause)
	}
	return triggerOut{Status: a.Reply.Status, Signed: made.Signed, Note: made.Note}, nil
}

func (s *server) setReply(ctx context.Context, c *control.Client, in replyIn) (replyOut, error) {
	words, err := c.SetReply(ctx, in.Reply)
	return replyOut{words, c.ReplyUnusedWhile()}, err
}

func (s *server) answer(ctx context.Context, c *control.Client, in answerIn) (answerOut, error) {
	if in.Release == (in.Reply != "") {
		return answerOut{}, errors.New("give a reply, or release")
	}
	var d reply.Decision
	if !in.Release {
		spec, err := reply.ParseSpec(in.Reply, c.Status.Settings.Presets)
		if err != nil {
			return answerOut{}, err
		}
		d = reply.Decision{Way: reply.WayReply, Reply: spec}
	}
	id, err := c.Decide(ctx, capture.ID(in.ID), d)
	return answerOut{uint64(id)}, err
}

func (s *server) makeRule(ctx context.Context, c *control.Client, in ruleIn) (ruleOut, error) {
	if strings.TrimSpace(in.Rule) == "" {
		return ruleOut{}, errors.New("the rule is empty")
	}
	// What a request holds may have talked the agent into it.
	if _, err := reply.CheckText(reply.Source{File: "the rule", NoFiles: true, CheckURL: func(url string) error {
		_, err := target(c, url, "")
		return err
	}}, []byte(in.Rule)); err != nil {
		return ruleOut{}, err
	}
	if err := c.Rules.Add(in.Rule); err != nil {
		return ruleOut{}, err
	}
	return ruleOut{len(c.Rules.List()), c.Rules.Unsaved()}, nil
}
