package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"creel/capture/reply"
	"creel/forward"
)

// rulesSource is the file of --rules, else the configuration file, which need not exist.
func (p *program) rulesSource() reply.Source {
	if p.opts.rules != "" {
		return reply.Source{File: p.opts.rules, CheckURL: forward.CheckURL}
	}
	return reply.Source{File: p.configFile(), Config: true, CheckURL: forward.CheckURL}
}

// presets are the named replies of the configuration file.
func (p *program) presets() ([]reply.Spec, error) {
	var out []reply.Spec
	for i := range p.opts.file.Presets {
		c := &p.opts.file.Presets[i]
		if c.Name == "" {
			return nil, usagef("%s: preset %d has no name", p.opts.file.place("preset", i, ""), i+1)
		}
		if slices.ContainsFunc(out, func(s reply.Spec) bool { return s.Preset == c.Name }) {
			return nil, usagef("%s: preset %d: another preset is called %s, too", p.opts.file.place("preset", i, "name"), i+1, c.Name)
		}
		spec, key, err := c.Spec(filepath.Dir(p.opts.file.path))
		if err != nil {
			return nil, p.presetError(i, key, err)
		}
		spec.Preset = c.Name
		out = append(out, spec)
	}
	return out, nil
}

// presetError says at which key of the i-th preset the mistake is.
func (p *program) presetError(i int, key string, err error) error {
	name := p.opts.file.Presets[i].Name
	return usagef("%s: preset %s: %w", p.opts.file.place("preset", i, key), strings.TrimSpace(name+" "+key), err)
}
