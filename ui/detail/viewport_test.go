package detail

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture/safe"
)

// TestProse: sentences are wrapped between words, and lose nothing.
func TestProse(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"Why   it was signed with another", []string{"Why   it was ", "signed ", "with ", "another"}},
		{"Why   abcdefghijklmnopqrstu vw", []string{"Why   abcdefgh", "ijklmnop", "qrstu vw"}},
		{"      a 世界世界世界世界", []string{"      a ", "世界世界", "世界世界"}},
	} {
		var got []string
		at := 0
		for _, w := range proseWidths(safe.Line(c.text), 14, 6) {
			got = append(got, safe.Line(c.text).Slice(at, at+w).String())
			at += w
		}
		if d := cmp.Diff(c.want, got); d != "" || strings.Join(got, "") != c.text {
			t.Errorf("%q: %s", c.text, d)
		}
	}
}
