package body

import (
	"bytes"
	"context"
	"unicode/utf8"
)

// Fit lays out for lines of so many cells where the format cares: hexadecimal
// has fewer bytes in a line where there is no room for sixteen.
func (v *View) Fit(cells int) {
	if d, ok := v.Doc.(*hexDoc); ok {
		d.fit(cells)
	}
}

// Search calls yield with every row of the layout that holds query, in order,
// until yield returns false. Rows are counted with nothing folded: Show gives
// the line. Letters match without regard to case, unless the query has a
// capital. It sees the whole content, laid out or not; it may run beside the
// goroutine that draws the view, and returns ctx's error when ctx ends first.
func (v *View) Search(ctx context.Context, query string, yield func(row int) bool) error {
	n := newNeedle(query)
	if len(n.text) == 0 {
		return nil
	}
	var d Doc = v.Doc
	if v.Folds != nil {
		d = v.Folds.doc
	}
	switch d := d.(type) {
	case *jsonDoc:
		return (&jsonDoc{jsonIndex: d.jsonIndex}).search(ctx, n, yield)
	case *textDoc:
		return d.clone().search(ctx, n, yield)
	case *codeDoc:
		return d.clone().search(ctx, n, yield)
	case *hexDoc:
		return d.search(ctx, n, d.width(), yield)
	}
	for i := range d.Len() {
		if i%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		l := d.Line(i)
		if n.index([]byte(l.Text().String())) >= 0 && !yield(i) {
			return nil
		}
	}
	return nil
}

// Show opens what hides a row of the layout and returns the line in which it
// is shown.
func (v *View) Show(row int) int {
	if v.Folds != nil {
		return v.Folds.Reveal(row)
	}
	return row
}

// needle is what is searched for.
type needle struct {
	text []byte
	fold bool // without regard to case
	wide bool // has letters beyond ASCII
	buf  []byte
}

func newNeedle(query string) *needle {
	n := &needle{text: []byte(query)}
	lower := bytes.ToLower(n.text)
	n.fold = bytes.Equal(lower, n.text)
	n.wide = !ascii(n.text)
	return n
}

// index returns where the needle is in line, -1 when it is not.
func (n *needle) index(line []byte) int {
	if !n.fold {
		return bytes.Index(line, n.text)
	}
	if n.wide {
		return bytes.Index(bytes.ToLower(line), n.text)
	}
	n.buf = append(n.buf[:0], line...)
	for i, c := range n.buf {
		if 'A' <= c && c <= 'Z' {
			n.buf[i] = c | 0x20
		}
	}
	return bytes.Index(n.buf, n.text)
}

func (d *jsonDoc) search(ctx context.Context, n *needle, yield func(int) bool) error {
	var text []byte
	for d.move(d.at[0]); ; d.next() {
		if d.cur.num%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		l := &d.line
		text = append(text[:0], d.src[l.key[0]:l.key[1]]...)
		if len(text) > 0 {
			text = append(text, ": "...)
		}
		text = append(text, d.src[l.val[0]:l.val[1]]...)
		if l.comma {
			text = append(text, ',')
		}
		if at := n.index(text); at >= 0 {
			row := min(at/MaxRow, rowsOf(l.size())-1)
			if !yield(d.cur.row + row) {
				return nil
			}
		}
		if l.next >= len(d.src) {
			return nil
		}
	}
}

// clone makes a document for another goroutine, out of what does not change.
func (d *textDoc) clone() *textDoc {
	return &textDoc{src: d.src, rows: d.rows, at: d.at, crlf: d.crlf, bad: d.bad}
}

func (d *textDoc) search(ctx context.Context, n *needle, yield func(int) bool) error {
	for d.move(d.at[0]); ; {
		if d.cur.num%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		for from := 0; from < len(d.line); {
			at := n.index(d.line[from:])
			if at < 0 {
				break
			}
			row := min((from+at)/MaxRow, rowsOf(len(d.line))-1)
			if !yield(d.cur.row + row) {
				return nil
			}
			from = (row + 1) * MaxRow // the next row of this line
		}
		size := len(d.line)
		if d.cur.off+size >= len(d.src) {
			return nil
		}
		d.move(place{row: d.cur.row + rowsOf(size), num: d.cur.num + 1, off: d.cur.off + size + 1})
	}
}

// search looks for the needle in the bytes themselves.
func (d *hexDoc) search(ctx context.Context, n *needle, per int, yield func(int) bool) error {
	const block = 1 << 16
	last := -1
	for from := 0; from < len(d.src); from += block {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		end := min(len(d.src), from+block+len(n.text)-1)
		for at := from; at < end; {
			i := n.index(d.src[at:end])
			if i < 0 {
				break
			}
			if row := (at + i) / per; row > last {
				if last = row; !yield(row) {
					return nil
				}
			}
			at += i + 1
		}
	}
	return nil
}

// Hits returns where query stands in a line that is drawn, as pairs of byte
// offsets, by the same rule as Search.
func Hits(line, query string) [][2]int {
	n := newNeedle(query)
	if len(n.text) == 0 {
		return nil
	}
	var hits [][2]int
	for from := 0; from < len(line); {
		i := n.index([]byte(line[from:]))
		if i < 0 || !utf8.RuneStart(line[from+i]) {
			break
		}
		hits = append(hits, [2]int{from + i, from + i + len(n.text)})
		from += i + len(n.text)
	}
	return hits
}
