package cli

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/export"
	"creel/capture/safe"
	"creel/ui/words"
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
					b, err := export.JSONLine(ctx, nil, ex, false)
					if err != nil {
						return err
					}
					_, err = p.out.Write(append(b, '\n'))
					return err
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
	addAt(cmd, &p.at)
	return cmd
}

// withOne calls f with the exchange that an id names.
func (p *program) withOne(ctx context.Context, id string, f func(*capture.Exchange) error) error {
	refs, err := parseIDs([]string{id})
	if err != nil {
		return err
	}
	h, err := p.read(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	list, err := h.find(ctx, refs)
	if err != nil {
		return err
	}
	return f(list[0])
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

// showText prints an exchange for people.
func (p *program) showText(ctx context.Context, ex *capture.Exchange) error {
	var b bytes.Buffer
	r := &ex.Request
	fmt.Fprintf(&b, "%s  %s", ex.Name(), ex.At.Local().Format("2006-01-02 15:04:05.000"))
	word(&b, "  from ", r.Remote)
	if ex.ImportedFrom != 0 {
		fmt.Fprintf(&b, "  imported, was %v", ex.ImportedFrom)
	}
	fmt.Fprintln(&b)
	if s := ex.Sender; s.Provider != "" {
		fmt.Fprintf(&b, "%s\n", strings.Join(strings.Fields(strings.Join([]string{s.Provider, s.Event, s.Delivery}, " ")), "  "))
	}
	if w := remarks(ex, paint{}); len(w) > 0 {
		fmt.Fprintln(&b, strings.Join(w, "  "))
	}
	if ex.Verdict.Explanation != "" {
		fmt.Fprintf(&b, "signature: %s\n", ex.Verdict.Explanation)
	}
	if r.Malformed != "" {
		fmt.Fprintf(&b, "malformed: %s\n", r.Malformed)
	}
	if ex.Note != "" {
		fmt.Fprintf(&b, "note: %s\n", ex.Note)
	}
	fmt.Fprintf(&b, "\n%s %s %s\n", r.Method, r.Target, r.Proto)
	writeFields(&b, r.Fields)
	if err := writeBody(ctx, &b, r.Body, r.Fields); err != nil {
		return err
	}
	if err := writeReply(ctx, &b, ex); err != nil {
		return err
	}
	for _, a := range ex.Attempts {
		fmt.Fprintf(&b, "\nattempt %d: %s\n", a.N, attemptLine(ex.ID, a, paint{}))
	}
	return safe.Print(p.out, b.Bytes())
}

func writeReply(ctx context.Context, b *bytes.Buffer, ex *capture.Exchange) error {
	if ex.Reply.Status == 0 {
		fmt.Fprintf(b, "\nno reply: %s\n", ex.State)
		return nil
	}
	by := "by " + ex.Reply.By
	if ex.Reply.By == "" { // a file that was imported does not say it
		by = "as imported"
	}
	fmt.Fprintf(b, "\n%d %s  %s, %s\n", ex.Reply.Status, http.StatusText(ex.Reply.Status), by, words.Short(ex.Reply.Took))
	writeFields(b, ex.Reply.Fields)
	return writeBody(ctx, b, ex.Reply.Body, ex.Reply.Fields)
}

func writeFields(b *bytes.Buffer, fields []capture.Field) {
	for _, f := range fields {
		// A line break in a value must not look like a further field.
		fmt.Fprintf(b, "%s: %s\n", safe.Line(f.Name), safe.Line(f.Value))
	}
}

// writeBody writes a body with its Content-Encoding undone.
func writeBody(ctx context.Context, b *bytes.Buffer, handle capture.Body, fields []capture.Field) error {
	raw, err := handle.Bytes(ctx)
	if err != nil || len(raw) == 0 {
		return err
	}
	d := body.Decode(raw, fields)
	b.WriteByte('\n')
	if bytes.IndexByte(d.Data, 0) >= 0 {
		fmt.Fprintf(b, "(%d bytes, binary: creel show --body writes them)\n", len(raw))
		return nil
	}
	b.Write(d.Data)
	if !bytes.HasSuffix(d.Data, []byte("\n")) {
		b.WriteByte('\n')
	}
	return nil
}
