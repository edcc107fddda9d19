package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/jq"
	"creel/forward"
	"creel/forward/edit"
	"creel/ui/editor"
)

// draft is a request that is going to be sent.
type draft struct {
	name string // what messages call it
	host string // the Host that was asked for; empty: that of the target
	*edit.Change
}

// sentTo is the target with the Host that was asked for.
func (d *draft) sentTo(to forward.Target) forward.Target {
	to.Host = cmp.Or(d.host, to.Host)
	return to
}

func newDraft(ctx context.Context, name string, req capture.Request) (*draft, error) {
	c, err := edit.NewChange(ctx, req)
	return &draft{name: name, Change: c}, err
}

func (p *program) changeDraft(ctx context.Context, d *draft, f *sendFlags) error {
	for _, set := range f.set {
		if _, err := edit.ParseSet(set); err != nil {
			return usagef("--set: %w", err)
		}
		if err := d.Set(set); err != nil {
			return fmt.Errorf("--set %w", err)
		}
	}
	if f.jq != "" {
		body, err := runJQ(ctx, d.Body, d.Req.Fields, f.jq)
		if err != nil {
			return err
		}
		if string(body) != string(d.Body) {
			d.SetBody(body)
		}
		p.infof("%s: jq rewrote the body: spacing, key order and numbers may differ", d.name)
	}
	for _, h := range f.headers {
		if err := d.SetField(h); err != nil {
			return usagef("-H %w", err)
		}
		if isHost(h) && d.Req.Host == "" {
			return usagef("-H %q: no request goes without a Host", h)
		}
	}
	d.host = f.host()
	if !f.edit {
		return nil
	}
	before := d.Req.Host
	err := p.edit(ctx, d)
	if d.Req.Host != before {
		d.host = d.Req.Host
	}
	return err
}

// host is the Host that -H asks for; empty for that of the target.
func (f *sendFlags) host() (host string) {
	for _, h := range f.headers {
		if isHost(h) {
			_, value, _ := strings.Cut(h, ":")
			host = strings.TrimSpace(value)
		}
	}
	return host
}

func isHost(header string) bool {
	name, _, _ := strings.Cut(strings.TrimSuffix(header, ";"), ":")
	return strings.EqualFold(name, "Host")
}

// edit lets the user change a draft in $EDITOR.
func (p *program) edit(ctx context.Context, d *draft) error {
	e := edit.New(*d.Req, d.Body)
	edited, err := p.runEditor(ctx, edit.File(e.Text()))
	if err != nil {
		return fmt.Errorf("edit: %w", err)
	}
	text, note := edit.FromFile(e.Text(), edited)
	if note != "" {
		p.infof("%s: %s", d.name, note)
	}
	res, err := e.Build(text, edit.Options{})
	if err != nil {
		return fmt.Errorf("edit: %w: nothing was sent", err)
	}
	for _, note := range res.Notes {
		p.infof("%s: %s", d.name, note)
	}
	if !res.Edited {
		return nil
	}
	req := res.Request
	d.Req, d.Edited = &req, true
	d.Body, err = req.Body.Bytes(ctx)
	return err
}

// runEditor gives text to the user's editor and returns what became of it, unless that failed.
func (p *program) runEditor(ctx context.Context, text []byte) ([]byte, error) {
	s, err := editor.Open(ctx, editor.Argv(p.env), "request.http", text)
	if err != nil {
		return nil, err
	}
	s.Cmd.Stdin, s.Cmd.Stdout, s.Cmd.Stderr = p.stdin, p.stderr, p.stderr
	if isTerminal(p.stdout) {
		s.Cmd.Stdout = p.stdout
	}
	r, err := s.Finish(s.Cmd.Run())
	if err != nil {
		return nil, fmt.Errorf("%w: nothing was sent", err)
	}
	return r.Text, nil
}

// jqLimits bound --jq: an expression that does not end is an error.
var jqLimits = jq.Limits{Time: 5 * time.Second, Output: 64 << 20}

// runJQ rewrites the JSON of a body by a jq expression, which must give one value.
func runJQ(ctx context.Context, body []byte, fields []capture.Field, expression string) ([]byte, error) {
	query, err := jq.Parse(expression)
	if err != nil {
		return nil, usagef("--jq: %w", err)
	}
	body, err = edit.Rewrite(body, fields, func(json []byte) ([]byte, error) {
		var out []byte
		for result, err := range query.Run(ctx, jq.Values(json), jqLimits) {
			if err != nil {
				return nil, err
			}
			if out != nil {
				return nil, errors.New("the expression gives more than one value")
			}
			out = result
		}
		if out == nil {
			return nil, errors.New("the expression gives nothing")
		}
		return out, nil
	})
	if err != nil {
		return nil, fmt.Errorf("--jq: %w", err)
	}
	return body, nil
}
