package ui_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
)

func TestBreakdown(t *testing.T) {
	for _, size := range sizes {
		name := fmt.Sprintf("%dx%d", size[0], size[1])
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, size[0], size[1])
			w.arrive(t, samples(9)...)
			w.now = noon.Add(9 * time.Second)
			w.Press("B")
			w.Golden("breakdown-" + name)
			w.Press("esc")
			if strings.Contains(w.Text(), "breakdown") {
				t.Errorf("esc does not close it:\n%s", w.Text())
			}
		})
	}
}

// row is the line of the screen that holds a text.
func (w *world) row(text string) (y int, line string) {
	for y, line := range strings.Split(w.Text(), "\n") {
		if strings.Contains(line, text) {
			return y, line
		}
	}
	return -1, ""
}

func TestBreakdownIsLive(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.Press("B")
	if y, _ := w.row("No requests yet"); y < 0 {
		t.Errorf("empty:\n%s", w.Text())
	}
	w.arrive(t, samples(4)...)
	if _, line := w.row("POST /github"); !strings.Contains(line, " 1 ") {
		t.Errorf("one arrived:\n%s", w.Text())
	}
	w.arrive(t, samples(4)...)
	if _, line := w.row("POST /github"); !strings.Contains(line, " 2 ") {
		t.Errorf("two arrived:\n%s", w.Text())
	}
}

func TestBreakdownFilters(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(8)...)
	w.Press("B", "j", "enter")
	if got := w.Text(); !strings.Contains(got, "method:POST path:=/github event:push") || strings.Contains(got, "invoice.paid") {
		t.Errorf("\n%s", got)
	}
}

func TestBreakdownSorts(t *testing.T) {
	w := newWorld(t, 120, 40)
	list := samples(3)
	list[1].Reply.Took = time.Hour // of /github
	w.arrive(t, list...)
	first := func() string { return strings.Fields(strings.Split(w.Text(), "\n")[2])[1] }
	w.Press("B")
	if got := first(); got != "/stripe" {
		t.Errorf("the first by count is %s", got)
	}
	y, line := w.row("p95")
	x := len([]rune(line[:strings.Index(line, "p95")]))
	w.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	if got := first(); got != "/github" {
		t.Errorf("the first by p95 is %s:\n%s", got, w.Text())
	}
	w.Press("S", "S", "S") // p50, errors, rate
	w.Press("s")
	if got := first(); got != "/stripe" {
		t.Errorf("the first by errors is %s:\n%s", got, w.Text())
	}
	w.Press("s", "j")
	ex := samples(1)[0]
	ex.Request.Target, ex.Reply.Took = "/new", 2*time.Hour
	w.arrive(t, ex) // sorts before the one that is selected
	w.Press("enter")
	if got := w.Text(); !strings.Contains(got, "path:=/stripe") {
		t.Errorf("the selection moved to another row:\n%s", got)
	}
}

func TestBreakdownExports(t *testing.T) {
	t.Chdir(t.TempDir())
	w := newWorld(t, 80, 24)
	ex := samples(1)[0]
	ex.Sender.Event = "=1+1"
	w.arrive(t, ex)
	for _, key := range []string{"c", "o", "m"} {
		w.Press("B", "x", key, "esc")
	}
	files, err := filepath.Glob("creel-breakdown-*")
	if err != nil || len(files) != 3 {
		t.Fatalf("%q, %v", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil || !strings.Contains(string(data), "POST /stripe,'=1+1,1,") {
		t.Errorf("%s, %v", data, err)
	}
}

func TestHeaderShowsTheLastMinute(t *testing.T) {
	bars := func(w *world) string {
		head, _, _ := strings.Cut(w.Text(), "\n")
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune("▁▂▃▄▅▆▇█", r) {
				return r
			}
			return -1
		}, head)
	}
	w := newWorld(t, 100, 30)
	if got := bars(w); got != "" {
		t.Errorf("with nothing captured: %q", got)
	}
	var list []*capture.Exchange
	for _, s := range samples(3) {
		s.At = noon.Add(-7 * time.Second)
		list = append(list, s)
	}
	w.arrive(t, list...)
	if got := bars(w); got != "▁▁▁▁▁▁▁▁▁▁█▁" {
		t.Errorf("%q", got)
	}
	w.now = noon.Add(54 * time.Second)
	w.Look()
	if got := bars(w); got != "▁▁▁▁▁▁▁▁▁▁▁▁" {
		t.Errorf("a minute later: %q", got)
	}
	w.Resize(99, 30)
	if got := bars(w); got != "" {
		t.Errorf("at 99 columns: %q", got)
	}
}
