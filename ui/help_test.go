package ui_test

import (
	"strings"
	"testing"
)

func TestHelpSearches(t *testing.T) {
	for _, c := range []struct{ query, want, not string }{
		{"resend byte", "resend, body byte for byte", "deliver what is pending"},
		{"is:failed", "is:failed", "resend, body"},  // a filter
		{"[[rule]]", "[[rule]]", "resend, body"},    // rules
		{"cloudflared", "cloudflared", "resend, b"}, // getting requests in, and recipes
		{"zzzz", "nothing has these words", "resend"},
	} {
		w := newWorld(t, 100, 40)
		w.arrive(t, samples(2)...)
		w.Press("?", "/")
		w.Type(c.query)
		w.Press("enter")
		if got, _, _ := strings.Cut(w.Text(), "╰"); !strings.Contains(got, c.want) || strings.Contains(got, "│   r   ") && strings.Contains(got, c.not) {
			t.Errorf("%s:\n%s", c.query, got)
		}
		w.Press("esc")
		if got := w.Text(); !strings.Contains(got, "Here, in the list") {
			t.Errorf("%s: esc does not bring all of it back:\n%s", c.query, got)
		}
		w.Press("esc")
		if got := w.Text(); strings.Contains(got, "Here, in the list") {
			t.Errorf("%s: the second esc does not close it:\n%s", c.query, got)
		}
	}
}

func TestHelpBeginsHere(t *testing.T) {
	w := newWorld(t, 80, 24)
	w.arrive(t, samples(2)...)
	w.Press("enter", "?")
	if got := w.Text(); !strings.Contains(got, "Here, in the request") || !strings.Contains(got, "search") {
		t.Errorf("\n%s", got)
	}
}

func TestPagesOnScreen(t *testing.T) {
	w := newWorld(t, 80, 24)
	w.arrive(t, samples(2)...)
	w.Press(":")
	w.Type("help pages")
	w.Press("enter", "down", "down", "enter")
	if got := w.Text(); !strings.Contains(got, "─ filters ") || !strings.Contains(got, "method") && !strings.Contains(got, "One language") {
		t.Errorf("\n%s", got)
	}
}
