package compose

import (
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"creel/capture/safe"
)

// clusterLen is the length of what the user takes for one character at the
// start of line, which is not empty. A byte that is not UTF-8 is one.
func clusterLen(line []byte) int {
	if line[0] < utf8.RuneSelf && (len(line) == 1 || line[1] < utf8.RuneSelf) {
		return 1
	}
	if r, n := utf8.DecodeRune(line); r == utf8.RuneError && n <= 1 {
		return 1
	}
	const most = 64 // a cluster that is longer is taken in pieces
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

// boundary is a place before or at i at which a cluster begins for certain: the
// second of two plain characters. It is never far away, but in text that is all
// of another script, where it is the start of the line.
func boundary(line []byte, i int) int {
	for ; i > 1; i-- {
		if line[i-1] < utf8.RuneSelf && line[i] < utf8.RuneSelf {
			return i
		}
	}
	return 0
}

// cellsOf is how many cells a line takes up to a byte.
func cellsOf(line []byte, upTo int) int {
	cells := 0
	for i := 0; i < upTo; {
		n := clusterLen(line[i:])
		cells += clusterCells(line[i : i+n])
		i += n
	}
	return cells
}

// byteAt is the byte of a line at which the given cell stands, and the cell at
// which that byte's cluster begins.
func byteAt(line []byte, cell int) (at, begins int) {
	for at < len(line) {
		n := clusterLen(line[at:])
		w := clusterCells(line[at : at+n])
		if begins+w > cell {
			break
		}
		at, begins = at+n, begins+w
	}
	return at, begins
}

func clusterCells(cluster []byte) int {
	if len(cluster) == 1 && cluster[0] < 0x7f {
		return 1 // itself, or a mark for a control character
	}
	return safe.Line(cluster).Width()
}
