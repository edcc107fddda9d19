package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// spelling is the same JSON written in another way.
type spelling struct {
	body []byte
	how  string
}

// spellings are the ways in which common libraries write the JSON of a body,
// token by token; none when it is not JSON.
func spellings(body []byte) []spelling {
	if !json.Valid(body) {
		return nil
	}
	var compact, two, four bytes.Buffer
	_ = json.Compact(&compact, body)
	_ = json.Indent(&two, compact.Bytes(), "", "  ")
	_ = json.Indent(&four, compact.Bytes(), "", "    ")
	c := compact.Bytes()
	all := []spelling{
		{c, "minified"},
		{spaced(c), "with a space after each comma and colon"},
		{two.Bytes(), "indented by two spaces"},
		{four.Bytes(), "indented by four spaces"},
		{bytes.ReplaceAll(c, []byte(`\/`), []byte("/")), `minified, with / for \/`},
		{slashed(c), `minified, with \/ for /`},
		{[]byte(ascii(string(c))), `minified, with \u escapes for what is not ASCII`},
		{[]byte(ascii(string(slashed(c)))), `minified, with \/ and \u escapes`},
	}
	var other []spelling
	for _, s := range all {
		if !bytes.Equal(s.body, body) {
			other = append(other, s)
		}
	}
	return other
}

// spaced puts a space after the commas and colons outside of strings.
func spaced(c []byte) []byte {
	out := make([]byte, 0, len(c)+len(c)/8)
	for i := 0; i < len(c); {
		if c[i] == '"' {
			end := min(skipString(c, i), len(c))
			out = append(out, c[i:end]...)
			i = end
			continue
		}
		out = append(out, c[i])
		if c[i] == ',' || c[i] == ':' {
			out = append(out, ' ')
		}
		i++
	}
	return out
}

// slashed writes every slash as \/, as PHP does.
func slashed(c []byte) []byte {
	plain := bytes.ReplaceAll(c, []byte(`\/`), []byte("/"))
	return bytes.ReplaceAll(plain, []byte("/"), []byte(`\/`))
}

// ascii writes what is not ASCII as \u escapes, in UTF-16 as JSON has it.
func ascii(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
