package detail

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/golden"
	"creel/ui/uitest/keys"
)

// Each key works on each row of each page, on those above a body and in it, and
// leaves the cursor on a row that is in sight. A row above a body has no folds.
func TestKeysOnEachRow(t *testing.T) {
	broken := document(2, "application/json", `{"a":{"b":[1,2,{"c":3}]},`+"\n"+`"d":[4,5],}`)
	broken.Request.Truncated, broken.Request.Size = true, 1<<20
	pages := map[string]*capture.Exchange{
		"json": stripe(), "broken": broken, "text": document(3, "text/plain", strings.Repeat("word ", 60)+"\nb\n"),
		"xml": document(4, "text/xml", "<a><b x='1'>t</b><c><d>2</d></c></a>"), "none": {ID: 5},
	}
	ops := map[string]func(*Pane){
		"left": (*Pane).Left, "right": (*Pane).Right, "fold": (*Pane).FoldAll, "wrap": (*Pane).ToggleWrap,
		"level 0": func(p *Pane) { p.FoldLevel(0) }, "level 1": func(p *Pane) { p.FoldLevel(1) },
		"up": func(p *Pane) { p.Move(-1) }, "page down": func(p *Pane) { p.Page(1) },
		"wheel": func(p *Pane) { p.Scroll(2) }, "next": func(p *Pane) { p.Next(1) },
	}
	for name, ex := range pages {
		for _, tab := range []Tab{Body, Headers, Wire} {
			p := newPane(t, Deps{}, 40, 9, false)
			for row := 0; row == 0 || row < p.sheet().len(); row++ {
				for op, do := range ops {
					p = newPane(t, Deps{}, 40, 9, false)
					drain(p, p.Show(ex))
					drain(p, p.Open(tab))
					p.sheet().to(&p.sheet().page, row)
					p.redraw()
					s := p.sheet()
					above := row < len(s.head)
					before := s.len()
					for range 2 {
						do(p)
						check(t, p)
						if s = p.sheet(); s.len() > 0 && !slices.Contains(p.drawn.rows, s.cursor) {
							t.Errorf("%s, tab %d, row %d: %s leaves the cursor at row %d of %d, in sight are %d", name, tab, row, op, s.cursor, s.len(), p.drawn.rows)
						}
						if above && (op == "left" || op == "right") && (s.len() != before || s.cursor != row) {
							t.Errorf("%s, tab %d: %s folds on the row %d above the body", name, tab, op, row)
						}
					}
				}
			}
		}
	}
}

// A row that does not fit, and is not wrapped, ends with the sign of a cut; one that fits
// exactly does not.
func TestRowsAreCut(t *testing.T) {
	const w = 30
	for _, char := range []string{"x", "世"} {
		for n := 1; n < 2*w; n++ {
			text := strings.Repeat(char, n)
			p := newPane(t, Deps{}, w, 8, false)
			drain(p, p.Show(document(1, "text/plain", text)))
			p.ToggleWrap()
			check(t, p)
			row := strings.TrimRight(ansi.Strip(strings.Split(p.View(false), "\n")[1]), " ")
			if whole, cut := strings.HasSuffix(row, " "+text), strings.HasSuffix(row, "…"); whole == cut {
				t.Errorf("%d cells: %q", ansi.StringWidth(text), row)
			}
		}
	}
}

// A row of several looks that does not fit ends with the sign of a cut, wherever in it that
// is.
func TestRowsOfManyLooksAreCut(t *testing.T) {
	const text = `"one": [1, "two", null], "three": true`
	for w := 10; w < 60; w++ {
		p := newPane(t, Deps{}, w, 8, false)
		drain(p, p.Show(document(1, "text/javascript", text)))
		p.ToggleWrap()
		row := strings.TrimRight(ansi.Strip(strings.Split(p.View(false), "\n")[1]), " ")
		if whole, cut := strings.HasSuffix(row, " "+text), strings.HasSuffix(row, "…"); whole == cut {
			t.Errorf("%d columns: %q", w, row)
		}
	}
}

// What is at the cursor says what v and enter do: change a scalar, fold a container, but
// not the whole of it.
func TestWhatIsAtTheCursor(t *testing.T) {
	p := newPane(t, Deps{}, 60, 20, false)
	drain(p, p.Show(document(1, "application/json", `{"s":"a","n":1,"t":true,"z":null,"o":{"x":2},"l":[3,[]],"e":{}}`)))
	var got []string
	for range p.sheet().len() {
		row := p.sheet().row(p.sheet().cursor)
		got = append(got, fmt.Sprintf("%s %v %d", strings.TrimSpace(row.text().String()), p.AtScalar(), p.AtFold()))
		p.Move(1)
	}
	open := fmt.Sprint(" false ", body.FoldOpen)
	want := []string{
		"{ false 0", `"s": "a", true 0`, `"n": 1, true 0`, `"t": true, true 0`, `"z": null, true 0`, `"o": {` + open, `"x": 2 true 0`, "}, false 0",
		`"l": [` + open, "3, true 0", "[] false 0", "], false 0", `"e": {} false 0`, "} false 0",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// While a large body is laid out, a search has nothing of the body before it.
func TestSearchWhileABodyIsLaidOut(t *testing.T) {
	p := newPane(t, Deps{}, 80, 20, false)
	drain(p, p.Show(stripe()))
	p.Search()
	typeIn(p, "il_")
	drain(p, p.Update(keys.Press("enter")))
	if !strings.Contains(ansi.Strip(p.View(true)), "1 of 2") {
		t.Fatalf("not found:\n%s", p.View(true))
	}
	cmd := p.Show(document(1, "text/plain", strings.Repeat("x\n", quick)+"il_"))
	for _, by := range []int{1, -1} {
		if p.Next(by); strings.Contains(ansi.Strip(p.View(true)), " of ") {
			t.Errorf("it has hits:\n%s", p.View(true))
		}
	}
	check(t, p)
	drain(p, cmd)
	if !strings.Contains(ansi.Strip(p.View(true)), "1 of 1") {
		t.Errorf("not found in the large one:\n%s", p.View(true))
	}
}

// Of very many hits the first are found, and the status says that there are more.
func TestVeryManyHits(t *testing.T) {
	for n, want := range map[int]string{1: "─ 1 of 1 ─", maxHits - 1: "─ 1 of 99,999 ─", maxHits: "─ 1 of 100,000 ─", maxHits + 1: "─ 1 of more than 100,000 ─"} {
		p := newPane(t, Deps{}, 90, 9, false)
		drain(p, p.Show(document(1, "text/plain", strings.Repeat("x\n", n))))
		p.Search()
		typeIn(p, "x")
		drain(p, p.Update(keys.Press("enter")))
		if got := ansi.Strip(p.View(false)); !strings.Contains(got, want) {
			t.Errorf("%d hits: not %q\n%s", n, want, got)
		}
		if p.Next(-1); p.sheet().cursor != min(n, maxHits)-1 {
			t.Errorf("%d hits: the last one is in row %d", n, p.sheet().cursor)
		}
	}
}

// A hit in a row that is not wrapped is whole in sight, wherever in the row it is, and
// the row is scrolled only for that.
func TestHitsComeIntoSight(t *testing.T) {
	for at := range 90 {
		for gap := 0; gap < 60; gap += 7 {
			p := newPane(t, Deps{}, 40, 8, false)
			drain(p, p.Show(document(1, "text/plain", strings.Repeat("x", at)+"needle"+strings.Repeat("y", gap)+"\n"+strings.Repeat("x", at+gap)+"needle"+strings.Repeat("y", 60))))
			p.ToggleWrap()
			p.Search()
			typeIn(p, "needle")
			for range 3 {
				s := p.sheet()
				row := strings.Split(ansi.Strip(p.View(false)), "\n")[s.cursor+1]
				if !strings.Contains(row, "needle") {
					t.Fatalf("at %d, then %d further: %q", at, gap, row)
				}
				left, room := s.left, s.room(&s.page)-1
				p.Next(1)
				from := at + gap*s.cursor
				if to := from + len("needle"); s.left != left && to > room && from >= left && to <= left+room {
					t.Errorf("at %d, then %d further: scrolled from %d to %d", at, gap, left, s.left)
				}
			}
		}
	}
}

// What another delivery had is said beside the lines of a laid out body, and not of
// another view of it, whichever was seen before.
func TestMarksAreForTheLaidOutBody(t *testing.T) {
	before := document(1, "application/json", "{\n\"a\": 1,\n\"b\": 2\n}")
	p := newPane(t, Deps{Before: func(*capture.Exchange) *capture.Exchange { return before }}, 60, 12, false)
	drain(p, p.Show(document(2, "application/json", "{\n\"a\": 1,\n\"b\": 3\n}")))
	for _, mode := range []string{body.Pretty, body.Raw, body.Pretty, body.Hex, body.Tree, body.Raw} {
		drain(p, p.ViewAs(mode))
		if got := strings.Contains(ansi.Strip(p.View(false)), "was 2 in #1"); got != (mode == body.Pretty || mode == body.Tree) {
			t.Errorf("%s: marked %v\n%s", mode, got, p.View(false))
		}
	}
}

// Hexadecimal has as many bytes in a line as there is room for, also when the room
// changes: no line of it is wrapped or cut.
func TestHexFits(t *testing.T) {
	p := newPane(t, Deps{}, 80, 12, false)
	drain(p, p.Show(document(1, "application/octet-stream", strings.Repeat("\x00abc", 100))))
	rows := map[int]int{}
	for _, w := range []int{80, 50, 60, 34, 80} {
		p.SetSize(w, 12, false, false)
		check(t, p)
		s := p.sheet()
		rows[w] = s.len()
		for i := len(s.head); i < s.len(); i++ {
			r := s.row(i)
			if n := r.text().Width(); n > s.room(&s.page) {
				t.Fatalf("%d cells: row %d has %d", w, i, n)
			}
		}
	}
	if rows[80] >= rows[50] || rows[50] >= rows[34] {
		t.Errorf("rows by width: %v", rows)
	}
}

// The field that is open is in sight in a pane of one line, whatever the page has.
func TestFieldInOneLine(t *testing.T) {
	for _, ex := range []*capture.Exchange{stripe(), {ID: 5}} {
		p := newPane(t, Deps{}, 60, 1, false)
		drain(p, p.Show(ex))
		p.Search()
		check(t, p)
		if got := ansi.Strip(p.View(true)); !strings.Contains(got, "search in #") {
			t.Errorf("%s: %q", ex.Name(), got)
		}
	}
}

// What is shown of a huge value ends between two characters.
func TestHugeValuesEndBetweenCharacters(t *testing.T) {
	for _, c := range []struct {
		value string
		want  int
	}{
		{"", 0},
		{strings.Repeat("x", mostValue), mostValue},
		{strings.Repeat("x", mostValue+1), mostValue},
		{strings.Repeat("x", mostValue-1) + "世x", mostValue - 1},
		{strings.Repeat("x", mostValue-2) + "世x", mostValue - 2},
		{strings.Repeat("x", mostValue-3) + "世", mostValue},
	} {
		if got := beginning(c.value); len(got) != c.want || !strings.HasPrefix(c.value, got) {
			t.Errorf("%d bytes of %d are shown, want %d", len(got), len(c.value), c.want)
		}
	}
}

// The cursor stays at its value when what is around it folds or unfolds, and goes to
// what holds it when it is folded away.
func TestTheCursorKeepsItsValue(t *testing.T) {
	p := newPane(t, Deps{}, 60, 20, false)
	at := func(want string) {
		t.Helper()
		if row := p.sheet().row(p.sheet().cursor); !strings.HasPrefix(row.text().String(), want) {
			t.Errorf("the cursor is at %q, want %q", row.text(), want)
		}
	}
	drain(p, p.Show(document(1, "application/json", `{"a":[1,2,3],"b":{"c":4,"d":[5]},"e":6}`)))
	p.FoldAll()
	p.Last()
	p.Move(-1)
	at(`  "e"`)
	p.FoldAll()
	at(`  "e"`)
	p.Move(-3)
	at(`      5`)
	p.FoldLevel(2)
	at(`    "d"`)
	p.FoldLevel(1)
	at(`  "b"`)
}

// TestNarrow writes down from which width on what stands above and below a page,
// and from which height on. A line that is cut counts as one, however much is seen.
func TestNarrow(t *testing.T) {
	ex := stripe()
	ex.Request.Target = "/stripe"
	blanks, left, cut := regexp.MustCompile(`[ ─]{2,}`), regexp.MustCompile(`\d+ more`), regexp.MustCompile(`\S+( \S+)*…`)
	var s golden.Script
	for _, form := range []string{"plain", "titled", "together"} {
		for _, search := range []string{"", "open", "done"} {
			p := newPane(t, stripeDeps(), 1, 1, false)
			drain(p, p.Show(ex))
			if search != "" {
				p.Search()
				typeIn(p, "il_")
			}
			if search == "done" {
				drain(p, p.Update(keys.Press("enter")))
			}
			var last []string
			look := func(what string, w, h int) {
				p.SetSize(w, h, form == "titled", form == "together")
				check(t, p)
				lines := strings.Split(ansi.Strip(p.View(true)), "\n")
				lines = slices.Concat(lines[:p.top()], lines[max(p.top(), len(lines)-p.footNow()):])
				for i, l := range lines {
					l = left.ReplaceAllString(blanks.ReplaceAllString(l, "  "), "n more")
					lines[i] = strings.TrimRight(cut.ReplaceAllString(l, "…"), " ")
				}
				if slices.Equal(lines, last) {
					return
				}
				s.Say("%s", what)
				for i, l := range lines {
					if len(lines) != len(last) || last[i] != l {
						s.Say("  %d%s", i, l)
					}
				}
				last = lines
			}
			s.Begin("%s, search %q", form, search)
			for h := range 12 {
				look(fmt.Sprint("height ", h+1), 100, h+1)
			}
			for w := 20; w < 110; w++ {
				look(fmt.Sprint("width ", w), w, 12)
			}
		}
	}
	golden.File(t, "narrow.txt", s.String())
}

// Fold folds and unfolds what the line at the cursor opens, and does nothing where there
// are no folds.
func TestFoldAtTheCursor(t *testing.T) {
	p := newPane(t, Deps{}, 60, 20, false)
	p.Fold()
	drain(p, p.Show(document(1, "application/json", `{"a":{"b":1,"c":2}}`)))
	p.Move(1)
	for _, want := range []int{3, 6, 3} {
		if p.Fold(); p.sheet().len() != want || p.sheet().cursor != 1 {
			t.Errorf("%d rows with the cursor in row %d, want %d", p.sheet().len(), p.sheet().cursor, want)
		}
		if got := strings.Contains(ansi.Strip(p.View(false)), `"b": 1`); got != (want == 6) {
			t.Errorf("%d rows:\n%s", want, ansi.Strip(p.View(false)))
		}
	}
	drain(p, p.Show(document(2, "text/plain", "a\nb\n")))
	rows := p.sheet().len()
	if p.Fold(); p.sheet().len() != rows {
		t.Errorf("%d rows of a text, %d before", p.sheet().len(), rows)
	}
}
