package ui

import (
	"strconv"
	"strings"
	"time"

	"creel/capture/safe"
	"creel/ui/theme"
)

// part is a piece of the header; those with the lowest rank go first when there
// is no room.
type part struct {
	rank  int
	right bool
	draw  func(*theme.Row)
}

// header is the first row: where creel listens, where it forwards to, what
// senders get, who is held, and how much is kept.
func (m *Model) header() string {
	parts := m.headerParts()
	var drawn []string
	for rank := 0; ; rank++ {
		drawn = drawn[:0]
		left, right := 0, 0
		for _, p := range parts {
			if p.rank < rank {
				drawn = append(drawn, "")
				continue
			}
			row := m.theme.NewRow(m.lay.W, theme.Style{})
			p.draw(row)
			s := row.Drawn()
			drawn = append(drawn, s)
			if s == "" {
				continue
			}
			if p.right {
				right += row.Col() + 3
			} else {
				left += row.Col() + 2
			}
		}
		if left+right <= m.lay.W || rank > 9 {
			return m.joinHeader(parts, drawn, right)
		}
	}
}

func (m *Model) joinHeader(parts []part, drawn []string, right int) string {
	row := m.theme.NewRow(m.lay.W, theme.Style{}).Gap(1)
	for i, p := range parts {
		if !p.right && drawn[i] != "" {
			row.Styled(drawn[i], theme.Width(drawn[i])).Gap(2)
		}
	}
	row.To(m.lay.W - right + 2)
	for i, p := range parts {
		if p.right && drawn[i] != "" {
			row.Styled(drawn[i], theme.Width(drawn[i])).Gap(3)
		}
	}
	return row.String()
}

func (m *Model) headerParts() []part {
	t := m.theme
	return []part{
		{rank: 4, draw: func(r *theme.Row) { r.Lit(t.Bold, "creel") }},
		{rank: 9, draw: func(r *theme.Row) { m.drawListens(r) }},
		{rank: 8, draw: func(r *theme.Row) { m.drawTargets(r) }},
		{rank: 5, draw: func(r *theme.Row) {
			r.Lit(t.Dim, "senders get ").Text(t.Plain, m.facts.senders)
		}},
		{rank: 9, draw: func(r *theme.Row) { m.drawHold(r) }},
		{rank: 6, right: true, draw: func(r *theme.Row) { m.drawProblems(r) }},
		{rank: 3, right: true, draw: func(r *theme.Row) { m.drawKept(r) }},
		{rank: 2, right: true, draw: func(r *theme.Row) { m.drawRate(r) }},
	}
}

func (m *Model) drawListens(r *theme.Row) {
	at := m.deps.Config.Public
	if at == "" {
		at = m.deps.Config.URL
	}
	if m.lay.W < 110 || m.deps.Config.Public != "" {
		at = shortURL(at)
	} else {
		at = strings.TrimPrefix(at, "http://")
	}
	r.Text(m.theme.Plain, safe.Line(at))
}

func (m *Model) drawTargets(r *theme.Row) {
	t := m.theme
	if len(m.facts.targets) == 0 {
		if m.lay.W >= 110 {
			r.Lit(t.Dim, "no target")
		}
		return
	}
	for i, s := range m.facts.targets {
		if i > 0 {
			r.Gap(2)
		}
		if s.Path != "" {
			r.Text(t.Plain, safe.Line(s.Path)).Gap(1)
		}
		r.Lit(t.Dim, t.Arrow).Gap(1).Text(t.Plain, safe.Line(s.Label())).Gap(1)
		look := t.Plain
		if !s.Disabled && s.Cause != "" {
			look = t.Warn
		} else if s.Disabled {
			look = t.Dim
		}
		r.Text(look, safe.Line(s.Words(m.now)))
	}
}

func (m *Model) drawHold(r *theme.Row) {
	switch n := len(m.facts.held); {
	case n > 0:
		r.Lit(m.theme.Held, " HOLD ").Gap(1).Int(m.theme.Plain, n).Lit(m.theme.Plain, " waiting")
	case m.facts.holding:
		r.Lit(m.theme.Held, " HOLD ")
	}
}

func (m *Model) drawProblems(r *theme.Row) {
	if n := m.total - m.problems.read; n > 0 {
		r.Lit(m.theme.Warn, "! ").Int(m.theme.Warn, n)
	}
}

func (m *Model) drawKept(r *theme.Row) {
	switch n := m.stats.Kept; {
	case n == 0:
		r.Lit(m.theme.Dim, "nothing captured yet")
	case m.index.match != nil:
		r.Text(m.theme.Dim, safe.Line(number(m.list.Len())+" of "+number(n)))
	default:
		r.Text(m.theme.Dim, safe.Line(number(n)+" kept"))
	}
}

func (m *Model) drawRate(r *theme.Row) {
	switch {
	case m.facts.rate >= 100:
		r.Text(m.theme.Dim, safe.Line(number(int(m.facts.rate))+"/s"))
	case m.facts.rate > 0:
		r.Text(m.theme.Dim, safe.Line(strconv.FormatFloat(m.facts.rate, 'f', 1, 64)+"/s"))
	case m.facts.last >= 0:
		r.Text(m.theme.Dim, safe.Line(ago(m.facts.last)+" ago"))
	}
}

// ago is a time span in one unit.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + "s"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + "m"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d.Hours())) + "h"
	}
	return strconv.Itoa(int(d.Hours()/24)) + "d"
}

// number writes a number with commas between its thousands.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
