package ui_test

import "testing"

// The footer says what enter does with a URL that is asked for.
func TestURLIsAskedForWithItsVerb(t *testing.T) {
	for key, want := range map[string]string{"f": "enter send", "e": "enter open the draft", "R": "enter ask how often"} {
		w := newWorld(t, 80, 24)
		w.arrive(t, samples(1)...)
		w.Press(key)
		w.has(t, want)
	}
}
