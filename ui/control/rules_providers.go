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

// Rules are the rules there.
type Rules struct{ c *Client }

// Rules returns the rules.
func (c *Client) Rules() Rules { return Rules{c} }

// List returns them in order.
func (r Rules) List() []reply.RuleInfo { return slices.Clone(r.c.heardFacts().Rules) }

// File is where they are kept, on the other side; empty for nowhere.
func (r Rules) File() string { return r.c.heardFacts().File }

// Err says why the file could not be read again.
func (r Rules) Err() error {
	if text := r.c.heardFacts().RulesErr; text != "" {
		return errors.New(text)
	}
	return nil
}

// Unsaved reports whether they differ from the file.
func (r Rules) Unsaved() bool { return r.c.heardFacts().Unsaved }

// Removed is how many rules Restore can bring back.
func (r Rules) Removed() int { return r.c.heardFacts().Removed }

// Check says what is wrong with the text of rules.
func (r Rules) Check(text string) error {
	return reply.NewRules(reply.Source{CheckURL: forward.CheckURL}, nil).Check(text)
}

// Enable switches a rule.
func (r Rules) Enable(i int, on bool) error { return r.do("enable", ruleRequest{At: i, On: on}) }

// Move moves a rule.
func (r Rules) Move(i, j int) error { return r.do("move", ruleRequest{At: i, To: j}) }

// Remove removes a rule.
func (r Rules) Remove(i int) error { return r.do("remove", ruleRequest{At: i}) }

// Replace replaces the text of a rule.
func (r Rules) Replace(i int, was, text string) error {
	return r.do("replace", ruleRequest{At: i, Was: was, Text: text})
}

// Add adds a rule.
func (r Rules) Add(text string) error { return r.do("add", ruleRequest{Text: text}) }

// Save writes them to their file.
func (r Rules) Save() error { return r.do("save", ruleRequest{}) }

// Restore puts back the rule that was removed last.
func (r Rules) Restore() (name string, err error) {
	out, err := now[textRequest](r.c, "rules/restore", nothing{})
	return out.Text, err
}

func (r Rules) do(name string, in ruleRequest) error { return r.c.change("rules/"+name, in) }

// Providers knows senders; their secrets stay on the other side.
type Providers struct {
	*provider.Set
	c *Client
}

// Providers returns what is known of senders.
func (c *Client) Providers() Providers { return Providers{c.known, c} }

// HasSecret reports whether the other side has a secret of a provider.
func (p Providers) HasSecret(name string) bool {
	return slices.Contains(p.c.heardFacts().Secrets, name)
}

// AddSecret gives the other side a secret and returns how many verdicts changed.
func (p Providers) AddSecret(ctx context.Context, s provider.Secret) (changed int, err error) {
	out, err := post[countResponse](ctx, p.c, "providers/secret", textRequest{s.String() + "=" + s.Value})
	return out.Count, err
}

// SecretsIn are the secrets of the other side that stand in exchanges, as they are
// spelled there; without a list, in all. Others never come here.
func (p Providers) SecretsIn(ctx context.Context, list []*capture.Exchange) ([]string, error) {
	var in idsRequest
	for _, ex := range list {
		in.IDs = append(in.IDs, ex.ID)
	}
	return post[[]string](ctx, p.c, "providers/secrets-in", in)
}

// PublicURL is what senders call.
func (p Providers) PublicURL() string { return p.c.heardFacts().Public }

// SetPublicURL sets it there and returns how many verdicts changed.
func (p Providers) SetPublicURL(ctx context.Context, public string) (changed int, err error) {
	out, err := post[countResponse](ctx, p.c, "public-url", urlRequest{public})
	return out.Count, err
}

// Check verifies the signature of an exchange there; with a secret that is being
// typed, and a body that is here, it does so here, at once.
func (p Providers) Check(ctx context.Context, ex *capture.Exchange, o provider.Options) (provider.Result, error) {
	if o.Secret != "" && ex.Request.Body.InMemory() {
		return p.Set.Check(ctx, ex, o)
	}
	return post[provider.Result](ctx, p.c, "providers/check", checkRequest{ID: ex.ID, Options: o})
}

// Edited says what an edit does to the signature.
func (p Providers) Edited(ctx context.Context, was *capture.Exchange, req *capture.Request, at time.Time) provider.Edit {
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

// Sample makes a delivery as the provider would send it, signed there.
func (p Providers) Sample(ctx context.Context, name string, o provider.SampleOptions) (provider.Sample, error) {
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
