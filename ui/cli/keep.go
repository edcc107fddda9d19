package cli

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"creel/capture"
	"creel/capture/reply"
	"creel/capture/sqlite"
	"creel/capture/tomlfile"
)

// keepRequests adds exchanges that are in memory only to the history, and returns its file.
func (p *program) keepRequests(ctx context.Context, list []*capture.Exchange) (file string, err error) {
	file = p.opts.historyPath(p.env)
	store, err := sqlite.Open(ctx, file, sqlite.Options{Role: sqlite.Write})
	if err != nil {
		return file, err
	}
	defer store.Close()
	kept := 0
	for some := range slices.Chunk(list, 256) { // in one commit
		var ops []capture.Op
		for _, ex := range some {
			c := *ex
			c.ID, c.ImportedFrom = 0, ex.ID
			ops = append(ops, capture.Op{Add: &c})
		}
		if _, err := store.Commit(ctx, ops...); err != nil {
			return file, fmt.Errorf("%d of %d were kept: %w", kept, len(list), err)
		}
		kept += len(some)
	}
	return file, nil
}

// keepSecret writes a secret into [secrets] of the configuration file, then for its owner alone.
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
