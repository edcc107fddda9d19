package compose

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A line that stands in the place of another says what that was; one that was added, and
// those of which nobody knows what they replace, say nothing.
func TestMarksSayWhatLinesWere(t *testing.T) {
	const added = "+"
	for _, tt := range []struct {
		before, now string
		want        map[int]string
	}{
		{"a b c", "a b c", map[int]string{}},
		{"a b c", "a c", map[int]string{}},
		{"a b c", "a", map[int]string{}},
		{"a c", "a b c", map[int]string{1: added}},
		{"a", "x a", map[int]string{0: added}},
		{"a", "a x", map[int]string{1: added}},
		{"a b c", "a x c", map[int]string{1: "b"}},
		{"a b", "x b", map[int]string{0: "a"}},
		{"a b", "a x", map[int]string{1: "b"}},
		{"a b c", "x y c", map[int]string{0: "a", 1: "b"}},
		{"a b c d", "x b y d", map[int]string{0: "a", 2: "c"}},
		{"h a b c t", "h x b y t", map[int]string{1: "a", 3: "c"}},
		{"a b c", "b y", map[int]string{1: "c"}},
		{"a b c", "x b n c", map[int]string{0: "a", 2: added}},
		{"a b c", "a x", map[int]string{1: added}}, // one in the place of two
		{"a b", "a x y", map[int]string{1: added, 2: added}},
		{`{"n":1,"s":"old"}`, `{"n":1,"s":"new"}`, map[int]string{0: `"old"`}},
	} {
		got := map[int]string{}
		for i, was := range changedLines(bytes.Fields([]byte(tt.before)), bytes.Fields([]byte(tt.now))) {
			if got[i] = string(was); was == nil {
				got[i] = added
			}
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s -> %s: %s", tt.before, tt.now, d)
		}
	}
}

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
