package compare

import (
	"bytes"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"creel/capture/compare"
	"creel/capture/safe"
	"creel/ui/theme"
)

const (
	// shown is how much of a value is shown, in bytes, around where it differs.
	shown = 2 << 10
	// before is how much of what is the same is shown before that.
	before = 16
)

// builder makes the lines of a result.
type builder struct {
	t     *theme.Theme
	w     int
	lines []line
}

func (b *builder) add(pieces ...piece) { b.lines = append(b.lines, pieces) }

// say puts a sentence, wrapped.
func (b *builder) say(style theme.Style, text safe.Text) {
	for _, part := range text.Wrap(max(1, b.w-2)) {
		b.add(piece{b.t.Plain, safe.Const(" ")}, piece{style, part})
	}
}

// section puts a heading, with an empty line above.
func (b *builder) section(title, more safe.Text) {
	if len(b.lines) > 0 {
		b.add()
	}
	b.add(piece{b.t.Plain, safe.Const(" ")}, piece{b.t.Title, title}, piece{b.t.Dim, more})
}

func (b *builder) result(r *compare.Result) {
	switch {
	case r.Same() && len(b.lines) > 0:
		b.section(safe.Const("Request"), safe.Const("  the same"))
		return
	case r.Same():
		b.say(b.t.Plain, safe.Const("Nothing differs."))
		return
	}
	b.differences(safe.Const("Request"), r.Line)
	b.differences(safe.Const("Query"), r.Query)
	b.differences(safe.Const("Header fields"), r.Fields)
	b.body(safe.Const("Body"), r)
}

func (b *builder) body(title safe.Text, r *compare.Result) {
	b.differences(title, r.Values)
	if len(r.Hunks) > 0 {
		b.section(title, safe.Const("  by line"))
		for i := range r.Hunks {
			b.hunk(&r.Hunks[i])
		}
	}
	if len(r.Bytes) > 0 {
		b.section(title, safe.Const("  by byte"))
		for i := range r.Bytes {
			b.bytes(&r.Bytes[i])
		}
	}
	if len(r.Notes) > 0 {
		b.add()
	}
	for _, n := range r.Notes {
		b.say(b.t.Dim, safe.Line(n))
	}
	if len(r.Values)+len(r.Hunks)+len(r.Bytes)+len(r.Notes) == 0 {
		b.section(title, safe.Const("  the same"))
	}
}

func (b *builder) differences(title safe.Text, diffs []compare.Difference) {
	if len(diffs) == 0 {
		return
	}
	b.section(title, safe.Text{})
	column := 0
	for i := range diffs {
		column = max(column, safe.Line(diffs[i].Name).Width())
	}
	column = min(column, b.w*2/5)
	for i := range diffs {
		b.difference(&diffs[i], column)
	}
}

// difference puts one difference on one line where it fits, else the old above
// the new.
func (b *builder) difference(d *compare.Difference, column int) {
	t := b.t
	from, to := cut(d.Old, d.New)
	name := safe.Line(d.Name)
	head := line{b.mark(d.Kind), {t.Plain, name.Pad(column)}, {t.Plain, safe.Const("  ")}}
	full := head
	switch d.Kind {
	case compare.Added:
		full = append(full, piece{t.Added, to})
	case compare.Removed:
		full = append(full, piece{t.Removed, from})
	case compare.Moved:
		full = append(full, piece{t.Changed, safe.Const("in another order")})
	default:
		full = append(full, piece{t.Removed, quoted(from)}, piece{t.Dim, safe.Concat(safe.Const(" "), safe.Line(string(t.Arrow)), safe.Const(" "))}, piece{t.Added, quoted(to)})
	}
	if full.width() <= b.w {
		b.lines = append(b.lines, full)
		return
	}
	b.add(head[0], piece{t.Plain, name})
	if d.Kind != compare.Added {
		b.value(t.Removed, safe.Const("   - "), from)
	}
	if d.Kind != compare.Removed {
		b.value(t.Added, safe.Const("   + "), to)
	}
}

// value puts a long value over several lines.
func (b *builder) value(style theme.Style, sign, text safe.Text) {
	for _, part := range text.Wrap(max(1, b.w-sign.Width()-1)) {
		b.add(piece{style, sign}, piece{style, part})
		sign = safe.Const("     ")
	}
}

// mark is the sign of a kind of difference.
func (b *builder) mark(kind compare.Kind) piece {
	switch kind {
	case compare.Added:
		return piece{b.t.Added, safe.Const(" + ")}
	case compare.Removed:
		return piece{b.t.Removed, safe.Const(" - ")}
	case compare.Same:
		return piece{b.t.Dim, safe.Const("   ")}
	}
	return piece{b.t.Changed, safe.Const(" ~ ")}
}

// quoted shows that there is something, and that it is empty.
func quoted(text safe.Text) safe.Text {
	if text.Empty() {
		return safe.Const(`""`)
	}
	return text
}

// cut makes two values fit to be read side by side: what is the same at the
// beginning of long ones is left out, and so is what is too much at the end.
func cut(old, new string) (from, to safe.Text) {
	skip := 0
	if len(old) > 4*before || len(new) > 4*before {
		for skip < len(old) && skip < len(new) && old[skip] == new[skip] {
			skip++
		}
		skip = max(0, skip-before)
		for skip > 0 && !utf8.RuneStart(old[skip]) {
			skip--
		}
		if skip < before || old == "" || new == "" {
			skip = 0
		}
	}
	return window(old, skip), window(new, skip)
}

func window(s string, skip int) safe.Text {
	end := min(len(s), skip+shown)
	text := safe.Line(s[min(skip, len(s)):end])
	ellipsis := safe.Const("…")
	if skip > 0 {
		text = safe.Concat(ellipsis, text)
	}
	if end < len(s) {
		text = safe.Concat(text, ellipsis, safe.Linef(" %d bytes more", len(s)-end))
	}
	return text
}

func (b *builder) hunk(h *compare.Hunk) {
	where := safe.Linef("   line %d", h.New)
	if h.Old != h.New {
		where = safe.Linef("   line %d, was line %d", h.New, h.Old)
	}
	b.add(piece{b.t.Dim, where})
	for _, l := range h.Lines {
		m := b.mark(l.Kind)
		text := l.Text
		if len(text) > shown {
			text = text[:shown]
		}
		b.add(m, piece{m.style, safe.Tabbed(strings.TrimSuffix(text, "\r"), 0)})
	}
}

// bytes puts a row of bytes, the old above the new, as many on a line as fit.
func (b *builder) bytes(r *compare.Row) {
	per := rowBytes
	for per > 1 && b.mark(compare.Added).text.Width()+offsetCells+hexCells(per)+per > b.w {
		per /= 2
	}
	for off := 0; off < max(len(r.Old), len(r.New)); off += per {
		was, is := part(r.Old, off, per), part(r.New, off, per)
		if bytes.Equal(was, is) {
			continue
		}
		b.byteLine(compare.Removed, r.Off+off, was, per)
		b.byteLine(compare.Added, r.Off+off, is, per)
	}
}

const (
	rowBytes    = 16 // in a compare.Row
	offsetCells = 10
)

// hexCells is how wide so many bytes are in hexadecimal, with a gap after them.
func hexCells(n int) int { return 3*n + n/16 + 1 }

func part(b []byte, off, n int) []byte { return b[min(off, len(b)):min(off+n, len(b))] }

func (b *builder) byteLine(kind compare.Kind, off int, text []byte, per int) {
	if len(text) == 0 {
		return
	}
	m := b.mark(kind)
	b.add(m, piece{b.t.Dim, safe.Linef("%08x  ", off)}, piece{m.style, safe.Line(spaced(text)).Pad(hexCells(per))}, piece{m.style, safe.Line(letters(text))})
}

// spaced writes bytes in hexadecimal, in two groups of eight.
func spaced(b []byte) string {
	var s strings.Builder
	for i := range b {
		if i == 8 {
			s.WriteByte(' ')
		}
		s.WriteString(hex.EncodeToString(b[i:i+1]) + " ")
	}
	return s.String()
}

// letters writes bytes as the characters they are, where they are any.
func letters(b []byte) string {
	s := make([]byte, len(b))
	for i, c := range b {
		if s[i] = '.'; c >= ' ' && c < 0x7f {
			s[i] = c
		}
	}
	return string(s)
}
