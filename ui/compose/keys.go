package compose

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// text is the pane in which the text is edited.
type text struct {
	*buffer
	want int // the cell that moving up and down keeps to; -1: wherever it is
	top  int // the first line shown
	left int // the first cell shown
	page int // lines shown
	kill []byte
}

func (t *text) update(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		t.typing, t.want = false, -1
		t.insert(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(msg.Content))
	case tea.KeyPressMsg:
		t.key(msg)
	}
}

func (t *text) key(msg tea.KeyPressMsg) {
	for i := range textKeys {
		k := &textKeys[i]
		if !key.Matches(msg, k.binding) {
			continue
		}
		if !k.vertical {
			t.want = -1
		}
		t.typing = false
		k.act(t)
		return
	}
	t.want = -1
	if msg.Text != "" && msg.Mod&^tea.ModShift == 0 {
		t.insert(msg.Text)
		t.typing = true
	}
}

func (t *text) line() []byte { return t.lines[t.at.line] }

func (t *text) insert(s string) { t.replace(t.at, t.at, []byte(s)) }

func (t *text) rows(n int) {
	if t.want < 0 {
		t.want = cellsOf(t.line(), t.at.col)
	}
	line := min(max(0, t.at.line+n), len(t.lines)-1)
	col, _ := byteAt(t.lines[line], t.want)
	t.at = pos{line, col}
}

func (t *text) left1() {
	switch {
	case t.at.col > 0:
		t.at.col = clusterBefore(t.line(), t.at.col)
	case t.at.line > 0:
		t.at.line--
		t.at.col = len(t.line())
	}
}

func (t *text) right1() {
	switch {
	case t.at.col < len(t.line()):
		t.at.col += clusterLen(t.line()[t.at.col:])
	case t.at.line+1 < len(t.lines):
		t.at = pos{t.at.line + 1, 0}
	}
}

// home goes to the first character of the line that is no blank, and from there to its start.
func (t *text) home() {
	first := len(t.line()) - len(bytes.TrimLeft(t.line(), " \t"))
	if t.at.col == first {
		first = 0
	}
	t.at.col = first
}

func (t *text) last() { t.at = pos{len(t.lines) - 1, len(t.lines[len(t.lines)-1])} }

func (t *text) leftOfWord() pos {
	p := t.at
	if p.col == 0 {
		return t.moved((*text).left1)
	}
	line := t.line()[:p.col]
	line = bytes.TrimRightFunc(line, func(r rune) bool { return !isWord(r) })
	return pos{p.line, len(bytes.TrimRightFunc(line, isWord))}
}

func (t *text) rightOfWord() pos {
	p := t.at
	if p.col == len(t.line()) {
		return t.moved((*text).right1)
	}
	rest := t.line()[p.col:]
	rest = bytes.TrimLeftFunc(rest, func(r rune) bool { return !isWord(r) })
	return pos{p.line, len(t.line()) - len(bytes.TrimLeftFunc(rest, isWord))}
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_')
}

// moved is where a movement leads; the cursor stays.
func (t *text) moved(move func(*text)) pos {
	was := t.at
	move(t)
	to := t.at
	t.at = was
	return to
}

// killEnd takes the rest of the line, and at its end the line break.
func (t *text) killEnd() {
	to := pos{t.at.line, len(t.line())}
	if to == t.at && to.line+1 < len(t.lines) {
		to = pos{to.line + 1, 0}
	}
	t.cut(t.at, to)
}

func (t *text) cut(from, to pos) {
	if gone := t.slice(from, to); len(gone) > 0 {
		t.kill = gone
	}
	t.replace(from, to, nil)
}

func (t *text) transpose() {
	line := t.line()
	i := t.at.col
	if i == 0 || len(line) < 2 {
		return
	}
	if i == len(line) {
		i = clusterBefore(line, i)
	}
	if i == 0 {
		return
	}
	a := clusterBefore(line, i)
	b := i + clusterLen(line[i:])
	swapped := append(bytes.Clone(line[i:b]), line[a:i]...)
	t.replace(pos{t.at.line, a}, pos{t.at.line, b}, swapped)
}

// newLine breaks the line and begins the next one below its text.
func (t *text) newLine() {
	line := t.line()[:t.at.col]
	indent := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
	t.insert("\n" + string(indent))
}
