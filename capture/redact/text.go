package redact

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"creel/capture/lazy"

	"creel/capture"
)

// text hides values in a text that may be of any format.
func (s *Scan) text(p place, v string) string {
	if len(v) < 4 || p.depth > maxNested {
		return s.tokens(p, v)
	}
	const bom = "\ufeff"
	if rest, ok := strings.CutPrefix(v, bom); ok {
		return bom + s.text(p, rest)
	}
	first := strings.TrimLeft(v, " \t\r\n")
	switch {
	case first == "":
		return v
	case first[0] == '{' || first[0] == '[':
		if out, ok := s.json(s.root(p), v); ok {
			return out
		}
	case first[0] == '<':
		if out, ok := s.markup(p, v); ok {
			return out
		}
	case first[0] == '"' && first[len(first)-1] == '"' && p.depth > 0 && strings.Contains(first, `\"`):
		if out, ok := s.quoted(p, v); ok {
			return out
		}
	}
	if out, ok := s.base64(p, v); ok {
		return out
	}
	if out, ok := s.percent(p, v); ok {
		return out
	}
	if isForm(v) {
		return s.tokens(p, s.params(p, v))
	}
	if wholeURL().MatchString(v) {
		return s.url(p, v)
	}
	return s.tokens(p, s.pairs(p, s.block(p, s.urls(p, v))))
}

// root is where a JSON document begins: pointers lead into a body, not into
// what is written in its values.
func (s *Scan) root(p place) place {
	if p.depth == 1 && p.where == inBody {
		p.pointer = []string{}
	}
	return p
}

// quoted reads a string of JSON in which something is written.
func (s *Scan) quoted(p place, v string) (string, bool) {
	inner := strings.TrimSpace(v)
	text := strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\/`, `/`).Replace(inner[1 : len(inner)-1])
	out, ok := s.json(p.within(), text)
	if !ok {
		return v, false
	}
	if out == text {
		return v, true
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(out) + `"`, true
}

// base64 reads JSON that is encoded, as Pub/Sub sends it.
func (s *Scan) base64(p place, v string) (string, bool) {
	if len(v) < 12 || strings.Contains(v, ".") {
		return v, false
	}
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding, base64.URLEncoding, base64.RawStdEncoding} {
		plain, err := enc.DecodeString(v)
		if err != nil || !utf8.Valid(plain) {
			continue
		}
		text := string(plain)
		switch {
		case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["), strings.HasPrefix(text, "<"), isForm(text) && strings.Contains(text, "="):
		default:
			return v, false
		}
		out := s.text(p.within(), text)
		if out == text {
			return v, true
		}
		return enc.EncodeToString([]byte(out)), true
	}
	return v, false
}

// percent reads JSON, or a form, that is percent-encoded.
func (s *Scan) percent(p place, v string) (string, bool) {
	if !strings.Contains(v, "%") || strings.ContainsAny(v, " &={\"<\n") {
		return v, false
	}
	plain := capture.UnescapeQuery(v)
	if plain == v {
		return v, false
	}
	if shown := s.text(p.within(), plain); shown != plain {
		return escapeParam(shown), true
	}
	return v, true
}

var formShape = lazy.Regexp(`^[^\s=&?<>"'{}/:,;]+=[^\s&<>"'{}]*(?:&[^\s=&<>"'{}]+(?:=[^\s&<>"'{}]*)?)*$`)

// isForm reports whether v is names and values as in a query.
func isForm(v string) bool { return strings.Contains(v, "=") && formShape().MatchString(v) }

// params hides the values of a query or a form. Where nothing is hidden in a
// value, it keeps its spelling.
func (s *Scan) params(p place, query string) string {
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		if value == "" {
			continue
		}
		in := p.named(capture.UnescapeQuery(name))
		plain := capture.UnescapeQuery(value)
		if shown := s.value(in, plain); shown != plain {
			parts[i] = name + "=" + escapeParam(shown)
		}
	}
	return strings.Join(parts, "&")
}

// escapeParam escapes a value; the mask stays as it is.
func escapeParam(v string) string {
	return strings.ReplaceAll(url.QueryEscape(v), url.QueryEscape(mask), mask)
}

// url hides values in the query and the fragment of one URL.
func (s *Scan) url(p place, v string) string {
	p.where = inQuery
	before, fragment, hasFragment := strings.Cut(v, "#")
	before, query, hasQuery := strings.Cut(before, "?")
	out := s.tokens(p.named(""), s.segments(p, before))
	if hasQuery {
		out += "?" + s.params(p, query)
	}
	if hasFragment {
		if strings.Contains(fragment, "=") {
			fragment = s.params(p, fragment)
		}
		out += "#" + fragment
	}
	return s.tokens(p.named(""), out)
}

var matrix = lazy.Regexp(`;([^=;/]+)=([^;/]+)`)

// segments hides values in a path: ;name=value, and what is random after a
// segment that speaks of a secret, as in /reset-password/8hJ2....
func (s *Scan) segments(p place, path string) string {
	path = matrix().ReplaceAllStringFunc(path, func(m string) string { return ";" + s.params(p, m[1:]) })
	parts := strings.Split(path, "/")
	for i := 1; i < len(parts); i++ {
		if in := p.named(capture.UnescapeQuery(parts[i-1])); judge(in.name) == secret && looksSecret(parts[i]) && s.hit(byName, "path") {
			parts[i] = mask
		}
	}
	return strings.Join(parts, "/")
}

var (
	urlInText = lazy.Regexp(`[a-zA-Z][a-zA-Z0-9+.-]*://[^\s"'<>\x60\\]+`)
	wholeURL  = lazy.Regexp(`^[a-zA-Z][a-zA-Z0-9+.-]*://[^\s"'<>\x60\\]+$`)
)

// urls hides values in the URLs that stand in a text.
func (s *Scan) urls(p place, v string) string {
	if !strings.Contains(v, "://") {
		return v
	}
	return urlInText().ReplaceAllStringFunc(v, func(u string) string { return s.url(p, u) })
}

// A name and its value as programs and people write them: name=value,
// "name": 'value', name => value, --name value, the name is value.
var pairShape = lazy.Regexp(`([\pL_$@%-][\pL\pN_.$@%&;#\[\]-]*)(\\?["'\x60]?\]?\s*(?:=>|:=|==?|:)\s*|\\?["'\x60]\s*,\s*|\s+(?:is|was|-)\s+|[ \t]+|>)(\\?"(?:[^"\\]|\\[^"])*\\?"?|[ub]?'[^']*'?|[^\s"'&;,<>(){}\[\]]+)`)

// pairs hides values that stand after their name in a text.
func (s *Scan) pairs(p place, v string) string {
	var out strings.Builder
	at := 0
	for at < len(v) {
		m := pairShape().FindStringSubmatchIndex(v[at:])
		if m == nil {
			break
		}
		name, sep := v[at+m[2]:at+m[3]], v[at+m[4]:at+m[5]]
		off, end := at+m[6], at+m[7]
		open, value, shut := unquoted(v[off:end])
		shown := value
		if in := p.named(capture.UnescapeQuery(name)); joins(sep, in.name, value) {
			shown, _ = s.hide(in, value)
		}
		if shown == value { // what follows the name may be a pair, too
			out.WriteString(v[at : at+m[3]])
			at += m[3]
			continue
		}
		out.WriteString(v[at:off] + open + shown + shut)
		at = end
	}
	out.WriteString(v[at:])
	return out.String()
}

// joins reports whether the value is that of the name, by what is between them.
func joins(sep, name, value string) bool {
	if isPlain(value) || strings.HasPrefix(value, "//") || judge(name) == nothing {
		return false
	}
	if strings.Contains(sep, "\n") && (value == "-" || strings.HasSuffix(value, ":")) { // what is below the name in YAML
		return false
	}
	switch strings.TrimSpace(sep) {
	case "", "is", "was", "-": // people write so, about words as well
		random := strings.ContainsFunc(value, unicode.IsDigit) && strings.ContainsFunc(value, unicode.IsLetter) && len(value) >= 6
		return judge(name) == secret && random
	}
	return !strings.Contains(sep, ",") || judge(name) == secret
}

// unquoted parts a value and its quotes.
func unquoted(v string) (open, value, shut string) {
	for _, q := range []string{`\"`, `"`, `'`, `u'`, `b'`} {
		if rest, ok := strings.CutPrefix(v, q); ok {
			if value, ok := strings.CutSuffix(rest, q[len(q)-1:]); ok && q != `\"` {
				return q, value, q[len(q)-1:]
			}
			if value, ok := strings.CutSuffix(rest, q); ok {
				return q, value, q
			}
			return q, rest, ""
		}
	}
	return "", v, ""
}

// plainValues are words about a secret.
var plainValues = setOf(`
	null nil none true false undefined expired invalid missing required valid bearer basic digest token string ok yes no is
	was has the a not must | > |- >- |+ >+`)

// isPlain reports whether a value after a name in a text is a word about the
// secret, not the secret: "token: expired".
func isPlain(v string) bool {
	word := strings.ToLower(strings.Trim(v, ".,;!?"))
	return word == "" || plainValues()[word] || strings.HasSuffix(v, "?") || strings.HasPrefix(v, "$") || strings.HasPrefix(v, "%(")
}
