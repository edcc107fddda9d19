package provider

import (
	"fmt"
	"net/url"
	"strings"
)

// damagedSignature compares the signature as text with the right one: cut short,
// without its prefix, in quotes.
func damagedSignature(t *mismatch) string {
	if asymmetric(t.s.alg()) || t.s.alg() == algToken {
		return ""
	}
	for _, sec := range t.secrets {
		for _, want := range t.expected(sec) {
			for _, got := range t.texts() {
				if how := damage(got, want, t.s); how != "" {
					return how
				}
			}
		}
	}
	return ""
}

// expected are the signatures as text that would be right with the secret.
func (t *mismatch) expected(sec Secret) []string {
	if t.s.read != nil && t.s.KV == "" && len(t.s.Sig) == 0 {
		return nil
	}
	c := t.s.readClaim(t.m)
	if len(c.sigs) == 0 {
		// What cannot be read is compared as text.
		c.sigs = []candidate{{alg: t.s.alg()}}
		if t.s.TS != "" && t.s.TS[0] != 'f' {
			t.s.readTime(t.m, &c)
		}
	}
	alg := c.sigs[0].alg
	k, err := t.s.keyOfSecret(sec, alg)
	if err != nil || asymmetric(algFor(alg, k)) {
		return nil
	}
	contents, reason := t.s.contentsOf(t.m, &c, 0, sec.Value)
	if reason != "" {
		return nil
	}
	var all []string
	for _, content := range contents {
		t.budget -= len(content) + macCost
		all = append(all, t.s.Prefix+encode(t.s.Out, mac(algFor(alg, k), k, content)))
	}
	return all
}

// texts are the signatures of the request as they stand in its fields.
func (t *mismatch) texts() []string {
	var all []string
	for _, name := range t.s.Sig {
		v, ok := t.m.req.Get(name)
		if !ok {
			continue
		}
		items := []string{v}
		if t.s.Item != "" && t.s.KV != "" {
			items = splitItems(v, t.s.Item)
		}
		for _, item := range items {
			if t.s.KV == "" {
				all = append(all, item)
			} else if version, text, ok := strings.Cut(item, t.s.KV); ok && version == t.s.Field {
				all = append(all, text)
			}
		}
	}
	return all
}

// minPart is how many characters of a signature must match to call it cut.
const minPart = 8

// damage says how got comes from want; empty when it does not.
func damage(got, want string, s *Scheme) string {
	bare := strings.TrimPrefix(want, s.Prefix)
	unescaped, _ := url.PathUnescape(got)
	switch {
	case got == bare && s.Prefix != "":
		return fmt.Sprintf("the signature matches, but %s is missing in front of it", s.Prefix)
	case strings.Trim(got, invisible) == want || strings.Trim(got, invisible+",;") == want:
		return "the signature matches, but it stands in quotes or white space"
	case strings.EqualFold(got, want) && (s.Out == "" || s.Out == "hex"):
		return fmt.Sprintf("the signature matches but for upper and lower case: %s", s.form())
	case strings.ReplaceAll(got, " ", "+") == want:
		return "the signature matches, but its + became a space on the way: something decoded it as a form"
	case unescaped == want:
		return "the signature matches, but it is percent-encoded"
	}
	got = strings.TrimPrefix(got, s.Prefix)
	short, full := strings.TrimRight(got, "="), strings.TrimRight(bare, "=")
	if s.Out == "" || s.Out == "hex" {
		short = strings.ToLower(short)
	}
	switch {
	case len(short) < minPart:
	case len(short) < len(full) && strings.HasPrefix(full, short):
		return fmt.Sprintf("the signature is cut short: its first %s match, the rest is missing", s.part(len(short), len(full)))
	case len(short) < len(full) && strings.HasSuffix(full, short):
		return fmt.Sprintf("the signature is cut: its last %s match, the beginning is missing", s.part(len(short), len(full)))
	case len(short) > len(full) && strings.HasPrefix(short, full):
		return fmt.Sprintf("the signature matches, but %d more characters follow it", len(short)-len(full))
	}
	return ""
}

// part words n of all characters of a signature, in bytes where they are whole.
func (s *Scheme) part(n, all int) string {
	of := func(chars int) (int, bool) {
		if s.Out == "" || s.Out == "hex" {
			return chars / 2, chars%2 == 0
		}
		return chars * 6 / 8, chars*6%8 < 6
	}
	have, whole := of(n)
	total, _ := of(all)
	if whole {
		return fmt.Sprintf("%d of %d bytes (%d of %d characters)", have, total, n, all)
	}
	return fmt.Sprintf("%d of %d characters (%d of %d bytes)", n, all, have, total)
}

// otherOut tries the signature as hex where base64 is due, and the reverse.
func otherOut(t *mismatch) string {
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
func otherHash(t *mismatch) string {
	if asymmetric(t.s.alg()) || t.s.alg() == algToken || t.s.alg() == algPlain || t.s.read != nil {
		return ""
	}
	for _, alg := range []string{"sha1", "sha256", "sha384", "sha512"} {
		v := *t.s
		v.Alg, v.algOf = alg, nil
		if alg != t.s.alg() && t.any(&v, t.m) {
			return fmt.Sprintf("it was signed with %s; %s signs with %s", algWords(alg), t.s.Title, algWords(t.s.alg()))
		}
	}
	return ""
}

// otherTemplate tries other contents that a home-made sender may have signed.
func otherTemplate(t *mismatch) string {
	if t.s.contents != nil || asymmetric(t.s.alg()) || t.s.alg() == algToken {
		return ""
	}
	templates := []string{"{body}"}
	if t.s.TS != "" {
		templates = append(templates, "{ts}.{body}", "{ts}{body}", "{ts}:{body}", "{ts}\n{body}", "{body}{ts}", "{body}.{ts}", "v0:{ts}:{body}")
	}
	if t.s.url {
		templates = append(templates, "{url}", "{url}{body}", "{body}{url}")
	}
	for _, template := range templates {
		v := *t.s
		v.Template, v.tmpl, v.spell = template, nil, nil
		if template == t.s.Template || v.compileTemplate() != nil || !t.any(&v, t.m) {
			continue
		}
		if template == "{body}" {
			return fmt.Sprintf("the body alone was signed; %s signs %s", t.s.Title, t.s.Template)
		}
		return fmt.Sprintf("it was signed over %q; %s signs %q", template, t.s.Title, t.s.Template)
	}
	return ""
}
