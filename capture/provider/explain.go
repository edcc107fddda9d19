package provider

import (
	"fmt"
	"slices"
	"strings"
)

// explainLimit is the size up to which a body is signed again in other guises.
const explainLimit = 1 << 20

// trial is a mismatch that is being explained: the request, and the secrets that
// should have fitted.
type trial struct {
	s               *Scheme
	m               *message
	secrets, others []Secret
}

// hypotheses are the ways in which a signature is usually missed, the likeliest
// first. Each returns the sentence for people when it is what happened.
var hypotheses = []func(t *trial) string{
	otherSecret, newline, reformatted, spaceInSecret, keyEncoding, otherOut, otherURL, otherHash, bodyAlone, stripeListen,
}

// explain says in one sentence why no secret fits; empty when nothing tried does.
func (s *Scheme) explain(m *message, secrets, others []Secret, p *proof) string {
	if m.req.Truncated || m.req.Incomplete {
		return "the body is not whole, so nothing can be said about its signature"
	}
	t := &trial{s: s, m: m, secrets: secrets, others: others}
	if len(m.body) <= explainLimit {
		for _, h := range hypotheses {
			if why := h(t); why != "" {
				return why
			}
		}
	}
	return p.bad
}

// fits reports whether the request, read as s reads it, has a signature made
// with the secret.
func (t *trial) fits(s *Scheme, m *message, secret string) bool {
	c := s.readClaim(m)
	return c.reason == "" && s.prove(m, &c, secret).match
}

// any reports whether one of the secrets fits the scheme and message given.
func (t *trial) any(s *Scheme, m *message) bool {
	return slices.ContainsFunc(t.secrets, func(sec Secret) bool { return t.fits(s, m, sec.Value) })
}

func (m *message) withBody(b []byte) *message {
	return &message{req: m.req, body: b, urls: m.urls, now: m.now}
}

func otherSecret(t *trial) string {
	for _, o := range t.others {
		if !slices.Contains(t.secrets, o) && t.fits(t.s, t.m, o.Value) {
			return fmt.Sprintf("it was signed with the secret configured for %s", o)
		}
	}
	return ""
}

func newline(t *trial) string {
	b := string(t.m.body)
	for _, v := range []struct{ body, why string }{
		{strings.TrimRight(b, "\r\n"), "the body has a newline at its end that was not signed: something added it on the way"},
		{b + "\n", "the body was signed with a newline at its end that is missing: something took it off on the way"},
		{b + "\r\n", "the body was signed with CR LF at its end that is missing: something took it off on the way"},
	} {
		if v.body != b && t.any(t.s, t.m.withBody([]byte(v.body))) {
			return v.why
		}
	}
	return ""
}

func reformatted(t *trial) string {
	for _, v := range spellings(t.m.body) {
		if t.any(t.s, t.m.withBody(v.body)) {
			return "the body was written anew on the way: the signature is right for the same JSON " + v.how
		}
	}
	return ""
}

func spaceInSecret(t *trial) string {
	for _, sec := range t.secrets {
		v := strings.Trim(sec.Value, " \t\r\n\"'")
		if v != sec.Value && t.fits(t.s, t.m, v) {
			return fmt.Sprintf("the secret for %s has white space or quotes around it: without them the signature is right", sec)
		}
	}
	return ""
}

// keyEncoding tries the secret as text and decoded, with and without its prefix.
func keyEncoding(t *trial) string {
	if asymmetric(t.s.alg()) || t.s.alg() == algToken {
		return ""
	}
	type reading struct{ strip, encoding, how string }
	readings := []reading{
		{"", "raw", "taken as text, not decoded"},
		{t.s.Strip, "raw", "taken as text without " + t.s.Strip},
		{"whsec_", "raw", "taken as text without whsec_"},
		{"whsec_", "base64", "decoded from base64"},
		{"", "hex", "decoded from hex"},
	}
	for _, sec := range t.secrets {
		for _, r := range readings {
			v := *t.s
			v.keyOf = func(secret string) (key, error) {
				as := Scheme{Title: t.s.Title, Strip: r.strip}
				if r.encoding == "raw" {
					return key{raw: []byte(strings.TrimPrefix(secret, r.strip))}, nil
				}
				return as.symmetricKey(secret, r.encoding)
			}
			if t.fits(&v, t.m, sec.Value) {
				return fmt.Sprintf("it was signed with the secret %s; %s takes %s", r.how, t.s.Title, t.s.keyWords())
			}
		}
	}
	return ""
}

func (s *Scheme) keyWords() string {
	after := ""
	if s.Strip != "" {
		after = " what follows " + s.Strip
	}
	switch s.Key {
	case "base64", "hex":
		return fmt.Sprintf("it decoded from %s%s", s.Key, strings.Replace(after, " what", ", what", 1))
	}
	return "the whole of it as text"
}

// otherOut tries the signature as hex where base64 is due, and the reverse.
func otherOut(t *trial) string {
	if t.s.read != nil {
		return ""
	}
	for _, out := range []string{"hex", "base64"} {
		v := *t.s
		v.Out = out
		if out != t.s.outWords() && t.any(&v, t.m) {
			return fmt.Sprintf("the signature is right, but written in %s: %s writes %s", out, t.s.Title, t.s.outWords())
		}
	}
	return ""
}

// otherHash tries the hashes that a home-made sender may have mistaken.
func otherHash(t *trial) string {
	if asymmetric(t.s.alg()) || t.s.alg() == algToken || t.s.alg() == algPlain || t.s.read != nil {
		return ""
	}
	for _, alg := range []string{"sha1", "sha256", "sha512"} {
		v := *t.s
		v.Alg = alg
		if alg != t.s.alg() && t.any(&v, t.m) {
			return fmt.Sprintf("it was signed with %s; %s signs with %s", algWords(alg), t.s.Title, algWords(t.s.alg()))
		}
	}
	return ""
}

func bodyAlone(t *trial) string {
	if t.s.contents != nil || len(t.s.tmpl) < 2 || asymmetric(t.s.alg()) {
		return ""
	}
	v := *t.s
	v.tmpl, v.spell = []piece{{"body", true}}, nil
	if t.any(&v, t.m) {
		return fmt.Sprintf("the body alone was signed; %s signs %s", t.s.Title, t.s.Template)
	}
	return ""
}

// stripeListen names the usual reason for which a right-looking Stripe secret
// does not fit: the CLI signs what it forwards with a secret of its own.
func stripeListen(t *trial) string {
	_, forwarded := t.m.req.Get("X-Forwarded-For")
	if t.s.Provider != "stripe" || forwarded || !local(t.m.req.Remote) || !local(t.m.req.Host) {
		return ""
	}
	return "no secret known fits, and it came from this machine: `stripe listen` signs with the secret that it prints when it starts (or stripe listen --print-secret), not with that of the dashboard"
}

// local reports whether an address is of this machine.
func local(addr string) bool {
	host, _, found := strings.Cut(strings.TrimPrefix(addr, "["), "]")
	if !found {
		host, _, _ = strings.Cut(addr, ":")
	}
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.") || strings.HasSuffix(host, ".localhost")
}
