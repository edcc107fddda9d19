package provider

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Scheme is one row of the table: how a provider is recognised, how it signs,
// and where it names what it sends. The zero value of a field is its most
// common meaning. A Scheme is not changed once it is in a [Set].
//
// A reference names a part of a request: "h:Name" a header field, "b:a.b.0" the
// JSON value at that path of the body, "p:name" a form field or else a query
// parameter. References joined by "+" are joined with a dot where they exist.
type Scheme struct {
	// Provider is the name used in filters, flags and JSON.
	Provider string `toml:"provider"`
	// Title is the name for people; default Provider.
	Title string `toml:"title"`
	// Names are other names a secret for it may be given under.
	Names []string `toml:"names"`
	// Detect holds what must all be there: "Name" a header field, "Name: x" one
	// whose value begins with x, "body:a.b" a JSON value, "body:a=x" one that
	// is x, "form:name" a form field; default: the first signature field.
	Detect []string `toml:"detect"`
	// Sig are the signature fields; any may match.
	Sig []string `toml:"sig"`
	// Alg is sha256 (the default), sha1 or sha512 for HMAC; plain-sha256 for a
	// hash without HMAC; token for a secret sent in clear; ed25519, ecdsa-p256,
	// rsa-sha256 or rsa-sha1 for a public key.
	Alg string `toml:"alg"`
	// Key says how the secret becomes the key: raw (the default), base64, hex,
	// or sha1 for its hash.
	Key string `toml:"key"`
	// Strip is taken off the secret before it is decoded.
	Strip string `toml:"strip"`
	// Out is how the signature is written: hex (the default), base64, base64url.
	Out string `toml:"out"`
	// Prefix stands before the signature, such as "sha256=".
	Prefix string `toml:"prefix"`
	// Item parts several signatures in one field, KV parts the version from the
	// signature, and Field is the version that counts: "," "=" "v1".
	Item  string `toml:"item"`
	KV    string `toml:"kv"`
	Field string `toml:"field"`
	// Template is the content that is signed; default "{body}". It may hold
	// {body} {ts} {url} {method} {secret} {form} {payload} {h:Name}.
	Template string `toml:"template"`
	// TS is where the signed time stands: "h:Name", "b:path", or "f:t" for the
	// item t of the signature field.
	TS string `toml:"ts"`
	// TSUnit is s (the default), ms, rfc3339 or http-date.
	TSUnit string `toml:"ts_unit"`
	// Tol is how many seconds the time may be off; 0 is no limit.
	Tol int `toml:"tol"`
	// ID, Event and Attempt name the delivery, the event and the attempt; the
	// first reference that is there counts.
	ID      []string `toml:"id"`
	Event   []string `toml:"event"`
	Attempt []string `toml:"attempt"`
	// When is the time of the event, by which late deliveries are recognised: RFC 3339, or seconds or milliseconds.
	When []string `toml:"when"`
	// Deadline is how many seconds the provider waits for the answer; 0 is unknown.
	Deadline int `toml:"deadline"`
	// Retries says in words how the provider tries again.
	Retries string `toml:"-"`
	// Source is where the facts of this row are published.
	Source string `toml:"source"`

	// orDetect is a second way to recognise it, such as by the body of a request
	// that is not signed.
	orDetect []string
	// copies are further signature fields over the same content, renewed along.
	copies []copied
	// textNames are those of Names whose secrets are the key as text.
	textNames []string
	// tsOptional says that a request without the signed time is checked without it.
	tsOptional bool
	// certificate says that receivers fetch the provider's certificate.
	certificate bool
	// attemptFrom0 says that attempts are counted from zero.
	attemptFrom0 bool

	// The steps that this scheme does in its own way; nil for the usual one.
	is       func(m *message) bool
	event    func(m *message) string
	spell    func(m *message, url string) []string
	read     func(s *Scheme, m *message) claim
	contents func(s *Scheme, m *message, c *claim, i int, secret string) [][]byte
	also     func(m *message, c *claim, k key) string
	algOf    func(m *message) string // the algorithm that the request names; empty: unknown
	keyOf    func(secret string) (key, error)
	prepare  func(d *draft)
	write    func(s *Scheme, d *draft, k key, secret string) error
	kind     SecretKind // of secret that is asked for; empty: by the algorithm
	words    string     // the scheme in words, where the fields do not say it
	inWords  string     // what Words returns
	url      bool       // the whole URL is signed
	path     bool       // the path or the query is signed, on whatever host

	tmpl   []piece
	detect [2][]condition // Detect, orDetect
}

// copied is a signature field that repeats the signature in another spelling.
type copied struct{ name, alg, prefix string }

var (
	algs  = []string{"", "sha256", "sha1", "sha512", "plain-sha256", "token", "ed25519", "ecdsa-p256", "rsa-sha256", "rsa-sha1"}
	keys  = []string{"", "raw", "base64", "hex", "sha1"}
	outs  = []string{"", "hex", "base64", "base64url"}
	units = []string{"", "s", "ms", "rfc3339", "http-date"}
)

// Validate reports the first mistake in a scheme of the user's own.
func (s *Scheme) Validate() error {
	c := *s
	return c.compile()
}

func (s *Scheme) compile() error {
	switch {
	case s.Provider == "" || strings.ContainsAny(s.Provider, "=@ \t"):
		return fmt.Errorf("scheme: provider %q: a name without spaces, = and @ is needed", s.Provider)
	case len(s.Detect) == 0 && s.is == nil && len(s.Sig) == 0:
		return s.wrong("detect", "name at least one header field that only this sender has")
	case len(s.Sig) == 0 && s.read == nil && s.Alg != "":
		return s.wrong("sig", "name the field that holds the signature")
	case s.TS != "" && !strings.HasPrefix(s.TS, "h:") && !strings.HasPrefix(s.TS, "b:") && !strings.HasPrefix(s.TS, "f:"):
		return s.wrong("ts", fmt.Sprintf("%q is not h:Name, b:path or f:item", s.TS))
	}
	for _, e := range []struct {
		field, value string
		of           []string
	}{{"alg", s.Alg, algs}, {"key", s.Key, keys}, {"out", s.Out, outs}, {"ts_unit", s.TSUnit, units}} {
		if !slices.Contains(e.of, e.value) && s.read == nil {
			return s.wrong(e.field, fmt.Sprintf("%q is not one of %s", e.value, strings.Join(e.of[1:], ", ")))
		}
	}
	s.Title = cmp.Or(s.Title, s.Provider)
	if len(s.Detect) == 0 {
		s.Detect = s.Sig[:min(1, len(s.Sig))]
	}
	if err := s.compileDetect(); err != nil {
		return err
	}
	s.inWords = s.describe() // once: each check of a request has it
	return s.compileTemplate()
}

func (s *Scheme) wrong(field, why string) error {
	return fmt.Errorf("scheme %s: %s: %s", s.Provider, field, why)
}

// alg is the algorithm, with the default filled in.
func (s *Scheme) alg() string {
	return cmp.Or(s.Alg, "sha256")
}

// in is the scheme with the algorithm that the request names, if it names one.
func (s *Scheme) in(m *message) *Scheme {
	if s.algOf == nil {
		return s
	}
	with := *s
	with.Alg, with.algOf = s.algOf(m), nil
	with.inWords = with.describe()
	return &with
}

// signs reports whether the provider signs at all.
func (s *Scheme) signs() bool { return len(s.Sig) > 0 || s.read != nil }

// symmetric reports whether who can check a signature can make one.
func (s *Scheme) symmetric() bool { return s.signs() && !asymmetric(s.alg()) }

func (s *Scheme) limit() time.Duration { return time.Duration(s.Deadline) * time.Second }

func (s *Scheme) tolerance() time.Duration { return time.Duration(s.Tol) * time.Second }
