package body

import (
	"sync/atomic"

	"creel/capture/safe"
)

// hexDoc shows bytes, sixteen in a line where there is room: where they are,
// what they are, and the ASCII among them.
type hexDoc struct {
	src []byte
	per atomic.Int32 // bytes in a line: 16, 8 or 4; a search may look
}

func openHex(data []byte) Doc {
	d := &hexDoc{src: data}
	d.per.Store(16)
	return d
}

func (d *hexDoc) width() int { return int(d.per.Load()) }

// fit chooses how many bytes are in a line of so many cells.
func (d *hexDoc) fit(cells int) {
	per := 16
	for per > 4 && hexCells(per) > cells {
		per /= 2
	}
	d.per.Store(int32(per))
}

// hexCells is how wide a line of n bytes is: the address, the bytes, a gap in
// the middle, and the characters.
func hexCells(n int) int { return 10 + 3*n + 1 + 2 + n }

// Len is the number of lines.
func (d *hexDoc) Len() int { return max(1, (len(d.src)+d.width()-1)/d.width()) }

// Line lays out line i.
func (d *hexDoc) Line(i int) Line {
	per := d.width()
	off := i * per
	end := min(off+per, len(d.src))
	bytes, chars := hexColumns(d.src[off:end], per)
	return Line{
		Num: i + 1, Off: off, End: end,
		Spans: []Span{{Comment, safe.Linef("%08x  ", off)}, {Text, safe.Line(bytes)}, {Punct, safe.Line("  ")}, {String, safe.Line(chars)}},
	}
}

// hexColumns returns the bytes in hexadecimal, in two groups, and as ASCII.
func hexColumns(row []byte, per int) (hexed, chars []byte) {
	const digits = "0123456789abcdef"
	for i := range per {
		if i == per/2 {
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
