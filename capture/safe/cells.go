package safe

import (
	"iter"
	"strings"
	"unicode/utf8"
)

// more stands for what was cut off.
const more = "…"

// cells yields the clusters of s, each with its width.
func cells(s string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for s != "" {
			cluster, w := s[:1], 1
			if len(s) > 1 && s[1] >= 0x80 || s[0] >= 0x80 {
				cluster, w = firstCluster(s)
			}
			if !yield(cluster, w) {
				return
			}
			s = s[len(cluster):]
		}
	}
}

// upTo returns the longest beginning of s that takes at most n cells, and the
// cells it takes.
func upTo(s string, n int) (string, int) {
	end, width := 0, 0
	for cluster, w := range cells(s) {
		if width+w > n {
			break
		}
		end += len(cluster)
		width += w
	}
	return s[:end], width
}

// Head returns the beginning of t that takes at most n cells, without a mark of
// what follows, and the rest.
func (t Text) Head(n int) (head, rest Text) {
	s, _ := upTo(t.s, n)
	return Text{s}, Text{t.s[len(s):]}
}

// Cut returns t in at most n cells; what does not fit is replaced by one "…".
func (t Text) Cut(n int) Text {
	if len(t.s) <= n && plain(t.s) || t.Width() <= n {
		return t
	}
	if n <= 0 {
		return Text{}
	}
	s, _ := upTo(t.s, n-1)
	return Text{s + more}
}

// enough is how many bytes n cells can show at most: a character takes a cell
// and few bytes.
func enough(n int) int { return 8*max(n, 0) + 64 }

// Short is Line(s).Cut(n) for an s that may be very long: it looks at no more of
// it than n cells can show.
func Short[S ~string | ~[]byte](s S, n int) Text {
	at := enough(n)
	if len(s) <= at {
		return Line(s).Cut(n)
	}
	for !utf8.RuneStart(s[at]) && at > 0 {
		at--
	}
	t := Line(s[:at])
	if t.Width() > n {
		return t.Cut(n)
	}
	return Text{t.Cut(n-1).s + more}.Cut(n)
}

// ShortMiddle is Line(s).CutMiddle(n) for an s that may be very long.
func ShortMiddle[S ~string | ~[]byte](s S, n int) Text {
	at := enough(n)
	switch {
	case n < 3:
		return Short(s, n)
	case len(s) <= 2*at:
		return Line(s).CutMiddle(n)
	}
	for !utf8.RuneStart(s[at]) && at > 0 {
		at--
	}
	tail := len(s) - at
	for !utf8.RuneStart(s[tail]) && tail > at {
		tail--
	}
	end := Line(s[tail:])
	width := end.Width()
	return Text{Line(s[:at]).Cut(n/2+1).s + end.Slice(max(0, width-n), width).s}.CutMiddle(n)
}

// CutMiddle returns t in at most n cells with "…" in the middle, for what is
// told apart by its end: paths, ids.
func (t Text) CutMiddle(n int) Text {
	width := t.Width()
	if width <= n {
		return t
	}
	if n < 3 {
		return t.Cut(n)
	}
	left, _ := upTo(t.s, n/2)
	keep := n - 1 - n/2
	end := t.Slice(width-keep, width).s
	return Text{left + more + end}
}

// Pad returns t followed by spaces up to n cells; a wider t is returned as it is.
func (t Text) Pad(n int) Text { return Text{t.s + blanks(n-t.Width())} }

// PadLeft returns t after spaces up to n cells; a wider t is returned as it is.
func (t Text) PadLeft(n int) Text { return Text{blanks(n-t.Width()) + t.s} }

// Slice returns the cells from (inclusive) to to (exclusive) of t. Of a wide
// character that lies half outside, the inner half is a space, so that columns
// stay where they are. Beyond the end there is nothing.
func (t Text) Slice(from, to int) Text {
	if from < 0 {
		from = 0
	}
	if plain(t.s) {
		from, to = min(from, len(t.s)), min(to, len(t.s))
		return Text{t.s[from:max(from, to)]}
	}
	var b strings.Builder
	col := 0
	for cluster, w := range cells(t.s) {
		switch {
		case col >= to:
			return Text{b.String()}
		case col >= from && col+w <= to:
			b.WriteString(cluster)
		case col+w > from:
			b.WriteString(blanks(min(col+w, to) - max(col, from)))
		}
		col += w
	}
	return Text{b.String()}
}

// Wrap cuts t into pieces of at most n cells, for drawing it over several rows.
// It breaks anywhere, because captured text has no words to rely on. There is
// at least one piece; n below 2 counts as 2, the width of the widest character.
func (t Text) Wrap(n int) []Text {
	n = max(n, 2)
	if len(t.s) <= n && plain(t.s) {
		return []Text{t}
	}
	var pieces []Text
	for s := t.s; ; {
		piece, _ := upTo(s, n)
		pieces = append(pieces, Text{piece})
		if s = s[len(piece):]; s == "" {
			return pieces
		}
	}
}

// WrapWords cuts t like Wrap, but between words where it can; the blank between
// two lines is left out. It is for sentences of our own.
func (t Text) WrapWords(n int) []Text {
	n = max(n, 2)
	var lines []Text
	for {
		line, rest := t.Head(n)
		at := strings.LastIndexByte(line.s, ' ')
		switch {
		case rest.Empty():
			return append(lines, line)
		case at > 0 && rest.s[0] != ' ':
			line, rest = t.Head(Text{line.s[:at]}.Width())
		}
		lines = append(lines, line)
		t = Text{strings.TrimPrefix(rest.s, " ")}
	}
}

// Repeat returns n copies of t in a row.
func (t Text) Repeat(n int) Text { return Text{strings.Repeat(t.s, max(n, 0))} }

// Concat returns the texts one after the other.
func Concat(parts ...Text) Text { return Join(Text{}, parts...) }

// Join returns the texts with sep between them.
func Join(sep Text, parts ...Text) Text {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteString(sep.s)
		}
		b.WriteString(p.s)
	}
	return Text{b.String()}
}
