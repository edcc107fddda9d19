package body

import (
	"creel/capture/safe"
)

// Limits of the formats that are laid out as a whole.
const (
	maxWhole = 4 << 20 // bytes; more is shown raw
	maxLines = 200_000
)

// linesDoc is a layout made as a whole.
type linesDoc struct {
	lines []Line
	nests map[int]nest // by the row that opens
}

type nest struct{ last, children int }

// Len is the number of lines.
func (d *linesDoc) Len() int { return len(d.lines) }

// Line returns line i.
func (d *linesDoc) Line(i int) Line { return d.lines[i] }

func (d *linesDoc) end(i int) (last, children int, ok bool) {
	n, ok := d.nests[i]
	return n.last, n.children, ok
}

func (d *linesDoc) parent(i int) (int, bool) {
	depth := d.lines[i].Depth
	for row := i - 1; row >= 0; row-- {
		if n, ok := d.nests[row]; ok && n.last >= i && d.lines[row].Depth <= depth {
			return row, true
		}
	}
	return 0, false
}

func (d *linesDoc) shut(i, last, children int) Line {
	l := d.lines[i]
	l.Fold = FoldShut
	l.End = max(l.End, d.lines[last].End)
	spans := append(make([]Span, 0, len(l.Spans)+3), l.Spans...)
	spans = append(spans, Span{Comment, safe.Concat(safe.Const(" "), summary(children, "item", l.End-l.Off), safe.Const(" "))})
	if d.lines[last].Depth == l.Depth { // a line that closes
		spans = append(spans, d.lines[last].Spans[1:]...)
	}
	l.Spans = spans
	return l
}

func (d *linesDoc) containers(depth int, yield func(i, last int)) {
	for i := 0; i < len(d.lines); i++ {
		if n, ok := d.nests[i]; ok && d.lines[i].Depth == depth {
			yield(i, n.last)
			i = n.last
		}
	}
}

// builder makes a linesDoc from its beginning to its end.
type builder struct {
	doc   linesDoc
	stack []int // rows that opened what is not closed
	num   int
	code  []Code
	full  bool // maxLines is reached; nothing more is taken
}

// line adds a line that shows the bytes [off, end).
func (b *builder) line(off, end int, spans ...Span) {
	b.count(1)
	b.put(len(b.stack), off, end, spans)
}

// count adds n children to what was opened last.
func (b *builder) count(n int) {
	if len(b.stack) == 0 {
		return
	}
	row := b.stack[len(b.stack)-1]
	up := b.doc.nests[row]
	up.children += n
	b.doc.nests[row] = up
}

func (b *builder) put(depth, off, end int, spans []Span) {
	if b.full = b.full || len(b.doc.lines) >= maxLines; b.full {
		return
	}
	b.num++
	l := Line{Num: b.num, Off: off, End: end, Depth: depth}
	l.Spans = append(make([]Span, 0, len(spans)+1), Span{Punct, indent(depth)})
	for _, s := range spans {
		pieces := s.Text.Wrap(MaxRow)
		for i, p := range pieces {
			l.Spans = append(l.Spans, Span{s.Kind, p})
			if i < len(pieces)-1 {
				b.doc.lines = append(b.doc.lines, l)
				l = Line{Off: off, End: end, Depth: depth, Spans: []Span{{Punct, indent(depth)}}}
			}
		}
	}
	b.doc.lines = append(b.doc.lines, l)
}

// picture adds a line of an image, which has no number.
func (b *builder) picture(end int, row [][2]RGB) {
	if b.full = b.full || len(b.doc.lines) >= maxLines; !b.full {
		b.doc.lines = append(b.doc.lines, Line{End: end, Depth: len(b.stack), Pixels: row})
	}
}

// open adds a line under which what follows belongs, until close.
func (b *builder) open(off, end int, spans ...Span) {
	b.line(off, end, spans...)
	row := len(b.doc.lines) - 1 // the last of all, which has nothing within, when b is full
	b.doc.lines[row].Fold = FoldOpen
	if b.doc.nests == nil {
		b.doc.nests = map[int]nest{}
	}
	b.stack = append(b.stack, row)
}

// close ends what was opened last, with a line when there are spans.
func (b *builder) close(off, end int, spans ...Span) {
	row := b.stack[len(b.stack)-1]
	b.stack = b.stack[:len(b.stack)-1]
	if len(spans) > 0 {
		b.put(len(b.stack), off, end, spans)
	}
	n := b.doc.nests[row]
	n.last = len(b.doc.lines) - 1
	if n.last == row { // nothing within
		delete(b.doc.nests, row)
		b.doc.lines[row].Fold = FoldNone
		return
	}
	b.doc.nests[row] = n
}

// embed adds the lines of another view.
func (b *builder) embed(v *View, off, end int) {
	for _, n := range v.Notes {
		b.line(off, off, Span{Comment, n})
	}
	base := len(b.stack)
	rows := make([]int, 0, v.Doc.Len()+1) // where each line begins
	defer func() { b.codeOf(v, append(rows, len(b.doc.lines))) }()
	for i := range v.Doc.Len() {
		if b.full {
			return
		}
		rows = append(rows, len(b.doc.lines))
		l := v.Doc.Line(i)
		if l.Pixels != nil {
			b.picture(end, l.Pixels)
			continue
		}
		b.put(base, off, end, l.Spans)
		b.doc.lines[len(b.doc.lines)-1].Depth += l.Depth
	}
	b.count(v.Doc.Len())
}

// codeOf takes over the stretches of an embedded view as far as it was laid out.
func (b *builder) codeOf(v *View, rows []int) {
	for _, c := range v.Code {
		from, to := min(c.From, len(rows)-1), min(c.To, len(rows)-1)
		b.code = append(b.code, Code{c.Language, rows[from], rows[to]})
	}
}

// view returns the finished layout.
func (b *builder) view() *View {
	for len(b.stack) > 0 {
		b.close(0, 0)
	}
	v := &View{Doc: &b.doc, Bad: -1, Code: b.code}
	if b.full {
		v.note("only the first %d lines are laid out: raw shows all", maxLines)
	}
	if len(b.doc.lines) == 0 {
		b.put(0, 0, 0, nil)
	}
	return v
}
