package provider

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// byteOrder is one of the two that UTF-16 comes in.
type byteOrder struct {
	order interface {
		binary.ByteOrder
		binary.AppendByteOrder
	}
	name string
}

var byteOrders = []byteOrder{{binary.LittleEndian, "little endian"}, {binary.BigEndian, "big endian"}}

// charsets are the text in UTF-16 where it came in UTF-8, and the reverse.
func (t *mismatch) charsets() (all []rewrite) {
	body := t.m.body
	if t.budget -= 16 * len(body); t.budget < 0 {
		return nil
	}
	isUTF8 := utf8.Valid(body) && bytes.IndexByte(body, 0) < 0
	for _, o := range byteOrders {
		switch {
		case isUTF8:
			text := o.encode(strings.TrimPrefix(string(body), bom))
			all = append(all,
				rewrite{text, "in UTF-16 (" + o.name + ")"},
				rewrite{append(o.encode(bom), text...), "in UTF-16 (" + o.name + ", with a byte order mark)"})
		case len(body)%2 == 0:
			text := strings.TrimPrefix(o.decode(body), bom)
			all = append(all,
				rewrite{[]byte(text), "in UTF-8, not UTF-16"},
				rewrite{[]byte(bom + text), "in UTF-8 with a byte order mark, not UTF-16"})
		}
	}
	return all
}

func (o byteOrder) encode(text string) (out []byte) {
	for _, unit := range utf16.Encode([]rune(text)) {
		out = o.order.AppendUint16(out, unit)
	}
	return out
}

func (o byteOrder) decode(data []byte) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = o.order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}
