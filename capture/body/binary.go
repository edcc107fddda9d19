package body

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"creel/capture/safe"
	"creel/capture/words"
)

// binaryReader reads the binary formats that describe themselves, and lays out
// their values like JSON.
type binaryReader struct {
	builder
	src []byte
	i   int
}

var (
	errShort = errors.New("the content ends within a value")
	errDeep  = errors.New("nested more than 512 deep")
)

// all lays out one value after the other until there is nothing left; item reads
// the next one.
func (r *binaryReader) all(ctx context.Context, item func(before []Span, depth int) error) (*View, error) {
	if len(r.src) > maxWhole {
		return nil, errTooLarge
	}
	for r.i < len(r.src) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err := item(nil, 0); err != nil {
			return nil, fmt.Errorf("byte %d: %w", r.i, err)
		}
	}
	return r.view(), nil
}

// begins reports whether the first byte of the content is in a range.
func (r *binaryReader) begins(from, to byte) bool {
	return len(r.src) > 0 && from <= r.src[0] && r.src[0] <= to
}

// maxTried is the size of content up to which it is tried whether it is of a
// format that it does not say.
const maxTried = 1 << 20

// tries reports whether the whole content is one map whose first key is a text.
func (r *binaryReader) tries(item func(before []Span, depth int) error, isText func(byte) bool) bool {
	return len(r.src) > 1 && len(r.src) <= maxTried && isText(r.src[1]) && item(nil, 0) == nil && r.i == len(r.src)
}

// take returns the next n bytes.
func (r *binaryReader) take(n uint64) ([]byte, error) {
	if n > uint64(len(r.src)-r.i) {
		return nil, errShort
	}
	b := r.src[r.i : r.i+int(n)]
	r.i += int(n)
	return b, nil
}

// uint reads a big-endian number of n bytes.
func (r *binaryReader) uint(n int) (uint64, error) {
	b, err := r.take(uint64(n))
	if err != nil {
		return 0, err
	}
	var full [8]byte
	copy(full[8-n:], b)
	return binary.BigEndian.Uint64(full[:]), nil
}

// scalar adds a line for a value that began at off.
func (r *binaryReader) scalar(off int, label []Span, value ...Span) {
	r.line(off, r.i, append(label, value...)...)
}

// container lays out n items, or those up to a break: an array, or a map with a key in
// front of each.
func (r *binaryReader) container(off int, before []Span, isMap bool, n uint64, indefinite bool, depth int, item func(before []Span, depth int) error) error {
	opens, closes := safe.Const("["), safe.Const("]")
	if isMap {
		opens, closes = safe.Const("{"), safe.Const("}")
	}
	if n == 0 && !indefinite {
		r.scalar(off, before, Span{Punct, safe.Concat(opens, closes)})
		return nil
	}
	r.open(off, r.i, append(before, Span{Punct, opens})...)
	for k := uint64(0); (indefinite && !r.atBreak()) || (!indefinite && k < n); k++ {
		if k > 0 {
			r.comma()
		}
		var name []Span
		if isMap {
			key, err := r.key(depth+1, item)
			if err != nil {
				return err
			}
			name = label(key)
		}
		if err := item(name, depth+1); err != nil {
			return err
		}
	}
	r.close(r.i, r.i, Span{Punct, closes})
	return nil
}

// atBreak passes the break that ends what has no length.
func (r *binaryReader) atBreak() bool {
	if r.i < len(r.src) && r.src[r.i] == 0xff {
		r.i++
		return true
	}
	return false
}

// key reads the key of a map, which may be any item: text is shown as it is, another
// in the one line that its layout gives.
func (r *binaryReader) key(depth int, item func(before []Span, depth int) error) (Span, error) {
	outer, start := r.builder, r.i
	r.builder = builder{}
	err := item(nil, depth)
	key := Span{Key, r.oneLine()}
	r.builder = outer
	if err != nil {
		r.i = start
	}
	return key, err
}

// comma ends the line that was laid out last, as another value follows it.
func (r *binaryReader) comma() {
	if !r.full {
		l := &r.doc.lines[len(r.doc.lines)-1]
		l.Spans = append(l.Spans, Span{Punct, safe.Const(",")})
	}
}

// oneLine returns all that was laid out as one line.
func (r *binaryReader) oneLine() safe.Text {
	var parts []safe.Text
	for i := range r.doc.lines {
		for _, s := range r.doc.lines[i].Spans[1:] {
			parts = append(parts, s.Text)
		}
	}
	return safe.Concat(parts...).Cut(MaxRow)
}

// label is the name of what follows, and how it is written before a value.
func label(s Span) []Span { return []Span{s, {Punct, safe.Const(": ")}} }

func number(s string) Span { return Span{Number, safe.Line(s)} }

func unsigned(n uint64) Span { return number(strconv.FormatUint(n, 10)) }

func signed(n int64) Span { return number(strconv.FormatInt(n, 10)) }

// float is a number as section 8 of RFC 8949 writes it.
func float(f float64, size int) Span {
	text := strconv.FormatFloat(f, 'g', -1, size)
	switch {
	case math.IsInf(f, 0):
		text = strings.TrimPrefix(text, "+") + "inity"
	case !strings.ContainsAny(text, ".eN"):
		text += ".0" // not an integer
	}
	return number(text)
}

// quoted shows text in quotes, as JSON would.
func quoted(b []byte) []Span { return []Span{{String, safe.Line(strconv.Quote(string(b)))}} }

// hexBytes shows the beginning of bytes in hexadecimal, and how many they are.
func hexBytes(b []byte) []Span {
	const most = 64
	head := b[:min(len(b), most)]
	spans := []Span{{String, safe.Line("h'" + hex.EncodeToString(head) + "'")}}
	if len(b) > most {
		spans = append(spans, Span{Comment, safe.Line("… " + words.Size(int64(len(b))))})
	}
	return spans
}

// textOrBytes shows bytes as text when they are.
func textOrBytes(b []byte) []Span {
	if !isText(b) {
		return hexBytes(b)
	}
	return quoted(b)
}

func isText(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	for _, c := range b {
		if c < 0x20 && c != '\n' && c != '\t' && c != '\r' || c == 0x7f {
			return false
		}
	}
	return true
}

// halfFloat is the value of a float of 16 bits (IEEE 754 binary16; RFC 8949
// appendix D).
func halfFloat(h uint16) float64 {
	exp, mant := int(h>>10&0x1f), float64(h&0x3ff)
	f := 0.0
	switch exp {
	case 0:
		f = math.Ldexp(mant, -24)
	case 31:
		f = math.Inf(1)
		if mant != 0 {
			f = math.NaN()
		}
	default:
		f = math.Ldexp(mant+1024, exp-25)
	}
	if h&0x8000 != 0 {
		f = -f
	}
	return f
}
