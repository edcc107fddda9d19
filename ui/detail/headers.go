package detail

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/safe"
	"creel/capture/words"
)

// mostValue is how much is shown of the value of a field.
const mostValue = 64 << 10

// beginning is as much of a value as is shown.
func beginning(s string) string {
	n := min(len(s), mostValue)
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func fieldRow(f capture.Field) row {
	r := row{
		spans: []span{{kindLooks[body.Attr], safe.Short(f.Name, 1000)}, {dim, safe.Const(": ")}, {plain, safe.Line(beginning(f.Value))}},
		value: &Value{f.Name, f.Value},
	}
	if n := len(f.Value); n > mostValue {
		r.spans = append(r.spans, span{dim, safe.Line("… " + words.Size(int64(n)) + " in all, y copies it")})
	}
	return r
}

func fieldRows(fields, trailers []capture.Field) (rows []row) {
	for _, f := range fields {
		rows = append(rows, fieldRow(f))
	}
	for _, f := range trailers {
		r := fieldRow(f)
		r.aside.before = safe.Const("trailer")
		rows = append(rows, r)
	}
	return rows
}

// buildHeaders shows the fields as they came, and beneath a value what is folded into it.
func (p *Pane) buildHeaders(s *sheet) tea.Cmd {
	r := &p.ex.Request
	if !r.Exact && r.Malformed == "" {
		s.head = append(s.head, row{spans: []span{{dim, safe.Const("order and spelling of the fields were lost on the way")}}, prose: true})
	}
	for _, f := range r.Fields {
		fr := fieldRow(f)
		fr.aside.before = p.when(f)
		s.head = append(s.head, fr)
		for _, beneath := range p.decoded(f.Value) {
			s.head = append(s.head, row{spans: append([]span{{dim, safe.Const("    ")}}, beneath...)})
		}
	}
	s.head = append(s.head, fieldRows(nil, r.Trailers)...)
	return nil
}

// when says how long before the arrival the time in a field was.
func (p *Pane) when(f capture.Field) safe.Text {
	if t, err := http.ParseTime(f.Value); err == nil {
		return safe.Line(words.Ago(p.deps.Now().Sub(t)))
	}
	if strings.Contains(strings.ToLower(f.Name), "timestamp") {
		if t, ok := unixTime(f.Value); ok {
			return safe.Linef("%s, %s", t.Local().Format(time.DateTime), words.Ago(p.deps.Now().Sub(t)))
		}
	}
	return safe.Text{}
}

// unixTime reads seconds or milliseconds since 1970 of this century.
func unixTime(s string) (time.Time, bool) {
	n, err := strconv.ParseUint(s, 10, 63)
	switch {
	case err == nil && len(s) == 10:
		return time.Unix(int64(n), 0), true
	case err == nil && len(s) == 13:
		return time.UnixMilli(int64(n)), true
	}
	return time.Time{}, false
}

// decoded are the credentials of Basic and the parts of each JSON Web Token (RFC 7519) in a value.
func (p *Pane) decoded(value string) [][]span {
	var lines [][]span
	scheme, rest, _ := strings.Cut(value, " ")
	if strings.EqualFold(scheme, "basic") {
		if b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest)); err == nil && utf8.Valid(b) {
			lines = append(lines, []span{{dim, safe.Const("user:password ")}, {plain, safe.Line(b)}})
		}
	}
	for _, word := range strings.FieldsFunc(beginning(value), func(r rune) bool { return strings.ContainsRune(" ,;=\"'", r) }) {
		lines = append(lines, p.token(word)...)
	}
	return lines
}

// token takes a JSON Web Token apart; nothing when word is none.
func (p *Pane) token(word string) [][]span {
	parts := strings.Split(word, ".")
	if len(parts) != 3 || !strings.HasPrefix(parts[0], "ey") {
		return nil
	}
	head, err := base64.RawURLEncoding.DecodeString(parts[0])
	claims, err2 := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || err2 != nil || !json.Valid(head) {
		return nil
	}
	lines := [][]span{{{dim, safe.Const("JWT head   ")}, {plain, safe.Line(head)}}, {{dim, safe.Const("JWT claims ")}, {plain, safe.Line(claims)}}}
	var times struct {
		Exp, Iat, Nbf json.Number
	}
	if json.Unmarshal(claims, &times) != nil {
		return lines
	}
	for _, t := range []struct {
		name safe.Text
		at   json.Number
	}{{safe.Const("issued"), times.Iat}, {safe.Const("not before"), times.Nbf}, {safe.Const("expires"), times.Exp}} {
		if at, ok := unixTime(t.at.String()); ok {
			lines = append(lines, []span{{dim, safe.Linef("JWT %s %s, %s", t.name, at.Local().Format(time.DateTime), words.Ago(p.deps.Now().Sub(at)))}})
		}
	}
	return lines
}

// buildQuery shows the parameters of the query and the cookies, in order, decoded.
func (p *Pane) buildQuery(s *sheet) tea.Cmd {
	r := &p.ex.Request
	target := capture.SplitTarget(r.Target)
	if target.HasQuery {
		s.head = append(s.head, pair("Path", span{plain, safe.Line(target.Path)}), row{}, row{spans: []span{{title, safe.Const("Query")}}})
		s.head = append(s.head, pairs(target.Query, "&", url.QueryUnescape)...)
	}
	if cookies := cookieRows(r.Fields); len(cookies) > 0 {
		if target.HasQuery {
			s.head = append(s.head, row{})
		}
		s.head = append(s.head, row{spans: []span{{title, safe.Const("Cookies")}}})
		s.head = append(s.head, cookies...)
	}
	s.empty = safe.Const("no query, no cookies")
	return nil
}

func cookieRows(fields []capture.Field) []row {
	var rows []row
	for _, f := range fields {
		if strings.EqualFold(f.Name, "Cookie") {
			rows = append(rows, pairs(f.Value, ";", url.PathUnescape)...)
		}
	}
	return rows
}

// pairs are name=value pairs as a table, the names in a column.
func pairs(s, sep string, unescape func(string) (string, error)) []row {
	const most = 24
	var list []Value
	var names []safe.Text
	widest := 0
	for part := range strings.SplitSeq(s, sep) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		v := Value{plainText(name, unescape), plainText(value, unescape)}
		list, names = append(list, v), append(names, safe.Line(v.Name))
		widest = max(widest, min(most, names[len(names)-1].Width()))
	}
	rows := make([]row, len(list))
	for i, v := range list {
		rows[i] = row{
			spans: []span{{kindLooks[body.Key], names[i].Pad(widest)}, {plain, safe.Concat(safe.Const("  "), safe.Line(v.Text))}},
			value: &v,
		}
	}
	return rows
}

func plainText(s string, unescape func(string) (string, error)) string {
	if t, err := unescape(s); err == nil {
		return t
	}
	return s
}
