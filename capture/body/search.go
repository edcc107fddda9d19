package body

import (
	"bytes"
	"context"
	"unicode"
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
// the line. Letters match without regard to case. It sees the whole content,
// laid out or not. It may run at the same time as the goroutine that draws the
// view, and returns ctx's error when ctx ends first.
func (v *View) Search(ctx context.Context, query string, yield func(row int) bool) error {
	n := newNeedle(query)
	if len(n.text) == 0 {
		return nil
	}
	d := v.Doc
	if v.Folds != nil {
		d = v.Folds.doc
	}
	switch d := d.(type) {
	case *jsonDoc:
		return (&jsonDoc{jsonIndex: d.jsonIndex}).search(ctx, n, yield)
	case *textDoc: // another one for this goroutine, out of what does not change
		return (&textDoc{src: d.src, rows: d.rows, at: d.at, crlf: d.crlf, bad: d.bad}).search(ctx, n, yield)
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
	text []byte // in lower case
	buf  []byte
}

func newNeedle(query string) *needle { return &needle{text: lower(nil, []byte(query))} }

// lower appends b in lower case, byte for byte: letters whose small form has
// another length stay as they are.
func lower(to, b []byte) []byte {
	for i := 0; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c |= 0x20
			}
			to = append(to, c)
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if small := unicode.ToLower(r); small != r && utf8.RuneLen(small) == n {
			to = utf8.AppendRune(to, small)
		} else {
			to = append(to, b[i:i+n]...)
		}
		i += n
	}
	return to
}

// index returns where the needle is in line, -1 when it is not.
func (n *needle) index(line []byte) int {
	n.buf = lower(n.buf[:0], line)
	return bytes.Index(n.buf, n.text)
}

// searchBlock is how much is searched at once, so that what is found near the
// beginning of much is found soon.
const searchBlock = 64 << 10

// each calls yield with every place of the needle in b that is at least step
// bytes after the one before, until yield returns false, which it returns then,
// too.
func (n *needle) each(b []byte, step int, yield func(at int) bool) bool {
	for from := 0; from < len(b); {
		end := min(len(b), from+searchBlock+len(n.text)-1)
		i := n.index(b[from:end])
		if i < 0 {
			if end == len(b) {
				break
			}
			from += searchBlock
			continue
		}
		if !yield(from + i) {
			return false
		}
		from += max(i+1, (from+i)/step*step+step-from)
	}
	return true
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
		last := rowsOf(l.size()) - 1
		if !n.each(text, MaxRow, func(at int) bool { return yield(d.cur.row + min(at/MaxRow, last)) }) {
			return nil
		}
		if d.atEnd() {
			return nil
		}
	}
}

func (d *textDoc) search(ctx context.Context, n *needle, yield func(int) bool) error {
	d.move(d.at[0])
	for more := true; more; more = d.next() {
		if d.cur.num%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		last := rowsOf(len(d.line)) - 1
		if !n.each(d.line, MaxRow, func(at int) bool { return yield(d.cur.row + min(at/MaxRow, last)) }) {
			return nil
		}
	}
	return nil
}

// search looks for the needle in the bytes themselves, per of them in a row.
func (d *hexDoc) search(ctx context.Context, n *needle, per int, yield func(int) bool) error {
	for from := 0; from < len(d.src); from += searchBlock {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		end := min(len(d.src), from+searchBlock+len(n.text)-1)
		if !n.each(d.src[from:end], per, func(at int) bool { return yield((from + at) / per) }) {
			return nil
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
	text := lower(nil, []byte(line))
	var hits [][2]int
	for from := 0; ; {
		i := bytes.Index(text[from:], n.text)
		if i < 0 {
			return hits
		}
		hits = append(hits, [2]int{from + i, from + i + len(n.text)})
		from += i + len(n.text)
	}
}
