package compose

import (
	"bytes"
	"slices"
)

// pos is a place in a text: a line, and a byte in it.
type pos struct{ line, col int }

// buffer is a text that is edited, of one line at least. Lines are never changed in place, for undo.
type buffer struct {
	lines [][]byte
	at    pos
	rev   int // grows with every change

	undos, redos []change
	typing       bool // the last change was a character typed: the next joins it
}

// change is an edit that can be taken back: at from, old was replaced by new.
type change struct {
	from     pos
	old, new []byte
	before   pos // the cursor
}

func newBuffer(text []byte) *buffer { return &buffer{lines: bytes.Split(text, []byte("\n"))} }

func (b *buffer) text() []byte { return bytes.Join(b.lines, []byte("\n")) }

// replace puts new in place of what is between two places in order, and the cursor after it.
func (b *buffer) replace(from, to pos, new []byte) {
	c := change{from: from, old: b.slice(from, to), new: bytes.Clone(new), before: b.at}
	if len(c.old) == 0 && len(c.new) == 0 {
		return
	}
	b.do(c)
	b.redos = nil
	if n := len(b.undos); b.typing && n > 0 && joins(b.undos[n-1], c) {
		b.undos[n-1].new = append(slices.Clip(b.undos[n-1].new), c.new...)
		return
	}
	b.undos = append(b.undos, c)
}

// joins reports whether a character typed continues the change before it.
func joins(last, c change) bool {
	return len(c.old) == 0 && end(last) == c.from && !bytes.ContainsAny(c.new, "\n ")
}

func end(c change) pos { return after(c.from, c.new) }

// after is the place behind text that begins at from.
func after(from pos, text []byte) pos {
	if n := bytes.Count(text, []byte("\n")); n > 0 {
		return pos{from.line + n, len(text) - bytes.LastIndexByte(text, '\n') - 1}
	}
	return pos{from.line, from.col + len(text)}
}

func (b *buffer) do(c change) {
	to := after(c.from, c.old)
	head := b.lines[c.from.line][:c.from.col]
	tail := b.lines[to.line][to.col:]
	fresh := bytes.Split(c.new, []byte("\n"))
	last := len(fresh) - 1
	fresh[last] = append(slices.Clip(bytes.Clone(fresh[last])), tail...)
	fresh[0] = append(slices.Clip(bytes.Clone(head)), fresh[0]...)
	b.lines = slices.Replace(b.lines, c.from.line, to.line+1, fresh...)
	b.at = end(c)
	b.rev++
}

func (b *buffer) slice(from, to pos) []byte {
	if from.line == to.line {
		return bytes.Clone(b.lines[from.line][from.col:to.col])
	}
	var out bytes.Buffer
	out.Write(b.lines[from.line][from.col:])
	for _, l := range b.lines[from.line+1 : to.line] {
		out.WriteByte('\n')
		out.Write(l)
	}
	out.WriteByte('\n')
	out.Write(b.lines[to.line][:to.col])
	return out.Bytes()
}

func (b *buffer) undo() {
	n := len(b.undos)
	if n == 0 {
		return
	}
	c := b.undos[n-1]
	b.undos = b.undos[:n-1]
	b.do(change{from: c.from, old: c.new, new: c.old})
	b.at = c.before
	b.redos = append(b.redos, c)
}

func (b *buffer) redo() {
	n := len(b.redos)
	if n == 0 {
		return
	}
	c := b.redos[n-1]
	b.redos = b.redos[:n-1]
	b.do(c)
	b.undos = append(b.undos, c)
}

// set replaces the whole text as one change; the cursor stays where it can.
func (b *buffer) set(text []byte) { b.put(replacementOf(b.lines, text)) }

// replacement is what differs between two texts: lines, and those in their place.
type replacement struct {
	from, to int
	lines    [][]byte
	old, new []byte // both as text
}

// replacementOf returns the one that makes text of lines. There is at least one line in it.
func replacementOf(lines [][]byte, text []byte) replacement {
	now := bytes.Split(text, []byte("\n"))
	head, tail := common(lines, now, min(len(lines), len(now))-1)
	r := replacement{from: head, to: len(lines) - tail, lines: now[head : len(now)-tail]}
	r.old, r.new = bytes.Join(lines[r.from:r.to], []byte("\n")), bytes.Join(r.lines, []byte("\n"))
	return r
}

// put makes a replacement of these lines; the cursor stays where it can.
func (b *buffer) put(r replacement) {
	if bytes.Equal(r.old, r.new) {
		return
	}
	b.undos = append(b.undos, change{from: pos{r.from, 0}, old: r.old, new: r.new, before: b.at})
	b.redos = nil
	b.lines = slices.Replace(b.lines, r.from, r.to, r.lines...)
	b.rev++
	b.at = b.clamp(b.at)
}

func (b *buffer) clamp(p pos) pos {
	p.line = min(max(0, p.line), len(b.lines)-1)
	line := b.lines[p.line]
	if p.col >= len(line) {
		return pos{p.line, len(line)}
	}
	return pos{p.line, clusterStart(line, max(0, p.col))}
}
