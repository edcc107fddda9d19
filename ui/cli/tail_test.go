package cli

import (
	"strings"
	"testing"
)

// Of what a program says, its last words are kept.
func TestTail(t *testing.T) {
	for _, tt := range []struct {
		writes []string
		want   string
	}{
		{nil, ""},
		{[]string{"one"}, "one"},
		{[]string{"one\n", "two", " words \r\n\n"}, "two words"},
		{[]string{"begin" + strings.Repeat("x", maxTail-1), "y"}, strings.Repeat("x", maxTail-1) + "y"},
		{[]string{strings.Repeat("x", 2*maxTail), "\nlast\n"}, "last"},
	} {
		var got tail
		for _, s := range tt.writes {
			if n, err := got.Write([]byte(s)); n != len(s) || err != nil {
				t.Errorf("write of %d: %d, %v", len(s), n, err)
			}
		}
		if got.String() != tt.want {
			t.Errorf("%.40q: %.40q, want %.40q", tt.writes, got.String(), tt.want)
		}
	}
}
