package provider

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"creel/capture"
)

// ErrAsymmetric is why a signature cannot be renewed that only the sender, who
// has the private key, can make.
var ErrAsymmetric = errors.New("cannot be renewed: asymmetric, only the sender has the private key; replay it untouched, or sign with a key of creel's own: creel sign --dev-key")

// ErrNoSecret is why a signature cannot be renewed whose secret is not known.
var ErrNoSecret = errors.New("no secret is known for it")

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

// Signed is a request signed anew: what of it changed.
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

// Apply returns the request with what changed.
func (s *Signed) Apply(req *capture.Request) *capture.Request {
	r := *req
	r.Target, r.Fields = s.Target, s.Fields
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
	if o.Secret == "" {
		if o.Secret, err = s.secretToSign(ctx, row, m, o.Captured); err != nil {
			return nil, fmt.Errorf("sign %s: %w", row.Title, err)
		}
	}
	if url := s.urlToSign(req, &o); url != "" {
		m.urls = []string{url}
	}
	d := newDraft(req, m.body, m.urls, o.At)
	if err := row.sign(d, o.Secret, o.NewID); err != nil {
		return nil, fmt.Errorf("sign %s: %w", row.Title, err)
	}
	done := &Signed{Provider: row.Provider, Target: d.target, Fields: d.fields, Body: d.body, Edited: d.edited}
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
	public, target := s.public, req.Target
	if o.Captured != nil {
		public, target = s.publicURL(o.Captured), o.Captured.Request.Target
	}
	if public != "" {
		return PublicURL(public, target)
	}
	return o.URL
}

// secretToSign is the secret for a request that is signed in the place of the
// captured one, or of itself when captured is nil.
func (s *Set) secretToSign(ctx context.Context, row *Scheme, m *message, captured *capture.Exchange) (string, error) {
	if captured != nil {
		body, err := captured.Request.Body.Bytes(ctx)
		if err != nil {
			return "", err
		}
		m = &message{req: &captured.Request, body: body, urls: urlsOf(&captured.Request, s.publicURL(captured))}
	}
	known := secretsFor(*s.secrets.Load(), row, m.req.Target)
	if !row.renewable(known) {
		return "", ErrAsymmetric
	}
	if len(known) == 0 {
		return "", fmt.Errorf("%w: give it with --secret %s=VALUE", ErrNoSecret, row.Provider)
	}
	return row.signer(m, known), nil
}

// signer is the secret that the request was signed with, when it is among
// those, else the first that can sign; there must be one.
func (s *Scheme) signer(m *message, secrets []Secret) string {
	c := s.readClaim(m)
	able := slices.DeleteFunc(slices.Clone(secrets), func(sec Secret) bool { return !s.renewable([]Secret{sec}) })
	for i := range able {
		if s.prove(m, &c, able[i].Value).match {
			return able[i].Value
		}
	}
	return able[0].Value
}

func (s *Scheme) sign(d *draft, secret string, newID bool) error {
	k, err := s.key(secret, s.alg())
	if err != nil {
		return err
	}
	if asymmetric(s.alg()) && k.sign == nil {
		return ErrAsymmetric
	}
	s.renewID(d, newID)
	ts, err := s.renewTime(d)
	if err != nil {
		return err
	}
	if s.prepare != nil {
		if err := s.prepare(d); err != nil {
			return err
		}
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
	wrote := false
	for _, name := range s.Sig {
		if d.has(name) {
			d.set(name, v)
			wrote = true
		}
	}
	if !wrote {
		d.set(s.Sig[0], v)
	}
}

// renewTime writes the time where it stands in a field or in the body.
func (s *Scheme) renewTime(d *draft) (string, error) {
	ts := formatTime(d.at, s.TSUnit)
	if name, ok := strings.CutPrefix(s.TS, "h:"); ok {
		d.set(name, ts)
	}
	if path, ok := strings.CutPrefix(s.TS, "b:"); ok {
		return ts, d.setJSON(path, ts)
	}
	return ts, nil
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
		return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:]
	}
	prefix, _, ok := strings.Cut(old, "_")
	if !ok || len(prefix) > 8 {
		prefix = "msg"
	}
	return prefix + "_" + h[:24]
}
