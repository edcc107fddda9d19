package provider

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/jsontok"
)

// ErrAsymmetric is why a signature cannot be renewed that only the sender, who
// has the private key, can make.
var ErrAsymmetric = errors.New("cannot be renewed: asymmetric, only the sender has the private key; replay it untouched")

// ErrNoSecret is why a signature cannot be renewed whose secret is not known.
var ErrNoSecret = errors.New("no secret is known for it")

// asymmetric is ErrAsymmetric, with what else can be done.
func (s *Scheme) asymmetric() error {
	if s.takesDevKey() {
		return fmt.Errorf("%w, or sign with a development key: creel sign --dev-key", ErrAsymmetric)
	}
	return fmt.Errorf("%w: receivers fetch the certificate of %s, so no other key is accepted", ErrAsymmetric, s.Title)
}

// SignOptions say how to sign.
type SignOptions struct {
	Provider string    // default: recognise it
	Secret   string    // default: a secret of the set, as Captured has it
	At       time.Time // the time to sign; default: now
	// URL is the URL that the request goes to. Schemes that sign the URL sign exactly
	// this one, unless a public URL is known: that of the set, or that of the tunnel
	// that Captured came by. Default: what the request says.
	URL string
	// Captured is the request as it came, where another is signed in its place: the
	// secret is the one that it was signed with, else the first for its path.
	Captured *capture.Exchange
	// NewID makes a new delivery id where a field holds it: a new event, not a
	// retry of the same.
	NewID bool
}

// Signed is what signing changed in a request.
type Signed struct {
	Provider string
	Target   string // differs only where the URL carries a hash of the body
	// Fields are all header fields, in the order and spelling they had; new
	// ones are at the end, and Content-Length is right.
	Fields []capture.Field
	Body   []byte
	// Edited says that the body changed: the signature or its time stands there.
	Edited bool
	// URL is the URL that the signature covers; empty when it covers none.
	URL string
}

// Apply returns the request with what changed. It has no Head: none arrived with this
// signature.
func (s *Signed) Apply(req *capture.Request) *capture.Request {
	r := *req
	r.Target, r.Fields, r.Head = s.Target, s.Fields, nil
	if s.Edited {
		r.Body = capture.NewBody(s.Body)
		r.Size = int64(len(s.Body))
	}
	return &r
}

// Sign renews the signature of a request: a fresh time, the same delivery id
// unless asked, every signature field that the provider sends. It fails with
// ErrAsymmetric, with ErrNoSecret, and for senders that do not sign.
func (s *Set) Sign(ctx context.Context, req *capture.Request, o SignOptions) (*Signed, error) {
	m, row, err := s.open(ctx, req, Options{Provider: o.Provider})
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	switch {
	case row == nil:
		return nil, errors.New("sign: the sender is not recognised: name the provider")
	case !row.signs():
		return nil, fmt.Errorf("sign: %s does not sign its requests", row.Title)
	}
	if o.At.IsZero() {
		o.At = time.Now()
	}
	sec := Secret{Provider: cmp.Or(o.Provider, row.Provider), Value: o.Secret}
	if o.Secret == "" {
		if sec, err = s.secretToSign(ctx, row, m, o.Captured); err != nil {
			return nil, fmt.Errorf("sign %s: %w", row.Title, err)
		}
	}
	if url := s.urlToSign(req, &o); url != "" {
		m.urls = []string{url}
	}
	d := newDraft(req, m.body, m.urls, o.At)
	if err := row.sign(d, sec, o.NewID); err != nil {
		return nil, fmt.Errorf("sign %s: %w", row.Title, err)
	}
	body := d.body
	for _, other := range s.alongside(row, d.message()) {
		if err := other.sign(d, sec, false); err != nil {
			return nil, fmt.Errorf("sign %s: %w", other.Title, err)
		}
	}
	if !bytes.Equal(d.body, body) { // the other's time stands in it
		if err := row.sign(d, sec, false); err != nil {
			return nil, fmt.Errorf("sign %s: %w", row.Title, err)
		}
	}
	done := &Signed{Provider: row.Provider, Target: d.req.Target, Fields: d.req.Fields, Body: d.body, Edited: d.edited}
	switch {
	case row.url:
		done.URL = d.message().url()
	case row.path: // that of the request as it is sent, whatever is public
		done.URL = o.URL
	}
	return done, nil
}

// urlToSign is the URL that is signed; empty for what the request says.
func (s *Set) urlToSign(req *capture.Request, o *SignOptions) string {
	public, target := s.PublicURL(), req.Target
	if o.Captured != nil {
		public, target = s.publicURL(o.Captured), o.Captured.Request.Target
	}
	if public != "" {
		return publicURL(public, target)
	}
	return o.URL
}

// secretToSign is the secret for a request that is signed in the place of the
// captured one, or of itself when captured is nil.
func (s *Set) secretToSign(ctx context.Context, row *Scheme, m *message, captured *capture.Exchange) (Secret, error) {
	if captured != nil {
		body, err := captured.Request.Body.Bytes(ctx)
		if err != nil {
			return Secret{}, err
		}
		m = &message{req: &captured.Request, body: body, urls: urlsOf(&captured.Request, s.publicURL(captured))}
	}
	known := s.secretsFor(row, m.req.Target)
	if !row.renewable(known) {
		return Secret{}, row.asymmetric()
	}
	if len(known) == 0 {
		return Secret{}, fmt.Errorf("%w: give it with --secret %s=VALUE", ErrNoSecret, row.Provider)
	}
	return row.signer(m, known), nil
}

// signer is the secret that the request was signed with, when it is among
// those, else the first that can sign; there must be one.
func (s *Scheme) signer(m *message, secrets []Secret) Secret {
	c := s.readClaim(m)
	able := slices.DeleteFunc(slices.Clone(secrets), func(sec Secret) bool { return !s.renewable([]Secret{sec}) })
	for i := range able {
		if s.prove(m, &c, able[i]).match {
			return able[i]
		}
	}
	return able[0]
}

// alongside are the schemes of the same provider whose signature the request
// carries, too, such as HubSpot's version 1 with version 3.
func (s *Set) alongside(row *Scheme, m *message) []*Scheme {
	var all []*Scheme
	for _, r := range s.rows {
		if r == row || !r.symmetric() || !r.sharesName(row) || len(r.detect[0]) == 0 {
			continue
		}
		used := slices.ContainsFunc(append(all, row), func(o *Scheme) bool { return slices.Equal(o.Sig, r.Sig) })
		if fits := (&detectRow{scheme: r, way: r.detect[0]}).fits(m); fits && !used && !r.readClaim(m).absent {
			all = append(all, r)
		}
	}
	return all
}

func (s *Scheme) sharesName(o *Scheme) bool {
	return o.goesBy(s.Provider) || slices.ContainsFunc(s.Names, o.goesBy)
}

func (s *Scheme) sign(d *draft, sec Secret, newID bool) error {
	secret := sec.Value
	s = s.in(d.message())
	k, err := s.keyOfSecret(sec, s.alg())
	if err != nil {
		return err
	}
	switch {
	case s.Alg == unknownAlg:
		return errors.New("it names an algorithm that is not known: " + s.form())
	case asymmetric(s.alg()) && k.sign == nil:
		return s.asymmetric()
	}
	s.renewID(d, newID)
	ts, err := s.renewTime(d)
	if err != nil {
		return err
	}
	if s.prepare != nil {
		s.prepare(d)
	}
	if s.write != nil {
		return s.write(s, d, k, secret)
	}
	c := claim{ts: ts, sigs: []candidate{{alg: s.alg()}}}
	all, reason := s.contentsOf(d.message(), &c, 0, secret)
	if reason != "" {
		return errors.New(s.missing(d.message()))
	}
	sig, err := sign(s.alg(), k, all[0])
	if err != nil {
		return err
	}
	s.writeFields(d, ts, sig)
	for _, f := range s.copies {
		if d.has(f.name) {
			d.set(f.name, f.prefix+encode("hex", mac(f.alg, k, all[0])))
		}
	}
	return nil
}

// writeFields puts the signature into every field of its own that the request
// has, else into the first.
func (s *Scheme) writeFields(d *draft, ts string, sig []byte) {
	v := s.Prefix + encode(s.Out, sig)
	if s.alg() == algToken {
		v = s.Prefix + string(sig)
	}
	if s.KV != "" {
		v = s.Field + s.KV + v
		if name, ok := strings.CutPrefix(s.TS, "f:"); ok {
			v = name + s.KV + ts + s.Item + v
		}
	}
	names := s.Sig[:1]
	if slices.ContainsFunc(s.Sig, d.has) {
		names = slices.DeleteFunc(slices.Clone(s.Sig), func(name string) bool { return !d.has(name) })
	}
	for _, name := range names {
		d.set(name, v)
	}
}

// renewTime writes the time where it stands in a field or in the body.
func (s *Scheme) renewTime(d *draft) (string, error) {
	ts := formatTime(d.at, s.TSUnit)
	if name, ok := strings.CutPrefix(s.TS, "h:"); ok {
		d.set(name, ts)
	}
	path, ok := strings.CutPrefix(s.TS, "b:")
	if _, _, found := find(d.body, path); !ok || !found && s.tsOptional {
		return ts, nil
	}
	raw := ts
	if s.TSUnit == "rfc3339" || s.TSUnit == "http-date" {
		raw = jsontok.Quote(ts)
	}
	return ts, d.setJSON(path, raw)
}

// renewID makes a new delivery id in the field that holds it; one that is
// signed but not there is made in any case.
func (s *Scheme) renewID(d *draft, always bool) {
	for _, ref := range s.ID {
		name, ok := strings.CutPrefix(ref, "h:")
		if !ok || strings.Contains(name, "+") {
			continue
		}
		signed := strings.Contains(s.Template, "{"+ref+"}")
		if has := d.has(name); has && always || !has && signed {
			old, _ := d.message().req.Get(name)
			d.set(name, newID(old))
			return
		}
	}
}

// newID is a random id in the shape of the old one: a UUID for a UUID, else
// what stands before its underscore and random letters.
func newID(old string) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it does not fail: see crypto/rand
	h := hex.EncodeToString(b[:])
	if len(old) == 36 && strings.Count(old, "-") == 4 {
		return uuid(h)
	}
	prefix, _, ok := strings.Cut(old, "_")
	if !ok || len(prefix) > 8 {
		prefix = "msg"
	}
	return prefix + "_" + h[:24]
}

// uuid is a UUID of version 4 of 32 hexadecimal digits.
func uuid(h string) string {
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:]
}
