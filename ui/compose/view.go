package compose

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/ui/theme"
)

type layout struct {
	textY     int
	textH     int
	rule      bool
	optionsY  int
	options   []focus // the option lines that are shown; one with much to say more than once
	responseH int     // lines of the response's body under them
}

// Small screens give up, in this order: the response's body, the rules, the option
// lines that say nothing urgent.
func (c *Compose) layout() layout {
	l := layout{textY: 2, rule: true}
	rest := c.h - 2
	switch {
	case c.h < 3:
		l.textY, l.rule, rest = 1, false, c.h-1
	case c.h < 9:
		l.textY, l.rule, rest = 1, false, c.h-1
		l.options = []focus{c.urgent()}
	case c.h < 16:
		l.options = []focus{onTo, onSignature, c.news()}
		if c.focus > onSignature {
			l.options[2] = c.focus
		}
	default:
		l.options = c.roomyOptions()
	}
	rest -= len(l.options)
	if l.rule {
		rest--
	}
	if c.h >= 22 {
		l.responseH = min(len(c.responseLines()), c.h/4)
		rest -= l.responseH
	}
	l.textH = max(1, rest)
	l.optionsY = l.textY + l.textH
	if l.rule {
		l.optionsY++
	}
	return l
}

// roomyOptions are the option lines with room for all: long ones get more lines.
func (c *Compose) roomyOptions() []focus {
	if c.h < 22 || c.w < 40 {
		return optionLines
	}
	var list []focus
	for _, f := range optionLines {
		for range c.optionParts(f) {
			list = append(list, f)
		}
	}
	return list
}

// urgent is the option line that a screen with room for one shows.
func (c *Compose) urgent() focus {
	switch {
	case c.focus != onText:
		return c.focus
	case !c.broken() && len(c.responses) == 0 && c.sending == 0 && c.note == "":
		return onTo
	}
	return c.news()
}

// news is the option line that says what is wrong, or what came of sending.
func (c *Compose) news() focus {
	if c.broken() {
		return onBody
	}
	return onResponse
}

func (c *Compose) follow() {
	if c.h <= 0 {
		return
	}
	l := c.layout()
	t := &c.text
	t.page = max(1, l.textH-1)
	around := min(2, l.textH/4) // lines to see above and below the cursor
	t.top = min(t.top, t.at.line-around)
	t.top = max(t.top, min(t.at.line+around, len(t.lines)-1)-l.textH+1)
	t.top = max(0, min(t.top, len(t.lines)-1))
	room := max(1, c.w-c.gutter())
	cell := cellsOf(t.line(), t.at.col)
	const margin = 4 // cells to see before the cursor
	switch {
	case cell < room-1:
		t.left = 0
	case cell < t.left+margin:
		t.left = max(0, cell-room/2)
	case cell >= t.left+room-1:
		t.left = cell - room*3/4
	}
}

// View draws the screen: exactly the size that was set, and where the cursor is.
func (c *Compose) View() (string, *tea.Cursor) {
	if c.w <= 0 || c.h <= 0 {
		return "", nil
	}
	l := c.layout()
	rows := []string{c.header()}
	if l.textY == 2 {
		rows = append(rows, c.spec.Theme.Line(c.w))
	}
	for i := range l.textH {
		rows = append(rows, c.textRow(c.text.top+i))
	}
	if l.rule {
		rows = append(rows, c.spec.Theme.Line(c.w))
	}
	var cursor *tea.Cursor
	for i, f := range l.options {
		row, at := c.optionRow(f, partOf(l.options, i), len(l.options) > len(optionLines))
		rows = append(rows, row)
		if f == c.focus && c.field != nil {
			cursor = tea.NewCursor(min(at, c.w-1), l.optionsY+i)
		}
	}
	for _, line := range c.responseLines()[:l.responseH] {
		rows = append(rows, c.spec.Theme.NewRow(c.w, theme.Style{}).Gap(14).Text(c.spec.Theme.Dim, line).String())
	}
	if c.focus == onText {
		cell := cellsOf(c.text.line(), c.text.at.col) - c.text.left
		cursor = tea.NewCursor(min(c.gutter()+cell, c.w-1), l.textY+c.text.at.line-c.text.top)
	}
	if cursor != nil && cursor.Y >= c.h {
		cursor = nil
	}
	return strings.Join(rows[:c.h], "\n"), cursor
}

// header is what is edited, where it goes, and how far it is; the URL has room before the rest.
func (c *Compose) header() string {
	t := c.spec.Theme
	status, brief, style := c.status()
	row := t.NewRow(c.w, theme.Style{}).Gap(1).Text(t.Bold, c.title())
	url := c.destinations()
	room := func(right string) int { return c.w - row.Col() - 5 - theme.Width(right) - 3 }
	right, left := safe.Line(brief), safe.Line(c.shortDestinations())
	switch n := left.Width(); {
	case safe.Line(url).Width() <= room(status):
		right, left = safe.Line(status), safe.Line(url)
	case safe.Line(url).Width() <= room(brief):
		left = safe.Line(url)
	case n <= room(status):
		right = safe.Line(status)
	case n > room(brief) && n <= room(""):
		right = safe.Text{}
	}
	if room := room(right.String()); room >= 12 {
		if n := len(c.urls()); n > 1 && left.Width() > room { // the first, and how many there are
			more := safe.Linef("  and %d more", n-1)
			first := safe.Line(words.WithoutHTTP(c.urls()[0]))
			left = safe.Concat(cutPath(first, room-more.Width()), more)
		}
		row.Gap(2).Lit(t.Dim, t.Arrow).Gap(2).Text(t.Plain, cutPath(left, room))
	}
	return row.To(c.w-right.Width()-1).Text(style, right).String()
}

// cutPath shortens a URL in its path, where the host leaves room for some of that.
func cutPath(url safe.Text, w int) safe.Text {
	s := url.String()
	from := strings.Index(s, "://") + 1
	if from > 0 {
		from += len("//")
	}
	slash := strings.IndexByte(s[from:], '/')
	if slash < 0 {
		return url.CutMiddle(w)
	}
	host, path := url.Head(safe.Line(s[:from+slash]).Width())
	if room := w - host.Width(); room >= 8 {
		return safe.Concat(host, path.CutMiddle(room))
	}
	return url.CutMiddle(w)
}

func (c *Compose) title() safe.Text {
	if c.ID() == 0 {
		return safe.Const("new request")
	}
	return safe.Linef("edit %s", c.Name())
}

// status is how far the draft is, at length and in a word.
func (c *Compose) status() (long, brief string, style theme.Style) {
	t := c.spec.Theme
	switch {
	case c.sending > 0:
		return "sending…", "sending…", t.Plain
	case len(c.responses) > 0 && !c.asSent():
		return "draft, changed since it was sent", "draft, changed", t.Pending
	case len(c.responses) > 0:
		sent := outcomes(c.responses)
		return "sent: " + sent, sent, t.Plain
	case c.Dirty() || c.ID() == 0:
		return "draft, nothing sent yet", "draft", t.Pending
	}
	return "as captured, nothing sent yet", "as captured", t.Dim
}

// Typing reports whether a character that is typed becomes text.
func (c *Compose) Typing() bool { return c.focus == onText || c.field != nil }

// outcomes are what came of attempts: "200, refused".
func outcomes(list []*capture.Attempt) string {
	words := make([]string, len(list))
	for i, a := range list {
		words[i] = a.Outcome()
	}
	return strings.Join(words, ", ")
}
