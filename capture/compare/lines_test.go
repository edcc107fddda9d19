package compare

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestBeside(t *testing.T) {
	got := Beside([]string{"a", "b", "c", "d"}, []string{"a", "x", "y", "c"})
	want := []Pair{{0, 0, true}, {1, 1, false}, {-1, 2, false}, {2, 3, true}, {3, -1, false}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Every line of both texts stands in one pair, in order, and pairs that are said to
// be the same are.
func TestBesideHasEveryLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.StringMatching(`[ab]?`), 0, 30)
		old, new := text.Draw(t, "old"), text.Draw(t, "new")
		var was, is []string
		for _, p := range Beside(old, new) {
			if p.Old >= 0 {
				was = append(was, old[p.Old])
			}
			if p.New >= 0 {
				is = append(is, new[p.New])
			}
			if p.Same && old[p.Old] != new[p.New] {
				t.Fatalf("%v: %q is not %q", p, old[p.Old], new[p.New])
			}
		}
		if !slices.Equal(old, was) || !slices.Equal(new, is) {
			t.Fatalf("%q, %q", was, is)
		}
	})
}
