package ui

import (
	"slices"
	"time"

	"charm.land/bubbles/v2/key"

	"creel/capture"
	"creel/capture/safe"
	"creel/ui/keys"
	"creel/ui/theme"
)

// noticeTime is how long a notice stands. The clock of the screen ends it.
const noticeTime = 10 * time.Second

// notice is what the footer says for a few seconds.
type notice struct {
	text  safe.Text
	bad   bool
	held  capture.ID // the held request that it is about, or 0
	first capture.ID // the one that a replies to
	until time.Time
	// answer says that it is what came of a key: an outage that is found meanwhile,
	// often by what the key did, does not take its place.
	answer bool
}

func (n *notice) expire(now time.Time) {
	if !n.until.IsZero() && !now.Before(n.until) {
		*n = notice{}
	}
}

// notify shows a notice, in place of the one before it.
func (m *Model) notify(text safe.Text) {
	m.notice = notice{text: text, until: m.now.Add(noticeTime)}
}

func (m *Model) warn(text safe.Text) {
	m.notice = notice{text: text, bad: true, until: m.now.Add(noticeTime)}
}

// logProblem lists what went wrong under ! and shows it as a notice.
func (m *Model) logProblem(text string) (number int) {
	m.warn(safe.Line(text))
	return m.deps.Log.add(text)
}

// footer is the last row: what the keys would do here, or what just happened.
func (m *Model) footer() string {
	t := m.theme
	row := t.NewRow(m.lay.W, theme.Style{}).Gap(1)
	badge := m.badge()
	room := m.lay.W - badge.Col()
	switch {
	case m.stack.Top() != nil:
		m.keyHints(row, m.stack.Top().Keys())
	case m.filter.IsOpen():
		m.keyHints(row, m.filter.Keys())
	case m.inDetail && m.pane().Typing():
		m.keyHints(row, m.pane().PromptKeys())
	default:
		if m.notice.text.Width() > 0 {
			look := t.Plain
			if m.notice.bad {
				look = t.Warn
			}
			row.Text(look, cutNotice(m.notice.text, m.noticeRoom(room-row.Col()))).Gap(noticeGap)
		}
		m.hints(row, room)
	}
	if badge.Col() > 0 && m.stack.Top() == nil {
		row.To(room).Styled(badge.Drawn(), badge.Col())
	}
	return row.String()
}

// The cells between a notice and the keys, and those that are much of a long one.
const (
	noticeGap  = 3
	noticeMuch = 40
)

// noticeRoom is how much of a row a notice may take for the way to all keys, and mostly the main key, to stay.
func (m *Model) noticeRoom(room int) int {
	most := room - noticeGap - len("? keys") - 1
	if actions := m.footerActions(); len(actions) > 0 {
		a := actions[0]
		main := theme.Width(a.firstKey()) + 1 + min(a.label(m).Width(), understood) + 2
		if rest := most - main; rest >= noticeMuch {
			return rest
		}
	}
	return max(0, most)
}

// cutNotice cuts a notice, in the middle where much of it stays: its end says why, or what to do.
func cutNotice(text safe.Text, room int) safe.Text {
	if room < noticeMuch {
		return text.Cut(room)
	}
	return text.CutMiddle(room)
}

// hints writes what the keys would do here. The first is cut rather than left out; early ones have room kept.
func (m *Model) hints(row *theme.Row, room int) {
	actions := m.footerActions()
	last := slices.IndexFunc(actions, func(a *action) bool { return a.firstKey() == "?" })
	keep, early := len("? keys")+2, 0
	for _, a := range actions {
		if a.early {
			early += theme.Width(a.firstKey()) + 1 + a.label(m).Width() + 2
		}
	}
	for i, a := range actions {
		switch {
		case i == 0:
			from := row.Col()
			if !a.early {
				m.mainHint(row, room-keep-early, a.firstKey(), a.label(m))
			}
			if row.Col() == from {
				m.mainHint(row, room-keep, a.firstKey(), a.label(m))
			}
		case i < last:
			m.hint(row, room-keep, a.firstKey(), a.label(m))
		default:
			m.hint(row, room, a.firstKey(), a.label(m))
		}
	}
}

// keyHints writes what the keys of a dialog do: the first is cut, the way out has room kept for it.
func (m *Model) keyHints(row *theme.Row, bindings []key.Binding) {
	hints := keys.Hints(bindings)
	room, keep := row.Room()+row.Col(), 0
	out := slices.IndexFunc(hints, func(h key.Help) bool { return h.Key == "esc" })
	if out >= 0 {
		keep = len("esc ") + theme.Width(hints[out].Desc) + 2
	}
	for i, k := range hints {
		switch {
		case i == 0 && out != 0:
			m.mainHint(row, room-keep, k.Key, safe.Line(k.Desc))
		case i < out:
			m.hint(row, room-keep, k.Key, safe.Line(k.Desc))
		default:
			m.hint(row, room, k.Key, safe.Line(k.Desc))
		}
	}
}

// understood is how much there has to be of what a key does for it to be understood.
const understood = 8

// mainHint writes a key and as much of what it does as can be understood.
func (m *Model) mainHint(row *theme.Row, room int, key string, does safe.Text) {
	free := room - row.Col() - safe.Line(key).Width() - 2
	if free >= understood {
		does = does.Cut(free)
	}
	m.hint(row, room, key, does)
}

// hint writes a key and what it does, when there is room for both.
func (m *Model) hint(row *theme.Row, room int, key string, does safe.Text) {
	k := safe.Line(key)
	if row.Col()+k.Width()+1+does.Width()+1 <= room {
		row.Text(m.theme.Key, k).Gap(1).Text(m.theme.Dim, does).Gap(2)
	}
}

func (m *Model) badge() *theme.Row {
	row := m.theme.NewRow(m.lay.W, theme.Style{})
	if n := m.list.Unseen(); n > 0 {
		row.Lit(m.theme.Bold, m.theme.More).Gap(1).Int(m.theme.Bold, n).Lit(m.theme.Bold, " new ")
	}
	return row
}
