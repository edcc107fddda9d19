package ui

import (
	"cmp"

	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/capture/words"
	"creel/forward"
	"creel/ui/theme"
)

// part is a piece of the header; low ranks drop out first. A click is the key, 0 for none.
type part struct {
	rank  int
	right bool
	key   rune
	draw  func(*theme.Row)
}

// headerRow is the header as it is drawn: the parts, and what is drawn of each.
type headerRow struct {
	parts []part
	drawn []string
	right int // cells of the parts at the right
}

// shortening is how much of the header is shortened.
type shortening uint8

const (
	inFull       shortening = iota
	targetsShort            // the words on the targets
	allShort                // and those on what senders get
)

// The ranks of parts that are always there, and of those for whose sake the words on
// the targets are shortened.
const (
	topRank   = 9
	shortRank = 3
)

// header is the first row: addresses, targets, what senders get, who is held, how much is kept.
func (m *Model) header() string {
	h := m.headerRow()
	row := m.theme.NewRow(m.lay.W, theme.Style{})
	for i, x := range h.places(m.lay.W) {
		if s := h.drawn[i]; s != "" {
			row.To(x).Styled(s, theme.Width(s))
		}
	}
	return row.String()
}

func (m *Model) headerRow() *headerRow {
	for short := inFull; short < allShort; short++ {
		if h, missed := m.drawHeader(m.headerParts(short)); missed < shortRank {
			return h
		}
	}
	h, _ := m.drawHeader(m.headerParts(allShort))
	return h
}

func (h *headerRow) places(w int) []int {
	places := make([]int, len(h.parts))
	left, right := 1, w-h.right+2
	for i, p := range h.parts {
		switch n := theme.Width(h.drawn[i]); {
		case n == 0:
		case p.right:
			places[i] = right
			right += n + 3
		default:
			places[i] = left
			left += n + 2
		}
	}
	return places
}

func (m *Model) clickHeader(x int) tea.Cmd {
	h := m.headerRow()
	for i, at := range h.places(m.lay.W) {
		if key := h.parts[i].key; key != 0 && x >= at && x < at+theme.Width(h.drawn[i]) {
			return m.key(tea.KeyPressMsg{Code: key, Text: string(key)})
		}
	}
	return nil
}

// drawHeader draws the parts that there is room for and returns the highest rank of those
// left out; -1 when there are none.
func (m *Model) drawHeader(parts []part) (h *headerRow, missed int) {
	h, missed = &headerRow{parts: parts, drawn: make([]string, len(parts))}, -1
	room := m.lay.W // the blank before counts for one of the two after
	for rank := topRank; rank >= 0; rank-- {
		for i, p := range parts {
			if p.rank != rank {
				continue
			}
			row := m.theme.NewRow(m.lay.W, theme.Style{})
			p.draw(row)
			need := row.Col() + 2
			if p.right {
				need++
			}
			switch {
			case row.Col() == 0:
				continue
			case need > room && rank < topRank:
				missed = max(missed, rank)
				continue
			case p.right:
				h.right += need
			}
			h.drawn[i] = row.Drawn()
			room -= need
		}
	}
	return h, missed
}

func (m *Model) headerParts(short shortening) []part {
	t := m.theme
	return []part{
		// A public URL does not say whose it is. What is amiss with the team or the link stays.
		{rank: rankIf(m.public != "", 7, 4), draw: func(r *theme.Row) { r.Lit(t.Bold, "creel") }},
		{rank: rankIf(m.facts.team.Err != nil || m.facts.team.Waiting > 0, topRank, 7), draw: func(r *theme.Row) { m.drawTeam(r, short > inFull) }},
		{rank: rankIf(m.link.lost, topRank, 7), draw: m.drawAttached},
		{rank: 9, key: 'T', draw: func(r *theme.Row) { m.drawListens(r, short > inFull) }},
		{rank: 8, key: 'F', draw: func(r *theme.Row) { m.drawTargets(r, short > inFull) }},
		{rank: 5, key: 's', draw: func(r *theme.Row) {
			if m.looksOnly() {
				return
			}
			words := m.facts.senders
			if short == allShort {
				words = m.facts.briefly
			}
			r.Lit(t.Dim, "senders get ").Text(t.Plain, words)
		}},
		{rank: 9, key: 'a', draw: m.drawHold},
		{rank: 9, draw: m.drawFailing},
		{rank: 6, right: true, key: '!', draw: m.drawProblems},
		{rank: 1, right: true, key: 'B', draw: m.drawMinute},
		{rank: 3, right: true, key: 'B', draw: m.drawKept},
		{rank: 2, right: true, key: 'B', draw: m.drawRate},
	}
}

// rankIf is a rank that depends on something.
func rankIf(so bool, rank, otherwise int) int {
	if so {
		return rank
	}
	return otherwise
}

func (m *Model) drawListens(r *theme.Row, brief bool) {
	if tunnelRuns(m.facts.tunnel) {
		m.drawTunnel(r, brief)
		return
	}
	if m.looksOnly() {
		r.Lit(m.theme.Dim, "not capturing")
		return
	}
	m.drawAddress(r)
}

// drawAddress draws where creel listens, or what senders call.
func (m *Model) drawAddress(r *theme.Row) {
	at := cmp.Or(m.public, m.deps.Config.URL)
	if m.lay.W < 110 || m.public != "" {
		at = words.URL(at)
	} else {
		at = words.WithoutHTTP(at)
	}
	r.Text(m.theme.Plain, safe.Line(at))
}

func (m *Model) drawTargets(r *theme.Row, short bool) {
	if m.link.ended {
		return // nobody knows how they are
	}
	t := m.theme
	switch {
	case len(m.facts.targets) == 0:
		if m.lay.W >= 110 {
			r.Lit(t.Dim, "no target")
		}
		return
	case short && len(m.facts.targets) > 1:
		m.sumTargets(r)
		return
	}
	for i, s := range m.facts.targets {
		if i > 0 {
			r.Gap(2)
		}
		if s.Path != "" {
			r.Text(t.Plain, safe.Line(s.Path)).Gap(1)
		}
		label := safe.Line(s.Label())
		if short {
			label = label.CutMiddle(20)
		}
		r.Lit(t.Dim, t.Arrow).Gap(1).Text(t.Plain, label).Gap(1)
		r.Text(m.healthLook(&s), safe.Line(s.Words(m.now)))
	}
}

func (m *Model) healthLook(s *forward.Status) theme.Style {
	switch {
	case s.Disabled:
		return m.theme.Dim
	case s.Health == forward.HealthDown:
		return m.theme.Warn
	}
	return m.theme.Plain
}

func (m *Model) sumTargets(r *theme.Row) {
	t := m.theme
	var up, down, off, unknown int
	for i := range m.facts.targets {
		switch s := &m.facts.targets[i]; {
		case s.Disabled:
			off++
		case s.Health == forward.HealthDown:
			down++
		case s.Health == forward.HealthUnknown:
			unknown++
		default:
			up++
		}
	}
	r.Lit(t.Dim, t.Arrow).Gap(1).Int(t.Plain, len(m.facts.targets)).Lit(t.Plain, " targets")
	say := func(n int, look theme.Style, word string) {
		if n > 0 {
			r.Gap(1).Text(look, safe.Linef("%d %s", n, word))
		}
	}
	say(up, t.Plain, "up")
	say(down, t.Warn, "down")
	say(unknown, t.Dim, "not checked yet")
	say(off, t.Dim, "off")
	say(m.facts.pending, t.Pending, "pending")
}

func (m *Model) drawHold(r *theme.Row) {
	switch n := len(m.facts.held); {
	case n > 0:
		r.Lit(m.theme.Held, " HOLD ").Gap(1).Int(m.theme.Plain, n).Lit(m.theme.Plain, " waiting")
	case m.facts.holding:
		r.Lit(m.theme.Held, " HOLD ")
	}
}

// drawFailing says that nothing can be kept at the moment; why is under `!`.
func (m *Model) drawFailing(r *theme.Row) {
	if m.stats.Err != nil {
		r.Lit(m.theme.Bad, "HISTORY FAILS: senders get 503")
	}
}

func (m *Model) drawProblems(r *theme.Row) {
	if n := m.total - m.problems.read; n > 0 {
		r.Lit(m.theme.Warn, "! ").Int(m.theme.Warn, n)
	}
}

func (m *Model) drawKept(r *theme.Row) {
	text := safe.Const("nothing captured yet")
	if n := m.stats.Kept; n > 0 {
		text = safe.Linef("%s kept", words.Number(n))
	}
	r.Text(m.theme.Dim, text)
}

func (m *Model) drawRate(r *theme.Row) {
	switch {
	case m.facts.rate >= 100:
		r.Text(m.theme.Dim, safe.Linef("%s/s", words.Number(int(m.facts.rate))))
	case m.facts.rate > 0:
		r.Text(m.theme.Dim, safe.Linef("%.1f/s", m.facts.rate))
	case m.facts.last >= 0:
		r.Text(m.theme.Dim, safe.Line(words.Since(m.facts.last)))
	}
}
