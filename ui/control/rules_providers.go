package control

import (
	"context"
	"errors"
	"slices"
	"time"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/forward"
)

func (r remoteRules) List() []reply.RuleInfo { return slices.Clone(r.c.heardFacts().Rules) }

func (r remoteRules) File() string { return r.c.heardFacts().File }

func (r remoteRules) Err() error {
	if text := r.c.heardFacts().RulesErr; text != "" {
		return errors.New(text)
	}
	return nil
}

func (r remoteRules) Unsaved() bool { return r.c.heardFacts().Unsaved }

func (r remoteRules) Removed() int { return r.c.heardFacts().Removed }

func (r remoteRules) Check(text string) error {
	return reply.NewRules(reply.Source{CheckURL: forward.CheckURL}, nil).Check(text)
}

func (r remoteRules) Enable(i int, on bool) error { return r.do("enable", ruleRequest{At: i, On: on}) }

func (r remoteRules) Move(i, j int) error { return r.do("move", ruleRequest{At: i, To: j}) }

func (r remoteRules) Remove(i int) error { return r.do("remove", ruleRequest{At: i}) }

func (r remoteRules) Replace(i int, was, text string) error {
	return r.do("replace", ruleRequest{At: i, Was: was, Text: text})
}

func (r remoteRules) Add(text string) error { return r.do("add", ruleRequest{Text: text}) }

func (r remoteRules) Save() error { return r.do("save", ruleRequest{}) }

func (r remoteRules) Restore() (name string, err error) {
	out, err := now[textRequest](r.c, "rules/restore", nothing{})
	return out.Text, err
}

func (r remoteRules) do(name string, in ruleRequest) error { return r.c.change("rules/"+name, in) }

func (p remoteProviders) HasSecret(name string) bool {
	return slices.Contains(p.c.heardFacts().Secrets, name)
}

func (p remoteProviders) AddSecret(ctx context.Context, s provider.Secret) (changed int, err error) {
	out, err := post[countResponse](ctx, p.c, "providers/secret", textRequest{s.String() + "=" + s.Value})
	return out.Count, err
}

// SecretsIn are the secrets of the other side that stand in exchanges, as they are
// spelled there; without a list, in all. Others never come here.
func (p remoteProviders) SecretsIn(ctx context.Context, list []*capture.Exchange) ([]string, error) {
	var in idsRequest
	for _, ex := range list {
		in.IDs = append(in.IDs, ex.ID)
	}
	return post[[]string](ctx, p.c, "providers/secrets-in", in)
}

func (p remoteProviders) PublicURL() string { return p.c.heardFacts().Public }

func (p remoteProviders) SetPublicURL(ctx context.Context, public string) (changed int, err error) {
	out, err := post[countResponse](ctx, p.c, "public-url", urlRequest{public})
	return out.Count, err
}

// Check verifies the signature of an exchange there; with a secret that is being
// typed, and a body that is here, it does so here, at once.
func (p remoteProviders) Check(ctx context.Context, ex *capture.Exchange, o provider.Options) (provider.Result, error) {
	if o.Secret != "" && ex.Request.Body.InMemory() {
		return p.Set.Check(ctx, ex, o)
	}
	return post[provider.Result](ctx, p.c, "providers/check", checkRequest{ID: ex.ID, Options: o})
}

func (p remoteProviders) Edited(ctx context.Context, was *capture.Exchange, req *capture.Request, at time.Time) provider.Edit {
	b, err := requestLine(ctx, req)
	if err != nil {
		return provider.Edit{}
	}
	ctx, cancel := context.WithTimeout(ctx, verbTimeout)
	defer cancel()
	out, err := post[provider.Edit](ctx, p.c, "providers/edited", checkRequest{ID: was.ID, Request: b, Options: provider.Options{Now: at}})
	if err != nil {
		return provider.Edit{Text: "not known: " + err.Error()}
	}
	return out
}

func (p remoteProviders) Sample(ctx context.Context, name string, o provider.SampleOptions) (provider.Sample, error) {
	out, err := post[sampleResponse](ctx, p.c, "providers/sample", sampleRequest{
		Provider: name, Event: o.Event, Secret: o.Secret, Target: o.Target, URL: o.URL,
	})
	if err != nil {
		return provider.Sample{}, err
	}
	ex, err := export.ReadFeedLine(out.Request, noBody)
	if err != nil {
		return provider.Sample{}, err
	}
	if o.Edit != nil {
		err = o.Edit(&ex.Request)
	}
	return provider.Sample{Request: &ex.Request, Signed: out.Signed, SignedURL: out.URL, Note: out.Note}, err
}
