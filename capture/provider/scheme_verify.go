package provider

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/words"
)

// Result is what checking a signature gave, in full. It holds no secret.
type Result struct {
	capture.Signature
	Provider string
	Title    string
	Scheme   string // in words: HMAC-SHA256 of {ts}.{body}, hex
	// Content is what was signed, byte for byte; a secret that is part of it is
	// blotted out. It may share the body's bytes: it must not be changed.
	Content []byte
	// Expected is the signature that would be right; empty without a secret,
	// for public keys and for tokens.
	Expected string
	// Received are the signatures of the request, spelled as Expected is; empty for
	// tokens.
	Received []string
	At       time.Time
	Age      time.Duration // at the time of checking; 0 without a signed time
	Tol      time.Duration // 0: no limit
	HasTime  bool
	// CanSign says that the signature can be renewed with the secret.
	CanSign bool
	// DevKey says that a development key can stand in for the sender's.
	DevKey bool
	// URL is the URL that the signature was checked against; empty when the
	// provider does not sign it. It is right only when the public URL is.
	URL string
}

// proof is what one secret gave for one claim.
type proof struct {
	match    bool
	content  []byte // the one that matched, else the likeliest
	alg      string
	key      key
	reason   capture.Reason
	bad      string // why the secret is no key
	notBound string // why a matching signature does not cover the request
}

// prove checks the claim with one secret.
func (s *Scheme) prove(m *message, c *claim, sec Secret) proof {
	var p proof
	for i := range c.sigs {
		k, err := s.keyOfSecret(sec, c.sigs[i].alg)
		if err != nil {
			p.bad = err.Error()
			continue
		}
		all, reason := s.contentsOf(m, c, i, sec.Value)
		if reason != "" {
			return proof{reason: reason}
		}
		alg := algFor(c.sigs[i].alg, k)
		for _, content := range all {
			if p.content == nil {
				p.content, p.key, p.alg = content, k, alg
			}
			if !proves(alg, k, content, c.sigs[i].raw) {
				continue
			}
			p = proof{match: true, content: content, key: k, alg: alg}
			if s.also != nil {
				p.notBound = s.also(m, c, k)
			}
			if p.notBound != "" {
				p.match, p.reason = false, Mismatch
			}
			return p
		}
	}
	p.reason = Mismatch
	return p
}

// checking is what a signature is checked with.
type checking struct {
	secrets []Secret
	// others are those configured for another provider or path, which may
	// explain a mismatch.
	others []Secret
	decode Decoder
	budget int // of the explanation of a mismatch; 0 for none
}

// check verifies m with the secrets in turn.
func (s *Scheme) check(m *message, with checking) Result {
	c := s.readClaim(m)
	if !c.absent {
		return s.checkClaim(m, c, with)
	}
	r := s.result(m, &c)
	r.Signature = signatureOf(capture.Unsigned, "", "")
	if len(with.secrets) > 0 || m.named {
		r.Signature = signatureOf(capture.Unsigned, Missing, s.missing(m))
	}
	return r
}

// checkClaim is check of a message with a signature. What it makes for that, a message
// without one does without.
func (s *Scheme) checkClaim(m *message, c claim, with checking) Result {
	secrets := with.secrets
	r := s.result(m, &c)
	switch {
	case s.masked(m):
		r.Signature = signatureOf(capture.NoSecret, "", "the signature was masked by an export: it cannot be checked")
	case c.reason == Missing:
		r.Signature = signatureOf(capture.Invalid, Missing, s.missing(m))
	case c.reason != "":
		r.Signature = signatureOf(capture.Invalid, c.reason, s.unreadable(&c, &mismatch{s: s, m: m, checking: with}))
	case len(secrets) == 0:
		r.Signature = signatureOf(capture.NoSecret, "", s.wanted())
		if all, _ := s.contentsOf(m, &c, 0, hidden); len(all) > 0 {
			r.Content = all[0]
		}
	default:
		r.CanSign = s.renewable(secrets)
		s.judge(m, &c, &with, &r)
	}
	return r
}

// masked reports whether an export wrote *** in the place of a signature.
func (s *Scheme) masked(m *message) bool {
	return slices.ContainsFunc(s.in(m).Sig, func(name string) bool {
		v, _ := m.req.Get(name)
		return strings.Contains(v, "***") // which no signature has
	})
}

// judge tries the secrets; the first that fits decides, else the first.
func (s *Scheme) judge(m *message, c *claim, with *checking, r *Result) {
	secrets := with.secrets
	var first proof
	for i := range secrets {
		p := s.prove(m, c, secrets[i])
		if p.match || p.notBound != "" {
			first = p
			break
		}
		if i == 0 {
			first = p
		}
	}
	s.show(m, c, &first, r)
	if !first.match {
		r.Signature = signatureOf(capture.Invalid, first.reason, "")
		switch {
		case first.notBound == "" && s.onlyPrivate(secrets):
			// A development key says nothing of what the provider itself signs.
			r.Signature = signatureOf(capture.NoSecret, "", s.wanted())
			r.Expected = ""
		case first.reason == Missing:
			r.Explanation = s.missing(m)
		case first.notBound != "":
			r.Explanation = first.notBound
		default:
			r.Explanation = cmp.Or(s.whyNot(m, with), first.bad)
		}
		return
	}
	r.Signature = signatureOf(capture.Valid, "", "")
	if age, out := s.late(c, m.now); out {
		r.Signature = signatureOf(capture.Stale, Tolerance, s.lateness(c, age, m.now))
	}
}

// whyNot explains a mismatch, as far as that is known.
func (s *Scheme) whyNot(m *message, with *checking) string {
	t := &mismatch{s: s, m: m, checking: *with}
	if why := t.explain(); why != "" {
		return why
	}
	if s.alg() == algToken {
		return "the token differs from the one that is configured"
	}
	return t.stripeListen()
}

// hidden stands for the secret where it is part of the signed content.
const hidden = "‹secret›"

func (s *Scheme) result(m *message, c *claim) Result {
	r := Result{
		Provider: s.Provider, Title: s.Title, Scheme: s.Words(),
		At: c.at, Tol: s.tolerance(), HasTime: !c.at.IsZero(),
		CanSign: s.symmetric(), DevKey: s.takesDevKey(),
	}
	if s.url {
		r.URL = m.url()
	}
	if r.HasTime {
		r.Age = m.now.Sub(c.at)
	}
	if s.alg() != algToken {
		for i := range c.sigs {
			r.Received = append(r.Received, s.Prefix+s.spelled(&c.sigs[i]))
		}
	}
	return r
}

// spelled is a signature as it came, or as the scheme writes it where it came in
// another encoding.
func (s *Scheme) spelled(c *candidate) string {
	if raw, err := decode(s.Out, c.text); err == nil && bytes.Equal(raw, c.raw) {
		return c.text
	}
	return encode(s.Out, c.raw)
}

// show fills in what was signed and what would be right.
func (s *Scheme) show(m *message, c *claim, p *proof, r *Result) {
	if s.alg() == algToken {
		return
	}
	r.Content = p.content
	if slices.Contains(s.tmpl, piece{"secret", true}) {
		if all, _ := s.contentsOf(m, c, 0, hidden); len(all) > 0 {
			r.Content = all[0]
		}
	}
	if p.alg != "" && !asymmetric(p.alg) {
		r.Expected = s.Prefix + encode(s.Out, mac(p.alg, p.key, p.content))
	}
}

func (s *Scheme) lateness(c *claim, age time.Duration, now time.Time) string {
	switch {
	case !c.until.IsZero() && now.After(c.until):
		return "the signature is right, but it expired " + words.Exact(now.Sub(c.until)) + " ago"
	case age < 0:
		return fmt.Sprintf("the signature is right, but its time is %s ahead: %s allows %s", words.Exact(age), s.Title, words.Exact(s.tolerance()))
	}
	return fmt.Sprintf("the signature is right, but %s old: %s allows %s", words.Exact(age), s.Title, words.Exact(s.tolerance()))
}
