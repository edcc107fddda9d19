package filterline

import (
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/capture/words"
	"creel/ui/theme"
)

const minField = 12 // cells of text that the count must leave

// View draws the open line and its hint, w cells each; the cursor is relative to the first.
func (l *Line) View(w int) (lines []string, cursor *tea.Cursor) {
	t := l.Theme
	row := t.NewRow(w, theme.Style{}).Gap(1).Lit(t.Accent, "filter ›").Gap(1)
	start := row.Col()
	count := l.count()
	room := row.Room()
	if room-count.Width()-2 >= minField {
		room -= count.Width() + 2
	} else {
		count = safe.Text{}
	}
	drawn, at := l.field.View(t, room)
	row.Styled(drawn, room).To(w-count.Width()-1).Text(t.Dim, count)
	return []string{row.String(), l.hint(w, start, room)}, tea.NewCursor(min(start+at, max(0, w-1)), 0)
}

// Bar draws the filter in force, while the line is closed, in front of a rule.
func (l *Line) Bar(w int) string {
	t := l.Theme
	row := t.NewRow(w, theme.Style{}).Gap(1).Lit(t.Dim, "filter ›").Gap(1)
	count := l.count()
	text := safe.Line(l.force.String())
	room := row.Room() - count.Width() - 5
	if room < minField {
		return row.Text(t.Plain, text).String()
	}
	row.Text(t.Plain, text.Cut(room)).Gap(1)
	return row.Line(row.Room()-count.Width()-2).Gap(1).Text(t.Dim, count).Gap(1).String()
}

// count says how many are shown: "12 of 4,310".
func (l *Line) count() safe.Text {
	var text safe.Text
	if l.total > 0 || !l.force.IsEmpty() {
		text = safe.Linef("%s of %s", words.Number(l.shown), words.Number(l.total))
	}
	if l.searching {
		text = safe.Concat(text, safe.Const(", searching"))
	}
	return text
}

// hint is the second line; what can be completed is not called wrong.
func (l *Line) hint(w, start, room int) string {
	unfinished := l.wrong != nil && len(l.offers) > 0 && l.wrong.End >= l.field.Pos()
	switch {
	case !l.said.Empty():
		return l.Theme.NewRow(w, theme.Style{}).Gap(1).Text(l.Theme.Warn, l.said).String()
	case l.wrong != nil && !unfinished:
		return l.mistake(w, start, room)
	case len(l.offers) > 0:
		return l.offered(w, start)
	case l.field.Value() == "":
		return l.examples(w, start, "word", "path:/github", "status:5xx", "is:failed", "-is:valid", "a or b", `"a phrase"`, "event:invoice.*")
	}
	return l.examples(w, start, "a b both", "a or b either", "-a not", "path:/a,/b any")
}

// examples draws those that there is room for, whole.
func (l *Line) examples(w, start int, list ...string) string {
	row := l.Theme.NewRow(w, theme.Style{}).Gap(start)
	for _, text := range list {
		if len(text) > row.Room() {
			break
		}
		row.Text(l.Theme.Dim, safe.Line(text)).Gap(2)
	}
	return row.String()
}

// mistake draws the error at a mark under its place, or with the place as a number.
func (l *Line) mistake(w, start, room int) string {
	t := l.Theme
	text := l.field.Value()
	msg := safe.Line(l.wrong.Error())
	at := start + safe.Line(text[:l.wrong.Start]).Width()
	scrolls := safe.Line(text).Width() >= room
	row := t.NewRow(w, theme.Style{})
	switch {
	case !scrolls && at+2+msg.Width() <= w:
		return row.Gap(at).Lit(t.Warn, "^").Gap(1).Text(t.Warn, msg).String()
	case !scrolls && msg.Width()+2 <= at:
		return row.Gap(at-msg.Width()-1).Text(t.Warn, msg).Gap(1).Lit(t.Warn, "^").String()
	}
	row.Gap(1).Text(t.Warn, safe.Linef("at %d: ", l.wrong.Start+1))
	if help := safe.Line(l.wrong.Suggest); msg.Width() > row.Room() && !help.Empty() && help.Width() <= row.Room() {
		msg = help // what to write instead says what is wrong, too
	}
	return row.Text(t.Warn, msg).String()
}

// offered draws the completions, the picked one in sight.
func (l *Line) offered(w, start int) string {
	t := l.Theme
	row := t.NewRow(w, theme.Style{}).Gap(start)
	first := 0
	for l.picked >= 0 && first < l.picked && l.span(first, l.picked) > w-start-2 {
		first++
	}
	for i := first; i < len(l.offers); i++ {
		style := t.Plain
		if i == l.picked {
			style = t.Accent
		}
		text := safe.Line(l.offers[i].Text)
		if row.Room() < min(text.Width(), 20)+2 {
			return row.Lit(t.Dim, "…").String()
		}
		row.Text(style, text).Gap(2)
	}
	if n := len(l.offers); n == 1 || l.picked >= 0 {
		row.Text(t.Dim, safe.Line(l.offers[max(0, l.picked)].Help))
	}
	return row.String()
}

// span is how wide the offers from one to another are drawn.
func (l *Line) span(from, to int) int {
	w := 0
	for _, o := range l.offers[from : to+1] {
		w += safe.Line(o.Text).Width() + 2
	}
	return w
}
