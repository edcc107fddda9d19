package list

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"creel/capture"
	"creel/ui/theme"
)

// tries are rows of these deliveries, a blank of none.
func tries(deliveries string) (rows []*capture.Exchange) {
	for i, d := range deliveries {
		ex := &capture.Exchange{ID: capture.ID(i + 1), At: noon.Add(time.Duration(i) * time.Minute), State: capture.StateAnswered}
		if d != ' ' {
			ex.Sender.Delivery = string(d)
		}
		rows = append(rows, ex)
	}
	return rows
}

// The tries of one delivery are joined by a line, which never crosses another.
func TestTriesAreJoined(t *testing.T) {
	for deliveries, want := range map[string]string{
		"aa":               "╭╰",
		"aaa":              "╭├╰",
		"ab":               "  ",
		"  ":               "  ",
		"a ab a":           "╭┊├┊┊╰",
		"abab":             "╭┊╰ ",
		"aabb":             "╭╰╭╰",
		"aaa bb":           "╭├╰ ╭╰",
		"a            a":   "              ",
		"a           a bb": "╭┊┊┊┊┊┊┊┊┊┊┊╰ ╭╰",
	} {
		l := newList(t)
		l.First = 1
		l.SetSize(80, len(deliveries))
		l.SetRows(tries(deliveries), noon)
		got := ""
		for row := range strings.Lines(ansi.Strip(l.View(false, noon)) + "\n") {
			_, row, _ = strings.Cut(row, "#")
			row = strings.TrimLeft(row, "0123456789")
			got += string([]rune(row)[0])
			if next := []rune(row)[1]; next != ' ' {
				t.Errorf("%q: %q stands beside the line", deliveries, next)
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", deliveries, got, want)
		}
	}
}

// The time stands out where a burst begins.
func TestBursts(t *testing.T) {
	l := newList(t)
	rows := tries("    ")
	for i, at := range []time.Duration{0, 1999 * time.Millisecond, 3 * time.Second, 5 * time.Second} {
		rows[i].At = noon.Add(at)
	}
	l.First = 1
	l.SetSize(80, 4)
	l.SetRows(rows, noon)
	for line, want := range []bool{false, true, true, false} {
		if got := l.follows(line); got != want {
			t.Errorf("line %d follows %v, want %v", line, got, want)
		}
	}
}

// The bar is the time against what is usual at the endpoint, else against what the
// provider waits; what takes longer stands out.
func TestBars(t *testing.T) {
	for _, tt := range []struct {
		provider    string
		took, usual time.Duration
		want        string
		look        func(*theme.Theme) theme.Style
	}{
		{"", 10 * time.Millisecond, 0, " ", dim},
		{"", 10 * time.Millisecond, 100 * time.Millisecond, "▁", dim},
		{"", 50 * time.Millisecond, 100 * time.Millisecond, "▅", dim},
		{"", 99 * time.Millisecond, 100 * time.Millisecond, "█", dim},
		{"", 100 * time.Millisecond, 100 * time.Millisecond, "█", dim},
		{"", 100*time.Millisecond + 1, 100 * time.Millisecond, "█", plain},
		{"slack", time.Second, 0, "▃", dim},
		{"slack", 1500 * time.Millisecond, 10 * time.Second, "▂", dim},
		{"slack", 1500*time.Millisecond + 1, 10 * time.Second, "▂", warn},
		{"slack", 1500*time.Millisecond + 1, time.Second, "█", warn}, // what the provider waits counts more
		{"slack", time.Hour, 0, "█", warn},
	} {
		l := newList(t)
		l.Facts.Usual = func(capture.ID) time.Duration { return tt.usual }
		ex := tries(" ")[0]
		ex.Sender.Provider, ex.Reply.Status, ex.Reply.Took = tt.provider, 200, tt.took
		row, want := l.Theme.NewRow(barCells, theme.Style{}), l.Theme.NewRow(1, theme.Style{})
		drawTook(&drawing{l: l, ex: ex}, row, barCells)
		if want := want.Level(tt.look(l.Theme), 0, 1).Drawn(); tt.want != " " && !strings.HasPrefix(row.Drawn(), strings.ReplaceAll(want, "▁", tt.want)) {
			t.Errorf("%+v: %q, want %s in %q", tt, row.Drawn(), tt.want, want)
		}
		if got := ansi.Strip(row.String()); !strings.HasPrefix(got, tt.want+" ") {
			t.Errorf("%+v: %q, want %s", tt, got, tt.want)
		}
	}
}
