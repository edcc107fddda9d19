package cli

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"creel/capture/safe"
	"creel/forward"
	"creel/ui/control"
)

func newTarget(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "target",
		Short: "Change the targets of the running creel",
		Example: `creel target add /github=3000
creel target off :3000
creel target ls --json`,
		RunE: needsSubcommand,
	}
	var asJSON bool
	ls := &cobra.Command{Use: "ls", Short: "List the targets, and how they are", Example: "creel target ls --json", Args: none}
	ls.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	cmd.AddCommand(
		p.changeTarget("add", control.TargetAdd, "Forward to a further target", "added"),
		p.changeTarget("off", control.TargetOff, "Switch a target off", "off"),
		p.changeTarget("on", control.TargetOn, "Switch a target on", "on"),
		p.changeTarget("rm", control.TargetRemove, "Remove a target", "removed"),
		p.live(ls, func(ctx context.Context, c *control.Client, _ []string) error {
			if err := c.Look(ctx); err != nil {
				return err
			}
			return p.listTargets(c.Targets.List(), asJSON)
		}),
	)
	return cmd
}

func (p *program) changeTarget(name string, change control.TargetChange, short, done string) *cobra.Command {
	cmd := &cobra.Command{
		Use: name + " [PATH=]URL", Short: short, Example: "creel target " + name + " /github=3000",
		ValidArgsFunction: p.withClient(targetLabels),
		Args:              exactly(1, "one target: a port or URL, with PATH= before it if it is for a path, or its name"),
	}
	return p.live(cmd, func(ctx context.Context, c *control.Client, args []string) error {
		if change == control.TargetAdd {
			if _, err := forward.ParseTarget(args[0]); err != nil {
				return usagef("%w", err)
			}
		}
		if err := c.ChangeTarget(ctx, change, args[0]); err != nil {
			return err
		}
		p.infof("%s: %s", args[0], done)
		return nil
	})
}

type targetLine struct {
	Type    string `json:"type"`
	URL     string `json:"url"`
	Path    string `json:"path"`
	Name    string `json:"name"`
	On      bool   `json:"on"`
	Health  string `json:"health"`
	Since   string `json:"since,omitempty"`
	Cause   string `json:"cause,omitempty"`
	Pending int    `json:"pending"`
}

func (p *program) listTargets(list []forward.Status, asJSON bool) error {
	if asJSON {
		for _, t := range list {
			line := targetLine{
				Type: typeTarget, URL: t.URL.String(), Path: t.Path, Name: t.Name, On: !t.Disabled, Cause: string(t.Cause), Pending: t.Pending,
				Health: map[forward.Health]string{forward.HealthUp: "up", forward.HealthDown: "down", forward.HealthUnknown: "unknown"}[t.Health],
			}
			if !t.Since.IsZero() {
				line.Since = t.Since.UTC().Format(time.RFC3339)
			}
			if err := p.printJSON(line); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	for _, t := range list {
		fmt.Fprintf(w, "%s\t%s\n", safe.Line(t.Spec()), safe.Line(t.Words(time.Now())))
	}
	return w.Flush()
}
