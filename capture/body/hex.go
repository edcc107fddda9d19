package body

import (
	"strconv"

	"creel/capture/safe"
)

// hexDoc shows bytes sixteen in a line: where they are, what they are, and the
// ASCII among them.
type hexDoc struct{ src []byte }

const hexWidth = 16

func openHex(data []byte) Doc { return hexDoc{data} }

// Len is the number of lines.
func (d hexDoc) Len() int { return max(1, (len(d.src)+hexWidth-1)/hexWidth) }

// Line lays out line i.
func (d hexDoc) Line(i int) Line {
	off := i * hexWidth
	end := min(off+hexWidth, len(d.src))
	addr := strconv.FormatInt(int64(off), 16)
	for len(addr) < 8 {
		addr = "0" + addr
	}
	bytes, chars := hexColumns(d.src[off:end])
	return Line{
		Num: i + 1, Off: off, End: end,
		Spans: []Span{{Comment, safe.Line(addr + "  ")}, {Text, safe.Line(bytes)}, {Punct, safe.Line("  ")}, {String, safe.Line(chars)}},
	}
}

// hexColumns returns the bytes in hexadecimal, in two groups of eight, and as ASCII.
func hexColumns(row []byte) (hexed, chars []byte) {
	const digits = "0123456789abcdef"
	for i := range hexWidth {
		if i == hexWidth/2 {
			hexed = append(hexed, ' ')
		}
		if i >= len(row) {
			hexed = append(hexed, "   "...)
			continue
		}
		c := row[i]
		hexed = append(hexed, digits[c>>4], digits[c&15], ' ')
		if c < 0x20 || c >= 0x7f {
			c = '.'
		}
		chars = append(chars, c)
	}
	return hexed, chars
}
