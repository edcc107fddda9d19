package edit

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"

	"creel/capture"
	"creel/capture/body"
)

// charset is what a body is written in. The zero value is UTF-8, or what is not known.
type charset struct {
	name     string
	encoding encoding.Encoding
}

// errNotUTF8 refuses to change a text that cannot be read for certain.
var errNotUTF8 = errors.New("the body is not UTF-8, and does not say what charset it is in")

// readText gives data that came with fields in UTF-8, and the charset in which it goes
// back to the same bytes. Where it would not, or is UTF-8 against what is said of it, the
// text is data itself.
func readText(data []byte, fields []capture.Field) ([]byte, charset) {
	enc, name := body.Charset(data, fields)
	if enc == nil || utf8.Valid(data) && bytes.ContainsFunc(data, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return data, charset{}
	}
	text, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return data, charset{}
	}
	cs := charset{name, enc}
	if back, p := cs.write(text); p != nil || !bytes.Equal(back, data) {
		return data, charset{}
	}
	return text, cs
}

// write gives a text in the charset.
func (c charset) write(text []byte) ([]byte, *Problem) {
	if c.encoding == nil {
		return text, nil
	}
	out, err := c.encoding.NewEncoder().Bytes(text)
	if err == nil {
		return out, nil
	}
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRune(text[at:])
		if _, err := c.encoding.NewEncoder().Bytes(text[at : at+n]); err != nil {
			return nil, problemAt(text, at, fmt.Sprintf("%q is not in %s, the charset of the body", r, c.name))
		}
		at += n
	}
	return nil, problemAt(text, 0, fmt.Sprintf("not in %s, the charset of the body: %v", c.name, err))
}

// saysText reports whether a body is said to be text.
func saysText(fields []capture.Field) bool {
	media, _ := body.MediaType(fields)
	for _, part := range []string{"text/", "json", "xml", "yaml", "javascript", "graphql", "x-www-form-urlencoded"} {
		if strings.Contains(media, part) {
			return true
		}
	}
	return false
}

func compressed(fields []capture.Field) bool {
	how, ok := capture.FieldValue(fields, "Content-Encoding")
	return ok && !strings.EqualFold(strings.TrimSpace(how), "identity")
}

// Binary reports whether data that came with fields is no text that one could edit: one
// byte in ten is a control character or no UTF-8, and there are more than a few. Data
// without control characters is text when it says so, or when half of it is ASCII:
// its charset is not known.
func Binary(data []byte, fields []capture.Field) bool {
	s := data[:min(len(data), 8<<10)]
	control, high := 0, 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRune(s[i:])
		switch {
		case r == utf8.RuneError && n <= 1:
			high++
		case r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f:
			control++
		}
		i += n
	}
	if control == 0 && (saysText(fields) || high*2 < len(s)) {
		return false
	}
	odd := control + high
	return odd > 4 && odd*10 > len(s)
}
