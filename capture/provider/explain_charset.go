package provider

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

var byteOrders = []struct {
	order unicode.Endianness
	name  string
}{{unicode.LittleEndian, "little endian"}, {unicode.BigEndian, "big endian"}}

// charsets are the text in UTF-16 where it came in UTF-8, and the reverse.
func (t *mismatch) charsets() (all []rewrite) {
	body := t.m.body
	if t.budget -= 16 * len(body); t.budget < 0 {
		return nil
	}
	isUTF8 := utf8.Valid(body) && bytes.IndexByte(body, 0) < 0
	mark := []byte(bom)
	for _, o := range byteOrders {
		utf16 := unicode.UTF16(o.order, unicode.IgnoreBOM)
		switch {
		case isUTF8:
			text, _ := utf16.NewEncoder().Bytes(bytes.TrimPrefix(body, mark)) // all of UTF-8 can be written
			head, _ := utf16.NewEncoder().Bytes(mark)
			all = append(all,
				rewrite{text, "in UTF-16 (" + o.name + ")"},
				rewrite{append(head, text...), "in UTF-16 (" + o.name + ", with a byte order mark)"})
		case len(body)%2 == 0:
			text, _ := utf16.NewDecoder().Bytes(body) // half a pair becomes U+FFFD
			text = bytes.TrimPrefix(text, mark)
			all = append(all,
				rewrite{text, "in UTF-8, not UTF-16"},
				rewrite{append(mark[:len(mark):len(mark)], text...), "in UTF-8 with a byte order mark, not UTF-16"})
		}
	}
	return all
}
