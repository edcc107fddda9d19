package provider

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"creel/capture"
)

// Config is what a [Set] knows beyond the table.
type Config struct {
	Secrets []Secret
	// PublicURL is what senders call; empty: the URL of the tunnel that a request
	// came by, else what its Host field says.
	PublicURL string
	// Schemes are the user's own; they are looked at before the table.
	Schemes []Scheme
	// Decode undoes a Content-Encoding, so that a signature over the decoded body
	// is explained; nil: it is not.
	Decode Decoder
}

// Set knows providers and secrets. It is safe for concurrent use.
type Set struct {
	det    *detector
	rows   []*Scheme              // the user's own, then the table
	public atomic.Pointer[string] // what senders call; empty: unknown

	handshakes []handshake

	decode Decoder

	tries tries
	order order

	explaining struct {
		sync.Mutex
		last time.Time
		left time.Duration
	}

	// Again is held while verdicts are made again: those with the newest secrets are
	// recorded last.
	Again sync.Mutex

	mu      sync.Mutex               // of writers
	secrets atomic.Pointer[[]Secret] // the slice is never changed
}

// New returns a set. It fails on a scheme that is not right, and on a secret for
// an unknown provider.
func New(c Config) (*Set, error) {
	s := &Set{decode: c.Decode, handshakes: handshakeRows()}
	s.public.Store(&c.PublicURL)
	for i := range c.Schemes {
		row := c.Schemes[i]
		if err := row.compile(); err != nil {
			return nil, err
		}
		s.rows = append(s.rows, &row)
	}
	s.rows = append(s.rows, table()...)
	var err error
	if s.det, err = newDetector(s.rows); err != nil {
		return nil, err
	}
	s.secrets.Store(&[]Secret{})
	for _, sec := range c.Secrets {
		if err := s.AddSecret(sec); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// AddSecret adds a secret, to be tried from now on. One for the same provider
// and path with the same value is not added twice. It fails where CheckSecret does.
func (s *Set) AddSecret(sec Secret) error {
	if err := s.CheckSecret(sec); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()

	old := *s.secrets.Load()
	if slices.Contains(old, sec) {
		return nil
	}
	now := append(slices.Clone(old), sec)
	s.secrets.Store(&now)
	return nil
}

// SecretValues are the secrets, for what hides them.
func (s *Set) SecretValues() []string {
	var out []string
	for _, sec := range *s.secrets.Load() {
		out = append(out, sec.Value)
	}
	return out
}

// Concerns reports whether a secret is tried for requests of that provider.
func (s *Set) Concerns(sec Secret, provider string) bool {
	row := s.scheme(provider)
	return row != nil && row.goesBy(sec.Provider)
}

// HasSecret reports whether any secret is known for the provider.
func (s *Set) HasSecret(provider string) bool {
	row := s.scheme(provider)
	return row != nil && slices.ContainsFunc(*s.secrets.Load(), func(c Secret) bool { return row.goesBy(c.Provider) })
}

// Known says that there is no provider of that name, which may also be one of
// the other names a secret goes by; nil when there is.
func (s *Set) Known(name string) error {
	if s.scheme(name) == nil {
		return unknownProvider(name, s.rows)
	}
	return nil
}

// scheme returns the row of that name, or the first that also goes by it.
func (s *Set) scheme(name string) *Scheme {
	for _, r := range s.rows {
		if r.Provider == name {
			return r
		}
	}
	for _, r := range s.rows {
		if r.goesBy(name) {
			return r
		}
	}
	return nil
}

// messages are reused: most requests need nothing else that is made.
var messages = sync.Pool{New: func() any { return new(message) }}

// Identify sets the Sender and the Verdict of an exchange that has just
// arrived. Its time is the clock; its body must be in memory.
func (s *Set) Identify(ex *capture.Exchange) {
	if ex.Request.Malformed != "" {
		ex.Signature = signatureOf(capture.Unsigned, "", "")
		return
	}
	m := messages.Get().(*message)
	defer func() { *m = message{}; messages.Put(m) }()
	m.req, m.now = &ex.Request, ex.At
	m.body, _ = ex.Request.Body.Bytes(context.Background())
	row := s.recognise(m, &ex.Sender)
	ex.Signature = signatureOf(capture.Unsigned, "", "")
	if row == nil || !row.signs() {
		ex.Signature = unknownSignature(m.req)
	}
	if row != nil {
		if row.signs() {
			if row.url && len(*s.secrets.Load()) > 0 {
				m.urls = urlsOf(&ex.Request, s.publicURL(ex))
			}
			ex.Signature = s.checkArrival(row, m)
		}
		if id, ok := ex.DeliveryID(); ok && ex.Sender.Try == 0 && !strings.HasPrefix(id.ID, hashed) {
			ex.Sender.Try = s.tries.count(id)
		}
		if at, ok := m.peek().when(row); ok && ex.Sender.Try < 2 {
			ex.Sender.Late = s.order.late(row.Provider, ex.Request.Path(), at)
		}
	}
}

// checkArrival checks a request that has just arrived. Explaining many bad
// signatures must not slow down the capture: see allow.
func (s *Set) checkArrival(row *Scheme, m *message) capture.Signature {
	v := s.checkRow(row, m, 0).Signature
	if v.Verdict != capture.Invalid {
		return v
	}
	done, ok := s.allow()
	if !ok {
		return v
	}
	defer done()
	return s.checkRow(row, m, arrivalBudget).Signature
}

// Seen counts the try of an exchange from an earlier run, so that a further try
// of its delivery continues the count.
func (s *Set) Seen(ex *capture.Exchange) {
	if id, ok := ex.DeliveryID(); ok && ex.Sender.Try > 0 {
		s.tries.count(id)
	}
}

// recognise finds the row and names the sender; nil when unknown.
func (s *Set) recognise(m *message, to *capture.Sender) *Scheme {
	whole := m
	m = m.peek()
	row, seen := s.det.sender(m)
	if pinned := s.pinned(whole, row); pinned != nil {
		row = pinned
	}
	if row == nil {
		s.det.guess(whole, &seen, to)
		s.nameHandshake(m, s.det.hasHandshakeKey(&seen), to)
		return nil
	}
	row.name(m, to)
	if to.Event == "" || to.Delivery == "" {
		var g capture.Sender
		s.det.guess(whole, &seen, &g)
		if to.Event = cmp.Or(to.Event, g.Event); to.Event == "" {
			if h := s.matchHandshake(m); h != nil && h.provider == row.Provider {
				to.Event = h.name
			}
		}
		to.Delivery = cmp.Or(to.Delivery, g.Delivery)
	}
	return row
}

// pinned is the scheme that a secret is pinned for at the path, when the request
// carries its signature and was not recognised as one that has a pin itself.
func (s *Set) pinned(m *message, found *Scheme) *Scheme {
	var row *Scheme
	for _, sec := range *s.secrets.Load() {
		if sec.Path == "" || !sec.covers(m.req.Target) {
			continue
		}
		if found != nil && found.goesBy(sec.Provider) {
			return nil
		}
		if r := s.scheme(sec.Provider); row == nil && r != nil && !r.readClaim(m).absent {
			row = r
		}
	}
	return row
}

// checkRow checks the signature with the secrets of the set. The budget is what
// an explanation may cost, 0 for none.
func (s *Set) checkRow(row *Scheme, m *message, budget int) Result {
	all := *s.secrets.Load()
	r := row.check(m, checking{s.secretsFor(row, m.req.Target), all, s.decode, budget})
	return s.ignoreUnsignedHandshake(m, r)
}

// ignoreUnsignedHandshake does not report a missing signature of a handshake:
// some are sent before there is a secret to sign with.
func (s *Set) ignoreUnsignedHandshake(m *message, r Result) Result {
	if r.Signature.Verdict == capture.Unsigned && s.matchHandshake(m) != nil {
		r.Signature = signatureOf(capture.Unsigned, "", "")
	}
	return r
}

// Options change how a signature is checked.
type Options struct {
	Provider  string    // take it for this one; default: recognise it
	Secret    string    // check with this one only; default: the secrets of the set
	PublicURL string    // default: the set's, else that of the exchange's tunnel
	Now       time.Time // the clock; default: when the request arrived
}

// Check verifies the signature of an exchange and returns all details. It fails
// for an unknown provider and when the body cannot be read.
func (s *Set) Check(ctx context.Context, ex *capture.Exchange, o Options) (Result, error) {
	o.PublicURL = cmp.Or(o.PublicURL, s.publicURL(ex))
	m, row, err := s.open(ctx, &ex.Request, o)
	if err != nil {
		return Result{}, err
	}
	m.now = o.Now
	if m.now.IsZero() {
		m.now = ex.At
	}
	if row == nil && ex.Sender.Provider != "" { // a handshake, recognised by nothing else
		row = s.scheme(ex.Sender.Provider)
	}
	switch {
	case row == nil || !row.signs():
		if v := unknownSignature(m.req); v.Verdict != capture.Unsigned {
			return Result{Signature: v, Scheme: "unknown"}, nil
		}
		if row == nil {
			return Result{Signature: signatureOf(capture.Unsigned, "", "there is no signature of a known provider"), Scheme: "unknown"}, nil
		}
		why := row.Title + " does not sign what it sends"
		return Result{Signature: signatureOf(capture.Unsigned, "", why), Provider: row.Provider, Title: row.Title, Scheme: row.Words()}, nil
	case o.Secret != "":
		one := split(Secret{Provider: cmp.Or(o.Provider, row.Provider), Value: o.Secret})
		return row.check(m, checking{one, append(one, *s.secrets.Load()...), s.decode, checkBudget}), nil
	}
	return s.checkRow(row, m, checkBudget), nil
}

// open makes a request ready to be checked or signed.
func (s *Set) open(ctx context.Context, req *capture.Request, o Options) (*message, *Scheme, error) {
	body, err := req.Body.Bytes(ctx)
	if err != nil {
		return nil, nil, err
	}
	m := &message{req: req, body: body, named: o.Provider != ""}
	m.urls = urlsOf(req, cmp.Or(o.PublicURL, s.PublicURL()))
	if o.Provider == "" {
		var sender capture.Sender
		return m, s.recognise(m, &sender), nil
	}
	row := s.scheme(o.Provider)
	if row == nil {
		return nil, nil, unknownProvider(o.Provider, s.rows)
	}
	return m, s.variant(row, o.Provider, m), nil
}

// variant is the row that fits the request among those that go by one name,
// such as the three versions of HubSpot.
func (s *Set) variant(row *Scheme, name string, m *message) *Scheme {
	if row.Provider == name && !row.readClaim(m).absent {
		return row
	}
	for _, r := range s.rows {
		if r.goesBy(name) && !r.readClaim(m).absent {
			return r
		}
	}
	return row
}
