package sqlite

import (
	"bytes"
	"database/sql/driver"
	"strconv"
	"strings"
	"unicode/utf8"

	"creel/capture"
)

// Lists are kept as JSON, so that SQLite's functions can read them: header fields
// as [["Host","example.com"],["X-A","1"]]. A byte that is not UTF-8 is the escape of
// a lone surrogate, U+DC00 and the byte, as Python's surrogateescape has it.

// fieldsText writes fields as JSON.
func fieldsText(list []capture.Field) string {
	n := 2
	for i := range list {
		n += len(list[i].Name) + len(list[i].Value) + 8
	}
	var out strings.Builder
	out.Grow(n)
	for i := range list {
		out.WriteByte("[,"[min(i, 1)])
		out.WriteByte('[')
		writeQuoted(&out, list[i].Name)
		out.WriteByte(',')
		writeQuoted(&out, list[i].Value)
		out.WriteByte(']')
	}
	out.WriteByte(']')
	return out.String()
}

// listText writes strings as JSON.
func listText(list []string) string {
	var out strings.Builder
	for i, s := range list {
		out.WriteByte("[,"[min(i, 1)])
		writeQuoted(&out, s)
	}
	out.WriteByte(']')
	return out.String()
}

// writeMember writes a member of an object, a number or a text, after those that are
// there.
func writeMember(out *strings.Builder, name string, v driver.Value) {
	if out.Len() == 0 {
		out.WriteByte('{')
	} else {
		out.WriteByte(',')
	}
	out.WriteByte('"')
	out.WriteString(name)
	out.WriteString(`":`)
	if n, ok := v.(int64); ok {
		var digits [20]byte
		out.Write(strconv.AppendInt(digits[:0], n, 10))
		return
	}
	s, _ := v.(string)
	writeQuoted(out, s)
}

func writeQuoted(out *strings.Builder, s string) {
	const hex = "0123456789abcdef"
	out.WriteByte('"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		high := `\u00`
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
			high = `\udc`
		}
		out.WriteString(s[from:i])
		out.WriteString(high)
		out.WriteByte(hex[c>>4])
		out.WriteByte(hex[c&15])
		i++
		from = i
	}
	out.WriteString(s[from:])
	out.WriteByte('"')
}

// parseFields reads what fieldsText wrote.
func parseFields(text []byte, in *interner) []capture.Field {
	list := make([]capture.Field, 0, bytes.Count(text, []byte("],["))+1)
	p := quoted(text)
	for {
		name, _ := p.next()
		value, ok := p.next()
		if !ok {
			return list
		}
		list = append(list, capture.Field{Name: in.text(name), Value: in.text(value)})
	}
}

// parseList reads what listText wrote.
func parseList(text []byte, in *interner) (list []string) {
	p := quoted(text)
	for {
		s, ok := p.next()
		if !ok {
			return list
		}
		list = append(list, in.text(s))
	}
}

// quoted is the rest of a text of JSON strings.
type quoted []byte

// next returns the next string.
func (q *quoted) next() (s []byte, ok bool) {
	rest := []byte(*q)
	start := bytes.IndexByte(rest, '"')
	if start < 0 {
		return nil, false
	}
	rest = rest[start+1:]
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		return nil, false
	}
	if bytes.IndexByte(rest[:end], '\\') < 0 {
		*q = quoted(rest[end+1:])
		return rest[:end], true
	}
	var out []byte
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '"':
			*q = quoted(rest[i+1:])
			return out, true
		case c == '\\' && bytes.HasPrefix(rest[i:], []byte(`\u`)) && len(rest) >= i+6:
			b, _ := strconv.ParseUint(string(rest[i+4:i+6]), 16, 8) // of what writeQuoted wrote
			out = append(out, byte(b))
			i += 5
		default:
			out = append(out, c)
		}
	}
	return nil, false
}

// member returns the value of the next member of an object when it has that name.
func (q *quoted) member(name string) (v value, ok bool) {
	rest := []byte(*q)
	if len(rest) < len(name)+4 || rest[1] != '"' || string(rest[2:2+len(name)]) != name || string(rest[2+len(name):4+len(name)]) != `":` {
		return v, false
	}
	*q = quoted(rest[4+len(name):])
	if (*q)[0] == '"' {
		v.kind = kindText
		v.data, ok = q.next()
		return v, ok
	}
	end := bytes.IndexAny(*q, ",}")
	if end < 0 {
		return v, false
	}
	n, err := strconv.ParseInt(string((*q)[:end]), 10, 64)
	*q = (*q)[end:]
	return value{kind: kindNumber, number: n}, err == nil
}
