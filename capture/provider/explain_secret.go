package provider

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// ownSample tries the secret that creel signs samples with.
func ownSample(t *mismatch) string {
	if asymmetric(t.s.alg()) {
		return ""
	}
	secret, _ := t.s.sampleSecret() // a shared one is made without fail
	if !t.fits(t.s, t.m, Secret{Provider: t.s.Provider, Value: secret}) {
		return ""
	}
	return "it is a sample of creel's, signed with a secret of creel's own because none was known: send another one"
}

func otherSecret(t *mismatch) string {
	for _, o := range t.others {
		if !slices.Contains(t.secrets, o) && t.fits(t.s, t.m, o) {
			return fmt.Sprintf("it was signed with the secret configured for %s", o)
		}
	}
	return ""
}

// invisible are the characters that come with a secret that is copied.
const invisible = " \t\r\n\"'`\u00a0\u200b\u200c\u200d\u2060\ufeff“”„‘’"

// changedSecret tries the secret without what a copy or a shell adds to it, and
// with it, for a sender that has it.
func changedSecret(t *mismatch) string {
	for _, sec := range t.secrets {
		if t.fits(t.s, t.m, Secret{Provider: sec.Provider, Value: "\x00"}) { // for an HMAC the same as none (RFC 2104)
			return "it was signed with an empty secret: the sender's is not set"
		}
		for _, v := range secretRewrites(sec.Value) {
			if v.secret != sec.Value && v.secret != "" && t.fits(t.s, t.m, Secret{Provider: sec.Provider, Value: v.secret}) {
				return fmt.Sprintf("the secret for %s %s", sec, v.how)
			}
		}
	}
	return ""
}

type secretRewrite struct{ secret, how string }

func secretRewrites(s string) []secretRewrite {
	const without, with = ": without %s the signature matches", "lacks %s: the sender signs with a secret that has it"
	inner := strings.Map(func(r rune) rune {
		if strings.ContainsRune(invisible, r) {
			return -1
		}
		return r
	}, s)
	_, value, _ := strings.Cut(s, "=")
	unescaped, _ := url.PathUnescape(s)
	all := []secretRewrite{
		{strings.Trim(s, invisible), "has white space or quotes around it" + fmt.Sprintf(without, "them")},
		{inner, "has white space or quotes within it" + fmt.Sprintf(without, "them")},
		{strings.Trim(value, invisible), "has a name and = in front of it" + fmt.Sprintf(without, "them")},
		{unescaped, "is percent-encoded: decoded the signature matches"},
		{strings.ReplaceAll(s, `\n`, "\n"), `has \n written out: with line ends the signature matches`},
		{once(s), "is written twice: once the signature matches"},
		{strings.ToLower(s), "has upper-case letters: in lower case the signature matches"},
		{strings.ToUpper(s), "has lower-case letters: in upper case the signature matches"},
	}
	for _, add := range []struct{ before, after, what string }{
		{"", "\n", "a line end after it"},
		{"", "\r\n", "a line end (CR LF) after it"},
		{"", "\r", "a carriage return after it"},
		{"", " ", "a space after it"},
		{" ", "", "a space before it"},
		{"", "\t", "a tab after it"},
		{`"`, `"`, "double quotes around it"},
		{"'", "'", "single quotes around it"},
		{`"`, "\"\n", "double quotes around it and a line end"},
		{"\ufeff", "", "a byte order mark before it"},
	} {
		all = append(all, secretRewrite{add.before + strings.Trim(s, invisible) + add.after, fmt.Sprintf(with, add.what)})
	}
	return all
}

// once is a secret that was pasted twice; empty when it was not.
func once(s string) string {
	if half := s[:len(s)/2]; half+half == s {
		return half
	}
	return ""
}

// twoCauses tries a secret without what a copy or a shell adds to it where the URL or
// the body was changed, too.
func twoCauses(t *mismatch) string {
	for _, sec := range t.secrets {
		for _, v := range secretRewrites(sec.Value) {
			cause, _, adds := strings.Cut(v.how, ": without")
			if !adds || v.secret == sec.Value || v.secret == "" {
				continue
			}
			clean := *t
			clean.secrets = []Secret{{Provider: sec.Provider, Value: v.secret}}
			for _, second := range []func(*mismatch) string{otherURL, changedBody} {
				why := second(&clean)
				t.budget = clean.budget
				if why != "" {
					t.found = clean.found
					return fmt.Sprintf("two causes: the secret for %s %s, and %s", sec, cause, why)
				}
			}
		}
	}
	return ""
}

// keyEncoding tries the secret as text and decoded, with and without its prefix.
func keyEncoding(t *mismatch) string {
	if asymmetric(t.s.alg()) || t.s.alg() == algToken {
		return ""
	}
	type reading struct{ strip, encoding, how string }
	readings := []reading{
		{"", "raw", "taken as text, not decoded"},
		{t.s.Strip, "raw", "taken as text without " + t.s.Strip},
		{"whsec_", "raw", "taken as text without whsec_"},
		{"whsec_", "base64", "decoded from base64"},
		{"", "base64", "decoded from base64"},
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
			if t.fits(&v, t.m, Secret{Provider: t.s.Provider, Value: sec.Value}) {
				return fmt.Sprintf("it was signed with the secret %s; %s takes %s", r.how, t.s.Title, t.s.keyWords())
			}
		}
	}
	return ""
}

func (s *Scheme) keyWords() string {
	switch s.Key {
	case "base64", "hex":
		if s.Strip != "" {
			return fmt.Sprintf("what follows %s, decoded from %s", s.Strip, s.Key)
		}
		return "it decoded from " + s.Key
	}
	return "the whole of it as text"
}
