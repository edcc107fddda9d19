package redact

import (
	"encoding/json"
	"strconv"
	"strings"

	"creel/capture/jsontok"
)

// json hides values in JSON, or in several values of it one after the other;
// false when src is something else.
func (s *Scan) json(p place, src string) (string, bool) {
	b := []byte(src)
	start := jsontok.SkipSpace(b, 0)
	if start == len(b) || b[start] != '{' && b[start] != '[' {
		return src, false
	}
	r := jsontok.Reader{Lexer: jsontok.Lexer{Src: b}, Stream: true}
	var err error
	for err == nil {
		_, err = r.Next()
	}
	if _, wrong := err.(*jsontok.SyntaxError); wrong {
		return src, false
	}
	var out strings.Builder
	l := jsontok.Lexer{Src: b}
	at := 0
	for t, ok := l.Next(); ok; t, ok = l.Next() {
		end := l.Skip(t)
		out.WriteString(src[at:t.Off])
		s.jsonValue(&out, p, b[t.Off:end])
		at = end
	}
	out.WriteString(src[at:])
	return out.String(), true
}

// jsonValue writes the value src, which is right and at most MaxDepth deep, as
// it may be shown.
func (s *Scan) jsonValue(out *strings.Builder, p place, src []byte) {
	switch src[0] {
	case '"':
		out.WriteString(s.jsonString(p, src))
		return
	case '{', '[':
	default:
		out.WriteString(s.jsonLiteral(p, string(src)))
		return
	}
	at, i := 0, 0
	pair := pairName(src)
	for c := range jsontok.Children(src) {
		in := p.element(strconv.Itoa(i))
		if c.Name.Kind == jsontok.Name {
			in = p.member(jsontok.Unquote(src[c.Name.Off:c.Name.End]))
			if pair != "" && isValueName(in.name) {
				in.name = pair
			}
		} else if pair != "" {
			in.name, pair = pair, ""
		} else if text := jsontok.Unquote(src[c.Off:c.End]); src[c.Off] == '"' && namesNext(text, i) {
			pair = text
		}
		out.Write(src[at:c.Off])
		s.jsonValue(out, in, src[c.Off:c.End])
		at = c.End
		i++
	}
	out.Write(src[at:])
}

// namesNext reports whether element i of an array is the secret name of the next
// one, as in ["Authorization", V] and ["--password", V].
func namesNext(text string, i int) bool {
	return namesSecret(text) && (i%2 == 0 || text[0] == '-')
}

// pairName is the name in an object that is a pair of name and value, such as
// {"name": N, "value": V}; empty when src is none, or the name says nothing.
func pairName(src []byte) string {
	if src[0] != '{' {
		return ""
	}
	for c := range jsontok.Children(src) {
		if src[c.Off] == '"' && isNameName(jsontok.Unquote(src[c.Name.Off:c.Name.End])) {
			if text := jsontok.Unquote(src[c.Off:c.End]); judge(text) != nothing && isName(text) {
				return text
			}
		}
	}
	return ""
}

// nameNames and valueNames are names of the two members of a pair.
var (
	nameNames  = setOf("name key field header param parameter label property attribute variable k id path pointer")
	valueNames = setOf(`
		value val v values content data text stringvalue string_value default new old newvalue oldvalue new_value old_value before
		after from to current previous`)
)

func isNameName(s string) bool  { return nameNames()[strings.ToLower(s)] }
func isValueName(s string) bool { return valueNames()[strings.ToLower(s)] }

// jsonString is a string with its quotes. One in which nothing is hidden keeps
// its spelling.
func (s *Scan) jsonString(p place, src []byte) string {
	v := jsontok.Unquote(src)
	if shown := s.value(p, v); shown != v {
		return jsontok.Quote(shown)
	}
	return string(src)
}

// jsonLiteral is a number or a word. A number stays one.
func (s *Scan) jsonLiteral(p place, v string) string {
	if v == "null" || v == "true" || v == "false" {
		for _, r := range s.rules {
			if v != "null" && r.hits(p) && s.hit(r.Name, p.label()) {
				return "false"
			}
		}
		return v
	}
	if len(v) < 8 && strings.HasSuffix(strings.ToLower(p.name), "tokens") { // a number of tokens
		return v
	}
	shown, hidden := s.hide(p, v)
	switch {
	case hidden && shown == mask:
		return "0"
	case hidden && json.Valid([]byte(shown)):
		return shown
	case hidden:
		return digitsLike(v, []byte(shown))
	}
	shown = s.tokens(p, v)
	if shown != v {
		return "0"
	}
	return v
}
