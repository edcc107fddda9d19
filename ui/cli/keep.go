package cli

import (
	"io/fs"
	"path/filepath"

	"creel/capture/reply"
)

// keepSecret writes a secret into the table [secrets] of the configuration file,
// which is then for its owner alone to read.
func (p *program) keepSecret(name, value string) error {
	return p.changeConfig(0o600, func(old []byte) ([]byte, error) { return withText(old, "secrets", name, value) })
}

// keepTheme makes a theme that of the next start, too.
func (p *program) keepTheme(name string) error {
	return p.changeConfig(fs.ModePerm, func(old []byte) ([]byte, error) { return withText(old, "", "theme", name) })
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
