package cli

import (
	"context"
	"io"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/provider"
	"creel/ui/control"
	"creel/ui/mcp"
)

func newMCP(p *program) *cobra.Command {
	allow := oneOf{"", []string{"act"}}
	cmd := p.command(&cobra.Command{
		Use:     "mcp",
		Example: "creel mcp\ncreel mcp --allow act",
		Short:   "Serve coding agents over the Model Context Protocol, on standard input and output",
		Long: `Serve coding agents over the Model Context Protocol, on standard input and output.
Agents list, read, search, compare, verify and export what was captured, secrets
masked. With --allow act they also resend to the configured targets, trigger
samples, set the reply, answer held requests and make rules.`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.serveMCP(cmd.Context(), allow.value != "") },
	}, []string{"redact", "secret"})
	cmd.Flags().Var(&allow, "allow", "what agents may do besides reading: `act`")
	return p.addAt(cmd)
}

func newSkill(p *program) *cobra.Command {
	return p.command(&cobra.Command{
		Use:     "skill",
		Example: "mkdir -p .claude/skills/creel && creel skill > .claude/skills/creel/SKILL.md",
		Short:   "Print a SKILL.md that teaches a coding agent these commands",
		Args:    none,
		RunE:    func(*cobra.Command, []string) error { return p.print(mcp.Skill) },
	})
}

func (p *program) serveMCP(ctx context.Context, act bool) error {
	redaction, err := p.redaction()
	if err != nil {
		return err
	}
	set, err := p.providers()
	if err != nil {
		return err
	}
	p.by = mcp.Agent
	return mcp.Serve(ctx, mcp.Config{
		Version: version(), Act: act, Redact: redaction,
		Open: func(ctx context.Context) (*mcp.Session, error) { return p.agentSession(ctx, set) },
	}, &sdk.IOTransport{Reader: p.stdin, Writer: unclosed{p.out}})
}

// unclosed is an output that stays open for what else is written to it.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }

// agentSession opens the creel that --at names, else the one that captures into the
// history, else the only one that runs, else the history.
func (p *program) agentSession(ctx context.Context, set *provider.Set) (*mcp.Session, error) {
	h, _, err := p.readRunning(ctx)
	if h == nil && err == nil {
		if all, _ := p.findRunning(ctx); len(all) == 1 {
			h, err = p.overSocket(ctx, all[0])
		}
	}
	if h == nil && err == nil {
		h, err = p.readFileHistory()
	}
	if err != nil {
		return nil, err
	}
	s := &mcp.Session{Running: h.running, Close: h.close, Check: set.Check}
	if h.file != nil || h.running != nil {
		s.History = h.store
	}
	if c := h.running; c != nil {
		s.Check = checkThere(c, set)
	}
	return s, nil
}

// checkThere verifies with the secrets of a running creel, and with those of set where it has none.
func checkThere(c *control.Client, set *provider.Set) func(context.Context, *capture.Exchange, provider.Options) (provider.Result, error) {
	return func(ctx context.Context, ex *capture.Exchange, o provider.Options) (provider.Result, error) {
		r, err := c.Providers.Check(ctx, ex, o)
		if err == nil && r.Signature.Verdict == capture.NoSecret && set.HasSecret(r.Provider) {
			return set.Check(ctx, ex, o)
		}
		return r, err
	}
}
