package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/export"
	"creel/capture/safe"
	"creel/capture/words"
)

func newShow(p *program) *cobra.Command {
	var onlyBody, raw, asJSON bool
	cmd := p.command(&cobra.Command{
		Use:   "show ID",
		Short: "Show one request, its reply and its attempts",
		Example: `creel show @1                    # the newest
creel show 412 --body | jq .     # the body, byte for byte`,
		Args: exactly(1, "one id: 412, #412, or @1 for the newest"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			if err := exclusive(cmd, "body", "raw", "json"); err != nil {
				return err
			}
			return p.withOne(ctx, args[0], func(ex *capture.Exchange) error {
				switch {
				case asJSON:
					return p.writeLine(export.JSONLine(ctx, nil, ex))
				case onlyBody:
					return p.showBytes(ex.Request.Body.Bytes(ctx))
				case raw:
					return p.showBytes(export.Raw(ctx, &ex.Request))
				}
				return p.showText(ctx, ex)
			})
		},
	})
	cmd.ValidArgsFunction = p.completeIDs
	cmd.Flags().BoolVar(&onlyBody, "body", false, "only the body, byte for byte")
	cmd.Flags().BoolVar(&raw, "raw", false, "the request as on the wire")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON line")
	return p.addAt(cmd)
}

// withOne calls f with the exchange that an id names.
func (p *program) withOne(ctx context.Context, id string, f func(*capture.Exchange) error) error {
	return p.withIDs(ctx, []string{id}, p.read, func(_ *history, list []*capture.Exchange) error { return f(list[0]) })
}

// writeLine writes a line of JSON, unless there is none.
func (p *program) writeLine(b []byte, err error) error {
	if err != nil {
		return err
	}
	_, err = p.out.Write(append(b, '\n'))
	return err
}

// showBytes writes exact bytes, or on a terminal what can be shown of them.
func (p *program) showBytes(b []byte, err error) error {
	if err != nil {
		return err
	}
	if !isTerminal(p.stdout) {
		_, err = p.out.Write(b)
		return err
	}
	return safe.Print(p.out, b)
}

// details are an exchange for people: what was captured by way of safe.Print, and
// between it lines with colours, made of text that is safe.
type details struct {
	c    paint
	out  strings.Builder
	text bytes.Buffer // captured, not yet in out
}

// line adds a line with colours after the text before it.
func (d *details) line(coloured string) {
	d.flush()
	d.out.WriteString(coloured + "\n")
}

func (d *details) flush() {
	_ = safe.Print(&d.out, d.text.Bytes()) // it never fails
	d.text.Reset()
}

func (p *program) showText(ctx context.Context, ex *capture.Exchange) error {
	d := &details{c: p.paint()}
	d.about(ex)
	r := &ex.Request
	fmt.Fprintf(&d.text, "\n%s %s %s\n", r.Method, r.Target, r.Proto)
	d.fields(r.Fields)
	err := d.body(ctx, r.Body, r.Fields)
	if err == nil {
		err = d.reply(ctx, ex)
	}
	if err == nil {
		for _, a := range ex.Attempts {
			d.line(fmt.Sprintf("\nattempt %d: %s", a.N, attemptLine(ex.Name(), a, d.c)))
		}
	}
	d.flush()
	return cmp.Or(p.print(d.out.String()), err)
}

// about adds what is known of the exchange beside its bytes.
func (d *details) about(ex *capture.Exchange) {
	b, r := &d.text, &ex.Request
	fmt.Fprintf(b, "%s  %s", ex.Name(), ex.At.Local().Format("2006-01-02 15:04:05.000"))
	if r.Remote != "" {
		fmt.Fprintf(b, "  from %s", r.Remote)
	}
	if ex.ImportedFrom != 0 {
		fmt.Fprintf(b, "  imported, was %v", ex.ImportedFrom)
	}
	fmt.Fprintln(b)
	if s := ex.Sender; s.Provider != "" {
		fmt.Fprintf(b, "%s\n", strings.Join(strings.Fields(strings.Join([]string{s.Provider, s.Event, s.Delivery}, " ")), "  "))
	}
	if w := remarks(ex, d.c); len(w) > 0 {
		d.line(strings.Join(w, "  "))
	}
	for _, s := range [...]struct{ name, text string }{
		{"signature", ex.Signature.Explanation}, {"malformed", r.Malformed}, {"note", ex.Note},
	} {
		if s.text != "" {
			fmt.Fprintf(b, "%s: %s\n", s.name, s.text)
		}
	}
}

func (d *details) reply(ctx context.Context, ex *capture.Exchange) error {
	r := &ex.Reply
	if r.Status == 0 {
		d.line("\n" + d.c.status(0, ex.State.NoReply()))
		return nil
	}
	by := "by " + safe.Line(r.By).String()
	if r.By == "" { // a file that was imported does not say it
		by = "as imported"
	}
	status := d.c.status(r.Status, strings.TrimSpace(fmt.Sprint(r.Status, " ", http.StatusText(r.Status))))
	d.line(fmt.Sprintf("\n%s  %s, %s", status, by, words.Short(r.Took)))
	d.fields(r.Fields)
	return d.body(ctx, r.Body, r.Fields)
}

func (d *details) fields(fields []capture.Field) {
	for _, f := range fields {
		// A line break in a value must not look like a further field.
		fmt.Fprintf(&d.text, "%s: %s\n", safe.Line(f.Name), safe.Line(f.Value))
	}
}

// body adds a body with its Content-Encoding undone.
func (d *details) body(ctx context.Context, handle capture.Body, fields []capture.Field) error {
	raw, err := handle.Bytes(ctx)
	if err != nil || len(raw) == 0 {
		return err
	}
	b, decoded := &d.text, body.Decode(raw, fields)
	b.WriteByte('\n')
	if bytes.IndexByte(decoded.Data, 0) >= 0 {
		fmt.Fprintf(b, "(%d bytes, binary: creel show --body writes them)\n", len(raw))
		return nil
	}
	b.Write(decoded.Data)
	if !bytes.HasSuffix(decoded.Data, []byte("\n")) {
		b.WriteByte('\n')
	}
	return nil
}
