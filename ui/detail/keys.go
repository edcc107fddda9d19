package detail

import (
	tea "charm.land/bubbletea/v2"

	"creel/capture/body"
)

// Move moves the cursor by rows.
func (p *Pane) Move(by int) { p.act(func(s *sheet) { s.move(&s.page, by) }) }

// Page moves what is in sight, and the cursor with it, by screenfuls: 1, -1, or a half.
func (p *Pane) Page(by float64) { p.act(func(s *sheet) { s.turn(&s.page, by) }) }

// First goes to the first line.
func (p *Pane) First() { p.act(func(s *sheet) { s.show(&s.page, spot{}) }) }

// Last goes to the last line.
func (p *Pane) Last() {
	p.actOnAll(func(s *sheet) {
		if s.len() > 0 {
			s.show(&s.page, s.last(&s.page))
		}
	})
}

// Scroll moves what is in sight, as the wheel does.
func (p *Pane) Scroll(by int) { p.act(func(s *sheet) { s.scroll(&s.page, by) }) }

// act does something to the page in sight, and draws it again; behind what waits.
func (p *Pane) act(do func(*sheet)) {
	s := p.sheet()
	if len(s.waiting) > 0 {
		s.waiting = append(s.waiting, func() { p.act(do) })
		return
	}
	do(s)
	p.redraw()
}

// actOnAll is act for what takes all of the body: it waits where that is not there yet.
func (p *Pane) actOnAll(do func(*sheet)) {
	s := p.sheet()
	if s.begun() || s.view == nil && s.loading.runs() && !p.jq.shown {
		s.waiting = append(s.waiting, func() { p.act(do) })
		return
	}
	p.act(do)
}

// sidestep is how many cells a step to the side is.
const sidestep = 16

// Right unfolds what is folded at the cursor; where nothing is, it scrolls to the right.
func (p *Pane) Right() {
	p.act(func(s *sheet) {
		if i, ok := s.line(&s.page); (!ok || s.folds() == nil || !s.folds().Open(i)) && !s.wrap {
			s.sideways(&s.page, sidestep)
		}
	})
}

// CanLeft reports whether Left has something to do; else the key means back.
func (p *Pane) CanLeft() bool {
	s := p.sheet()
	i, ok := s.line(&s.page)
	return s.left > 0 || ok && s.folds() != nil && s.view.Doc.Line(i).Depth > 0
}

// Left scrolls back to the left, else folds what the cursor is in.
func (p *Pane) Left() {
	if p.sheet().left > 0 {
		p.act(func(s *sheet) { s.sideways(&s.page, -sidestep) })
		return
	}
	p.actOnAll(func(s *sheet) {
		if i, ok := s.line(&s.page); ok && s.folds() != nil {
			if line, ok := s.folds().Fold(i); ok {
				s.to(&s.page, line+len(s.head))
			}
		}
	})
}

// FoldAll folds all below the outermost container, or unfolds all when something is folded.
func (p *Pane) FoldAll() {
	p.fold(func(f *body.Folded) {
		if f.AnyShut() {
			f.OpenAll()
			return
		}
		f.FoldLevel(1)
	})
}

// FoldLevel shows that many levels of the body and folds what is deeper.
func (p *Pane) FoldLevel(levels int) {
	p.fold(func(f *body.Folded) { f.FoldLevel(levels) })
}

func (p *Pane) fold(do func(*body.Folded)) {
	p.actOnAll(func(s *sheet) {
		f := s.folds()
		if f == nil {
			return
		}
		at, inBody := s.line(&s.page)
		row := 0
		if inBody {
			row = f.RowOf(at)
		}
		do(f)
		if inBody {
			s.cursor = f.LineOf(row) + len(s.head)
		}
		s.clamp(&s.page)
	})
}

// ToggleWrap wraps long lines, or scrolls them to the side, where they are not always wrapped.
func (p *Pane) ToggleWrap() {
	if p.AlwaysWraps() {
		return
	}
	p.wrap = !p.wrap
	for i := range p.sheets {
		p.sheets[i].left = 0
	}
	p.sheet().left = 0
	p.redraw()
}

// AlwaysWraps reports whether what is shown is sentences, which are always wrapped.
func (p *Pane) AlwaysWraps() bool { return p.tab == Signature && !p.jq.shown }

// CanFold reports whether what is shown has folds.
func (p *Pane) CanFold() bool { return p.sheet().folds() != nil }

// Click acts on a cell of the pane: a tab opens, a row is gone to, the sign of a fold folds.
func (p *Pane) Click(x, y int) tea.Cmd {
	top := p.top()
	if y == top-1 {
		for i, c := range p.drawn.tabs {
			if c.from <= x && x < c.to {
				return p.Open(Tab(i))
			}
		}
		return nil
	}
	i := y - top
	if i < 0 || i >= len(p.drawn.rows) || p.drawn.rows[i] < 0 {
		return nil
	}
	row := p.drawn.rows[i]
	p.act(func(s *sheet) { s.to(&s.page, row) })
	if s := p.sheet(); x == s.gutter(&s.page) { // the sign of a fold may be there
		p.Fold()
	}
	return nil
}

// Back goes one step back: out of field, jq, search or open attempt; false when there was none.
func (p *Pane) Back() (tea.Cmd, bool) {
	var cmd tea.Cmd
	switch {
	case p.prompt.kind != noPrompt:
		p.cancelPrompt()
	case p.jq.shown:
		p.jq.close()
	case p.search.text != "":
		p.search.forget()
		p.search.text = ""
	case p.tab == Attempts && p.attempt > 0:
		p.closeAttempt()
		cmd = p.build()
	default:
		return nil, false
	}
	p.redraw()
	return cmd, true
}
