package detail

import (
	"slices"

	"creel/capture/body"
	"creel/capture/safe"
	"creel/ui/theme"
)

// cells is a stretch of cells [from, to).
type cells struct{ from, to int }

// renderer draws the rows of a page.
type renderer struct {
	t     *theme.Theme
	v     *viewport
	p     *page
	words []string // that are marked
	focus bool
}

// lines draws exactly v.h lines of v.w cells, and says which row of the page each is; -1 for none.
func (d *renderer) lines() (lines []string, rows []int) {
	if d.v.w <= 0 || d.v.h <= 0 {
		return nil, nil
	}
	n := d.p.len()
	for i := d.v.top.row; i < n && len(lines) < d.v.h; i++ {
		for _, l := range d.inSight(i) {
			if len(lines) < d.v.h {
				lines, rows = append(lines, l), append(rows, i)
			}
		}
	}
	if n == 0 && !d.p.empty.Empty() {
		for _, l := range d.p.empty.WrapWords(d.v.w - 2) {
			if len(lines) < d.v.h {
				lines, rows = append(lines, d.t.NewRow(d.v.w, theme.Style{}).Gap(1).Text(d.t.Dim, l).String()), append(rows, -1)
			}
		}
	}
	for len(lines) < d.v.h {
		lines, rows = append(lines, d.t.NewRow(d.v.w, theme.Style{}).String()), append(rows, -1)
	}
	return lines, rows
}

// inSight draws what is in sight of row i, of which the first lines may be above.
func (d *renderer) inSight(i int) []string {
	lines := d.row(i)
	if i == d.v.top.row {
		return lines[min(d.v.top.line, len(lines)-1):]
	}
	return lines
}

// row draws row i: one line, or several when it is wrapped.
func (d *renderer) row(i int) []string {
	r := d.p.row(i)
	ground := theme.Style{}
	if d.focus && i == d.v.cursor {
		ground = d.t.Selected
	}
	if r.pixels != nil {
		return []string{d.picture(&r, ground)}
	}
	text := r.text()
	marks := hitsIn(text, d.words)
	pieces := []int{}
	if d.v.wrap {
		pieces = d.v.pieces(d.p, &r)
	}
	r.spans = d.p.tinted(i, r.spans) // last: what is in many pieces takes longer
	if !d.v.wrap {
		return []string{d.line(&r, i, marks, cells{d.v.left, d.v.left + d.v.room(d.p)}, ground, 0)}
	}
	var lines []string
	from, hang := 0, 0
	for _, piece := range pieces {
		lines = append(lines, d.line(&r, i, marks, cells{from, from + piece}, ground, hang))
		from += piece
		hang = d.v.hang(d.p, &r)
	}
	return lines
}

// maxMarks is how many hits stand out in a row that is not ASCII, where each is measured.
const maxMarks = 200

// hitsIn are the cells of text that hold words, word by word.
func hitsIn(text safe.Text, words []string) []cells {
	if len(words) == 0 {
		return nil
	}
	var out []cells
	s := text.String()
	ascii := text.Width() == len(s)
	for _, w := range words {
		for i, hit := range body.Hits(s, w) {
			if ascii {
				out = append(out, cells{hit[0], hit[1]})
				continue
			}
			if i == maxMarks {
				break
			}
			from := safe.Line(s[:hit[0]]).Width()
			out = append(out, cells{from, from + safe.Line(s[hit[0]:hit[1]]).Width()})
		}
	}
	return out
}

func within(marks []cells, window cells) []cells {
	return slices.DeleteFunc(slices.Clone(marks), func(m cells) bool { return m.to <= window.from || m.from >= window.to })
}

// line draws the cells of a row that are in a window, indented by hang.
func (d *renderer) line(r *row, i int, marks []cells, window cells, ground theme.Style, hang int) string {
	out := d.t.NewRow(d.v.w, ground)
	first := window.from == 0 || !d.v.wrap
	d.gutter(out, r, i, first)
	out.Gap(hang)
	marks = within(marks, window)
	at := 0
	for _, s := range r.spans {
		w := s.text.Width()
		if r.changed || r.fold != body.FoldNone {
			s = d.mark(r, s, at)
		}
		d.span(out, s, at, marks, window)
		if at += w; at > window.to {
			break
		}
	}
	if !d.v.wrap && at > window.to {
		return d.t.Fit(out.Drawn()+"  ", d.v.w) // cut, also where a wide character left a cell
	}
	if said := r.aside.in(out.Room() - 2); at <= window.to && !said.Empty() {
		out.Gap(out.Room()-said.Width()).Text(d.t.Dim, said)
	}
	return out.String()
}

func (d *renderer) gutter(out *theme.Row, r *row, i int, first bool) {
	n := d.v.gutter(d.p)
	if n == 1 || i < len(d.p.head) {
		out.Gap(min(n, 1))
		return
	}
	style := d.t.Rule
	if d.focus && i == d.v.cursor {
		style = d.t.Accent
	}
	if r.num > 0 && first {
		out.Text(style, safe.Linef("%d", r.num).PadLeft(n-1))
	}
	out.To(n)
}

func changed(t *theme.Theme) theme.Style { return t.Changed }

// mark puts the sign of a change or of a fold into the first cell of the indentation.
func (d *renderer) mark(r *row, s span, at int) span {
	if at != 0 || r.depth == 0 || s.text.Width() < 2 {
		return s
	}
	rest := s.text.Slice(1, s.text.Width())
	switch {
	case r.changed:
		return span{changed, safe.Concat(safe.Const("~"), rest)}
	case r.fold == body.FoldOpen:
		return span{dim, safe.Concat(safe.Line(string(d.t.Open)), rest)}
	case r.fold == body.FoldShut:
		return span{dim, safe.Concat(safe.Line(string(d.t.Shut)), rest)}
	}
	return s
}

// span draws what is in the window of a span that begins at a cell; marked parts stand out.
func (d *renderer) span(out *theme.Row, s span, at int, marks []cells, window cells) {
	end := at + s.text.Width()
	from, to := max(at, window.from), min(end, window.to)
	for from < to {
		style, next := s.look(d.t), to
		for _, m := range marks {
			switch {
			case m.from <= from && from < m.to:
				style, next = d.t.Match, min(next, m.to)
			case from < m.from:
				next = min(next, m.from)
			}
		}
		out.Text(style, s.text.Slice(from-at, next-at))
		from = next
	}
}

// picture draws a line of an image, two pixels in a cell.
func (d *renderer) picture(r *row, ground theme.Style) string {
	out := d.t.NewRow(d.v.w, ground)
	out.Gap(d.v.gutter(d.p))
	for _, px := range r.pixels {
		if out.Room() == 0 {
			break
		}
		out.Styled(d.t.Pixels(theme.RGB(px[0]), theme.RGB(px[1])), 1)
	}
	return out.String()
}
