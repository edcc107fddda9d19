package body

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"creel/capture/safe"
	"creel/capture/words"
)

func fitsProtobuf(c *Content) int {
	if c.is("application/protobuf", "application/x-protobuf", "application/vnd.google.protobuf", "application/x-google-protobuf", "+proto", "+protobuf", "application/proto") ||
		strings.HasPrefix(c.Media, "application/grpc") {
		return declared
	}
	return unfit
}

// openProtobuf lays out a message of which no schema is known: numbers for
// names, and for each value what it may be
// (protobuf.dev/programming-guides/encoding).
func openProtobuf(ctx context.Context, c *Content) (*View, error) {
	if len(c.Data) > maxWhole {
		return nil, errTooLarge
	}
	r := &protoReader{binaryReader: binaryReader{src: c.Data}}
	if strings.HasPrefix(c.Media, "application/grpc") {
		return r.frames(ctx)
	}
	if err := r.message(len(r.src), 0); err != nil {
		return nil, fmt.Errorf("byte %d: %w", r.i, err)
	}
	return r.view(), nil
}

type protoReader struct {
	binaryReader
	tries int // looks at bytes that may be a message
}

// maxTries bounds how often bytes are looked at to see whether they are a
// message: each level may look at all that is in it again.
const maxTries = 100_000

// frames reads the messages of a gRPC stream: a flag and a length before each.
func (r *protoReader) frames(ctx context.Context) (*View, error) {
	for n := 1; r.i < len(r.src); n++ {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		off := r.i
		flag, err := r.uint(1)
		if err != nil {
			return nil, err
		}
		size, err := r.uint(4)
		if err != nil {
			return nil, err
		}
		b, err := r.take(size)
		if err != nil {
			return nil, err
		}
		r.open(off, r.i, Span{Keyword, safe.Linef("message %d", n)}, Span{Comment, safe.Line("  " + words.Size(int64(len(b))))})
		if flag != 0 {
			r.line(off, r.i, Span{Comment, safe.Const("compressed")})
		} else if end := r.i; r.isMessage(b) {
			r.i = end - len(b)
			if err := r.message(end, 1); err != nil {
				return nil, err
			}
		}
		r.close(r.i, r.i)
	}
	return r.view(), nil
}

// The wire types.
const (
	protoVarint = iota
	protoFixed64
	protoBytes
	protoGroup
	protoGroupEnd
	protoFixed32
)

var errProto = fmt.Errorf("no protobuf field begins here")

// message lays out the fields up to end.
func (r *protoReader) message(end, depth int) error {
	if depth > maxDepth {
		return errDeep
	}
	for r.i < end {
		if err := r.field(depth); err != nil {
			return err
		}
	}
	return nil
}

func (r *protoReader) field(depth int) error {
	off := r.i
	num, wire, err := r.tag()
	if err != nil {
		return err
	}
	name := label(Span{Key, safe.Linef("%d", num)})
	switch wire {
	case protoVarint:
		n, err := r.varint()
		if err != nil {
			return err
		}
		r.scalar(off, name, varintSpans(n)...)
	case protoFixed64:
		b, err := r.take(8)
		if err != nil {
			return err
		}
		n := binary.LittleEndian.Uint64(b)
		r.scalar(off, name, unsigned(n), guess("double", float(math.Float64frombits(n), 64)))
	case protoFixed32:
		b, err := r.take(4)
		if err != nil {
			return err
		}
		n := binary.LittleEndian.Uint32(b)
		r.scalar(off, name, unsigned(uint64(n)), guess("float", float(float64(math.Float32frombits(n)), 32)))
	case protoBytes:
		return r.bytes(off, name, depth)
	default:
		return errProto // groups are gone since proto3
	}
	return nil
}

func guess(what string, s Span) Span {
	return Span{Comment, safe.Line("  " + what + " " + s.Text.String())}
}

// varintSpans shows a number, and what else it would be: signed, or zigzag.
func varintSpans(n uint64) []Span {
	spans := []Span{unsigned(n)}
	if n > math.MaxInt64 {
		spans = append(spans, guess("int64", signed(int64(n))))
	} else if n > 1 {
		spans = append(spans, guess("sint", signed(int64(n>>1)^-int64(n&1))))
	}
	return spans
}

// bytes lays out what has a length: a message, a text, or bytes.
func (r *protoReader) bytes(off int, name []Span, depth int) error {
	n, err := r.varint()
	if err != nil {
		return err
	}
	b, err := r.take(n)
	if err != nil {
		return err
	}
	end := r.i
	if isText(b) && !(len(b) > 0 && b[0] < 0x20) || !r.isMessage(b) {
		r.scalar(off, name, textOrBytes(b)...)
		return nil
	}
	r.open(off, r.i, append(name, Span{Punct, safe.Const("{")})...)
	r.i = end - len(b)
	if err := r.message(end, depth+1); err != nil {
		return err
	}
	r.close(end, end, Span{Punct, safe.Const("}")})
	return nil
}

func (r *protoReader) varint() (uint64, error) {
	n, size := binary.Uvarint(r.src[r.i:])
	if size <= 0 {
		return 0, errShort
	}
	r.i += size
	return n, nil
}

func (r *protoReader) tag() (num uint64, wire int, err error) {
	t, err := r.varint()
	if err != nil {
		return 0, 0, err
	}
	if num = t >> 3; num == 0 || num > 1<<29-1 {
		return 0, 0, errProto
	}
	return num, int(t & 7), nil
}

// isMessage reports whether all of b can be read as fields.
func (r *protoReader) isMessage(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	if r.tries++; r.tries > maxTries {
		return false
	}
	in := protoReader{binaryReader: binaryReader{src: b}}
	for in.i < len(b) {
		if !in.skip() {
			return false
		}
	}
	return true
}

// skip passes one field.
func (r *protoReader) skip() bool {
	_, wire, err := r.tag()
	if err != nil {
		return false
	}
	n := uint64(0)
	switch wire {
	case protoVarint:
		_, err = r.varint()
		return err == nil
	case protoFixed64:
		n = 8
	case protoFixed32:
		n = 4
	case protoBytes:
		if n, err = r.varint(); err != nil {
			return false
		}
	default:
		return false
	}
	_, err = r.take(n)
	return err == nil
}
