package cli

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"

	"creel/capture"
	"creel/capture/reply"
	"creel/capture/sqlite"
	"creel/capture/tomlfile"
)

// keepRequests adds exchanges that are in memory only to the history, where they
// get ids of their own, and returns its file.
func (p *program) keepRequests(ctx context.Context, list []*capture.Exchange) (file string, err error) {
	file = p.opts.historyPath(p.env)
	store, err := sqlite.Open(ctx, file, sqlite.Options{Role: sqlite.Write})
	if err != nil {
		return file, err
	}
	h := &history{store: store, file: store}
	defer h.close()
	copies := make([]*capture.Exchange, len(list))
	for i, ex := range list {
		c := *ex
		c.ID, c.ImportedFrom = 0, ex.ID
		copies[i] = &c
	}
	if n, err := h.add(ctx, copies); err != nil {
		return file, fmt.Errorf("%d of %d were kept: %w", n, len(list), err)
	}
	return file, nil
}

// keepSecret writes a secret into the table [secrets] of the configuration file,
// which is then for its owner alone to read.
func (p *program) keepSecret(name, value string) error {
	return p.changeConfig(0o600, func(old []byte) ([]byte, error) { return tomlfile.Set(old, "secrets", name, value) })
}

// keepTheme makes a theme that of the next start, too.
func (p *program) keepTheme(name string) error {
	return p.changeConfig(fs.ModePerm, func(old []byte) ([]byte, error) { return tomlfile.Set(old, "", "theme", name) })
}

// keepPreset adds a named reply to the configuration file. Files are named there
// from the root, since they are looked for beside that file else.
func (p *program) keepPreset(s reply.Spec) error {
	for _, name := range []*string{&s.BodyFile, &s.TemplateFile} {
		if *name != "" {
			abs, err := filepath.Abs(*name)
			if err != nil {
				return err
			}
			*name = abs
		}
	}
	return p.changeConfig(fs.ModePerm, func(old []byte) ([]byte, error) { return reply.AddPreset(old, s) })
}

// add adds exchanges to the history and returns how many it has taken.
func (h *history) add(ctx context.Context, list []*capture.Exchange) (int, error) {
	const most = 256 // exchanges in one commit
	for i := 0; i < len(list); i += most {
		var ops []capture.Op
		for _, ex := range list[i:min(i+most, len(list))] {
			ops = append(ops, capture.Op{Add: ex})
		}
		if err := h.commit(ctx, ops...); err != nil {
			return i, err
		}
	}
	return len(list), nil
}
