package compare

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/compare"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/ui/theme"
)

// response is what came back for one side.
type response struct {
	name  safe.Text
	took  time.Duration
	reply *capture.Reply
	cause capture.Cause // why no response came
	err   string
	cut   bool // the body is only the beginning
}

// beside are the lines of two responses, side by side.
type beside struct {
	old, recent *response
	was, is     []safe.Text
	pairs       []compare.Pair
}

// besides reads two responses; nil where one side has none.
func besides(ctx context.Context, old, recent *response) (*beside, error) {
	if old == nil || recent == nil {
		return nil, nil
	}
	b := &beside{old: old, recent: recent}
	var err error
	if b.was, err = old.lines(ctx); err != nil {
		return nil, fmt.Errorf("read the response of %s: %w", old.name, err)
	}
	if b.is, err = recent.lines(ctx); err != nil {
		return nil, fmt.Errorf("read the response of %s: %w", recent.name, err)
	}
	b.pairs = compare.Beside(stringsOf(b.was), stringsOf(b.is))
	return b, nil
}

func stringsOf(lines []safe.Text) []string {
	out := make([]string, len(lines))
	for i := range lines {
		out[i] = lines[i].String()
	}
	return out
}

// maxLines is how many lines of a response's body are shown.
const maxLines = 1000

// lines are the status or the error, the fields, and the body as it is laid out.
func (r *response) lines(ctx context.Context) ([]safe.Text, error) {
	var lines []safe.Text
	if r.cause != "" {
		lines = append(lines, safe.Line(string(r.cause)))
	}
	if r.err != "" {
		lines = append(lines, safe.Lines(r.err)...)
	}
	if r.reply.Status > 0 {
		lines = append(lines, safe.Linef("%d %s", r.reply.Status, http.StatusText(r.reply.Status)))
	}
	for _, f := range append(r.reply.Fields[:len(r.reply.Fields):len(r.reply.Fields)], r.reply.Trailers...) {
		lines = append(lines, safe.Linef("%s: %s", f.Name, f.Value))
	}
	raw, err := r.reply.Body.Bytes(ctx)
	if err != nil || len(raw) == 0 {
		return lines, err
	}
	content := body.Read(raw, r.reply.Fields)
	view, err := body.Open(ctx, content, body.Modes(content)[0])
	if err != nil {
		return nil, err
	}
	lines = append(lines, safe.Text{})
	for i := range min(view.Doc.Len(), maxLines) {
		lines = append(lines, view.Doc.Line(i).Text())
	}
	if more := view.Doc.Len() - maxLines; more > 0 {
		lines = append(lines, safe.Linef("%d more lines", more))
	}
	if r.cut {
		lines = append(lines, safe.Const("the response was larger than --max-answer: this is its beginning"))
	}
	return lines, nil
}

// same reports whether the two have the same lines.
func (b *beside) same() bool {
	return !slices.ContainsFunc(b.pairs, func(p compare.Pair) bool { return !p.Same })
}

// besideCells is how wide the pane is at least for two responses to stand beside one
// another; in less they stand one over the other.
const besideCells = 72

// responses puts two responses side by side; one, where they are the same.
func (b *builder) responses(r *beside) {
	heading := safe.Const("Response")
	switch {
	case r.same():
		b.section(heading, safe.Linef("  the same  %s %s %s", words.Duration(r.old.took), string(b.t.Arrow), words.Duration(r.recent.took)))
		b.column(r, compare.Removed)
	case b.w < besideCells:
		b.add(b.name(r.old)...)
		b.column(r, compare.Removed)
		b.add()
		b.add(b.name(r.recent)...)
		b.column(r, compare.Added)
	default:
		b.columns(r)
	}
}

// name is the heading of a response.
func (b *builder) name(r *response) line {
	return line{{b.t.Plain, safe.Const(" ")}, {b.t.Title, r.name}, {b.t.Dim, safe.Linef("  %s", words.Duration(r.took))}}
}

// column puts the lines of one response below one another: those of the old one as
// removed, those of the recent one as added.
func (b *builder) column(r *beside, of compare.Kind) {
	for _, p := range r.pairs {
		b.lines = append(b.lines, b.half(r, p, of, b.w)...)
	}
}

// columns puts each pair of lines beside one another, wrapped.
func (b *builder) columns(r *beside) {
	w := (b.w - 1) / 2
	join := func(left, right line) {
		left = append(left, piece{b.t.Plain, safe.Text{}.Pad(w - left.width())}, piece{b.t.Rule, safe.Line(string(b.t.V))})
		b.lines = append(b.lines, append(left, right...))
	}
	join(b.name(r.old), b.name(r.recent))
	for _, p := range r.pairs {
		left, right := b.half(r, p, compare.Removed, w), b.half(r, p, compare.Added, b.w-1-w)
		for i := range max(len(left), len(right)) {
			var l, r line
			if i < len(left) {
				l = left[i]
			}
			if i < len(right) {
				r = right[i]
			}
			join(l, r)
		}
	}
}

// half is the line of one side of a pair, over as many lines as it takes.
func (b *builder) half(r *beside, p compare.Pair, of compare.Kind, w int) []line {
	at, from, mark := p.New, r.is, b.mark(of)
	if of == compare.Removed {
		at, from = p.Old, r.was
	}
	if at < 0 {
		return nil
	}
	look := mark.style
	if p.Same {
		mark, look = b.mark(compare.Same), theme.Style{}
	}
	var out []line
	for _, part := range from[at].Wrap(max(1, w-mark.text.Width()-1)) {
		out = append(out, line{mark, {look, part}})
		mark.text = safe.Const("   ")
	}
	return out
}
