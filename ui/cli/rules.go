package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

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
