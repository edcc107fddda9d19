package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"creel/capture/reply"
	"creel/capture/safe"
	"creel/capture/tomlfile"
	"creel/forward"
	"creel/ui/control"
)

func newRules(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "rules",
		Short:   "Check rules, or load them again",
		Example: "creel rules check rules.toml\ncreel rules reload",
		RunE:    needsSubcommand,
	}
	cmd.AddCommand(&cobra.Command{
		Use:     "check FILE",
		Short:   "Say whether a file of rules is right",
		Example: "creel rules check rules.toml",
		Args:    exactly(1, "a file of rules"),
		RunE:    func(cmd *cobra.Command, args []string) error { return p.checkRules(cmd.Context(), args[0]) },
	})
	reload := &cobra.Command{
		Use:     "reload",
		Short:   "Load the rules file of the running creel again",
		Example: "creel rules reload",
		Args:    none,
	}
	cmd.AddCommand(p.live(reload, func(ctx context.Context, c *control.Client, _ []string) error {
		if err := c.ReloadRules(ctx); err != nil {
			return err
		}
		if err := c.Look(ctx); err != nil {
			return err
		}
		p.infof("%d rules are in force", len(c.Rules.List()))
		return nil
	}))
	return cmd
}

// checkRules lists the rules of a file, or all that is wrong with it.
func (p *program) checkRules(ctx context.Context, file string) error {
	source := reply.Source{File: file, CheckURL: forward.CheckURL, CheckFiles: true}
	var rules []reply.RuleInfo
	var err error
	if file == "-" {
		var text []byte
		if text, err = io.ReadAll(&stoppable{ctx: ctx, r: p.stdin}); err != nil {
			return readError(file, err)
		}
		rules, err = reply.CheckText(source, tomlfile.Text(text))
	} else {
		rules, err = reply.CheckRules(source)
	}
	if wrong := reply.RuleErrors(nil); errors.As(err, &wrong) {
		for _, e := range wrong {
			fmt.Fprintln(p.errs, safe.Line(e.Error()))
		}
		return &exitError{code: exitFailure}
	} else if err != nil {
		return err
	}
	for _, r := range rules {
		state := ""
		if !r.Enabled {
			state = "  off"
		}
		if err := p.printText("%s: %s → %s%s", r.Name, cmp.Or(r.Match, "everything"), r.Action, state); err != nil {
			return err
		}
	}
	p.infof("%d rules, all right", len(rules))
	return nil
}

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
