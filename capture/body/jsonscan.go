package body

import (
	"context"
	"io"
	"math"

	"creel/capture/jsontok"
)

// maxDepth is how deep JSON may nest to be laid out; deeper is shown raw.
const maxDepth = jsontok.MaxDepth

// container is an object or array that takes many rows.
type container struct {
	row, last int // the rows of its brackets
	n         int // its children
}

// jsonIndex is what one pass over JSON finds out.
type jsonIndex struct {
	src  []byte
	rows int
	at   places
	big  []container // those over stepRows, in the order of their ends
	// begun: src is only the beginning. What it leaves open is in big, without an end.
	begun bool
}

// jsonScan is one pass over JSON. It notes where lines begin in the layout that
// jsonDoc makes. Nothing is copied.
type jsonScan struct {
	jsonIndex
	num     int
	last    int // the row where the last line begins
	stack   []jsonFrame
	name    jsontok.Token // of the member whose value comes next
	pending jsontok.Token // a bracket that may turn out to open nothing
}

type jsonFrame struct{ row, n int }

// scanJSON indexes src from off on; with stream it may hold several values. The
// error is a *[jsontok.SyntaxError] or that of ctx.
func scanJSON(ctx context.Context, src []byte, off int, stream bool) (*jsonIndex, error) {
	s := &jsonScan{jsonIndex: jsonIndex{src: src}}
	r := jsontok.Reader{Lexer: jsontok.Lexer{Src: src, Off: off}, Stream: stream}
	for n := 0; ; n++ {
		if n%16384 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		t, err := r.Next()
		if err == io.EOF {
			return &s.jsonIndex, nil
		}
		if err != nil {
			return nil, err
		}
		s.token(t)
	}
}

// scanBeginning indexes src as the beginning of JSON: the rows that stay as they are,
// whatever follows. It is nil when there are none, or when src is wrong already.
func scanBeginning(src []byte, off int, stream bool) *jsonIndex {
	s := &jsonScan{jsonIndex: jsonIndex{src: src, begun: true}}
	r := jsontok.Reader{Lexer: jsontok.Lexer{Src: src, Off: off}, Stream: stream, Cut: true}
	t, err := r.Next()
	for ; err == nil; t, err = r.Next() {
		s.token(t)
	}
	if err != io.ErrUnexpectedEOF {
		return nil
	}
	if t.Kind == jsontok.String { // of a long string all rows but the last are known
		s.token(t)
		s.last = s.rows - 1
	}
	if s.rows = s.last; s.rows == 0 {
		return nil
	}
	for _, f := range s.stack {
		s.big = append(s.big, container{row: f.row, last: math.MaxInt, n: f.n})
	}
	return &s.jsonIndex
}

func (s *jsonScan) token(t jsontok.Token) {
	if s.pending.End > 0 {
		open := s.pending
		s.pending = jsontok.Token{}
		if t.Kind.Closes() {
			s.value(open, 2)
			return
		}
		s.value(open, 1)
		s.stack = append(s.stack, jsonFrame{row: s.rows - 1})
	}
	switch {
	case t.Kind == jsontok.Name:
		s.name = t
	case t.Kind.Opens():
		s.pending = t
	case t.Kind.Closes():
		s.lay(t.Off, 1)
		s.close()
	case t.Kind.Scalar():
		s.value(t, t.End-t.Off)
	}
}

// value lays a line that begins with the name, if there is one, and shows n
// bytes of the value t.
func (s *jsonScan) value(t jsontok.Token, n int) {
	if len(s.stack) > 0 {
		s.stack[len(s.stack)-1].n++
	}
	start := t.Off
	if s.name.End > 0 {
		start = s.name.Off
		n += s.name.End - s.name.Off
		s.name = jsontok.Token{}
	}
	s.lay(start, n)
}

func (s *jsonScan) close() {
	f := s.stack[len(s.stack)-1]
	if s.rows-f.row > stepRows {
		s.big = append(s.big, container{row: f.row, last: s.rows - 1, n: f.n})
	}
	s.stack = s.stack[:len(s.stack)-1]
}

// lay counts a line of the layout that begins at start and shows n bytes.
func (s *jsonScan) lay(start, n int) {
	s.at.note(place{row: s.rows, num: s.num, off: start, depth: len(s.stack)})
	s.last = s.rows
	s.rows += rowsOf(n)
	s.num++
}
