package body

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"

	"creel/capture/safe"
)

func fitsCBOR(c *Content) int {
	if c.is("application/cbor", "application/cose", "application/cwt", "application/cbor-seq", "+cbor", "+cbor-seq") {
		return declared
	}
	r := &cborReader{binaryReader{src: c.Data}}
	isText := func(b byte) bool { return b >= 0x61 && b <= 0x7b }
	if c.saysNothing() && (bytes.HasPrefix(c.Data, []byte{0xd9, 0xd9, 0xf7}) || r.begins(0xa1, 0xbf) && r.tries(r.item, isText)) {
		return likely
	}
	return unfit
}

// openCBOR lays out one CBOR item, or a sequence of them (RFC 8949, RFC 8742).
func openCBOR(ctx context.Context, c *Content) (*View, error) {
	r := &cborReader{binaryReader{src: c.Data}}
	v, err := r.all(ctx, r.item)
	if err == nil {
		v.note("CBOR in its diagnostic notation")
	}
	return v, err
}

type cborReader struct{ binaryReader }

// The major types of RFC 8949 section 3.1.
const (
	cborUint = iota
	cborNegative
	cborBytes
	cborText
	cborArray
	cborMap
	cborTag
	cborSimple
)

// head reads the head of an item. Indefinite says that a break ends it.
func (r *cborReader) head() (major, info int, n uint64, indefinite bool, err error) {
	b, err := r.take(1)
	if err != nil {
		return 0, 0, 0, false, err
	}
	major, info = int(b[0]>>5), int(b[0]&0x1f)
	switch {
	case info < 24:
		n = uint64(info)
	case info <= 27:
		n, err = r.uint(1 << (info - 24))
	case info == 31 && major >= cborBytes && major <= cborMap:
		indefinite = true
	default:
		err = fmt.Errorf("%#02x begins nothing in CBOR", b[0])
	}
	return major, info, n, indefinite, err
}

func (r *cborReader) item(before []Span, depth int) error {
	if depth > maxDepth {
		return errDeep
	}
	off := r.i
	major, info, n, indefinite, err := r.head()
	if err != nil {
		return err
	}
	switch major {
	case cborUint:
		r.scalar(off, before, unsigned(n))
	case cborNegative:
		r.scalar(off, before, negative(n))
	case cborBytes, cborText:
		b, err := r.str(major, n, indefinite)
		if err != nil {
			return err
		}
		if major == cborText {
			r.scalar(off, before, quoted(b)...)
			return nil
		}
		r.scalar(off, before, hexBytes(b)...)
	case cborArray, cborMap:
		return r.container(off, before, major == cborMap, n, indefinite, depth, r.item)
	case cborTag:
		tag := Span{Attr, safe.Linef("%d(%s) ", n, cborTags[n])}
		return r.item(append(before, tag), depth+1)
	case cborSimple:
		if info == 24 && n < 32 { // not well formed: section 3.3
			return fmt.Errorf("simple value %d takes one byte", n)
		}
		r.scalar(off, before, simple(info, n))
	}
	return nil
}

// cborTags are the tags of RFC 8949 section 3.4 that occur, by what they say.
var cborTags = map[uint64]string{
	0: "date", 1: "epoch", 2: "bignum", 3: "negative bignum", 4: "decimal", 5: "bigfloat", 21: "base64url", 22: "base64", 23: "base16",
	24: "cbor", 32: "uri", 33: "base64url", 34: "base64", 36: "mime", 37: "uuid", 55799: "self-described",
}

// negative is -1-n, which may be beyond 64 bits.
func negative(n uint64) Span {
	if n <= math.MaxInt64 {
		return signed(-1 - int64(n))
	}
	if n == math.MaxUint64 {
		return number("-18446744073709551616")
	}
	return number(fmt.Sprintf("-%d", n+1))
}

func simple(info int, n uint64) Span {
	switch info {
	case 20, 21, 22, 23:
		return Span{Constant, safe.Line([...]string{"false", "true", "null", "undefined"}[info-20])}
	case 25:
		return float(halfFloat(uint16(n)), 32)
	case 26:
		return float(float64(math.Float32frombits(uint32(n))), 32)
	case 27:
		return float(math.Float64frombits(n), 64)
	}
	return Span{Constant, safe.Linef("simple(%d)", n)}
}

// str reads a string, whose pieces are joined when it came in pieces.
func (r *cborReader) str(major int, n uint64, indefinite bool) ([]byte, error) {
	if !indefinite {
		return r.take(n)
	}
	var whole []byte
	for !r.atBreak() {
		m, _, n, nested, err := r.head()
		if err != nil {
			return nil, err
		}
		if m != major || nested {
			return nil, errPiece
		}
		b, err := r.take(n)
		if err != nil {
			return nil, err
		}
		whole = append(whole, b...)
	}
	return whole, nil
}

var errPiece = errors.New("a string in pieces holds something else")
