package detail

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"creel/capture/body"
	"creel/capture/safe"
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
	// waiting is what was asked for that takes all of a body of which only the beginning is
	// there, and what was asked for after that.
	waiting []func()
	// attempts are how many the list has, each in so many rows; 0 before it is shown.
	attempts, attemptLines int
}

func (s *sheet) stop() {
	s.loading.stop()
	s.colours.stop()
}

// take puts a body on a page, under what is to be said of it. One of which the beginning is
// there stays in sight as it is, if it is what that looked like.
func (p *Pane) take(s *sheet, o opened) tea.Cmd {
	s.empty, s.was = empty, nil
	kept := false
	if s.begun() {
		s.head = s.head[:len(s.head)-len(s.view.Notes)]
		if kept = o.err == nil && o.view.Format == s.view.Format && o.view.Bad == s.view.Bad; !kept {
			s.viewport, s.expect = viewport{wrap: p.wrap}, 0
		}
	}
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
	if s.begun() {
		s.expect = o.view.Expect
	}
	switch {
	case kept: // and what one moved to meanwhile
	case o.first >= 0 && s == &p.sheets[Body]:
		s.cursor, s.aimed = len(s.head)+o.view.Show(o.first), true
	case o.view.Bad > 0: // above the first row, what the pane reports of the body stays in sight
		s.cursor = len(s.head) + o.view.Bad
	}
	if s.begun() {
		return nil
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
