package body

import (
	"context"
	"fmt"
	"math"
	"time"

	"creel/capture/safe"
)

func fitsMsgPack(c *Content) int {
	if c.is("application/msgpack", "application/x-msgpack", "application/vnd.msgpack", "+msgpack") {
		return declared
	}
	r := &msgpackReader{binaryReader{src: c.Data}}
	isText := func(b byte) bool { return b >= 0xa1 && b <= 0xbf || b == 0xd9 }
	if c.saysNothing() && r.begins(0x81, 0x8f) && r.tries(r.value, isText) {
		return likely
	}
	return unfit
}

// openMsgPack lays out MessagePack values, one after the other
// (github.com/msgpack/msgpack/blob/master/spec.md).
func openMsgPack(ctx context.Context, c *Content) (*View, error) {
	r := &msgpackReader{binaryReader{src: c.Data}}
	v, err := r.all(ctx, r.value)
	if err == nil {
		v.note("MessagePack, written like JSON, with bytes as h'…'")
	}
	return v, err
}

type msgpackReader struct{ binaryReader }

func (r *msgpackReader) value(before []Span, depth int) error {
	if depth > maxDepth {
		return errDeep
	}
	off := r.i
	b, err := r.take(1)
	if err != nil {
		return err
	}
	switch c := b[0]; {
	case c <= 0x7f:
		r.scalar(off, before, unsigned(uint64(c)))
	case c >= 0xe0:
		r.scalar(off, before, signed(int64(int8(c))))
	case c <= 0x8f:
		return r.container(off, before, true, uint64(c&0xf), depth)
	case c <= 0x9f:
		return r.container(off, before, false, uint64(c&0xf), depth)
	case c <= 0xbf:
		return r.bytes(off, before, uint64(c&0x1f), quoted)
	default:
		return r.long(off, before, c, depth)
	}
	return nil
}

// long reads the values whose first byte says only what they are.
func (r *msgpackReader) long(off int, before []Span, c byte, depth int) error {
	switch {
	case c == 0xc0:
		r.scalar(off, before, Span{Constant, safe.Const("null")})
	case c == 0xc2 || c == 0xc3:
		r.scalar(off, before, Span{Constant, safe.Linef("%t", c == 0xc3)})
	case c == 0xc1:
		return fmt.Errorf("0xc1 begins nothing in MessagePack")
	case c >= 0xd4 && c <= 0xd8:
		return r.ext(off, before, 1<<(c-0xd4))
	case c >= 0xca && c <= 0xd3:
		return r.num(off, before, c)
	}
	// What is left has a length of 1, 2 or 4 bytes.
	for _, l := range [...]struct {
		first byte
		sizes []int
		read  func(n uint64) error
	}{
		{0xc4, []int{1, 2, 4}, func(n uint64) error { return r.bytes(off, before, n, hexBytes) }},
		{0xc7, []int{1, 2, 4}, func(n uint64) error { return r.ext(off, before, n) }},
		{0xd9, []int{1, 2, 4}, func(n uint64) error { return r.bytes(off, before, n, quoted) }},
		{0xdc, []int{2, 4}, func(n uint64) error { return r.container(off, before, false, n, depth) }},
		{0xde, []int{2, 4}, func(n uint64) error { return r.container(off, before, true, n, depth) }},
	} {
		if k := int(c) - int(l.first); k >= 0 && k < len(l.sizes) {
			n, err := r.uint(l.sizes[k])
			if err != nil {
				return err
			}
			return l.read(n)
		}
	}
	return nil
}

// num reads floats (0xca, 0xcb), unsigned (0xcc-0xcf) and signed numbers (0xd0-0xd3).
func (r *msgpackReader) num(off int, before []Span, c byte) error {
	size := 1 << ((c - 0xcc) & 3)
	if c < 0xcc {
		size = 4 << (c - 0xca)
	}
	n, err := r.uint(size)
	if err != nil {
		return err
	}
	switch {
	case c == 0xca:
		r.scalar(off, before, float(float64(math.Float32frombits(uint32(n))), 32))
	case c == 0xcb:
		r.scalar(off, before, float(math.Float64frombits(n), 64))
	case c <= 0xcf:
		r.scalar(off, before, unsigned(n))
	default:
		shift := 64 - 8*size
		r.scalar(off, before, signed(int64(n<<shift)>>shift))
	}
	return nil
}

func (r *msgpackReader) bytes(off int, before []Span, n uint64, shown func([]byte) []Span) error {
	b, err := r.take(n)
	if err == nil {
		r.scalar(off, before, shown(b)...)
	}
	return err
}

// ext reads an extension; type -1 is a time.
func (r *msgpackReader) ext(off int, before []Span, n uint64) error {
	t, err := r.take(1)
	if err != nil {
		return err
	}
	b, err := r.take(n)
	if err != nil {
		return err
	}
	if at, ok := msgpackTime(b); ok && int8(t[0]) == -1 {
		r.scalar(off, before, Span{Constant, safe.Line(at.UTC().Format(time.RFC3339Nano))})
		return nil
	}
	r.scalar(off, before, append([]Span{{Attr, safe.Linef("ext(%d) ", int8(t[0]))}}, hexBytes(b)...)...)
	return nil
}

func msgpackTime(b []byte) (time.Time, bool) {
	r := binaryReader{src: b}
	n, err := r.uint(min(len(b), 8))
	switch {
	case err != nil:
	case len(b) == 4:
		return time.Unix(int64(n), 0), true
	case len(b) == 8:
		return time.Unix(int64(n&(1<<34-1)), int64(n>>34)), true
	}
	return time.Time{}, false
}

func (r *msgpackReader) container(off int, before []Span, isMap bool, n uint64, depth int) error {
	return r.binaryReader.container(off, before, isMap, n, false, depth, r.value)
}
