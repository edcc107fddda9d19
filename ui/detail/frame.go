package detail

import (
	"slices"
	"strings"

	"creel/capture/safe"
	"creel/ui/theme"
)

// top is how many lines stand above the page: the title and the tabs.
func (p *Pane) top() int {
	switch {
	case p.h < 4:
		return 0
	case p.titled && p.h >= 8 && (p.tab != response || !p.together):
		return 2
	}
	return 1
}

func (p *Pane) hasSignatureLine() bool {
	return p.tab != response && (p.h >= 8 || p.together && p.h >= 5)
}

// hasAttemptLine reports whether the newest attempt has a line here, for want of a
// pane of its own.
func (p *Pane) hasAttemptLine() bool { return p.tab != response && !p.together && p.h >= 5 }

// place gives the page in sight its cells.
func (p *Pane) place() {
	s := p.sheet()
	s.w, s.h = p.w, p.h-p.top()-p.footNow()
	s.wrap, s.pad = p.wrap || p.AlwaysWraps(), 0
	if p.titled {
		s.pad = 1
	}
	if s.view != nil {
		s.view.Fit(s.room(&s.page))
	}
}

// footNow is how many lines stand below the page: the last one also for a field that is open.
func (p *Pane) footNow() int {
	n := 0
	if p.hasSignatureLine() {
		n++
	}
	if p.hasAttemptLine() || p.prompt.kind != noPrompt {
		n++
	}
	return n
}

// redraw makes the lines that View shows. It is called when anything changed.
func (p *Pane) redraw() {
	p.drawn = frame{}
	if p.w <= 0 || p.h <= 0 {
		return
	}
	p.place()
	s := p.sheet()
	s.clamp(&s.page)
	if s.aimed && s.len() > 0 {
		r := s.row(s.cursor)
		p.reveal(s.cursor, hitsIn(r.text(), p.words), 0)
	}
	d := renderer{t: p.t, v: &s.viewport, p: &s.page, words: p.marked()}
	lines, rows := d.lines()
	d.focus = true
	focused := slices.Clone(lines)
	if at := slices.Index(rows, s.cursor); at >= 0 {
		for k, l := range d.inSight(s.cursor) {
			if at+k < len(focused) {
				focused[at+k] = l
			}
		}
	}
	p.drawn.more = s.under(&s.page)
	above, below := p.above(), p.below()
	p.drawn.rows, p.drawn.needs = rows, p.needs()
	p.drawn.lines = p.fit(above, lines, below)
	p.drawn.focused = p.fit(above, focused, below)
}

func (p *Pane) fit(above, page, below []string) []string {
	all := slices.Concat(above, page, below)
	for len(all) < p.h {
		all = append(all, p.t.NewRow(p.w, theme.Style{}).String())
	}
	return all[:p.h]
}

func (p *Pane) above() []string {
	var lines []string
	n := p.top()
	if n == 2 {
		lines = append(lines, p.title())
	}
	switch {
	case n == 0:
	case p.tab == response:
		lines = append(lines, p.responseTitle())
	default:
		line, at := p.tabLine()
		p.drawn.tabs = at
		lines = append(lines, line)
	}
	return lines
}

// title names the request: method and path left, sender and event right.
func (p *Pane) title() string {
	out := p.t.NewRow(p.w, theme.Style{})
	if p.ex == nil {
		return out.String()
	}
	out.Gap(1)
	r := &p.ex.Request
	who, look := safe.Short(strings.TrimSpace(p.ex.Sender.Provider+" "+p.ex.Sender.Event), p.w), p.t.Dim
	if hits := p.search.summary(); !hits.Empty() && !p.Typing() {
		who, look = hits, p.t.Accent // the tabs have no room for it
	}
	what := r.Method + " " + r.Target
	room := out.Room() - 1
	if n := who.Width(); n > 0 && (n < room/2 || safe.Short(what, room).Width()+n+2 <= room) {
		out.Text(p.t.Bold, safe.ShortMiddle(what, room-n-2)).To(p.w-1-n).Text(look, who)
		return out.String()
	}
	return out.Text(p.t.Bold, safe.ShortMiddle(what, room)).String()
}

// below draws the signature in a sentence, the newest attempt, and in place of
// the last line the field that is open.
func (p *Pane) below() []string {
	var lines []string
	if p.hasSignatureLine() {
		lines = append(lines, p.signatureAndMore())
	}
	if p.prompt.kind != noPrompt {
		return append(lines, p.promptLine())
	}
	if p.hasAttemptLine() {
		lines = append(lines, p.rowOf(p.attemptLine(), p.w).String())
	}
	return lines
}

// signatureAndMore is the line of the signature, cut for how many lines are below those in sight, and for jq.
func (p *Pane) signatureAndMore() string {
	spans := p.signatureLine()
	row := p.rowOf(spans, p.w)
	if (row.Room() == 0 || p.jq.shown) && p.w >= widePane {
		row = p.rowOf(spans, p.w-p.jqAndMore().Width()-3)
	}
	out := p.t.NewRow(p.w, theme.Style{}).Styled(row.Drawn(), row.Col())
	right := []safe.Text{p.jqAndMore()}
	if p.drawn.more != 0 {
		right = append(right, p.more(), below)
	}
	for _, words := range right { // the first that has room
		if !words.Empty() && out.Room() > words.Width()+2 {
			return out.To(p.w-1-words.Width()).Text(p.t.Dim, words).String()
		}
	}
	return out.String()
}

// widePane is from how many columns on a pane cuts a sentence for a figure.
const widePane = 60

// below says that there are lines below those in sight.
var below = safe.Const("↓ more")

func (p *Pane) more() safe.Text {
	switch p.drawn.more {
	case 0:
		return safe.Text{}
	case unknown:
		return below
	}
	return safe.Linef("↓ %d more", p.drawn.more)
}

// jqAndMore also says which expression gave the page, which looks like the body.
func (p *Pane) jqAndMore() safe.Text {
	more := p.more()
	if !p.jq.shown || p.Typing() {
		return more
	}
	words := safe.Concat(safe.Const("jq "), safe.Short(p.jq.text, 24))
	if more.Empty() {
		return words
	}
	return safe.Concat(words, safe.Const("  "), more)
}

// rowOf draws spans in w cells.
func (p *Pane) rowOf(spans []span, w int) *theme.Row {
	out := p.t.NewRow(w, theme.Style{}).Gap(1)
	for _, s := range spans {
		out.Text(s.look(p.t), s.text)
	}
	return out
}
