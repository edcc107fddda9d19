package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"creel/capture/safe"
	"creel/capture/words"
)

func newStatus(p *program) *cobra.Command {
	var asJSON bool
	cmd := p.command(&cobra.Command{
		Use:   "status",
		Short: "Say which creels run, where, and how full they are",
		Example: `creel status
creel status --json | jq -r .url`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.status(cmd.Context(), asJSON) },
	})
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return p.addAt(cmd)
}

// statusReport is what status prints, as JSON: all creels that run, and beside
// them the facts of one, or of the history when none is meant.
type statusReport struct {
	Type    string       `json:"type"`
	Running []statusLine `json:"running"`
	statusFacts
}

// statusFacts are about one creel, or about a history without one.
type statusFacts struct {
	PID       int      `json:"pid,omitempty"`
	URL       string   `json:"url,omitempty"`
	Targets   []string `json:"targets"`
	Started   string   `json:"started,omitempty"`
	History   string   `json:"history"` // empty: in memory only
	Kept      int      `json:"kept"`
	Bytes     int64    `json:"bytes"`
	Keep      int      `json:"keep"`
	KeepBytes int64    `json:"keep_bytes"`
	Pinned    int      `json:"pinned"`
	Pending   int      `json:"pending"`
	// Tunnel is absent when there is none and was none.
	Tunnel *tunnelFacts `json:"tunnel,omitempty"`
}

type statusLine struct {
	statusFacts
	PublicURL string   `json:"public_url"`
	Listen    []string `json:"listen"`
	Held      int      `json:"held"`
	Version   string   `json:"version"`
}

func (p *program) status(ctx context.Context, asJSON bool) error {
	all, err := p.findRunning(ctx)
	if err != nil {
		return err
	}
	r := statusReport{Type: typeStatus, Running: []statusLine{}}
	for i := range all {
		r.Running = append(r.Running, all[i].line())
	}
	if p.at != "" {
		one, err := p.pick(ctx, p.at)
		if err != nil {
			return err
		}
		r.statusFacts = one.line().statusFacts
	} else if err := p.historyStatus(ctx, &r); err != nil {
		return err
	}
	if asJSON {
		return p.printJSON(r)
	}
	return r.print(p)
}

func (r *running) line() statusLine {
	s := &r.Status
	line := statusLine{
		statusFacts: statusFacts{
			PID: s.PID, URL: s.URL, Targets: s.Targets, Started: s.Started.UTC().Format(time.RFC3339), History: s.History,
			Kept: s.Kept, Bytes: s.Bytes, Keep: s.Settings.Keep, KeepBytes: s.Settings.KeepBytes, Pinned: s.Pinned, Pending: s.Pending,
		},
		PublicURL: s.PublicURL, Listen: s.Addresses, Held: s.Held, Version: s.Version,
	}
	if s.Tunnel.State != "" {
		facts := newTunnelFacts(s.Tunnel)
		line.Tunnel = &facts
	}
	return line
}

// historyStatus reports on the history, and on the creel that captures into it; on
// the only creel that runs when there is no history.
func (p *program) historyStatus(ctx context.Context, r *statusReport) error {
	h, err := p.readFileHistory()
	if err != nil {
		return err
	}
	defer h.close()
	r.statusFacts = statusFacts{
		History: p.opts.historyPath(p.env), Targets: []string{}, Keep: p.opts.keep, KeepBytes: int64(p.opts.keepBytes),
	}
	for i := range r.Running {
		if one := &r.Running[i]; sameFile(one.History, r.History) || h.file == nil && len(r.Running) == 1 {
			r.statusFacts = one.statusFacts
			return nil
		}
	}
	if h.file == nil {
		return nil
	}
	return r.fill(ctx, h)
}

// fill reads what the history has, also of a creel without a socket.
func (r *statusReport) fill(ctx context.Context, h *history) error {
	o, live, err := h.store.Owner(ctx)
	if err != nil {
		return err
	}
	if live {
		r.PID, r.URL, r.Started = o.PID, o.URL, o.Started.UTC().Format(time.RFC3339)
		r.Targets = append(r.Targets, o.Targets...)
	}
	g, err := h.file.Stats(ctx)
	if err != nil {
		return err
	}
	r.Kept, r.Bytes, r.Pinned, r.Pending = g.Kept, g.Used, g.Pinned, g.Pending
	if g.Count > 0 {
		r.Keep, r.KeepBytes = g.Count, g.Bytes
	}
	if live {
		r.Running = append(r.Running, statusLine{statusFacts: r.statusFacts, Listen: []string{}})
	}
	return nil
}

func (r *statusReport) print(p *program) error {
	var b strings.Builder
	if r.PID != 0 {
		fmt.Fprintf(&b, "running    pid %d, %s\n", r.PID, r.URL)
	} else {
		fmt.Fprintln(&b, "running    no")
	}
	for i, t := range r.Targets {
		label := "forwards  "
		if i > 0 {
			label = "          "
		}
		fmt.Fprintf(&b, "%s %s\n", label, t)
	}
	if r.Tunnel != nil {
		fmt.Fprintf(&b, "public URL %s\n", r.Tunnel)
	}
	limit := size(r.KeepBytes) // as --keep-bytes spells it
	fmt.Fprintf(&b, "kept       %d of %d, %s of %s\n", r.Kept, r.Keep, words.Size(r.Bytes), &limit)
	fmt.Fprintf(&b, "pinned     %d\npending    %d\nhistory    %s\n", r.Pinned, r.Pending, cmp.Or(r.History, "in memory only"))
	r.printOthers(&b)
	return safe.Print(p.out, b.String())
}

// printOthers lists the creels that the rest is not about.
func (r *statusReport) printOthers(b *strings.Builder) {
	label := "also runs "
	for _, one := range r.Running {
		if one.PID == r.PID {
			continue
		}
		fmt.Fprintf(b, "%s pid %d, %s, %d kept, %d held, %s\n", label, one.PID, one.URL, one.Kept, one.Held, cmp.Or(one.History, "in memory"))
		label = "          "
	}
}
