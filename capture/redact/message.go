package redact

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/lazy"
)

// Fields are header fields as they may be shown. in is left as it is.
func (s *Scan) Fields(in []capture.Field) []capture.Field {
	out := make([]capture.Field, len(in))
	for i, f := range in {
		out[i] = capture.Field{Name: f.Name, Value: s.field(f)}
	}
	return out
}

// wholeFields are fields that are secret by what they are for.
var wholeFields = setOf(`
	authorization proxy-authorization cookie set-cookie set-cookie2 authentication x-auth x-auth-key x-key x-access-key
	x-session x-api plaid-verification key token`)

// plainFields have a secret-like name and no secret.
var plainFields = setOf("sec-websocket-key idempotency-key x-idempotency-key surrogate-key signature-input")

func (s *Scan) field(f capture.Field) string {
	p := place{where: inHeader, name: f.Name}
	name := strings.ToLower(f.Name)
	if f.Value == "" || f.Value == mask {
		return f.Value
	}
	if wholeFields()[name] && !s.ruled(p) {
		if !s.hit(byName, p.label()) {
			return f.Value
		}
		// Basic, Bearer and the like are no secret and say much.
		if scheme, _, ok := strings.Cut(f.Value, " "); ok && strings.HasSuffix(name, "authorization") && !strings.ContainsAny(scheme, "=:,") {
			return scheme + " " + mask
		}
		return mask
	}
	if plainFields()[name] && !s.ruled(p) {
		return s.tokens(p, f.Value)
	}
	if shown, hidden := s.hide(p, f.Value); hidden {
		return shown
	}
	switch name {
	case "host", "date", "content-type", "content-length", "user-agent":
		return s.tokens(p, f.Value)
	case "sec-websocket-protocol": // browsers can send a token nowhere else
		return protocol().ReplaceAllStringFunc(s.tokens(p, f.Value), func(v string) string {
			if looksSecret(v) && s.hit(byName, p.label()) {
				return mask
			}
			return v
		})
	}
	if strings.HasPrefix(f.Value, "/") || strings.Contains(f.Value, "?") { // Referer, Location, Link and the like
		return s.urlsIn(p, f.Value)
	}
	return s.text(p.within(), f.Value)
}

var protocol = lazy.Regexp(`[^\s,]+`)

// ruled reports whether a rule is about the value at p.
func (s *Scan) ruled(p place) bool {
	return slices.ContainsFunc(s.rules, func(r *rule) bool { return r.hits(p) })
}

var queryInText = lazy.Regexp(`[?#][^\s"'<>,;]+`)

// urlsIn hides values in the queries that stand in a field.
func (s *Scan) urlsIn(p place, v string) string {
	in := place{where: inQuery}
	v = queryInText().ReplaceAllStringFunc(v, func(q string) string {
		query, fragment, has := strings.Cut(q[1:], "#")
		out := q[:1] + s.params(in, query)
		if has {
			out += "#" + s.params(in, fragment)
		}
		return out
	})
	return s.tokens(p, v)
}

// Target is a request target, or a URL, as it may be shown.
func (s *Scan) Target(t string) string { return s.url(place{where: inQuery}, t) }

// Text is a text about a message, such as a note or an error, as it may be shown.
func (s *Scan) Text(t string) string { return s.text(place{}, t) }

// Body is a body as it may be shown, together with its fields, which were given
// to Fields already or need not be shown. The fields are changed where the body
// no longer is what they say: one in which something was hidden is not
// compressed and is in UTF-8. A body in which nothing is hidden is returned as
// it is.
func (s *Scan) Body(fields []capture.Field, raw []byte) ([]byte, []capture.Field) {
	if len(raw) == 0 {
		return raw, fields
	}
	c := body.Read(raw, fields)
	if !utf8.Valid(c.Text) && bytes.ContainsFunc(c.Text, func(r rune) bool { return r < '\t' }) {
		return s.binary(c, raw), fields
	}
	src := string(c.Text)
	out := s.typed(place{depth: 1}, c.Media, c.Params, src)
	if out == src {
		return raw, fields
	}
	if c.Cut { // the rest was not looked at, so it is not shown
		out += "\n(the rest is left out)\n"
	}
	var kept []capture.Field
	for _, f := range fields {
		switch {
		case strings.EqualFold(f.Name, "Content-Encoding") && len(raw) > 0 && string(c.Data) != string(raw):
			continue
		case strings.EqualFold(f.Name, "Content-Type") && string(c.Text) != string(c.Data):
			f.Value = c.Media + "; charset=utf-8"
		}
		kept = append(kept, f)
	}
	return []byte(out), kept
}

// typed hides values in a text of that media type.
func (s *Scan) typed(p place, media string, params map[string]string, v string) string {
	switch {
	case strings.HasPrefix(media, "multipart/") && params["boundary"] != "":
		return s.multipart(p, params["boundary"], v)
	case media == "application/x-www-form-urlencoded" && !looksLikeJSON(v):
		return s.tokens(p, s.params(p, v))
	case media == "text/csv" || media == "text/tab-separated-values":
		return s.tokens(p, s.table(p, v))
	}
	return s.text(p, v)
}

func looksLikeJSON(v string) bool {
	v = strings.TrimLeft(v, " \t\r\n")
	return v != "" && (v[0] == '{' || v[0] == '[')
}

// table hides the columns with a secret name of a table with a line of names.
func (s *Scan) table(p place, v string) string {
	lines := strings.SplitAfter(v, "\n")
	sep := ","
	for _, other := range []string{";", "\t"} {
		if strings.Count(lines[0], other) > strings.Count(lines[0], sep) {
			sep = other
		}
	}
	names := strings.Split(strings.TrimRight(lines[0], "\r\n"), sep)
	for i, line := range lines[1:] {
		text := strings.TrimRight(line, "\r\n")
		cells := strings.Split(text, sep)
		for j := range cells {
			if j < len(names) {
				_, name, _ := unquoted(names[j])
				open, value, shut := unquoted(cells[j])
				cells[j] = open + s.value(p.named(name), value) + shut
			}
		}
		lines[i+1] = strings.Join(cells, sep) + line[len(text):]
	}
	return strings.Join(lines, "")
}

// binary hides tokens in what is no text, by as many bytes, and the strings
// after a secret name in MessagePack and CBOR. The text is raw decompressed, where
// it is compressed; where something is hidden in that, nothing is shown.
func (s *Scan) binary(c *body.Content, raw []byte) []byte {
	data, found := c.Text, findShapes(string(c.Text))
	if strings.Contains(c.Media, "msgpack") || strings.Contains(c.Media, "cbor") || mostlyText(data) {
		found = append(found, lengthPrefixed(data)...)
	}
	b := []byte(s.replace(place{}, string(data), found, func(found string) string {
		return strings.Repeat("*", len(found))
	}))
	for _, k := range s.known {
		if strings.Contains(string(b), k) && s.hit(byKnown, "body") {
			s.find(k)
			b = []byte(strings.ReplaceAll(string(b), k, strings.Repeat("*", len(k))))
		}
	}
	if string(b) == string(data) {
		return raw
	}
	if string(data) != string(raw) {
		return []byte("(compressed binary data with secrets in it)\n")
	}
	return b
}

// mostlyText reports whether half of the bytes are printable ASCII. In others, such as
// images and what is compressed, some look like a name and a length by chance.
func mostlyText(b []byte) bool {
	n := 0
	for _, c := range b {
		if c >= ' ' && c <= '~' {
			n++
		}
	}
	return 2*n >= len(b)
}

// lengthPrefixed finds strings with their length before them that follow a
// string with a secret name, as in MessagePack and CBOR.
func lengthPrefixed(b []byte) []span {
	const mostName = 64
	var out []span
	for i := range b {
		n, size := prefixed(b, i)
		if at := i + size; n >= 2 && n <= mostName && at+n < len(b) && judge(string(b[at:at+n])) == secret {
			value, skip := prefixed(b, at+n)
			if off := at + n + skip; value > 0 && off+value <= len(b) {
				out = append(out, span{off, off + value, byName})
			}
		}
	}
	return out
}

// prefixed reads the length of a string at i in MessagePack or CBOR, and how
// many bytes say it.
func prefixed(b []byte, i int) (n, size int) {
	if i < 0 || i >= len(b) {
		return 0, 0
	}
	switch c := b[i]; {
	case c >= 0xa0 && c <= 0xbf: // MessagePack
		return int(c - 0xa0), 1
	case c >= 0x60 && c <= 0x77: // CBOR
		return int(c - 0x60), 1
	case (c == 0xd9 || c == 0x78 || c == 0xc4 || c == 0x58) && i+1 < len(b):
		return int(b[i+1]), 2
	case (c == 0xda || c == 0x79) && i+2 < len(b):
		return int(b[i+1])<<8 | int(b[i+2]), 3
	}
	return 0, 0
}
