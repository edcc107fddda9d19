package provider

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
)

// rfc9421 is HTTP Message Signatures: the covered components are listed in
// Signature-Input, the body by its Content-Digest (RFC 9530).
func rfc9421() Scheme {
	return Scheme{
		Provider: "rfc9421", Title: "HTTP Message Signatures", Names: []string{"http-signature"}, Detect: []string{"Signature-Input", "Signature"},
		Sig: []string{"Signature"}, Out: "base64", keyOf: messageKey, read: readMessageSignature, contents: signatureBase, also: contentDigest, write: writeMessageSignature,
		url:    true,
		words:  "HTTP Message Signature over the components that Signature-Input lists",
		Source: "https://www.rfc-editor.org/rfc/rfc9421",
	}
}

// messageKey takes a public key for one, else a shared secret in base64.
func messageKey(secret string) (key, error) {
	if k, err := publicKey(secret); err == nil {
		return k, nil
	}
	raw, err := decodeBase64(strings.TrimSpace(secret))
	if err != nil {
		raw = []byte(secret)
	}
	return key{raw: raw}, nil
}

// signatureInput is one member of Signature-Input.
type signatureInput struct {
	label, components, params string
}

// inputs parses the dictionary label=("a" "b");params, ... of Signature-Input.
func inputs(v string) []signatureInput {
	var all []signatureInput
	for v != "" {
		label, rest, ok := strings.Cut(v, "=(")
		if !ok {
			break
		}
		components, rest, ok := strings.Cut(rest, ")")
		if !ok {
			break
		}
		params, next := cutOutsideQuotes(rest, ',')
		all = append(all, signatureInput{strings.TrimSpace(label), components, params})
		v = next
	}
	return all
}

func cutOutsideQuotes(s string, sep byte) (before, after string) {
	quoted := false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

func (in *signatureInput) param(name string) string {
	rest := in.params
	for rest != "" {
		var p string
		p, rest = cutOutsideQuotes(rest, ';')
		if k, v, ok := strings.Cut(strings.TrimSpace(p), "="); ok && k == name {
			return strings.Trim(v, `"`)
		}
	}
	return ""
}

func readMessageSignature(_ *Scheme, m *message) claim {
	sigs, ok := m.req.Get("Signature")
	list, ok2 := m.req.Get("Signature-Input")
	if !ok || !ok2 {
		return claim{absent: !ok && !ok2, reason: Missing}
	}
	var c claim
	for _, in := range inputs(list) {
		text, ok := in.signature(sigs)
		raw, err := base64.StdEncoding.DecodeString(text)
		if !ok || err != nil || len(raw) == 0 {
			continue
		}
		c.sigs = append(c.sigs, candidate{text: text, raw: raw, alg: messageAlg(in.param("alg")), item: in.label})
		c.at, _ = parseTime(in.param("created"), "s")
		if exp := in.param("expires"); exp != "" {
			c.until, _ = parseTime(exp, "s")
		}
	}
	if len(c.sigs) == 0 {
		c.reason = Malformed
	}
	return c
}

// signature is the member of the Signature field that has the same label.
func (in *signatureInput) signature(field string) (string, bool) {
	for _, item := range splitItems(field, ",") {
		if rest, ok := strings.CutPrefix(item, in.label+"=:"); ok {
			text, _, ended := strings.Cut(rest, ":")
			return text, ended
		}
	}
	return "", false
}

// messageAlg is our name of an algorithm of RFC 9421 section 3.3; empty without
// one: then the key decides.
func messageAlg(name string) string {
	switch name {
	case "hmac-sha256":
		return "sha256"
	case "ed25519":
		return algEd25519
	case "ecdsa-p256-sha256":
		return algES256
	case "rsa-v1_5-sha256":
		return algRSA256
	}
	return ""
}

// signatureBase lays out the signature base (RFC 9421 section 2.5).
func signatureBase(_ *Scheme, m *message, c *claim, i int, _ string) [][]byte {
	list, _ := m.req.Get("Signature-Input")
	for _, in := range inputs(list) {
		if in.label == c.sigs[i].item {
			return [][]byte{in.base(m)}
		}
	}
	return [][]byte{nil}
}

func (in *signatureInput) base(m *message) []byte {
	var b bytes.Buffer
	for name := range strings.FieldsSeq(in.components) {
		fmt.Fprintf(&b, "%s: %s\n", name, component(m, name))
	}
	fmt.Fprintf(&b, "\"@signature-params\": (%s)%s", in.components, in.params)
	return b.Bytes()
}

// component is the value of one covered component (RFC 9421 section 2).
func component(m *message, quoted string) string {
	name, params, _ := strings.Cut(quoted, ";")
	name = strings.Trim(name, `"`)
	u, err := url.Parse(m.url())
	if err != nil {
		u = &url.URL{}
	}
	p, q, _ := strings.Cut(m.req.Target, "?")
	switch name {
	case "@method":
		return m.req.Method
	case "@authority":
		return strings.ToLower(u.Host)
	case "@scheme":
		return u.Scheme
	case "@target-uri":
		return m.url()
	case "@request-target":
		return m.req.Target
	case "@path":
		return p
	case "@query":
		return "?" + q
	case "@query-param":
		_, key, _ := strings.Cut(params, "name=")
		v, _ := formValue([]byte(q), strings.Trim(key, `"`))
		return url.QueryEscape(v)
	}
	var values []string
	for _, f := range m.req.Fields {
		if strings.EqualFold(f.Name, name) {
			values = append(values, strings.TrimSpace(f.Value))
		}
	}
	return strings.Join(values, ", ")
}

// contentDigest checks the body against Content-Digest when that is covered.
func contentDigest(m *message, _ *claim, _ key) string {
	list, _ := m.req.Get("Signature-Input")
	if !strings.Contains(list, `"content-digest"`) {
		return ""
	}
	v, _ := m.req.Get("Content-Digest")
	for _, item := range splitItems(v, ",") {
		alg, text, _ := strings.Cut(item, "=:")
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(text, ":"))
		if sum := digestOf(alg, m.body); sum != nil && (err != nil || subtle.ConstantTimeCompare(sum, raw) != 1) {
			return "the signature is right, but Content-Digest is not the digest of this body: the body was changed"
		}
	}
	return ""
}

func digestOf(alg string, body []byte) []byte {
	switch alg {
	case "sha-256":
		sum := sha256.Sum256(body)
		return sum[:]
	case "sha-512":
		sum := sha512.Sum512(body)
		return sum[:]
	}
	return nil
}

// writeMessageSignature renews digest, created time and signature of the first
// label, and drops the others.
func writeMessageSignature(s *Scheme, d *draft, k key, _ string) error {
	list, _ := d.message().req.Get("Signature-Input")
	in := signatureInput{label: "sig1", components: `"@method" "@target-uri" "content-digest"`}
	if all := inputs(list); len(all) > 0 {
		in = all[0]
	}
	if strings.Contains(in.components, `"content-digest"`) {
		d.renewDigest()
	}
	created := formatTime(d.at, "s")
	if old := in.param("created"); old != "" {
		in.params = strings.Replace(in.params, "created="+old, "created="+created, 1)
	} else {
		in.params += ";created=" + created
	}
	if old := in.param("expires"); old != "" {
		in.params = strings.Replace(in.params, "expires="+old, fmt.Sprintf("expires=%d", d.at.Unix()+300), 1)
	}
	sig, err := sign(algFor(messageAlg(in.param("alg")), k), k, in.base(d.message()))
	if err != nil {
		return err
	}
	d.set("Signature-Input", in.label+"=("+in.components+")"+in.params)
	d.set("Signature", in.label+"=:"+encode(s.Out, sig)+":")
	return nil
}

func (d *draft) renewDigest() {
	alg := "sha-256"
	if v, _ := d.message().req.Get("Content-Digest"); strings.HasPrefix(v, "sha-512") {
		alg = "sha-512"
	}
	d.set("Content-Digest", alg+"=:"+base64.StdEncoding.EncodeToString(digestOf(alg, d.body))+":")
}
