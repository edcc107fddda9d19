package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"creel/capture/reply"
	"creel/capture/safe"
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
		RunE:    func(_ *cobra.Command, args []string) error { return p.checkRules(args[0]) },
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
		p.infof("%d rules are in force", len(c.Rules().List()))
		return nil
	}))
	return cmd
}

// checkRules lists the rules of a file, or all that is wrong with it.
func (p *program) checkRules(file string) error {
	rules, err := reply.CheckRules(reply.Source{File: file, CheckURL: forward.CheckURL})
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
		match := r.Match
		if match == "" {
			match = "everything"
		}
		if _, err := fmt.Fprintln(p.out, safe.Line(fmt.Sprintf("%s: %s → %s%s", r.Name, match, r.Action, state))); err != nil {
			return err
		}
	}
	p.infof("%d rules, all right", len(rules))
	return nil
}
