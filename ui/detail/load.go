package detail

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/safe"
	"creel/capture/words"
)

// loading is a body that is to be laid out, in one command after another.
type loading struct {
	body   capture.Body
	raw    []byte // its bytes, when they were read
	fields []capture.Field
	mode   string
	words  []string // of the filter
}

// opened is a body that was laid out, or its beginning.
type opened struct {
	content *body.Content
	view    *body.View
	mode    string
	sources []source
	first   int // the first row that holds a word of the filter; -1 for none
	err     error
}

// quick is how large a body may be to be laid out at once, within a frame.
const quick = 256 << 10

// load lays a body out below the head of a page: at once when that is quick, else in a
// command. The beginning of a large one is there before the rest: at once when it is
// neither to be read from disk nor to be decompressed.
func (p *Pane) load(s *sheet, b capture.Body, fields []capture.Field, mode string) tea.Cmd {
	s.stop()
	s.expect, s.waiting = 0, nil
	if b.Size() == 0 {
		s.view, s.content = nil, nil
		return nil
	}
	l := &loading{body: b, fields: fields, mode: mode, words: p.words}
	atHand := b.InMemory() && !encoded(fields)
	if atHand && b.Size() <= quick {
		return p.take(s, l.open(p.deps.Ctx))
	}
	s.view, s.empty = nil, safe.Text{} // what is read in a moment needs no words
	if b.Size() > quick {
		s.empty = safe.Linef("laying out %s…", words.Size(b.Size()))
	}
	if atHand {
		if o := l.begin(p.deps.Ctx); o.view != nil {
			p.take(s, o)
		}
		return run(p, &s.loading, l.open, func(o opened) tea.Cmd { return p.came(s, o) })
	}
	return run(p, &s.loading, l.beginOrOpen, func(o opened) tea.Cmd {
		cmd := p.came(s, o)
		if s.begun() {
			cmd = run(p, &s.loading, l.open, func(o opened) tea.Cmd { return p.came(s, o) })
		}
		return cmd
	})
}

// came puts on a page what a command laid out, and does what waited for it.
func (p *Pane) came(s *sheet, o opened) tea.Cmd {
	cmd := p.take(s, o)
	p.place()
	s.clamp(&s.page)
	if s.begun() {
		return cmd
	}
	waiting := s.waiting
	s.waiting = nil
	for _, do := range waiting {
		if s == p.sheet() {
			do()
		}
	}
	return cmd
}

func (l *loading) read(ctx context.Context) (err error) {
	if l.raw == nil {
		l.raw, err = l.body.Bytes(ctx)
	}
	return err
}

// open lays all of the body out.
func (l *loading) open(ctx context.Context) opened {
	if err := l.read(ctx); err != nil {
		return opened{err: err}
	}
	o := lay(ctx, body.Read(l.raw, l.fields), l.mode)
	o.first = firstOf(ctx, o.view, l.words)
	return o
}

// begin lays out the beginning of a large body. There is no view where that does not tell
// what will be in sight, such as when the first word of the filter is further below.
func (l *loading) begin(ctx context.Context) (o opened) {
	if l.read(ctx) != nil || len(l.raw) <= quick && !encoded(l.fields) {
		return o
	}
	if o.view, o.content = body.Begin(l.raw, l.fields, l.mode); o.view == nil {
		return o
	}
	if o.content != nil {
		o.mode = modeOf(o.content, l.mode)
	}
	o.first = firstOf(ctx, o.view, l.words)
	if len(l.words) > 0 && (o.first < 0 || o.first >= o.view.Doc.Len()) {
		o.view = nil
	}
	return o
}

func (l *loading) beginOrOpen(ctx context.Context) opened {
	if o := l.begin(ctx); o.view != nil {
		return o
	}
	return l.open(ctx)
}

// firstOf is the first row that holds one of words; -1 when none does.
func firstOf(ctx context.Context, v *body.View, words []string) int {
	first := -1
	for _, w := range words {
		if v == nil {
			break
		}
		err := v.Search(ctx, w, func(row int) bool {
			if first < 0 || row < first {
				first = row
			}
			return false
		})
		if err != nil {
			break
		}
	}
	return first
}

// modeOf is the mode for a content, or what suits it where it has no such mode.
func modeOf(c *body.Content, mode string) string {
	if modes := body.Modes(c); mode == "" || slices.Contains([]string{body.Pretty, body.Tree}, mode) && !slices.Contains(modes, mode) {
		return modes[0]
	}
	return mode
}

// lay lays content out in a mode, or as suits it where it has no such mode.
func lay(ctx context.Context, c *body.Content, mode string) opened {
	o := opened{content: c, mode: modeOf(c, mode), first: -1}
	if o.view, o.err = body.Open(ctx, c, o.mode); o.err == nil {
		o.sources = sourcesOf(o.view)
	}
	return o
}

func encoded(fields []capture.Field) bool {
	_, ok := capture.FieldValue(fields, "Content-Encoding")
	return ok
}
