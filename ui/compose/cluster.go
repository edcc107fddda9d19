package compose

import (
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"creel/capture/safe"
)

// clusterLen is the length of the character at the start of line; a byte that is not UTF-8 is one.
func clusterLen(line []byte) int {
	if line[0] < utf8.RuneSelf && (len(line) == 1 || line[1] < utf8.RuneSelf) {
		return 1
	}
	r, n := utf8.DecodeRune(line)
	if r == utf8.RuneError && n <= 1 {
		return 1
	}
	if alone(r) > 0 && (n == len(line) || follows(line[n:])) {
		return n
	}
	const most = 64 // a cluster that is longer is split
	cluster, _ := ansi.FirstGraphemeCluster(line[:min(len(line), most)], ansi.GraphemeWidth)
	return max(1, len(cluster))
}

// clusterStart is where the cluster begins that the byte at i belongs to.
func clusterStart(line []byte, i int) int {
	from := boundary(line, i)
	for {
		n := clusterLen(line[from:])
		if from+n > i {
			return from
		}
		from += n
	}
}

// clusterBefore is where the cluster begins that ends at i, which is not 0.
func clusterBefore(line []byte, i int) int { return clusterStart(line, i-1) }

// boundary is a place at or before i where a cluster begins for certain: between two plain characters.
func boundary(line []byte, i int) int {
	for ; i > 1; i-- {
		if line[i-1] < utf8.RuneSelf && line[i] < utf8.RuneSelf {
			return i
		}
	}
	return 0
}

// alone is how many cells a character takes that never joins others; 0: look at the tables.
func alone(r rune) int {
	switch {
	case r >= 0x3400 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3, r >= 0x3041 && r <= 0x3096, r >= 0x30A1 && r <= 0x30FA:
		return 2
	case r >= 0xC0 && r <= 0x24F, r >= 0x391 && r <= 0x3A1, r >= 0x3A3 && r <= 0x3CE, r >= 0x400 && r <= 0x481:
		return 1
	}
	return 0
}

// follows reports whether line begins with a character that does not join what is before it.
func follows(line []byte) bool {
	if line[0] < utf8.RuneSelf {
		return true
	}
	r, _ := utf8.DecodeRune(line)
	return alone(r) > 0
}

// cellsOf is how many cells a line takes up to a byte.
func cellsOf(line []byte, upTo int) int {
	_, cells := measure(line[:upTo], -1)
	return cells
}

// byteAt is the byte at which a cell stands, and the cell at which that byte's cluster begins.
func byteAt(line []byte, cell int) (at, begins int) { return measure(line, max(0, cell)) }

// measure goes up to the cluster in which a cell stands, or to the end when it is negative.
func measure(line []byte, cell int) (at, cells int) {
	for at < len(line) {
		n, w := 1, 1
		if c := line[at]; c >= 0x7f || at+1 < len(line) && line[at+1] >= utf8.RuneSelf {
			n = clusterLen(line[at:])
			w = clusterCells(line[at : at+n])
		}
		if cell >= 0 && cells+w > cell {
			break
		}
		at, cells = at+n, cells+w
	}
	return at, cells
}

func clusterCells(cluster []byte) int {
	if len(cluster) == 1 && cluster[0] < 0x7f {
		return 1 // itself, or a mark for a control character
	}
	if r, n := utf8.DecodeRune(cluster); n == len(cluster) && alone(r) > 0 {
		return alone(r)
	}
	return safe.Line(cluster).Width()
}
