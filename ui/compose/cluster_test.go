package compose

import (
	"strings"
	"testing"
	"unicode/utf8"

	"creel/capture/safe"
	"creel/ui/theme"
)

// Every character that is said to stand alone is as wide as the package safe
// draws it, by itself and beside others of its kind.
func TestAloneIsAsWideAsDrawn(t *testing.T) {
	for r := rune(0x80); r < 0xE000; r++ {
		if w := alone(r); w > 0 && utf8.ValidRune(r) {
			if text := safe.Line(string(r)); text.Width() != w || safe.Line("a"+string(r)+string(r)+"b").Width() != 2*w+2 {
				t.Fatalf("%U is drawn as %s", r, text)
			}
		}
	}
}

func FuzzMeasure(f *testing.F) {
	for _, s := range []string{"abc", "世界\u0301x", "a\xff\x1bé\u0301", "한\u11a8", "👩‍👧 🇩🇪"} {
		f.Add([]byte(s), 3)
	}
	f.Fuzz(func(t *testing.T, line []byte, cell int) {
		total := 0
		for i := 0; i < len(line); {
			n := clusterLen(line[i:])
			if start := clusterStart(line, i); start != i {
				t.Fatalf("%q: %d is not the start of its cluster, %d is", line, i, start)
			}
			total += clusterCells(line[i : i+n])
			i += n
		}
		if got := cellsOf(line, len(line)); got != total {
			t.Fatalf("%q takes %d cells, or %d", line, got, total)
		}
		if at, begins := byteAt(line, cell); cellsOf(line, at) != begins || begins > max(0, cell) {
			t.Fatalf("%q: cell %d is at byte %d, cell %d", line, cell, at, begins)
		}
	})
}

// BenchmarkLongLine is a movement in one line of 900 KB, with the screen drawn
// after it; it must take under 30 ms.
func BenchmarkLongLine(b *testing.B) {
	for name, s := range map[string]string{"cjk": strings.Repeat("世", 300_000), "ascii": strings.Repeat("ab", 450_000)} {
		b.Run(name, func(b *testing.B) {
			c := start(b, s, theme.Options{})
			c.text.at = pos{len(c.text.lines) - 1, len(s)}
			for b.Loop() {
				c.Update(keyMsg("left"))
				c.View()
			}
		})
	}
}
