package detail

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/safe"
	"creel/capture/words"
)

// sheet is the page of a tab, and where one is on it.
type sheet struct {
	page
	viewport
	// aimed: the cursor was put where a word of the filter is, which is to come in sight.
	aimed   bool
	built   bool
	content *body.Content // of the body that is viewed; nil while there is none
	mode    string
	loading task
	colours task
	// attempts are how many the list has, each in so many rows; 0 before it is shown.
	attempts, attemptLines int
}

func (s *sheet) stop() {
	s.loading.stop()
	s.colours.stop()
}

// opened is a body that was laid out.
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

// load lays a body out below the head of a page: at once when that is quick, else in a command.
func (p *Pane) load(s *sheet, b capture.Body, fields []capture.Field, mode string) tea.Cmd {
	s.stop()
	if b.Size() == 0 {
		s.view, s.content = nil, nil
		return nil
	}
	wanted := p.words
	open := func(ctx context.Context) opened {
		raw, err := b.Bytes(ctx)
		if err != nil {
			return opened{err: err}
		}
		o := lay(ctx, body.Read(raw, fields), mode)
		o.first = firstOf(ctx, o.view, wanted)
		return o
	}
	if b.InMemory() && b.Size() <= quick && !encoded(fields) {
		return p.take(s, open(p.deps.Ctx))
	}
	s.view, s.empty = nil, safe.Text{} // what is read in a moment needs no words
	if b.Size() > quick {
		s.empty = safe.Linef("laying out %s…", words.Size(b.Size()))
	}
	return run(p, &s.loading, open, func(o opened) tea.Cmd {
		cmd := p.take(s, o)
		p.place()
		s.clamp(&s.page)
		return cmd
	})
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

// lay lays content out in a mode, or as suits it where it has no such mode.
func lay(ctx context.Context, c *body.Content, mode string) opened {
	if modes := body.Modes(c); mode == "" || slices.Contains([]string{body.Pretty, body.Tree}, mode) && !slices.Contains(modes, mode) {
		mode = modes[0]
	}
	o := opened{content: c, mode: mode, first: -1}
	if o.view, o.err = body.Open(ctx, c, mode); o.err == nil {
		o.sources = sourcesOf(o.view)
	}
	return o
}

func encoded(fields []capture.Field) bool {
	_, ok := capture.FieldValue(fields, "Content-Encoding")
	return ok
}

// take puts a body on a page, under what is to be said of it.
func (p *Pane) take(s *sheet, o opened) tea.Cmd {
	s.empty, s.was = empty, nil
	if o.err != nil {
		s.view = nil
		s.head = append(s.head, row{spans: []span{{badWord, safe.Line(fmt.Sprintf("the body cannot be read: %v", o.err))}}})
		return nil
	}
	s.view, s.content, s.mode = o.view, o.content, o.mode
	if s.sources = o.sources; s.bare {
		s.sources = nil
	}
	for _, n := range o.view.Notes {
		style := look(dim)
		if o.view.Bad >= 0 {
			style = warn
		}
		s.head = append(s.head, row{spans: []span{{style, n}}, prose: true})
	}
	switch {
	case o.first >= 0 && s == &p.sheets[Body]:
		s.cursor, s.aimed = len(s.head)+o.view.Show(o.first), true
	case o.view.Bad > 0: // above the first row, what the pane reports of the body stays in sight
		s.cursor = len(s.head) + o.view.Bad
	}
	return tea.Batch(p.searchAgain(), p.compare(s), p.colour(s))
}

// Modes are those that make a difference for the body on the page, and the one it is in.
func (p *Pane) Modes() (modes []string, now string) {
	s := p.sheet()
	if s.content == nil {
		return nil, ""
	}
	return body.Modes(s.content), s.mode
}

// ViewAs views bodies in a mode, from now on.
func (p *Pane) ViewAs(mode string) tea.Cmd {
	s := p.sheet()
	if s.content == nil {
		return nil
	}
	if p.jq.shown {
		o := lay(p.deps.Ctx, s.content, mode)
		s.view, s.mode, s.viewport = o.view, o.mode, viewport{wrap: p.wrap}
		p.redraw()
		return nil
	}
	p.mode = mode
	for i := range p.sheets {
		p.sheets[i].built = false
	}
	s.viewport = viewport{wrap: p.wrap}
	cmd := p.build()
	p.redraw()
	return cmd
}
