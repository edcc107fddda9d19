package safe

import (
	"strings"
	"testing"
)

// TestEndsOfRanges: the first and the last character of each dangerous range are
// marked, those right outside of it are shown.
func TestEndsOfRanges(t *testing.T) {
	for _, x := range []struct {
		r      rune
		marked bool
	}{
		{0x00, true},
		{0x1f, true},
		{' ', false},
		{'~', false},
		{0x7f, true},
		{0x80, true},
		{0x9f, true},
		{0xa1, false},
		{0xac, false},
		{0xad, true},
		{0xae, false},
		{0x200a, true},
		{0x200b, true},
		{0x200f, true},
		{0x2010, false},
		{0x2027, false},
		{0x2028, true},
		{0x2029, true},
		{0x202a, true},
		{0x202e, true},
		{0x202f, true},
		{0x2030, false},
		{0x205e, false},
		{0x2060, true},
		{0x2066, true},
		{0x2069, true},
		{0x206f, true},
		{0x2070, false},
		{0x27ff, false},
		{0x2800, true},
		{0x2801, false},
		{0x3000, false},
		{0x3164, true},
		{0xe000, true},
		{0xf8ff, true},
		{0xfe0f, true},
		{0xfeff, true},
		{0xffa0, true},
		{0xfff9, true},
		{0xfffb, true},
		{0x1f3fa, false},
		{0x1f3fb, true},
		{0x1f3ff, true},
		{0x1f400, false},
		{0xe0000, true},
		{0xe0001, true},
		{0xe007f, true},
		{0xe0100, true},
		{0xe01ef, true},
		{0xf0000, true},
		{0x10ffff, true},
	} {
		got := Line("a" + string(x.r) + "b").String()
		if shown := strings.ContainsRune(got, x.r); shown == x.marked {
			t.Errorf("%U is shown as %q", x.r, got)
		}
	}
}
