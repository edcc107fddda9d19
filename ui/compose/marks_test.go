package compose

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// The lines that are not marked are those the text began with, in their order; of a text
// that is as it was, none is marked.
func TestLinesWithoutAMarkAreAsBefore(t *testing.T) {
	lines := rapid.Custom(func(t *rapid.T) [][]byte {
		return bytes.Split([]byte(rapid.StringMatching(`[ab](\n[ab]){0,6}`).Draw(t, "lines")), []byte("\n"))
	})
	rapid.Check(t, func(t *rapid.T) {
		before, now := lines.Draw(t, "before"), lines.Draw(t, "now")
		marked := changedLines(before, now)
		i := 0
		for j, line := range now {
			if _, ok := marked[j]; ok {
				continue
			}
			for i < len(before) && !bytes.Equal(before[i], line) {
				i++
			}
			if i++; i > len(before) {
				t.Errorf("line %d is not marked, and new", j)
			}
		}
		for j, was := range marked {
			if j < 0 || j >= len(now) || bytes.Equal(was, now[j]) && was != nil {
				t.Errorf("line %d of %d is marked, and was %q", j, len(now), was)
			}
		}
		if same := changedLines(now, now); len(same) > 0 {
			t.Errorf("%d lines of the same text are marked", len(same))
		}
	})
}
