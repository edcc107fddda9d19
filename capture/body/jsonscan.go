package body

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/bits"
)

// MaxDepth is how deep JSON may nest to be laid out; deeper is shown raw.
const MaxDepth = 512

// SyntaxError says where content is not what it should be.
type SyntaxError struct {
	Off int    // the byte
	Msg string // what is wrong there
}

// Error says what is wrong, without the place: how a place is counted is for
// the caller to know.
func (e *SyntaxError) Error() string { return e.Msg }

// container is an object or array that takes many rows.
type container struct {
	row, last int // the rows of its brackets
	off, end  int // its bytes
	n         int // its children
}

// jsonIndex is what one pass over JSON finds out.
type jsonIndex struct {
	src  []byte
	rows int
	at   places
	big  []container // those over stepRows, in the order of their ends
}

// jsonScan is one pass over JSON (RFC 8259): it checks every byte, and notes
// where lines begin in the layout that jsonDoc makes. Nothing is copied.
type jsonScan struct {
	jsonIndex
	ctx   context.Context
	i     int
	num   int
	multi bool // several values, as in NDJSON
	stack []jsonFrame
}

type jsonFrame struct {
	object   bool
	row, off int
	n        int
}

// scanJSON indexes src; with multi it may hold several values. The error is a
// *SyntaxError or that of ctx.
func scanJSON(ctx context.Context, src []byte, multi bool) (*jsonIndex, error) {
	s := &jsonScan{jsonIndex: jsonIndex{src: src}, ctx: ctx, multi: multi}
	if err := s.run(); err != nil {
		return nil, err
	}
	return &s.jsonIndex, nil
}

func (s *jsonScan) run() error {
	for values := 0; ; values++ {
		end := s.i
		s.space()
		switch {
		case s.i == len(s.src) && values > 0:
			return nil
		case values > 0 && !s.multi:
			return s.fail("nothing may follow the value, but %s does", s.found())
		case values > 0 && s.i == end && s.src[end-1] != '}' && s.src[end-1] != ']':
			return s.fail("white space expected between values, not %s", s.found())
		}
		if err := s.value(); err != nil {
			return err
		}
	}
}

// value passes one value and all that is in it.
func (s *jsonScan) value() error {
	for lines := 0; ; lines++ {
		if lines%4096 == 0 && s.ctx.Err() != nil {
			return context.Cause(s.ctx)
		}
		opened, err := s.element()
		if err != nil {
			return err
		}
		if opened {
			continue
		}
		more, err := s.after()
		if err != nil || !more {
			return err
		}
	}
}

// element passes a scalar, an empty container, or the bracket that opens one
// that is not empty, with the name before it in an object.
func (s *jsonScan) element() (opened bool, err error) {
	start := s.i
	keyLen := 0
	if n := len(s.stack); n > 0 {
		s.stack[n-1].n++
		if s.stack[n-1].object {
			if err := s.key(); err != nil {
				return false, err
			}
			keyLen = s.i - start
			if err := s.colon(); err != nil {
				return false, err
			}
		}
	}
	if s.i < len(s.src) && (s.src[s.i] == '{' || s.src[s.i] == '[') {
		return s.open(start, keyLen)
	}
	from := s.i
	if err := s.scalar(); err != nil {
		return false, err
	}
	s.lay(start, keyLen+s.i-from)
	return false, nil
}

func (s *jsonScan) open(start, keyLen int) (bool, error) {
	off, c := s.i, s.src[s.i]
	s.i++
	s.space()
	if s.i < len(s.src) && s.src[s.i] == c+2 { // '{'+2 is '}', '['+2 is ']'
		s.i++
		s.lay(start, keyLen+2)
		return false, nil
	}
	if len(s.stack) == MaxDepth {
		s.i = off
		return false, s.fail("nested more than %d deep", MaxDepth)
	}
	s.lay(start, keyLen+1)
	s.stack = append(s.stack, jsonFrame{object: c == '{', row: s.rows - 1, off: off})
	return true, nil
}

// after passes what follows an element: a comma, or the brackets that close.
// More says that another element follows.
func (s *jsonScan) after() (more bool, err error) {
	for len(s.stack) > 0 {
		top := &s.stack[len(s.stack)-1]
		closer := byte(']')
		if top.object {
			closer = '}'
		}
		s.space()
		switch {
		case s.i < len(s.src) && s.src[s.i] == ',':
			s.i++
			s.space()
			if s.i < len(s.src) && s.src[s.i] == closer {
				return false, s.fail("a comma before the closing %c", closer)
			}
			return true, nil
		case s.i < len(s.src) && s.src[s.i] == closer:
			s.i++
			s.lay(s.i-1, 1)
			s.close(*top)
		default:
			return false, s.fail("a comma or %c expected, not %s", closer, s.found())
		}
	}
	return false, nil
}

func (s *jsonScan) close(f jsonFrame) {
	if s.rows-f.row > stepRows {
		s.big = append(s.big, container{row: f.row, last: s.rows - 1, off: f.off, end: s.i, n: f.n})
	}
	s.stack = s.stack[:len(s.stack)-1]
}

// lay counts a line of the layout that begins at start and shows n bytes.
func (s *jsonScan) lay(start, n int) {
	s.at.note(place{row: s.rows, num: s.num, off: start, depth: len(s.stack)})
	s.rows += rowsOf(n)
	s.num++
}

func (s *jsonScan) space() { s.i = skipSpace(s.src, s.i) }

func skipSpace(src []byte, i int) int {
	for i < len(src) && (src[i] == ' ' || src[i] == '\n' || src[i] == '\t' || src[i] == '\r') {
		i++
	}
	return i
}

func (s *jsonScan) key() error {
	if s.i >= len(s.src) || s.src[s.i] != '"' {
		return s.fail("a name in quotes expected, not %s", s.found())
	}
	return s.str()
}

func (s *jsonScan) colon() error {
	s.space()
	if s.i >= len(s.src) || s.src[s.i] != ':' {
		return s.fail("a colon expected, not %s", s.found())
	}
	s.i++
	s.space()
	return nil
}

func (s *jsonScan) scalar() error {
	if s.i >= len(s.src) {
		return s.fail("a value expected, not %s", s.found())
	}
	switch c := s.src[s.i]; {
	case c == '"':
		return s.str()
	case c == '-' || '0' <= c && c <= '9':
		return s.number()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if end := s.i + len(word); end <= len(s.src) && string(s.src[s.i:end]) == word {
			s.i = end
			return nil
		}
	}
	return s.fail("a value expected, not %s", s.found())
}

// str passes a string, eight bytes at a time where nothing happens in them.
func (s *jsonScan) str() error {
	start := s.i
	for i := start + 1; ; {
		for i+8 <= len(s.src) {
			x := binary.LittleEndian.Uint64(s.src[i:])
			if m := stops(x); m != 0 {
				i += bits.TrailingZeros64(m) / 8
				break
			}
			i += 8
		}
		if s.i = i; i >= len(s.src) {
			s.i = len(s.src)
			return s.fail("the content ends within a string that began %d bytes before", s.i-start)
		}
		switch c := s.src[i]; {
		case c == '"':
			s.i++
			return nil
		case c == '\\':
			n := escapeLen(s.src[i:])
			if n == 0 {
				return s.fail("an escape that JSON does not have")
			}
			i += n
		case c < 0x20:
			return s.fail("a control character (%#02x) in a string", c)
		default:
			i++
		}
	}
}

// stops marks the bytes of x that are a quote, a backslash or a control
// character: the lowest mark is exact, which is all that is asked.
func stops(x uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote := x ^ ones*'"'
	slash := x ^ ones*'\\'
	return ((quote-ones)&^quote | (slash-ones)&^slash | (x-ones*0x20)&^x) & highs
}

// escapeLen is the length of the escape that s begins with; 0 if it is none.
func escapeLen(s []byte) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(s) >= 6 && isHex(s[2]) && isHex(s[3]) && isHex(s[4]) && isHex(s[5]) {
			return 6
		}
	}
	return 0
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

func (s *jsonScan) number() error {
	if s.src[s.i] == '-' {
		s.i++
	}
	switch {
	case s.i < len(s.src) && s.src[s.i] == '0':
		s.i++
	case !s.digits():
		return s.fail("a digit expected, not %s", s.found())
	}
	if s.i < len(s.src) && s.src[s.i] == '.' {
		s.i++
		if !s.digits() {
			return s.fail("a digit expected after the point, not %s", s.found())
		}
	}
	if s.i < len(s.src) && s.src[s.i]|0x20 == 'e' {
		s.i++
		if s.i < len(s.src) && (s.src[s.i] == '+' || s.src[s.i] == '-') {
			s.i++
		}
		if !s.digits() {
			return s.fail("a digit expected in the exponent, not %s", s.found())
		}
	}
	return nil
}

func (s *jsonScan) digits() bool {
	from := s.i
	for s.i < len(s.src) && '0' <= s.src[s.i] && s.src[s.i] <= '9' {
		s.i++
	}
	return s.i > from
}

func (s *jsonScan) fail(format string, args ...any) error {
	return &SyntaxError{Off: s.i, Msg: fmt.Sprintf(format, args...)}
}

// found names what stands at the place.
func (s *jsonScan) found() string {
	if s.i >= len(s.src) {
		return "the end"
	}
	if c := s.src[s.i]; c > 0x20 && c < 0x7f {
		return string(c)
	}
	return fmt.Sprintf("%#02x", s.src[s.i])
}
