package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"creel/capture/body"
	"creel/capture/safe"
)

func newStatus(p *program) *cobra.Command {
	var asJSON bool
	cmd := p.command(&cobra.Command{
		Use:   "status",
		Short: "Say whether creel is running, where, and how full it is",
		Args:  none,
		RunE:  func(cmd *cobra.Command, _ []string) error { return p.status(cmd.Context(), asJSON) },
	})
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}

// statusReport is what status says, as JSON.
type statusReport struct {
	Running   bool     `json:"running"`
	PID       int      `json:"pid,omitempty"`
	URL       string   `json:"url,omitempty"`
	Targets   []string `json:"targets"`
	Started   string   `json:"started,omitempty"`
	History   string   `json:"history"`
	Kept      int      `json:"kept"`
	Bytes     int64    `json:"bytes"`
	Keep      int      `json:"keep"`
	KeepBytes int64    `json:"keep_bytes"`
	Pinned    int      `json:"pinned"`
	Pending   int      `json:"pending"`
}

func (p *program) status(ctx context.Context, asJSON bool) error {
	h, err := p.read()
	if err != nil {
		return err
	}
	defer h.close()
	r := statusReport{
		History: p.opts.historyPath(p.env), Targets: []string{}, Keep: int(p.opts.keep), KeepBytes: int64(p.opts.keepBytes),
	}
	if h.store != nil {
		if err := r.fill(ctx, h); err != nil {
			return err
		}
	}
	if asJSON {
		b, err := json.Marshal(r)
		if err != nil {
			return err
		}
		_, err = p.stdout.Write(append(b, '\n'))
		return err
	}
	return r.print(p)
}

func (r *statusReport) fill(ctx context.Context, h *history) error {
	o, live, err := h.owner(ctx)
	if err != nil {
		return err
	}
	if live {
		r.Running, r.PID, r.URL, r.Started = true, o.PID, o.URL, o.Started.UTC().Format(time.RFC3339)
		r.Targets = append(r.Targets, o.Targets...)
	}
	g, err := h.store.Stats(ctx)
	if err != nil {
		return err
	}
	r.Kept, r.Bytes, r.Pinned, r.Pending = g.Kept, g.Used, g.Pinned, g.Pending
	if g.Count > 0 {
		r.Keep, r.KeepBytes = g.Count, g.Bytes
	}
	return nil
}

func (r *statusReport) print(p *program) error {
	var b strings.Builder
	if r.Running {
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
	limit := size(r.KeepBytes) // as --keep-bytes spells it
	fmt.Fprintf(&b, "kept       %d of %d, %s of %s\n", r.Kept, r.Keep, body.Size(r.Bytes), &limit)
	fmt.Fprintf(&b, "pinned     %d\npending    %d\nhistory    %s\n", r.Pinned, r.Pending, r.History)
	for line := range strings.Lines(b.String()) {
		if _, err := fmt.Fprintln(p.stdout, safe.Line(strings.TrimSuffix(line, "\n"))); err != nil {
			return err
		}
	}
	return nil
}
