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
	text   string
	rows   []int // of the page, with nothing folded
	at     int   // the one that is gone to
	more   bool  // there are more than maxHits
	done   bool
	seq    int
	cancel context.CancelFunc
}

// maxHits is how many rows a search collects.
const maxHits = 100_000

// found reports the end of a search.
type found struct {
	seq  int
	rows []int
	more bool
	err  error
}

func (s *search) stop() {
	if s.cancel != nil {
		s.cancel()
	}
	s.cancel, s.seq = nil, 0
}

// forget drops the hits but not what is searched for.
func (s *search) forget() {
	s.stop()
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

// marked are the words that stand out on the page.
func (p *Pane) marked() []string {
	if p.search.text != "" {
		return append([]string{p.search.text}, p.words...)
	}
	return p.words
}

// searchAgain searches the page in sight from its beginning: at once when it is
// small, else in a command.
func (p *Pane) searchAgain() tea.Cmd {
	p.search.forget()
	s := p.sheet()
	if p.search.text == "" {
		return nil
	}
	head := headHits(&s.page, p.search.text)
	if s.view == nil {
		p.found(found{rows: head})
		return nil
	}
	ctx, cancel := context.WithCancel(p.deps.Ctx)
	view, text, skip := s.view, p.search.text, len(s.head)
	run := func(seq int) found {
		f := found{seq: seq, rows: head}
		f.err = view.Search(ctx, text, func(r int) bool {
			if f.more = len(f.rows) >= maxHits; !f.more {
				f.rows = append(f.rows, r+skip)
			}
			return !f.more
		})
		return f
	}
	if s.content == nil || len(s.content.Text) <= quick {
		cancel()
		ctx = p.deps.Ctx
		p.found(run(0))
		return nil
	}
	p.seq++
	seq := p.seq
	p.search.seq, p.search.cancel = seq, cancel
	return func() tea.Msg { return run(seq) }
}

// headHits are the rows of the head that hold text.
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
	if f.seq != p.search.seq || f.err != nil {
		return
	}
	p.search.stop()
	p.search.rows, p.search.more, p.search.done = f.rows, f.more, true
	if len(f.rows) == 0 {
		return
	}
	here := p.unfolded()
	at := sort.SearchInts(f.rows, here)
	p.search.at = at % len(f.rows)
	p.showHit()
}

// unfolded is the row that the cursor is in, with nothing folded.
func (p *Pane) unfolded() int {
	s := p.sheet()
	if i, ok := s.line(&s.page); ok && s.folds() != nil {
		return len(s.head) + s.folds().RowOf(i)
	}
	return s.cursor
}

// showHit opens what hides the hit and goes there.
func (p *Pane) showHit() {
	s := p.sheet()
	row := p.search.rows[p.search.at]
	if n := len(s.head); s.view != nil && row >= n {
		row = s.view.Show(row-n) + n
	}
	p.place()
	s.to(&s.page, row)
	p.showCells(row)
}

// showCells scrolls sideways so that the hit is in sight.
func (p *Pane) showCells(i int) {
	s := p.sheet()
	if s.wrap {
		return
	}
	r := s.row(i)
	text := r.text().String()
	hits := body.Hits(text, p.search.text)
	if len(hits) == 0 {
		return
	}
	from, to := safe.Line(text[:hits[0][0]]).Width(), safe.Line(text[:hits[0][1]]).Width()
	room := s.room(&s.page) - 1 // the last cell may have the sign of a cut
	if from < s.left || to > s.left+room {
		s.left = max(0, from-room/3)
	}
	if to <= room {
		s.left = 0
	}
}

// Next goes to the next hit, or by -1 to the one before; it begins again at the
// other end. It reports false when nothing is searched for.
func (p *Pane) Next(by int) bool {
	n := len(p.search.rows)
	if n == 0 {
		return p.search.text != ""
	}
	p.search.at = ((p.search.at+by)%n + n) % n
	p.showHit()
	p.redraw()
	return true
}
