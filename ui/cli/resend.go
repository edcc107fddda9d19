package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/safe"
	"creel/forward"
	"creel/forward/edit"
)

// resendFlags say what is sent, where, and how often.
type resendFlags struct {
	to          string
	set         []string
	jq          string
	headers     []string
	edit        bool
	times       int
	concurrency int
	timeout     time.Duration
	asJSON      bool
	fail        bool
}

func newResend(p *program) *cobra.Command {
	var f resendFlags
	cmd := p.command(&cobra.Command{
		Use:   "resend ID...",
		Short: "Send requests again",
		Long: `Send requests again, byte for byte unless told otherwise, and print the attempts.
They go to --to, else to the configured forward, else to the target of the
running creel; never to the captured Host.`,
		Example: `creel resend 412
creel resend @1 --to 3000 --set 'data.object.amount = 0' --sign always
creel resend 410 411 412 -n 100 --concurrency 10 --fail`,
		Args: atLeast(1, "at least one id: 412, #412, or @1 for the newest"),
		RunE: func(cmd *cobra.Command, args []string) error { return p.resend(cmd.Context(), args, f) },
	}, whenSending)
	cmd.ValidArgsFunction = p.completeIDs
	fl := cmd.Flags()
	fl.StringVar(&f.to, "to", "", "the URL or port to send to")
	fl.StringArrayVar(&f.set, "set", nil, "'PATH = VALUE': replace that JSON value's bytes and nothing else; repeatable")
	fl.StringVar(&f.jq, "jq", "", "rewrite the body with this expression")
	fl.StringArrayVarP(&f.headers, "header", "H", nil, "'NAME: VALUE' to set, 'NAME:' to take off; repeatable")
	fl.BoolVar(&f.edit, "edit", false, "edit the request in $EDITOR first")
	fl.IntVarP(&f.times, "number", "n", 1, "how many times")
	fl.IntVar(&f.concurrency, "concurrency", 1, "how many at a time")
	fl.DurationVar(&f.timeout, "timeout", 0, "how long one attempt may take (default --forward-timeout)")
	fl.Lookup("timeout").DefValue = "" // it is said in words
	fl.BoolVar(&f.asJSON, "json", false, "print JSON lines")
	fl.BoolVar(&f.fail, "fail", false, "exit 5 when a status is 400 or more, or no answer comes")
	return cmd
}

func (p *program) resend(ctx context.Context, args []string, f resendFlags) error {
	refs, err := parseIDs(args)
	if err != nil {
		return err
	}
	if f.times < 1 || f.concurrency < 1 {
		return usagef("-n and --concurrency are at least 1")
	}
	set, err := p.providers()
	if err != nil {
		return err
	}
	h, err := p.open()
	if err != nil {
		return err
	}
	defer h.close()
	list, err := h.find(ctx, refs)
	if err != nil {
		return err
	}
	r := &resending{p: p, flags: f, history: h}
	r.resender = &forward.Resender{
		Sender: p.opts.sender(h.capturing(ctx)), Providers: set, Sign: forward.SignMode(p.opts.sign.value), Record: r.record,
	}
	if f.timeout > 0 {
		r.resender.Sender.Timeout = f.timeout
	}
	defer r.resender.Sender.Close()
	plan := forward.Repeat{Times: f.times, Concurrency: f.concurrency}
	for _, ex := range list {
		run, err := r.run(ctx, ex)
		if err != nil {
			return fmt.Errorf("resend %v: %w", ex.ID, err)
		}
		plan.Runs = append(plan.Runs, run)
	}
	return r.finish(ctx, r.resender.Repeat(ctx, plan))
}

// resending is one resend command under way.
type resending struct {
	p        *program
	flags    resendFlags
	history  *history
	resender *forward.Resender

	mu  sync.Mutex
	err error // the first one while recording
}

// draft is a request that is going to be sent again.
type draft struct {
	id     capture.ID // of the exchange it is made from
	req    *capture.Request
	body   []byte
	edited bool
}

// run makes ready what is sent of one exchange.
func (r *resending) run(ctx context.Context, ex *capture.Exchange) (x forward.Resend, err error) {
	if err := forward.Sendable(&ex.Request); err != nil {
		return x, err
	}
	to, err := r.p.destination(ctx, r.flags.to, ex.Request.Target, r.history)
	if err != nil {
		return x, err
	}
	d, err := r.draft(ctx, ex)
	if err != nil {
		return x, err
	}
	x = forward.Resend{Exchange: ex, Request: d.req, Edited: d.edited, To: to}
	// Tried here, so that nothing is sent, or kept as an attempt, that cannot be signed.
	if err := r.resender.Check(ctx, x); err != nil {
		return x, fmt.Errorf("nothing was sent: %w; --sign never sends it as it is", err)
	}
	return x, nil
}

func (r *resending) draft(ctx context.Context, ex *capture.Exchange) (*draft, error) {
	body, err := ex.Request.Body.Bytes(ctx)
	if err != nil {
		return nil, err
	}
	req := ex.Request
	d := &draft{id: ex.ID, req: &req, body: body}
	for _, s := range r.flags.set {
		set, err := edit.ParseSet(s)
		if err != nil {
			return nil, usagef("--set: %w", err)
		}
		if d.body, err = edit.Apply(d.body, d.req.Fields, set); err != nil {
			return nil, fmt.Errorf("--set %q: %w", s, err)
		}
	}
	if r.flags.jq != "" {
		if d.body, err = runJQ(ctx, d.body, d.req.Fields, r.flags.jq); err != nil {
			return nil, err
		}
		r.p.talk("%v: jq rewrote the body: spacing, key order and numbers may differ", ex.ID)
	}
	if string(d.body) != string(body) {
		d.setBody(d.body)
	}
	for _, h := range r.flags.headers {
		if err := d.setField(h); err != nil {
			return nil, err
		}
	}
	if r.flags.edit {
		if err := r.p.edit(ctx, d); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// setBody replaces the body, and says its length where the length was said.
func (d *draft) setBody(body []byte) {
	d.body, d.edited = body, true
	d.req.Body, d.req.Size = capture.NewBody(body), int64(len(body))
	d.req.Fields = slices.Clone(d.req.Fields)
	for i := range d.req.Fields {
		if strings.EqualFold(d.req.Fields[i].Name, "Content-Length") {
			d.req.Fields[i].Value = fmt.Sprint(len(body))
		}
	}
}

// setField sets a field in the place of the first of its name, or takes all of
// them off.
func (d *draft) setField(spec string) error {
	name, value, ok := strings.Cut(spec, ":")
	value = strings.TrimSpace(value)
	if !ok || name == "" || strings.ContainsAny(spec, "\r\n\x00") || strings.ContainsAny(name, " \t") {
		return usagef("-H %q: write it as 'NAME: VALUE', or 'NAME:' to take it off", spec)
	}
	d.edited = true
	set := value == ""
	var out []capture.Field
	for _, f := range d.req.Fields {
		if !strings.EqualFold(f.Name, name) {
			out = append(out, f)
		} else if !set {
			out, set = append(out, capture.Field{Name: f.Name, Value: value}), true
		}
	}
	if !set {
		out = append(out, capture.Field{Name: name, Value: value})
	}
	d.req.Fields = out
	if strings.EqualFold(name, "Content-Length") && value != "" {
		return d.setField("Transfer-Encoding:") // one of the two says how long the body is
	}
	_, d.req.Chunked = d.req.Get("Transfer-Encoding")
	if strings.EqualFold(name, "Host") {
		d.req.Host = value
	}
	return nil
}

// record keeps an attempt under its exchange and prints it.
func (r *resending) record(id capture.ID, a capture.Attempt) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, err := r.history.addAttempt(context.Background(), id, a)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("keep the attempt: %w", err)
	}
	a.N = n
	if err := r.p.printAttempt(id, &a, r.flags.asJSON); err != nil && r.err == nil {
		r.err = err
	}
}

// printAttempt prints an attempt and, for people, how its answer begins.
func (p *program) printAttempt(id capture.ID, a *capture.Attempt, asJSON bool) error {
	ctx := context.Background()
	if asJSON {
		b, err := export.JSONAttempt(ctx, nil, id, a, false)
		if err != nil {
			return err
		}
		_, err = p.stdout.Write(append(b, '\n'))
		return err
	}
	line := attemptLine(id, a)
	if body, err := a.Reply.Body.Bytes(ctx); err == nil && len(body) > 0 {
		first, _, _ := strings.Cut(string(body[:min(len(body), 200)]), "\n")
		line += "  " + safe.Line(first).String()
	}
	_, err := fmt.Fprintln(p.stdout, line)
	return err
}

// finish sums up and says how the command ends.
func (r *resending) finish(ctx context.Context, h forward.Histogram) error {
	if h.Total > 1 {
		var parts []string
		for _, b := range h.Buckets {
			parts = append(parts, fmt.Sprintf("%s x%d", b.Name, b.Count))
		}
		r.p.talk("%d of %d sent: %s; p50 %s, p95 %s, max %s", h.Done, h.Total, strings.Join(parts, ", "), short(h.P50), short(h.P95), short(h.Max))
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case r.err != nil:
		return r.err
	case r.flags.fail && h.Failed > 0:
		return &exitError{code: exitFailed}
	}
	return nil
}
