package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/reply"
	"creel/capture/safe"
	"creel/forward"
	"creel/ui/control"
)

// The commands that change a creel that runs. What they are given is understood
// there: presets, filters and targets are that creel's.

// live completes a command that works on a running creel.
func (p *program) live(cmd *cobra.Command, run func(ctx context.Context, c *control.Client, args []string) error) *cobra.Command {
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := p.connect(cmd.Context())
		if err != nil {
			return err
		}
		defer c.Close()
		err = run(cmd.Context(), c, args)
		if err == nil || strings.HasPrefix(err.Error(), cmd.Name()) { // "reply: status 700 ..." names it already
			return err
		}
		return fmt.Errorf("%s: %w", cmd.Name(), err)
	}
	return p.command(p.addAt(cmd))
}

func (p *program) print(text string) error {
	_, err := io.WriteString(p.out, text)
	return err
}

// printText prints a line of text that may come from elsewhere.
func (p *program) printText(format string, args ...any) error {
	return p.print(safe.Line(fmt.Sprintf(format, args...)).String() + "\n")
}

func newReply(p *program) *cobra.Command {
	var clear, asJSON bool
	cmd := &cobra.Command{
		Use:   "reply [STATUS[:BODY]|@PRESET]",
		Short: "Set what senders get from the running creel, or print it",
		Example: `creel reply 503
creel reply @down            # a preset of that creel's configuration
creel reply --clear          # back to 200`,
	}
	cmd.ValidArgsFunction = p.completeReply
	cmd.Flags().BoolVar(&clear, "clear", false, "go back to 200 with an empty body")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return p.live(cmd, func(ctx context.Context, c *control.Client, args []string) error {
		text := strings.Join(args, " ")
		if clear && text != "" {
			return usagef("--clear takes no reply, but was given %q", text)
		}
		if text != "" {
			if _, err := reply.ParseSpec(text, c.Status.Settings.Presets); err != nil {
				return usagef("%w", err)
			}
		}
		if clear || text != "" {
			if _, err := c.SetReply(ctx, text); err != nil {
				return err
			}
		}
		if err := c.Look(ctx); err != nil {
			return err
		}
		return p.printReply(c, asJSON)
	})
}

type replyLine struct {
	Type  string `json:"type"`
	Reply string `json:"reply"`
	// Unused is the target whose response senders get instead; empty for none.
	Unused string `json:"unused_while"`
}

func (p *program) printReply(c *control.Client, asJSON bool) error {
	line := replyLine{Type: typeReply, Reply: c.Standing.Words(), Unused: c.ReplyUnusedWhile()}
	if asJSON {
		return p.printJSON(line)
	}
	if line.Unused != "" {
		p.infof("senders get the response of %s as long as it is on: creel target off %s", line.Unused, line.Unused)
	}
	return p.printText("senders get %s", line.Reply)
}

func newHold(p *program) *cobra.Command {
	var off, asJSON bool
	cmd := &cobra.Command{
		Use:   "hold [FILTER]",
		Short: "Hold what matches in the running creel, or list what is held",
		Example: `creel hold path:/stripe
creel hold --off             # what is held stays so: creel release
creel hold --json            # what is held now`,
	}
	cmd.ValidArgsFunction = p.completeFilter
	cmd.Flags().BoolVar(&off, "off", false, "hold nothing more")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return p.live(cmd, func(ctx context.Context, c *control.Client, args []string) error {
		text := strings.Join(args, " ")
		switch {
		case off && text != "":
			return usagef("--off takes no filter, but was given %q", text)
		case off || text != "":
			if _, err := filter.Parse(text, filter.Arrival); err != nil {
				return usagef("%w", err)
			}
			if err := c.SetHold(ctx, text, !off); err != nil {
				return err
			}
		}
		if err := c.Look(ctx); err != nil {
			return err
		}
		return p.printHold(c, asJSON)
	})
}

type holdLine struct {
	Type    string       `json:"type"`
	Holding bool         `json:"holding"`
	Filter  string       `json:"filter"`
	Held    []capture.ID `json:"held"`
}

func (p *program) printHold(c *control.Client, asJSON bool) error {
	match, on := c.Gate.Filter()
	line := holdLine{Type: typeHold, Holding: on, Held: c.HeldIDs()}
	if on {
		line.Filter = match.String()
	}
	if asJSON {
		return p.printJSON(line)
	}
	words := "nothing is held from now on"
	if on {
		words = "what matches is held: " + line.Filter
	}
	if len(line.Held) > 0 {
		var ids []string
		for _, id := range line.Held {
			ids = append(ids, id.String())
		}
		words += "; held now: " + strings.Join(ids, " ")
	}
	return p.printText("%s", words)
}

func newAnswer(p *program) *cobra.Command {
	cmd := &cobra.Command{
		ValidArgsFunction: p.withClient(heldRequests),
		Use:               "answer ID|@held STATUS [BODY]",
		Short:             "Answer a held request of the running creel",
		Example: `creel answer @held 422 '{"error":"x"}'     # the one that has waited longest
creel answer 412 @down`,
		Args: atLeast(2, "an id or @held, and a reply: creel answer @held 422 '{\"error\":\"x\"}'"),
	}
	return p.live(cmd, func(ctx context.Context, c *control.Client, args []string) error {
		spec, err := reply.ParseSpec(strings.Join(args[1:], " "), c.Status.Settings.Presets)
		if err != nil {
			return usagef("%w", err)
		}
		id, err := decide(ctx, c, args[0], reply.Decision{Way: reply.WayReply, Reply: spec})
		if err == nil {
			p.infof("%v gets %s", id, spec.Words())
		}
		return err
	})
}

// decide ends the hold that is meant.
func decide(ctx context.Context, c *control.Client, arg string, d reply.Decision) (capture.ID, error) {
	ref, ok := parseID(arg)
	if arg != "@held" && (!ok || ref.newest) {
		return 0, usagef("%q is not the id of a held request: write 412, or @held for the one that has waited longest", arg)
	}
	id, err := c.Decide(ctx, capture.ID(ref.n), d)
	if err != nil {
		err = exitf(exitNoSuch, "%w", err)
	}
	return id, err
}

func newRelease(p *program) *cobra.Command {
	cmd := &cobra.Command{
		ValidArgsFunction: p.withClient(heldRequests),
		Use:               "release [ID|@held]",
		Short:             "Release held requests of the running creel: one, or all",
		Example: `creel release                # all
creel release @held          # the one that has waited longest`,
		Args: atMost(1, "one id or @held"),
	}
	return p.live(cmd, func(ctx context.Context, c *control.Client, args []string) error {
		if len(args) == 0 {
			n, err := c.ReleaseAll(ctx)
			if err == nil {
				p.infof("%d released", n)
			}
			return err
		}
		id, err := decide(ctx, c, args[0], reply.Decision{})
		if err == nil {
			p.infof("%v released", id)
		}
		return err
	})
}

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
