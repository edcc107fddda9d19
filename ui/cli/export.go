package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/atomicfile"
	"creel/capture/export"
	"creel/capture/redact"
	"creel/capture/safe"
	"creel/capture/words"
)

type exportFlags struct {
	format, output string
	withSecrets    bool
	redactReport   bool
}

func newExport(p *program) *cobra.Command {
	var f exportFlags
	var names []string
	help := "Formats:\n\n"
	for _, x := range export.Formats() {
		names = append(names, x.Name)
		help += fmt.Sprintf("  %-9s %s\n", x.Name, x.Help)
	}
	cmd := p.command(&cobra.Command{
		Use:   "export [FILTER | ID...]",
		Short: "Write requests in another format",
		Long: `Write requests in another format. JSON lines and raw requests are complete and
exact. In all other formats secrets are masked unless --with-secrets is given.

` + strings.TrimSuffix(help, "\n"),
		Example: `creel export provider:stripe -o stripe.jsonl
creel export @1 --format curl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.redactReport && !cmd.Flags().Changed("format") {
				f.format = "markdown" // the same is hidden in all that are for others
			}
			return p.export(cmd.Context(), args, f)
		},
	}, []string{"secret", "redact"})
	cmd.ValidArgsFunction = p.completeFilter
	cmd.Flags().StringVar(&f.format, "format", "jsonl", strings.Join(names, ", "))
	cmd.Flags().StringVarP(&f.output, "output", "o", "", "write to this file, - for standard output; bodies that do not fit the format go to files next to it")
	cmd.Flags().BoolVar(&f.withSecrets, "with-secrets", false, "mask nothing")
	cmd.Flags().BoolVar(&f.redactReport, "redact-report", false, "count what each rule hid, instead of writing the export")
	_ = cmd.RegisterFlagCompletionFunc("format", fixed(names...))
	return p.addAt(cmd)
}

func (p *program) export(ctx context.Context, args []string, f exportFlags) error {
	if f.output == "-" {
		f.output = ""
	}
	format, err := export.Find(f.format)
	if err != nil {
		return usagef("%w", err)
	}
	sel, err := p.parseSelection(args)
	if err != nil {
		return err
	}
	if f.redactReport && (format.Exact || f.withSecrets) {
		return usagef("--redact-report: nothing is hidden in %s: name another --format", exactName(format, f))
	}
	if p.opts.from["redact"] == fromFlag && (format.Exact || f.withSecrets) {
		p.infof("%s is complete: nothing in it is redacted", exactName(format, f))
	}
	h, err := p.read(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	opt := export.Options{WithSecrets: f.withSecrets || format.Exact}
	if opt.Redact, err = p.redactionOf(ctx, h, sel, opt.WithSecrets); err != nil {
		return err
	}
	var res export.Result
	if f.redactReport {
		if res, err = format.Write(ctx, io.Discard, sel.choose(ctx, h), opt); err != nil {
			return err
		}
		return p.output(f.output, func(w io.Writer) error { return writeReport(w, res) })
	}
	err = p.output(f.output, func(w io.Writer) error {
		if isFile(f.output) {
			opt.Aside = asideOf(f.output)
		} else if f.output == "" && format.Exact && isTerminal(p.stdout) {
			lines := &lineWriter{w: w}
			res, err = format.Write(ctx, lines, sel.choose(ctx, h), opt)
			return errors.Join(err, safe.Print(w, lines.rest))
		}
		res, err = format.Write(ctx, w, p.counted("exporting", sel.choose(ctx, h)), opt)
		return err
	})
	if err != nil {
		return err
	}
	p.reportExport(res)
	return nil
}

// reportExport says what is not in an export.
func (p *program) reportExport(res export.Result) {
	if res.Gone > 0 {
		p.infof("left out, because they were evicted meanwhile: %s", words.Count(res.Gone, "request"))
	}
	if out := res.LeftOutWords(); out != "" {
		p.infof("%s; jsonl keeps them", out)
	}
	if len(res.Masked) > 0 {
		p.infof("secrets masked: %s; --with-secrets writes them", strings.Join(res.Masked, ", "))
	}
}

// counted shows how many exchanges were taken, unless standard output is the terminal already.
func (p *program) counted(what string, list iter.Seq2[*capture.Exchange, error]) iter.Seq2[*capture.Exchange, error] {
	if isTerminal(p.stdout) {
		return list
	}
	return func(yield func(*capture.Exchange, error) bool) {
		pr := p.progress(what, 0)
		defer pr.clear()
		n := 0
		for ex, err := range list {
			if !yield(ex, err) {
				return
			}
			n++
			pr.at(n)
		}
	}
}

// exactName names what makes an export exact.
func exactName(format export.Format, f exportFlags) string {
	if f.withSecrets {
		return "an export --with-secrets"
	}
	return format.Name
}

// writeReport says what each rule hid, the most frequent first: how often, by which rule, where.
func writeReport(w io.Writer, res export.Result) error {
	hits := slices.SortedFunc(maps.Keys(res.Hits), func(a, b redact.Hit) int {
		return cmp.Or(res.Hits[b]-res.Hits[a], strings.Compare(a.Rule, b.Rule), strings.Compare(a.Where, b.Where))
	})
	rows := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, h := range hits {
		fmt.Fprintf(rows, "%d\t%s\t%s\n", res.Hits[h], safe.Line(h.Rule), safe.Line(h.Where))
	}
	return rows.Flush()
}

// output calls write with standard output, or with a file that is replaced once it is whole.
func (p *program) output(name string, write func(io.Writer) error) error {
	if name == "" {
		return write(p.out)
	}
	if err := atomicfile.WriteFrom(name, fs.ModePerm, write); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// isFile reports whether name is that of a file, or of none yet, and not of a pipe or a device.
func isFile(name string) bool {
	info, err := os.Stat(name)
	return name != "" && (err != nil || info.Mode().IsRegular())
}

// asideOf keeps data beside the output file: out.sh.412.body.
func asideOf(output string) func(string, []byte) (string, error) {
	return func(name string, data []byte) (string, error) {
		path := output + "." + name
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return "", err
		}
		_, err = f.Write(data)
		return filepath.Base(path), errors.Join(err, f.Close())
	}
}

// lineWriter passes lines on through safe, for a terminal. What is left is in rest.
type lineWriter struct {
	w    io.Writer
	rest []byte
}

func (l *lineWriter) Write(b []byte) (int, error) {
	l.rest = append(l.rest, b...)
	whole := bytes.LastIndexByte(l.rest, '\n') + 1
	err := safe.Print(l.w, l.rest[:whole])
	l.rest = l.rest[whole:]
	return len(b), err
}
