package ui_test

import "testing"

// A rule is called after the request that it was made from, or after its filter when
// that was changed.
func TestARuleIsCalledAfterItsFilter(t *testing.T) {
	for typed, want := range map[string]string{"": "stripe is in force", "path:/seqr": "path:/seqr is in force", " ": "everything is in force"} {
		w := everything(t, 120, 40)
		w.arrive(t, signedStripe(t, "s"))
		w.Press("G", "S", "n")
		if typed != "" {
			w.Press("ctrl+u")
			w.Type(typed)
		}
		w.Press("enter")
		w.has(t, want)
	}
}
