package compare

import (
	"bytes"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/aymanbagabas/go-udiff/lcs"
)

// around is how many lines that are the same are shown around those that differ.
const around = 3

// Hunk is a stretch of lines that differ, with some around them.
type Hunk struct {
	Old, New int // the numbers of the first line, from 1
	Lines    []Line
}

// Line is a line of a hunk, without its end.
type Line struct {
	Kind Kind // Added, Removed or Same
	Text string
}

// lines compares texts by line.
func lines(old, new string) []Hunk {
	edits := udiff.Lines(old, new)
	// The edits were made from the same text, so they fit it.
	diff, _ := udiff.ToUnifiedDiff("", "", old, edits, around)
	hunks := make([]Hunk, 0, len(diff.Hunks))
	for _, h := range diff.Hunks {
		hunk := Hunk{Old: h.FromLine, New: h.ToLine}
		for _, l := range h.Lines {
			kind := Same
			switch l.Kind {
			case udiff.Insert:
				kind = Added
			case udiff.Delete:
				kind = Removed
			}
			hunk.Lines = append(hunk.Lines, Line{kind, strings.TrimSuffix(l.Content, "\n")})
		}
		hunks = append(hunks, hunk)
	}
	return hunks
}

// Pair is a line of each of two texts that stand side by side, by their places; -1
// where only the other text has one.
type Pair struct {
	Old, New int
	Same     bool
}

// Beside puts the lines of two texts side by side: those that are the same, and
// between them those that differ, from the first of them on.
func Beside(old, new []string) []Pair {
	var pairs []Pair
	a, b := 0, 0 // the next lines
	for _, d := range append(lcs.DiffLines(old, new), lcs.Diff{Start: len(old), End: len(old), ReplStart: len(new), ReplEnd: len(new)}) {
		for ; a < d.Start; a, b = a+1, b+1 {
			pairs = append(pairs, Pair{Old: a, New: b, Same: true})
		}
		for a < d.End || b < d.ReplEnd {
			p := Pair{Old: -1, New: -1}
			if a < d.End {
				p.Old = a
				a++
			}
			if b < d.ReplEnd {
				p.New = b
				b++
			}
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// rowBytes is how many bytes a Row holds; maxRows how many rows are returned.
const (
	rowBytes = 16
	maxRows  = 256
)

// Row is a row of a hex dump that differs.
type Row struct {
	Off      int
	Old, New []byte // up to 16 bytes; empty where one is shorter
}

// rows compares bytes by place, and returns how many rows more there are.
func rows(old, new []byte) (out []Row, more int) {
	for off := 0; off < max(len(old), len(new)); off += rowBytes {
		a, b := piece(old, off), piece(new, off)
		switch {
		case bytes.Equal(a, b):
		case len(out) < maxRows:
			out = append(out, Row{off, a, b})
		default:
			more++
		}
	}
	return out, more
}

func piece(b []byte, off int) []byte {
	return b[min(off, len(b)):min(off+rowBytes, len(b))]
}
