package detail

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"creel/capture"
	"creel/ui/uitest/keys"
)

// wordsOf is word000 word001 and so on, n of them, in one line.
func wordsOf(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("word%03d", i)
	}
	return strings.Join(words, " ")
}

// high are bodies with a line that is higher than a pane.
var high = []struct{ name, media, text, last string }{
	{"text", "text/plain", wordsOf(260), "word259"},
	{"text among lines", "text/plain", "first\n" + wordsOf(260) + "\nbelow\nlast", "last"},
	{"wide characters", "text/plain", "世界 " + strings.ReplaceAll(wordsOf(260), " ", " 世 "), "word259"},
	{"JSON", "application/json", `{"a":1,"b":"` + wordsOf(260) + `","c":[1,2]}`, "}"},
	{"text in pieces", "text/plain", wordsOf(600) + " end", "end"},
}

// picture is the page as it is drawn, in one line without blanks: what is wrapped is
// together again.
func picture(p *Pane) string {
	lines := strings.Split(ansi.Strip(p.View(true)), "\n")
	var b strings.Builder
	for _, l := range lines[p.top() : len(lines)-p.footNow()] {
		b.WriteString(strings.ReplaceAll(l, " ", ""))
	}
	return b.String()
}

// eachHigh runs a test with every body, in the tabs of the body and of the wire, at
// several sizes, wrapped and not.
func eachHigh(t *testing.T, sizes [][2]int, test func(t *testing.T, p *Pane, ex *capture.Exchange, last string)) {
	if testing.Short() {
		sizes = sizes[:1]
	}
	for _, h := range high {
		for _, tab := range []Tab{Body, Wire} {
			for _, size := range sizes {
				for _, wrap := range []bool{true, false} {
					t.Run(fmt.Sprintf("%s, tab %d, %v, wrap %v", h.name, tab+1, size, wrap), func(t *testing.T) {
						p := newPane(t, Deps{}, size[0], size[1], false)
						if !wrap {
							p.ToggleWrap()
						}
						drain(p, p.Open(tab))
						last := h.last
						if tab == Wire && h.name == "JSON" {
							last = "[1,2]}"
						}
						test(t, p, document(1, h.media, h.text), last)
						check(t, p)
					})
				}
			}
		}
	}
}

// What is searched for, the last line, and the first word of a filter are in the
// picture, however high the line is that holds them.
func TestTargetsAreInThePicture(t *testing.T) {
	eachHigh(t, [][2]int{{30, 8}, {80, 23}, {80, 60}, {200, 14}}, func(t *testing.T, p *Pane, ex *capture.Exchange, last string) {
		sees := func(what, text string) {
			t.Helper()
			if got := picture(p); !strings.Contains(got, text) {
				t.Errorf("%s: %s is not in sight:\n%s", what, text, ansi.Strip(p.View(true)))
			}
		}
		p.SetWords([]string{"word255"})
		drain(p, p.Show(ex))
		if p.tab == Body {
			sees("the filter", "word255")
		}
		for _, word := range []string{"word250", "word003", "word131"} {
			p.search.forget()
			p.Search()
			drain(p, p.Update(tea.PasteMsg{Content: word}))
			drain(p, p.Update(keys.Press("enter")))
			sees("search", word)
			p.First()
			p.Next(1)
			sees("n", word)
			p.Next(-1)
			sees("N", word)
		}
		p.Last()
		if p.wrap {
			sees("G", last)
		}
		if s := p.sheet(); p.drawn.more != 0 || !slices.Contains(p.drawn.rows, s.len()-1) {
			t.Errorf("after G, %d more", p.drawn.more)
		}
		if first := p.sheet().top; first != (spot{}) && slices.Contains(p.drawn.rows, -1) {
			t.Errorf("after G, blank lines are under the last:\n%s", ansi.Strip(p.View(true)))
		}
		p.First()
		if top := p.sheet().top; top != (spot{}) {
			t.Errorf("after g, the top is %v", top)
		}
	})
}

// Keys and the wheel move by a line within a line that is higher than the pane: nothing
// is left out, down and up, and the mark counts what is below.
func TestLineByLine(t *testing.T) {
	for name, step := range map[string]func(*Pane, int){
		"move": (*Pane).Move, "wheel": (*Pane).Scroll,
		"half a page": func(p *Pane, by int) { p.Page(float64(by) / 2) }, "page": func(p *Pane, by int) { p.Page(float64(by)) },
	} {
		t.Run(name, func(t *testing.T) {
			eachHigh(t, [][2]int{{80, 60}, {100, 23}}, func(t *testing.T, p *Pane, ex *capture.Exchange, _ string) {
				drain(p, p.Show(ex))
				s := p.sheet()
				end := s.before(&s.page, s.last(&s.page), s.h-1)
				for _, by := range []int{1, -1} {
					for n := 0; ; n++ {
						top, cursor := s.top, s.cursor
						if p.drawn.more == 0 != !s.top.above(end) {
							t.Fatalf("%d more at %v, the end is at %v", p.drawn.more, top, end)
						}
						step(p, by)
						if s.top == top && s.cursor == cursor {
							break
						}
						low, far := top, s.top
						if by < 0 {
							low, far = far, low
						}
						if far.above(low) || low != far && s.lines(&s.page, low, far) > s.h {
							t.Fatalf("by %d from %v to %v", by, top, s.top)
						}
						if name == "move" && s.cursor == cursor && s.lines(&s.page, low, far) != 1 {
							t.Fatalf("by %d from %v to %v within row %d", by, top, s.top, cursor)
						}
						if n > 5000 {
							t.Fatalf("no end of it at %v", s.top)
						}
					}
					if want := map[int]spot{1: end, -1: {}}[by]; s.top != want {
						t.Errorf("by %d it ends at %v, want %v", by, s.top, want)
					}
				}
			})
		})
	}
}

// n goes to each hit of a line that is higher than the pane.
func TestEachHitOfAHighLine(t *testing.T) {
	p := newPane(t, Deps{}, 80, 14, false)
	text := strings.Repeat(strings.Repeat("x", 900)+" needle ", 4)
	drain(p, p.Show(document(1, "text/plain", text)))
	p.Search()
	typeIn(p, "needle")
	var tops []spot
	for i := range 9 {
		if !strings.Contains(picture(p), "needle") {
			t.Errorf("no hit is in sight at %v", p.sheet().top)
		}
		tops = append(tops, p.sheet().top)
		by := 1
		if i >= 4 {
			by = -1
		}
		p.Next(by)
	}
	// The last of them is followed by the first, and the first by the last.
	for i, down := range []bool{true, true, true, false, true, false, false, false} {
		if tops[i].above(tops[i+1]) != down || tops[i] == tops[i+1] {
			t.Errorf("step %d goes from %v to %v", i, tops[i], tops[i+1])
		}
	}
}
