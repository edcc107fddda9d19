package ui_test

import (
	"fmt"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/reply"
	"creel/ui/uitest"
)

// The dialog in which a value or a note is written does not cover the line that
// it is about, wherever that is.
func TestDialogsKeepTheirLineInSight(t *testing.T) {
	body := `{"a":[` + strings.TrimSuffix(strings.Repeat("1,", 59), ",") + `]}`
	for _, size := range [][2]int{{160, 45}, {120, 40}, {80, 24}, {40, 12}} {
		w := newWorld(t, size[0], size[1])
		list := samples(60)
		list[59].Request.Body = capture.NewBody([]byte(body))
		w.arrive(t, list...)
		w.Press("G")
		for i := 60; i > 0; i-- {
			w.Press(";")
			w.has(t, fmt.Sprintf("note on #%d", i))
			w.has(t, fmt.Sprintf("#%d ", i))
			w.Press("esc", "k")
		}
		w.Press("G", "l", "v", "2", "G", "k", "k")
		for i := 58; i >= 0; i-- {
			w.Press("enter")
			w.has(t, fmt.Sprintf(".a[%d] of #60", i))
			w.has(t, fmt.Sprintf("%2d     1", i+3))
			w.Press("esc", "k")
		}
	}
}

// A footer that has no room for all keys keeps the first one, and the way out.
func TestFooterKeepsTheMainAction(t *testing.T) {
	list := newWorld(t, 40, 12)
	list.arrive(t, samples(2)...)
	list.has(t, "r resend")
	list.has(t, "? keys")
	for keys, want := range map[string][]string{
		"s": {"enter reply", "esc cancel"},
		"F": {"space on or off", "esc close"},
		"e": {"ctrl+s send", "esc keep the draft"},
		"R": {"enter send", "esc cancel"},
		"t": {"enter send", "esc close"},
		"S": {"space on or off", "esc"},
		"a": {"enter", "esc"},
		"/": {"enter apply", "esc cancel"},
		"i": {"enter", "esc"},
	} {
		w := everything(t, 40, 12)
		w.Press("esc", keys)
		lines := strings.Split(w.Text(), "\n")
		footer := lines[len(lines)-1]
		for _, part := range want {
			if !strings.Contains(footer, part) {
				t.Errorf("%s: the footer is %q, want %q in it", keys, footer, part)
			}
		}
	}
}

// What is wrong with what is typed is said whole, also where there is little room.
func TestErrorsAreSaidWhole(t *testing.T) {
	w := newWorld(t, 40, 12)
	d := w.deps()
	d.Targets, d.Standing = forwardTo(t, "http://localhost:1"), &reply.Standing{}
	w.Screen = uitest.New(t, d, 40, 12)
	w.arrive(t, samples(1)...)
	for _, tt := range []struct {
		open []string
		text string
		want []string
	}{
		{[]string{"f"}, "a b", []string{`url: "a b" has a space or a control`, "character at 2"}},
		{[]string{"F", "n"}, "a b", []string{`url: "a b" has a space or a control`, "character at 2"}},
		{[]string{"s"}, "pasted", []string{`must begin with a`}},
	} {
		w.Press(tt.open...)
		if tt.open[0] == "s" {
			w.Press("ctrl+u")
		}
		w.Type(tt.text)
		for _, part := range tt.want {
			w.has(t, part)
		}
		for line := range strings.SplitSeq(w.Text(), "\n") {
			if strings.Contains(line, "│ ") && strings.Contains(line, "… │") && strings.Contains(line, tt.text) {
				t.Errorf("%v: an error is cut: %s", tt.open, line)
			}
		}
		w.Press("esc", "esc", "esc")
	}
}
