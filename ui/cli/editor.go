package cli

import (
	"context"
	"fmt"

	"creel/forward/edit"
	"creel/ui/editor"
)

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
