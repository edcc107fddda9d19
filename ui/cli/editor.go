package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"creel/forward/edit"
)

// edit lets the user change a draft in $EDITOR.
func (p *program) edit(ctx context.Context, d *draft) error {
	e := edit.New(*d.req, d.body)
	edited, err := p.runEditor(ctx, edit.File(e.Text()))
	if err != nil {
		return fmt.Errorf("edit: %w", err)
	}
	text, note := edit.FromFile(e.Text(), edited)
	if note != "" {
		p.talk("%v: %s", d.ex.ID, note)
	}
	res, err := e.Build(text, edit.Options{})
	if err != nil {
		return fmt.Errorf("edit: %w: nothing was sent", err)
	}
	for _, note := range res.Notes {
		p.talk("%v: %s", d.ex.ID, note)
	}
	if !res.Edited {
		return nil
	}
	req := res.Request
	d.req, d.edited = &req, true
	d.body, err = req.Body.Bytes(ctx)
	return err
}

// runEditor gives text to $VISUAL or $EDITOR and returns what became of it. The
// file is for its user only, and is gone afterwards whatever happened.
func (p *program) runEditor(ctx context.Context, text []byte) ([]byte, error) {
	dir, err := os.MkdirTemp("", "creel-edit-") // mode 0700
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	name := dir + string(os.PathSeparator) + "request.http"
	if err := os.WriteFile(name, text, 0o600); err != nil {
		return nil, err
	}
	argv := p.editorCommand()
	cmd := exec.CommandContext(ctx, argv[0], append(argv[1:], name)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = p.stdin, p.stderr, p.stderr
	if isTerminal(p.stdout) {
		cmd.Stdout = p.stdout
	}
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: nothing was sent", argv[0], err)
	}
	out, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, errors.New("the editor removed the file: nothing was sent")
	}
	return out, err
}

// editorCommand is $VISUAL or $EDITOR, split at spaces; no shell is involved.
func (p *program) editorCommand() []string {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if v, _ := p.env(name); strings.TrimSpace(v) != "" {
			return strings.Fields(v)
		}
	}
	return []string{"vi"}
}
