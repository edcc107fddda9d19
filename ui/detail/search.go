package detail

import (
	"context"
	"sort"

	tea "charm.land/bubbletea/v2"

	"creel/capture/body"
	"creel/capture/safe"
	"creel/capture/words"
)

// search is what is searched for on the page, and where it is.
type search struct {
	text  string
	rows  []int // of the page, with nothing folded
	at    int   // the one that is gone to
	hit   int   // which of the hits in it
	more  bool  // there are more than maxHits
	done  bool
	going task
}

// maxHits is how many rows a search collects.
const maxHits = 100_000

// found is what a search gave.
type found struct {
	rows []int
	more bool
	err  error
}

// forget drops the hits but not what is searched for.
func (s *search) forget() {
	s.going.stop()
	*s = search{text: s.text}
}

// status says how far the search is: 3 of 17.
func (s *search) status() safe.Text {
	switch {
	case s.text == "":
		return safe.Text{}
	case !s.done:
		return safe.Const("searching…")
	case len(s.rows) == 0:
		return safe.Const("not found")
	case s.more:
		return safe.Linef("%s of more than %s", words.Number(s.at+1), words.Number(maxHits))
	}
	return safe.Linef("%s of %s", words.Number(s.at+1), words.Number(len(s.rows)))
}

// summary is the status with what is searched for, for where no field shows that.
func (s *search) summary() safe.Text {
	status := s.status()
	if status.Empty() {
		return status
	}
	return safe.Concat(safe.Short(s.text, 16), safe.Const(": "), status)
}

func (p *Pane) marked() []string {
	if p.search.text != "" {
		return append([]string{p.search.text}, p.words...)
	}
	return p.words
}

// searchAgain searches the page from its beginning: at once when it is small, else in a command.
func (p *Pane) searchAgain() tea.Cmd {
	p.search.forget()
	s := p.sheet()
	if p.search.text == "" || s.begun() {
		return nil
	}
	head := headHits(&s.page, p.search.text)
	if s.view == nil {
		p.found(found{rows: head})
		return nil
	}
	view, text, skip := s.view, p.search.text, len(s.head)
	look := func(ctx context.Context) found {
		f := found{rows: head}
		f.err = view.Search(ctx, text, func(r int) bool {
			if f.more = len(f.rows) >= maxHits; !f.more {
				f.rows = append(f.rows, r+skip)
			}
			return !f.more
		})
		return f
	}
	if s.content == nil || len(s.content.Text) <= quick {
		p.found(look(p.deps.Ctx))
		return nil
	}
	return run(p, &p.search.going, look, func(f found) tea.Cmd { p.found(f); return nil })
}

func headHits(p *page, text string) []int {
	var rows []int
	for i := range p.head {
		if len(body.Hits(p.head[i].text().String(), text)) > 0 {
			rows = append(rows, i)
		}
	}
	return rows
}

// found goes to the first hit at or below the cursor.
func (p *Pane) found(f found) {
	if f.err != nil {
		return
	}
	p.search.rows, p.search.more, p.search.done = f.rows, f.more, true
	if len(f.rows) == 0 {
		return
	}
	p.search.at = sort.SearchInts(f.rows, p.unfolded()) % len(f.rows)
	p.showHit(1)
}

// unfolded is the row that the cursor is in, with nothing folded.
func (p *Pane) unfolded() int {
	s := p.sheet()
	if i, ok := s.line(&s.page); ok && s.folds() != nil {
		return len(s.head) + s.folds().RowOf(i)
	}
	return s.cursor
}

// hitRow is the row of the hit that is gone to, where nothing hides it.
func (p *Pane) hitRow() int {
	s := p.sheet()
	row := p.search.rows[p.search.at]
	if n := len(s.head); s.view != nil && row >= n {
		row = s.view.Show(row-n) + n
	}
	return row
}

// showHit opens what hides the row and goes to its first hit, or by -1 to its last.
func (p *Pane) showHit(by int) {
	p.place()
	s, row := p.sheet(), p.hitRow()
	r := s.row(row)
	hits := hitsIn(r.text(), []string{p.search.text})
	if p.search.hit = 0; by < 0 && !s.fits(&s.page, row) {
		p.search.hit = max(0, len(hits)-1)
	}
	p.reveal(row, hits, p.search.hit)
}

// reveal goes to a row and scrolls so that one of the hits in it is in sight.
func (p *Pane) reveal(row int, hits []cells, which int) {
	s := p.sheet()
	s.aimed = false
	s.to(&s.page, row)
	if which < len(hits) {
		s.showCells(&s.page, row, hits[which])
	}
}

// nextInRow goes to the next hit out of sight in a row that is higher than what is in sight.
func (p *Pane) nextInRow(by int) bool {
	s := p.sheet()
	if row := p.hitRow(); row != s.cursor || s.fits(&s.page, row) {
		return false
	}
	r := s.row(s.cursor)
	hits := hitsIn(r.text(), []string{p.search.text})
	for i := p.search.hit + by; i >= 0 && i < len(hits); i += by {
		if at := s.spotOf(&s.page, s.cursor, hits[i].from); !s.sees(&s.page, at) {
			p.search.hit = i
			p.reveal(s.cursor, hits, i)
			return true
		}
	}
	return false
}

// Next goes to the next hit, or by -1 to the one before, round the end; false without a search.
func (p *Pane) Next(by int) bool {
	n := len(p.search.rows)
	if n == 0 {
		return p.search.text != ""
	}
	if !p.nextInRow(by) {
		p.search.at = ((p.search.at+by)%n + n) % n
		p.showHit(by)
	}
	p.redraw()
	return true
}
