package body

import (
	"bytes"
	"context"
	"sort"
	"unicode/utf8"

	"creel/capture/safe"
)

// Where an index remembers a place: often enough that laying out a line far
// away costs little, seldom enough that a million lines cost little memory.
const (
	stepRows  = 128
	stepBytes = 64 << 10
)

// place is where a line of the content begins.
type place struct {
	row   int // its first row on screen
	num   int // its number, from 0
	off   int // its first byte
	depth int
}

// places are in rising order and begin with the first line.
type places []place

// before returns the last place at or before a row.
func (p places) before(row int) place {
	i := sort.Search(len(p), func(i int) bool { return p[i].row > row })
	return p[i-1]
}

// note remembers here when it is far enough from the last place.
func (p *places) note(here place) {
	if n := len(*p); n > 0 {
		last := (*p)[n-1]
		if here.row-last.row < stepRows && here.off-last.off < stepBytes {
			return
		}
	}
	*p = append(*p, here)
}

// rowsOf is how many rows a line of n bytes takes.
func rowsOf(n int) int { return max(1, (n+MaxRow-1)/MaxRow) }

// cutAt returns where row k of a line begins.
func cutAt(line []byte, k int) int { return runeStart(line, k*MaxRow) }

// runeStart returns at, or up to three bytes before it, so that no character is
// cut in two there.
func runeStart(b []byte, at int) int {
	if at >= len(b) {
		return len(b)
	}
	for i := range min(utf8.UTFMax, at+1) {
		if utf8.RuneStart(b[at-i]) {
			return at - i
		}
	}
	return at
}

// textDoc shows text line by line, as it is.
type textDoc struct {
	src  []byte
	rows int
	at   places
	cur  place // of the line that was laid out last
	line []byte
	// crlf: every line ends with CR LF, so that the CRs need not be shown.
	crlf bool
	bad  int // offset of what is wrong, -1 for nothing
}

// newText indexes text. It returns early with ctx's error when ctx ends.
func newText(ctx context.Context, src []byte) (*textDoc, error) {
	d := &textDoc{src: src, bad: -1}
	p, withCR, without := place{}, 0, 0
	for i := 0; ; i++ {
		if i%4096 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		d.at.note(p)
		n := bytes.IndexByte(src[p.off:], '\n')
		if n < 0 {
			d.rows = p.row
			if p.off < len(src) || p.row == 0 {
				d.rows += rowsOf(len(src) - p.off)
			}
			break
		}
		if n > 0 && src[p.off+n-1] == '\r' {
			withCR++
		} else {
			without++
		}
		p = place{row: p.row + rowsOf(n), num: p.num + 1, off: p.off + n + 1}
	}
	d.crlf = withCR > 0 && without == 0
	d.move(d.at[0])
	return d, nil
}

// Len is the number of rows.
func (d *textDoc) Len() int { return d.rows }

// Line lays out row i.
func (d *textDoc) Line(i int) Line {
	p, line := d.seek(i)
	k := i - p.row
	from, to := cutAt(line, k), cutAt(line, k+1)
	if to == len(line) && d.crlf && to > from && line[to-1] == '\r' {
		to--
	}
	l := Line{Off: p.off + from, End: p.off + to}
	if k == 0 {
		l.Num = p.num + 1
	}
	l.Spans = d.spans(l.Off, l.End)
	return l
}

// spans parts a row where what is wrong begins.
func (d *textDoc) spans(from, to int) []Span {
	if d.bad < from || d.bad > to || d.bad == to && to < len(d.src) && d.src[to] != '\n' {
		return []Span{{Text, safe.Tabbed(d.src[from:to], 0)}}
	}
	_, n := utf8.DecodeRune(d.src[d.bad:to])
	before := safe.Tabbed(d.src[from:d.bad], 0)
	wrong := safe.Line(d.src[d.bad : d.bad+n])
	if n == 0 {
		wrong = safe.Const("◂")
	}
	after := safe.Tabbed(d.src[d.bad+n:to], before.Width()+wrong.Width())
	return []Span{{Text, before}, {Error, wrong}, {Text, after}}
}

// seek returns the line that row i belongs to, and its place.
func (d *textDoc) seek(i int) (place, []byte) {
	if p := d.at.before(i); i < d.cur.row || d.cur.row < p.row {
		d.move(p)
	}
	for i >= d.cur.row+rowsOf(len(d.line)) && d.next() {
	}
	return d.cur, d.line
}

// move makes p the current place.
func (d *textDoc) move(p place) {
	d.cur = p
	d.line, _, _ = bytes.Cut(d.src[p.off:], []byte{'\n'})
}

// next moves to the next line, if there is one.
func (d *textDoc) next() bool {
	size := len(d.line)
	if d.cur.off+size >= len(d.src) {
		return false
	}
	d.move(place{row: d.cur.row + rowsOf(size), num: d.cur.num + 1, off: d.cur.off + size + 1})
	return true
}

// rowOf returns the row that shows the byte at off.
func (d *textDoc) rowOf(off int) int {
	i := sort.Search(len(d.at), func(i int) bool { return d.at[i].off > off })
	d.move(d.at[max(i-1, 0)])
	for d.cur.off+len(d.line) < off && d.next() {
	}
	k := rowsOf(len(d.line)) - 1
	for k > 0 && d.cur.off+cutAt(d.line, k) > off {
		k--
	}
	return min(d.cur.row+k, d.rows-1)
}

// position is the line and the column of the byte at off, both from 1; columns
// are characters.
func (d *textDoc) position(off int) (line, column int) {
	line = bytes.Count(d.src[:off], []byte{'\n'}) + 1
	start := bytes.LastIndexByte(d.src[:off], '\n') + 1
	return line, utf8.RuneCount(d.src[start:off]) + 1
}
