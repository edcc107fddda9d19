package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"creel/capture"
	"creel/capture/provider"
	"creel/forward"
	"creel/ui/control"
)

// sendFlags are the flags that resend, send and trigger share.
type sendFlags struct {
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

func (f *sendFlags) register(fl *pflag.FlagSet) {
	fl.StringVar(&f.to, "to", "", "the URL or port to send to")
	fl.StringArrayVar(&f.set, "set", nil, "'PATH = VALUE': replace the bytes of that JSON value and nothing else; repeatable")
	fl.StringVar(&f.jq, "jq", "", "rewrite the body with this expression")
	fl.StringArrayVarP(&f.headers, "header", "H", nil, "'NAME: VALUE' to set, 'NAME;' for an empty value, 'NAME:' to remove; repeatable, also with one name")
	fl.BoolVar(&f.edit, "edit", false, "edit the request in $EDITOR first")
	intFlag(fl, &f.times, "number", "n", 1, 1, "how many times")
	intFlag(fl, &f.concurrency, "concurrency", "", 1, 1, "how many at a time")
	durationFlag(fl, &f.timeout, "timeout", aboveZero, 0, "how long one attempt may take (default --forward-timeout)")
	fl.BoolVar(&f.asJSON, "json", false, "print JSON lines")
	fl.BoolVar(&f.fail, "fail", false, "exit 5 when a status is 400 or more, or no response comes")
}

// sending is one command under way that sends requests.
type sending struct {
	p        *program
	flags    *sendFlags
	resender *forward.Resender
	// keep puts an attempt under its exchange and returns its number; nil when none is kept.
	keep func(capture.ID, capture.Attempt) (int, error)
	// sample makes what is sent of a run; nil when each run sends the same.
	sample func(context.Context, forward.Resend) (forward.Resend, provider.Sample, error)

	// elsewhere sends in place of the resender; nil does not.
	elsewhere *control.Client
	by        string // who sends; see [capture.Attempt]

	runs   []forward.Resend
	prints bool // each attempt when it ends, not when it is kept

	mu  sync.Mutex
	err error // the first one while keeping or printing
}

// newSending returns a command that sends to all but own.
func (p *program) newSending(f *sendFlags, set *provider.Set, own *forward.SelfAddrs) *sending {
	sender := p.opts.sender(own)
	if f.timeout > 0 {
		sender.Timeout = f.timeout
	}
	return &sending{p: p, flags: f, resender: &forward.Resender{Sender: sender, Providers: set, Sign: signMode(p.opts)}}
}

// howToSend are the settings that only this process can follow when it sends.
var howToSend = []string{"secret", "public-url", "max-answer", "forward-timeout", "connect-timeout"}

// sendsItself reports whether a command sends what a running creel would send else:
// since a flag says how, or a variable, unless only the other knows the secret; or
// since only this one knows it.
func (p *program) sendsItself(ctx context.Context, f *sendFlags, set *provider.Set, there *control.Client, list []*capture.Exchange) (bool, error) {
	given := func(by source) bool {
		return slices.ContainsFunc(howToSend, func(name string) bool { return p.opts.from[name] == by })
	}
	if there == nil || f.timeout > 0 || given(fromFlag) {
		return true, nil
	}
	if err := there.Look(ctx); err != nil {
		return false, err
	}
	itself := given(fromEnv)
	for _, ex := range list {
		here, other := set.HasSecret(ex.Sender.Provider), there.Providers.HasSecret(ex.Sender.Provider)
		if here && !other {
			return true, nil
		}
		itself = itself && (here || !other)
	}
	return itself, nil
}

// add changes the request of ex as the flags ask for and makes it ready to be sent
// to that target. It fails when the request cannot be sent, or not be signed as
// --sign asks: then nothing is sent at all.
func (s *sending) add(ctx context.Context, name string, ex *capture.Exchange, to forward.Target) error {
	unsendable := forward.Sendable(&ex.Request)
	if unsendable != nil && !errors.Is(unsendable, forward.ErrLength) {
		return fmt.Errorf("%s: %w", name, unsendable)
	}
	d, err := newDraft(ctx, name, ex.Request)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := s.p.changeDraft(ctx, d, s.flags); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if was, _ := ex.Request.Get("Content-Length"); unsendable != nil {
		if is, ok := d.Req.Get("Content-Length"); ok && is == was {
			return fmt.Errorf("%s: %w", name, unsendable)
		}
	}
	x := forward.Resend{Exchange: ex, Request: d.Req, Edited: d.Edited, To: d.sentTo(to), By: s.by}
	check := s.resender.Check
	if s.elsewhere != nil {
		check = s.elsewhere.History.Check
		if s.p.opts.from["sign"] != fromDefault {
			x.Sign = s.resender.Sign
		}
	}
	if err := check(ctx, x); err != nil {
		return fmt.Errorf("%s: nothing was sent: %w; --sign never sends it as it is", name, err)
	}
	s.runs = append(s.runs, x)
	return nil
}

// do sends what was added and reports how the command ends.
func (s *sending) do(ctx context.Context) error {
	defer s.resender.Sender.Close()
	plan := forward.Repeat{
		Runs: s.runs, Times: s.flags.times, Concurrency: s.flags.concurrency,
		Send: s.send, Record: s.record,
	}
	s.prints = s.keep == nil || !plan.KeepsAll()
	return s.finish(ctx, plan.Do(ctx))
}

func (s *sending) send(ctx context.Context, x forward.Resend) capture.Attempt {
	var made provider.Sample
	if s.sample != nil {
		var err error
		if x, made, err = s.sample(ctx, x); err != nil {
			return forward.NotSent(&x.Exchange.Request, x.To, err)
		}
	}
	a := s.attempt(ctx, x)
	if s.sample != nil {
		a.Signed, a.SignedURL = made.Signed, made.SignedURL
	}
	if s.keep == nil {
		a.SameBody = false // of what could not be looked up
	}
	if s.prints {
		s.print(x.Exchange.ID, &a)
	}
	return a
}

// attempt sends x: here, or where it was captured. An error is in the attempt, too.
func (s *sending) attempt(ctx context.Context, x forward.Resend) capture.Attempt {
	if s.elsewhere == nil {
		a, _ := s.resender.Resend(ctx, x)
		return a
	}
	recording := control.RecordIt
	if s.prints {
		recording = control.RecordNo // the plan chooses which are kept
	}
	a, err := s.elsewhere.History.Resend(ctx, x, recording)
	if err != nil {
		s.failed(err)
		a = forward.NotSent(&x.Exchange.Request, x.To, err)
	}
	return a
}

// record keeps an attempt under its exchange, unless it is kept already.
func (s *sending) record(id capture.ID, a capture.Attempt) {
	if s.keep == nil {
		return
	}
	if a.N == 0 {
		n, err := s.keep(id, a)
		if err != nil {
			s.failed(fmt.Errorf("keep the attempt: %w", err))
		}
		a.N = n
	}
	if !s.prints {
		s.print(id, &a)
	}
}

func (s *sending) print(id capture.ID, a *capture.Attempt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := ""
	if i := slices.IndexFunc(s.runs, func(x forward.Resend) bool { return x.Exchange.ID == id }); i >= 0 && id != 0 {
		name = s.runs[i].Exchange.Name()
	}
	s.err = cmp.Or(s.err, s.p.printAttempt(id, name, a, s.flags.asJSON))
}

func (s *sending) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = cmp.Or(s.err, err)
}

// summaryLine is the last JSON line of a command that sent more than one request.
type summaryLine struct {
	Type     string         `json:"type"`
	Total    int            `json:"total"`
	Sent     int            `json:"sent"`
	Failed   int            `json:"failed"`
	Results  map[string]int `json:"results"`
	P50      float64        `json:"p50_ms"`
	P95      float64        `json:"p95_ms"`
	Max      float64        `json:"max_ms"`
	Took     float64        `json:"took_ms"`
	NotBegun int            `json:"not_begun"` // since the command was interrupted
}

// finish sums up and says how the command ends.
func (s *sending) finish(ctx context.Context, h forward.Histogram) error {
	if h.Total > 1 {
		if err := s.summary(&h); err != nil {
			s.failed(err)
		}
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case s.err != nil:
		return s.err
	case s.flags.fail && h.Failed > 0:
		return &exitError{code: exitFailed}
	}
	return nil
}

func (s *sending) summary(h *forward.Histogram) error {
	if s.flags.asJSON {
		line := summaryLine{
			Type: typeSummary, Total: h.Total, Sent: h.Sent, Failed: h.Failed, Results: map[string]int{},
			P50: ms(h.P50), P95: ms(h.P95), Max: ms(h.Max), Took: ms(h.Took), NotBegun: h.NotBegun(),
		}
		for _, b := range h.Buckets {
			line.Results[b.Name] = b.Count
		}
		return s.p.printJSON(line)
	}
	s.p.infof("%d of %d sent: %s", h.Sent, h.Total, h.Outcomes())
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
