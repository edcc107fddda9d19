package detail

import (
	"creel/capture/body"
	"creel/capture/safe"
	"creel/ui/theme"
)

// look chooses a style when something is drawn, so that a change of the theme needs no new page.
type look func(*theme.Theme) theme.Style

func plain(t *theme.Theme) theme.Style   { return t.Plain }
func bold(t *theme.Theme) theme.Style    { return t.Bold }
func dim(t *theme.Theme) theme.Style     { return t.Dim }
func title(t *theme.Theme) theme.Style   { return t.Title }
func warn(t *theme.Theme) theme.Style    { return t.Warn }
func badWord(t *theme.Theme) theme.Style { return t.BadWord }
func pending(t *theme.Theme) theme.Style { return t.Pending }
func accent(t *theme.Theme) theme.Style  { return t.Accent }

func status(code int) look {
	return func(t *theme.Theme) theme.Style { return t.Status(code) }
}

// span is a piece of a row in one look.
type span struct {
	look look
	text safe.Text
}

// row is one line of a page before it is cut or wrapped.
type row struct {
	num    int // in the gutter; 0 shows none
	spans  []span
	aside  aside // at the right edge, dim, when there is room
	pixels [][2]body.RGB
	// changed marks a line that differs from an earlier delivery.
	changed bool
	fold    body.Fold
	depth   int
	hang    int  // how far its further lines are indented when it is wrapped
	prose   bool // it is wrapped between words
	// attempt is the number of the attempt that the row is about.
	attempt int
	// value is what the row names, if it does, for copying.
	value *Value
}

// aside is what is said of a row: a value that is cut to the room there is, and what stands around it.
type aside struct{ before, value, after safe.Text }

// leastValue is how short the value in an aside is cut.
const leastValue = 6

// in is the aside in so many cells, empty when it has no room.
func (a aside) in(room int) safe.Text {
	room -= a.before.Width() + a.after.Width()
	if room < min(a.value.Width(), leastValue) {
		return safe.Text{}
	}
	return safe.Concat(a.before, a.value.Cut(room), a.after)
}

// Value is a value with a name: of a header field, a parameter or a cookie.
type Value struct{ Name, Text string }

func (r *row) text() safe.Text {
	if len(r.spans) == 1 {
		return r.spans[0].text
	}
	parts := make([]safe.Text, len(r.spans))
	for i := range r.spans {
		parts[i] = r.spans[i].text
	}
	return safe.Concat(parts...)
}

// page is what a tab shows.
type page struct {
	head []row      // rows of its own, above
	view *body.View // the body below them; nil for none
	// expect is how many rows the body had to have when only its beginning was there: the
	// gutter has room for their numbers.
	expect int
	// sources are the stretches of the body that have a language.
	sources []source
	// bare: the body stands as it came, without numbers.
	bare bool
	// empty is said when there is nothing else.
	empty safe.Text
	// was says what a line of the body was in an earlier delivery.
	was func(*body.Line) (aside, bool)
}

// begun reports whether only the beginning of the body is there yet.
func (p *page) begun() bool { return p.view != nil && p.view.Expect > 0 }

func (p *page) len() int {
	n := len(p.head)
	if p.view != nil {
		n += p.view.Doc.Len()
	}
	return n
}

// row returns row i; head rows come first.
func (p *page) row(i int) row {
	if i < len(p.head) {
		return p.head[i]
	}
	l := p.view.Doc.Line(i - len(p.head))
	r := row{num: l.Num, pixels: l.Pixels, fold: l.Fold, depth: l.Depth, spans: make([]span, len(l.Spans))}
	for j, s := range l.Spans {
		r.spans[j] = span{kindLooks[s.Kind], s.Text}
	}
	if p.was != nil {
		r.aside, r.changed = p.was(&l)
	}
	return r
}

// numbered is how many digits the largest line number takes, folded or not; 0 without numbers.
func (p *page) numbered() int {
	if p.view == nil || p.bare || p.view.Format == body.Hex {
		return 0
	}
	n, digits := p.view.Doc.Len(), 2
	if f := p.folds(); f != nil {
		n = f.Rows()
	}
	n = max(n, p.expect)
	for ; n >= 100; n /= 10 {
		digits++
	}
	return digits
}

// kindLooks are the looks of the kinds of a body's spans.
var kindLooks = [...]look{
	body.Text:     syntax(theme.SyntaxText),
	body.Key:      syntax(theme.SyntaxKey),
	body.String:   syntax(theme.SyntaxString),
	body.Number:   syntax(theme.SyntaxNumber),
	body.Constant: syntax(theme.SyntaxConstant),
	body.Keyword:  syntax(theme.SyntaxKeyword),
	body.Punct:    syntax(theme.SyntaxPunct),
	body.Comment:  syntax(theme.SyntaxComment),
	body.Attr:     syntax(theme.SyntaxAttr),
	body.Name:     syntax(theme.SyntaxName),
	// Reversed: the place must be seen without colour, too.
	body.Error: func(t *theme.Theme) theme.Style { return t.Held },
}

func syntax(k theme.Syntax) look {
	return func(t *theme.Theme) theme.Style { return t.Syntax(k) }
}

// maxCells is how wide a row of a head may be: a header field may have a megabyte.
const maxCells = 2000

// split parts rows that are wider than maxCells into several.
func split(rows []row) []row {
	var out []row
	for _, r := range rows {
		whole := r.spans
		r.spans = nil
		room := maxCells
		for _, s := range whole {
			w := s.text.Width()
			if w <= room {
				r.spans = append(r.spans, s)
				room -= w
				continue
			}
			head, rest := s.text.Head(room)
			r.spans = append(r.spans, span{s.look, head})
			for _, piece := range rest.Wrap(maxCells) {
				out = append(out, r)
				r = row{spans: []span{{plain, safe.Text{}.Pad(r.hang)}, {s.look, piece}}, hang: r.hang, attempt: r.attempt, value: r.value}
				room = maxCells - piece.Width()
			}
		}
		out = append(out, r)
	}
	return out
}

// nameCells is how wide the names in tables of our own are.
const nameCells = 10

// pair is a row of a name of ours and what it stands for.
func pair(name string, value ...span) row {
	return row{spans: append([]span{{dim, safe.Line(name).Pad(nameCells)}}, value...), hang: nameCells}
}

// sentence is a pair whose value is read rather than copied.
func sentence(name string, value ...span) row {
	r := pair(name, value...)
	r.prose = true
	return r
}
