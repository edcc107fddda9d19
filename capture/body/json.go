package body

import (
	"slices"
	"sort"

	"creel/capture/jsontok"
	"creel/capture/safe"
)

// jsonDoc lays out JSON line by line, each token as it was sent.
type jsonDoc struct {
	*jsonIndex
	cur  place // of the line that was laid out last
	line jsonLine
}

// jsonLine is one line of the layout as pieces of the content.
type jsonLine struct {
	key, val   [2]int // the bytes of the name and of the value; empty key: none
	opens      bool   // val is the bracket of a container that is not empty
	closes     bool   // val is a closing bracket
	brackets   bool   // val is an empty container
	comma      bool
	next       int // where the next line begins
	depth      int // of indentation
	depthAfter int
}

func newJSON(x *jsonIndex) *jsonDoc {
	slices.SortFunc(x.big, func(a, b container) int { return a.row - b.row })
	d := &jsonDoc{jsonIndex: x}
	d.move(x.at[0])
	return d
}

func (d *jsonDoc) move(p place) {
	d.cur, d.line = p, parseLine(d.src, p.off, p.depth)
}

// next moves to the next line.
func (d *jsonDoc) next() {
	d.move(place{row: d.cur.row + rowsOf(d.line.size()), num: d.cur.num + 1, off: d.line.next, depth: d.line.depthAfter})
}

// atEnd reports whether the current line is the last.
func (d *jsonDoc) atEnd() bool { return d.cur.row+rowsOf(d.line.size()) >= d.rows }

// parseLine reads the line that begins at off, of content known to be right.
func parseLine(src []byte, off, depth int) jsonLine {
	l := jsonLine{depth: depth, depthAfter: depth}
	lex := jsontok.Lexer{Src: src, Off: off}
	t, _ := lex.Next()
	after := lex
	next, _ := after.Next()
	if depth > 0 && next.Kind == ':' {
		l.key = [2]int{t.Off, t.End}
		lex = after
		t, _ = lex.Next()
		after = lex
		next, _ = after.Next()
	}
	l.val = [2]int{t.Off, t.End}
	switch {
	case t.Kind.Opens() && next.Kind == t.Kind.Closer():
		l.brackets = true
		l.val[1] = next.End
		next, _ = after.Next()
	case t.Kind.Opens():
		l.opens, l.depthAfter = true, depth+1
	case t.Kind.Closes():
		l.closes = true
		l.depth, l.depthAfter = depth-1, depth-1
	}
	l.next = jsontok.SkipSpace(src, l.val[1])
	if next.Kind == ',' && l.depthAfter > 0 {
		l.comma = true
		l.next = jsontok.SkipSpace(src, next.End)
	}
	return l
}

// size is how many bytes of content the line shows.
func (l *jsonLine) size() int {
	n := l.key[1] - l.key[0]
	if l.brackets {
		return n + 2
	}
	return n + l.val[1] - l.val[0]
}

// Len is the number of rows.
func (d *jsonDoc) Len() int { return d.rows }

// seek makes the line that row i belongs to the current one.
func (d *jsonDoc) seek(i int) {
	if p := d.at.before(i); i < d.cur.row || d.cur.row < p.row {
		d.move(p)
	}
	for i >= d.cur.row+rowsOf(d.line.size()) {
		d.next()
	}
}

// Line lays out row i.
func (d *jsonDoc) Line(i int) Line {
	d.seek(i)
	j := &d.line
	k := i - d.cur.row
	l := Line{Off: d.cur.off, End: j.val[1], Depth: j.depth}
	if k == 0 {
		l.Num = d.cur.num + 1
	}
	if j.opens {
		l.Fold = FoldOpen
	}
	l.Spans = append(make([]Span, 0, 5), Span{Punct, indent(j.depth)})
	if j.size() <= MaxRow {
		l.Spans = d.whole(l.Spans)
	} else {
		l.Spans = d.part(l.Spans, k)
	}
	return l
}

// whole appends the pieces of the current line.
func (d *jsonDoc) whole(spans []Span) []Span {
	j := &d.line
	if j.key[1] > j.key[0] {
		spans = append(spans, Span{Key, safe.Line(d.src[j.key[0]:j.key[1]])}, Span{Punct, safe.Const(": ")})
	}
	val := d.src[j.val[0]:j.val[1]]
	if j.brackets { // the white space within is left out
		val = []byte{val[0], val[len(val)-1]}
	}
	spans = append(spans, Span{kindOf(val[0]), safe.Line(val)})
	if j.comma {
		spans = append(spans, Span{Punct, safe.Const(",")})
	}
	return spans
}

func kindOf(c byte) Kind {
	switch c {
	case '"':
		return String
	case '{', '[', '}', ']':
		return Punct
	case 't', 'f', 'n':
		return Constant
	}
	return Number
}

// part appends row k of a current line that is longer than MaxRow.
func (d *jsonDoc) part(spans []Span, k int) []Span {
	j := &d.line
	keyLen := j.key[1] - j.key[0]
	from, to := k*MaxRow, min((k+1)*MaxRow, j.size())
	if from < keyLen {
		spans = append(spans, Span{Key, d.cut(j.key, from, min(to, keyLen))})
		if to >= keyLen {
			spans = append(spans, Span{Punct, safe.Const(": ")})
		}
	}
	if to > keyLen {
		spans = append(spans, Span{kindOf(d.src[j.val[0]]), d.cut(j.val, max(from-keyLen, 0), to-keyLen)})
	}
	if j.comma && to == j.size() {
		spans = append(spans, Span{Punct, safe.Const(",")})
	}
	return spans
}

// cut returns a part of a piece, with both ends moved back to where a character
// begins.
func (d *jsonDoc) cut(piece [2]int, from, to int) safe.Text {
	whole := d.src[piece[0]:piece[1]]
	return safe.Line(whole[runeStart(whole, from):runeStart(whole, to)])
}

// indent is two cells for each level.
func indent(depth int) safe.Text { return safe.Text{}.Pad(2 * depth) }

// rowOf returns the row that shows the byte at off.
func (d *jsonDoc) rowOf(off int) int {
	i := sort.Search(len(d.at), func(i int) bool { return d.at[i].off > off })
	d.move(d.at[max(i-1, 0)])
	for d.line.next <= off {
		d.next()
	}
	shown := d.line.key[1] - d.line.key[0]
	if off >= d.line.val[0] {
		shown += min(off, d.line.val[1]-1) - d.line.val[0]
	} else {
		shown = max(0, min(off-d.line.key[0], shown))
	}
	return d.cur.row + min(shown/MaxRow, rowsOf(d.line.size())-1)
}
