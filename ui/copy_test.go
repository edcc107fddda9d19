package ui_test

import (
	"os"
	"testing"

	"creel/capture"
)

// TestCopyTheValueAtTheCursor takes a header field's value and a parameter's,
// decoded, and nothing of what stands beside them.
func TestCopyTheValueAtTheCursor(t *testing.T) {
	w := newWorld(t, 120, 40)
	ex := samples(1)[0]
	ex.Request.Target, ex.Request.Exact = "/x?q=a%20b", true
	ex.Request.Fields = append([]capture.Field{{Name: "X-Note", Value: "it's: one, value"}}, ex.Request.Fields...)
	w.arrive(t, ex)
	w.Press("enter")
	for _, tt := range []struct{ keys, offers, want string }{
		{"2", "the value of X-Note", "it's: one, value"},
		{"3jjj", "the value of q", "a b"},
	} {
		t.Chdir(t.TempDir())
		w.Type(tt.keys)
		w.Press("y")
		w.has(t, tt.offers)
		w.Press("w", "v")
		got, err := os.ReadFile("creel-1.txt")
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %q, %v, want %q", tt.offers, got, err, tt.want)
		}
	}
}
