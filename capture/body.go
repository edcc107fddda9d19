package capture

import (
	"context"
	"errors"
)

// ErrEvicted is returned for a body whose exchange the ring has evicted.
var ErrEvicted = errors.New("no longer in the history")

// BodyRef names a body within one BodySource.
type BodyRef int64

// BodySource keeps bodies that are not in memory. It is safe for concurrent use.
type BodySource interface {
	// Body returns the bytes, or ErrEvicted.
	Body(ctx context.Context, ref BodyRef) ([]byte, error)
}

// Body is a handle on the bytes of a body: small ones are in memory, others in
// the journal. The zero value is an empty body. It is a value; copies share the
// bytes, which must not be changed.
type Body struct {
	src  BodySource // inMemory for bytes in memory; nil for none
	ref  BodyRef
	size int64
}

// inMemory is a source of one body. That it is one, rather than a slice in each Body, saves
// 48 bytes of an exchange, most of whose bodies are in the journal.
type inMemory []byte

func (m inMemory) Body(context.Context, BodyRef) ([]byte, error) { return m, nil }

// NewBody returns a body held in memory. It keeps b, which must not be changed
// afterwards.
func NewBody(b []byte) Body {
	if len(b) == 0 {
		return Body{}
	}
	return Body{src: inMemory(b), size: int64(len(b))}
}

// memory returns the bytes when they are held here.
func (b Body) memory() (data []byte, ok bool) {
	m, ok := b.src.(inMemory)
	return m, ok || b.src == nil
}

// StoredBody returns a body of size bytes that src gives when asked for ref.
func StoredBody(src BodySource, ref BodyRef, size int64) Body {
	if size == 0 {
		return Body{}
	}
	return Body{src: src, ref: ref, size: size}
}

// Size is the length in bytes.
func (b Body) Size() int64 { return b.size }

// InMemory reports whether Bytes returns at once: the bytes are held here, or
// the source has them at hand at this moment.
func (b Body) InMemory() bool {
	if _, ok := b.memory(); ok {
		return true
	}
	p, ok := b.src.(Peeker)
	return ok && p.Peek(b.ref)
}

// A Peeker is a BodySource that keeps some bodies in memory.
type Peeker interface {
	// Peek reports whether Body would return the bytes at once.
	Peek(ref BodyRef) bool
}

// Forgotten returns the body without its bytes: its size is known, reading it
// gives ErrEvicted.
func (b Body) Forgotten() Body { return ForgottenBody(b.size) }

// ForgottenBody returns a body of which only the size in bytes is known.
func ForgottenBody(size int64) Body { return StoredBody(forgotten{}, 0, size) }

// IsForgotten reports whether the bytes were removed to make room.
func (b Body) IsForgotten() bool {
	_, ok := b.src.(forgotten)
	return ok
}

type forgotten struct{}

func (forgotten) Body(context.Context, BodyRef) ([]byte, error) { return nil, ErrEvicted }

// Kept is what the body counts against the bounds, in bytes.
func (b Body) Kept() int64 {
	if b.IsForgotten() {
		return 0
	}
	return b.size
}

// Same reports whether both hold the very same bytes in memory.
func (b Body) Same(c Body) bool {
	x, _ := b.memory()
	y, _ := c.memory()
	return len(x) > 0 && len(x) == len(y) && &x[0] == &y[0]
}

// Clip returns the body without the spare capacity of its buffer.
func (b Body) Clip() Body {
	if m, _ := b.memory(); cap(m)-len(m) > len(m)/8+16 {
		b.src = inMemory(append(make([]byte, 0, len(m)), m...))
	}
	return b
}

// Stored returns the name of the body within its source; ok is false for one
// that is in memory.
func (b Body) Stored() (src BodySource, ref BodyRef, ok bool) {
	if _, ok := b.memory(); ok {
		return nil, 0, false
	}
	return b.src, b.ref, true
}

// Bytes returns the bytes, which must not be changed. It may read the disk.
func (b Body) Bytes(ctx context.Context) ([]byte, error) {
	if b.src == nil {
		return nil, nil
	}
	return b.src.Body(ctx, b.ref)
}
