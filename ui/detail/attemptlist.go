package detail

import (
	"time"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
)

// The cells of a row in the list of attempts: those before the result and those
// of the time it took, with the blanks around it.
const (
	attemptIndent = 5
	attemptBefore = attemptIndent + 8 + 2
	attemptTook   = 2 + 7
)

// listAttempts lists the attempts, each in one row, or two where the pane is too narrow for its URL.
func (p *Pane) listAttempts(s *sheet) {
	lines, cells := p.attemptLines(), p.resultCells()
	for _, a := range p.ex.Attempts {
		first := []span{{dim, safe.Linef("%3d  %s  ", a.N, a.At.Local().Format(time.TimeOnly))}}
		first = append(first, cut(result(a), cells)...)
		first = append(first, span{dim, safe.Line(words.Duration(a.Took)).PadLeft(attemptTook)})
		if lines == 1 {
			first = append(first, span{plain, safe.Const("  ")})
			s.head = append(s.head, row{spans: append(first, p.wentTo(a, attemptBefore+cells+attemptTook+2)...), attempt: a.N})
			continue
		}
		second := append([]span{{plain, safe.Text{}.Pad(attemptIndent)}}, p.wentTo(a, attemptIndent)...)
		s.head = append(s.head, row{spans: first, attempt: a.N}, row{spans: second, attempt: a.N})
	}
}

// attemptLines is how many rows an attempt has in the list.
func (p *Pane) attemptLines() int {
	if p.ex == nil {
		return 1
	}
	for _, a := range p.ex.Attempts {
		if attemptBefore+p.resultCells()+attemptTook+2+width(went(a, shortURL(a.To))) > p.room() {
			return 2
		}
	}
	return 1
}

// followAttempts puts the cursor at the attempt where it was before the list
// changed; from the newest one it goes on to the one that is the newest now.
func (p *Pane) followAttempts(s *sheet) {
	n, lines := len(p.ex.Attempts), p.attemptLines()
	if n == s.attempts && lines == s.attemptLines {
		return
	}
	at := s.cursor / max(1, s.attemptLines)
	if n != s.attempts && at >= s.attempts-1 {
		at = max(0, n-1)
	}
	s.cursor = at * lines
	s.attempts, s.attemptLines = n, lines
}

// relistAttempts lists the attempts for another size of the pane.
func (p *Pane) relistAttempts() {
	s := &p.sheets[Attempts]
	if !s.built || p.ex == nil || p.openAttempt() != nil {
		return
	}
	s.head = nil
	p.buildAttempts(s)
	s.head = split(s.head)
	s.clamp(&s.page)
}

func (p *Pane) resultCells() int {
	n := 0
	for _, a := range p.ex.Attempts {
		n = max(n, width(result(a)))
	}
	return min(n, p.room()-attemptBefore-attemptTook)
}

// room is how many cells a row of our own has.
func (p *Pane) room() int { return p.w - 2 }

// wentTo says where an attempt went, with the URL shortened to the room that the row has
// after so many cells. For it to be understood, how it was sent goes, and the remarks are
// cut.
func (p *Pane) wentTo(a *capture.Attempt, after int) []span {
	room := p.room() - after
	spans, url := went(a, safe.Text{}), shortURL(a.To)
	if room-width(spans) < min(leastURL, url.Width()) {
		spans[0].text = safe.Const("→ ")
	}
	least := min(leastURL, room-spans[0].text.Width())
	spans[1].text = url.CutMiddle(max(least, room-width(spans)))
	return cut(spans, room)
}

func went(a *capture.Attempt, url safe.Text) []span {
	spans := []span{{dim, safe.Line(verb(a) + " → ")}, {plain, url}}
	if w := remarks(a); w != "" {
		spans = append(spans, span{dim, safe.Line("  " + w)})
	}
	return spans
}

func width(spans []span) int {
	n := 0
	for _, s := range spans {
		n += s.text.Width()
	}
	return n
}

func cut(spans []span, w int) []span {
	var out []span
	for _, s := range spans {
		s.text = s.text.Cut(max(w, 0))
		w -= s.text.Width()
		out = append(out, s)
	}
	return append(out, span{plain, safe.Text{}.Pad(w)})
}
