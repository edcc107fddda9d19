package cli

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/redact"
	"creel/capture/safe"
	"creel/capture/stats"
	"creel/capture/words"
)

func newStats(p *program) *cobra.Command {
	var format string
	var asJSON bool
	cmd := p.command(&cobra.Command{
		Use:   "stats [FILTER]",
		Short: "Print figures for each endpoint and event of the history",
		Long: `Print figures for each endpoint and event of the history, those with the most
requests first: how many there were, how many failed (is:failed), how long the
reply took, how many signatures were wrong, and how many were retries.

Secrets in paths are masked.`,
		Example: `creel stats
creel stats provider:stripe "age:<1h" --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if asJSON && format != "table" && format != "json" {
				return usagef("--json and --format %s are two formats: name one", format)
			}
			if asJSON {
				format = "json"
			}
			return p.stats(cmd.Context(), args, format)
		},
	})
	cmd.ValidArgsFunction = p.completeFilter
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	cmd.Flags().StringVar(&format, "format", "table", "`F` is table, csv, json or markdown")
	_ = cmd.RegisterFlagCompletionFunc("format", fixed("table", "csv", "json", "markdown"))
	return p.addAt(cmd)
}

func (p *program) stats(ctx context.Context, args []string, format string) error {
	write := writeStats
	if format != "table" {
		i := slices.IndexFunc(stats.Formats(), func(f stats.Format) bool { return f.Name == format })
		if i < 0 {
			return usagef("--format: no format is called %q: one of table, csv, json, markdown", format)
		}
		write = stats.Formats()[i].Write
	}
	sel, err := p.parseSelection(args)
	if err != nil {
		return err
	}
	h, err := p.read(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	redaction, err := p.redactionOf(ctx, h, sel, false)
	if err != nil {
		return err
	}
	redactor, err := redact.New(redaction)
	if err != nil {
		return err
	}
	rows, err := count(sel.choose(ctx, h), redactor)
	if err != nil {
		return err
	}
	return write(p.out, rows)
}

func writeStats(out io.Writer, rows []stats.Row) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ENDPOINT\tEVENT\tCOUNT\tFAILED\tERRORS\tP50\tP95\tBAD SIG\tRETRIES\tLAST")
	for i := range rows {
		r := &rows[i]
		fmt.Fprintln(w, strings.Join([]string{
			safe.ShortMiddle(r.Endpoint(), 60).String(), safe.Short(r.Event, 40).String(), fmt.Sprint(r.Count), fmt.Sprint(r.Failed),
			fmt.Sprintf("%.1f%%", r.Errors()), words.Short(r.P50), words.Short(r.P95), fmt.Sprint(r.Invalid), fmt.Sprint(r.Retries),
			r.Last.Local().Format(time.DateTime),
		}, "\t"))
	}
	return w.Flush()
}

// count counts exchanges, those with the most first, and hides the secrets in their paths.
func count(list iter.Seq2[*capture.Exchange, error], r *redact.Redactor) ([]stats.Row, error) {
	table := stats.New()
	for ex, err := range list {
		if err != nil {
			return nil, err
		}
		table.Add(ex)
	}
	rows, scan := table.Rows(time.Now()), r.Scan()
	for i := range rows {
		rows[i].Path = scan.Target(rows[i].Path)
	}
	stats.Sort(rows, stats.ByCount)
	return rows, nil
}
