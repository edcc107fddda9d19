package detail

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/words"
)

// largeJSON is a body of more than 500 kB in so many rows that its end is not laid out at once.
func largeJSON() string {
	var b strings.Builder
	b.WriteString(`{"first":"é","items":[`)
	for i := range 6000 {
		fmt.Fprintf(&b, `{"id":%d,"name":"user-%d","tags":["a","b"],"text":"%s"},`, i, i, strings.Repeat("long ", 12))
	}
	return b.String() + `{"last":true}],"end":1}`
}

// rowsOf are the lines of the page that is drawn.
func rowsOf(p *Pane) string {
	lines := strings.Split(ansi.Strip(p.View(true)), "\n")
	return strings.Join(lines[p.top():len(lines)-p.footNow()], "\n")
}

func large(id capture.ID, text string) *capture.Exchange {
	return document(id, "application/json", text)
}

// one does one command, and returns those that follow.
func one(t *testing.T, p *Pane, cmd tea.Cmd) (next []tea.Cmd) {
	t.Helper()
	msg := cmd()
	if v := reflect.ValueOf(msg); v.IsValid() && v.Kind() == reflect.Slice {
		for i := range v.Len() {
			next = append(next, one(t, p, v.Index(i).Interface().(tea.Cmd))...)
		}
		return next
	}
	if cmd = p.Update(msg); cmd != nil {
		next = append(next, cmd)
	}
	return next
}

func TestFirstPageOfALargeBodyIsThereAtOnce(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}, {40, 12}} {
		p := newPane(t, Deps{}, size[0], size[1], false)
		cmd := p.Show(large(1, largeJSON()))
		first := rowsOf(p)
		if !strings.Contains(first, `"first": "é"`) || !p.sheet().begun() {
			t.Fatalf("the first page is\n%s", first)
		}
		if text := ansi.Strip(p.View(true)); !strings.Contains(text, "↓ more") {
			t.Errorf("nothing says that there is more:\n%s", text)
		}
		drain(p, cmd)
		if p.sheet().begun() {
			t.Fatal("the rest does not come")
		}
		if d := cmp.Diff(first, rowsOf(p)); d != "" {
			t.Errorf("what was in sight is no longer so when the rest is in:\n%s", d)
		}
		if text := ansi.Strip(p.View(true)); size[0] == 120 && !strings.Contains(text, "↓ 53972 more") {
			t.Errorf("nothing says how much there is more:\n%s", text)
		}
	}
}

// What one moved to stays in sight.
func TestPlaceStaysWhenTheRestIsIn(t *testing.T) {
	p := newPane(t, Deps{}, 80, 24, false)
	cmd := p.Show(large(1, largeJSON()))
	p.Page(1)
	p.Page(1)
	p.Move(3)
	before, cursor := rowsOf(p), p.sheet().cursor
	drain(p, cmd)
	if d := cmp.Diff(before, rowsOf(p)); d != "" || p.sheet().cursor != cursor {
		t.Errorf("the cursor is in row %d, it was in row %d:\n%s", p.sheet().cursor, cursor, d)
	}
}

// What takes all of the body is done when that is in, and what came after it after it.
func TestKeysWaitForTheRest(t *testing.T) {
	for name, keys := range map[string]func(p *Pane, do func(tea.Cmd)){
		"last":       func(p *Pane, _ func(tea.Cmd)) { p.Last(); p.Move(-2) },
		"last first": func(p *Pane, _ func(tea.Cmd)) { p.Last(); p.First(); p.Move(1) },
		"fold":       func(p *Pane, _ func(tea.Cmd)) { p.Move(2); p.Fold(); p.Move(1) },
		"fold all":   func(p *Pane, _ func(tea.Cmd)) { p.Move(5); p.FoldAll(); p.Page(1); p.Scroll(-1) },
		"level":      func(p *Pane, _ func(tea.Cmd)) { p.Move(5); p.FoldLevel(2); p.Move(3) },
		"left":       func(p *Pane, _ func(tea.Cmd)) { p.Move(6); p.Left(); p.Right(); p.Left() },
		"click":      func(p *Pane, _ func(tea.Cmd)) { p.Click(6, 3); p.Move(1) },
		"search":     func(p *Pane, do func(tea.Cmd)) { p.Search(); typeKeys(p, "USER-5999", do) },
		"as":         func(p *Pane, do func(tea.Cmd)) { do(p.ViewAs(body.Raw)); p.Last() },
		"last as":    func(p *Pane, do func(tea.Cmd)) { p.Last(); do(p.ViewAs(body.Raw)) },
		"jq":         func(p *Pane, do func(tea.Cmd)) { cmd, _ := p.JQ(); do(cmd); typeKeys(p, ".end", do) },
	} {
		early, late := newPane(t, Deps{}, 80, 24, false), newPane(t, Deps{}, 80, 24, false)
		cmds := []tea.Cmd{early.Show(large(1, largeJSON()))}
		keys(early, func(cmd tea.Cmd) { cmds = append(cmds, cmd) })
		if !early.sheets[Body].begun() {
			t.Fatalf("%s: all is there already", name)
		}
		for _, cmd := range cmds {
			drain(early, cmd)
		}
		drain(late, late.Show(large(1, largeJSON())))
		keys(late, func(cmd tea.Cmd) { drain(late, cmd) })
		if d := cmp.Diff(late.View(true), early.View(true)); d != "" {
			t.Errorf("%s: when the key came early:\n%s", name, d)
		}
		if len(early.sheet().waiting) > 0 {
			t.Errorf("%s: something still waits", name)
		}
	}
}

func typeKeys(p *Pane, text string, do func(tea.Cmd)) {
	for _, r := range text {
		do(p.Update(tea.KeyPressMsg{Text: string(r), Code: r}))
	}
}

// A key waits, too, when not even the beginning is there.
func TestKeysWaitForAStoredBody(t *testing.T) {
	data := []byte(largeJSON())
	ex := large(1, "")
	ex.Request.Body = capture.StoredBody(slow{data}, 1, int64(len(data)))
	p := newPane(t, Deps{}, 80, 24, false)
	cmd := p.Show(ex)
	p.Last()
	drain(p, cmd)
	if at := p.sheet().cursor; at < 50_000 || at != p.sheet().len()-1 {
		t.Errorf("the cursor is in row %d of %d", at, p.sheet().len())
	}
}

// A key that waits is for the page that it was pressed on.
func TestWaitingKeysAreForTheirPage(t *testing.T) {
	p := newPane(t, Deps{}, 80, 24, false)
	cmd := p.Show(large(1, largeJSON()))
	p.Last()
	drain(p, p.Open(Wire))
	drain(p, cmd)
	if p.sheet().cursor != 0 {
		t.Errorf("the cursor of the other tab is in row %d", p.sheet().cursor)
	}
	p.Open(Body)
	p.Last()
	drain(p, p.Show(large(2, largeJSON())))
	if p.sheet().cursor != 0 {
		t.Errorf("the cursor of the next request is in row %d", p.sheet().cursor)
	}
}

// A body that is not what its beginning looks like is shown as if it had never been begun.
func TestWrongEndIsShownAsEver(t *testing.T) {
	for name, text := range map[string]string{
		"comma": largeJSON()[:500_000] + ",,", "end": largeJSON()[:500_000], "more": largeJSON() + "}",
		"lines": strings.ReplaceAll(largeJSON(), ",", ",\n") + "x",
	} {
		for _, w := range []int{80, 40} {
			p := newPane(t, Deps{}, w, 24, false)
			cmd := p.Show(large(1, text))
			if !p.sheet().begun() {
				t.Fatalf("%s: nothing is begun", name)
			}
			p.Page(1)
			p.Last()
			p.Move(-1)
			drain(p, cmd)
			q := newPane(t, Deps{}, w, 24, false)
			cmd = q.Show(large(1, text))
			q.sheet().view, q.sheet().expect, q.sheet().viewport = nil, 0, viewport{wrap: true} // as if nothing had been
			q.sheet().head = nil
			drain(q, cmd)
			q.Last()
			q.Move(-1)
			if d := cmp.Diff(q.View(true), p.View(true)); d != "" {
				t.Errorf("%s: %s", name, d)
			}
			if text := ansi.Strip(p.View(true)); p.sheet().view.Bad < 0 || p.sheet().content == nil {
				t.Errorf("%s: it is not shown what is wrong:\n%s", name, text)
			}
		}
	}
}

// Where the list is filtered, a body opens at the first word of the filter, at once if
// that is in its beginning.
func TestLargeBodyOpensAtTheWord(t *testing.T) {
	for word, atOnce := range map[string]bool{"user-30": true, "user-5990": false, "nowhere": false} {
		p := newPane(t, Deps{}, 80, 24, false)
		p.SetWords([]string{word})
		cmd := p.Show(large(1, largeJSON()))
		if p.sheet().begun() != atOnce {
			t.Fatalf("%s: is the beginning there? %v", word, p.sheet().begun())
		}
		if atOnce {
			p.Move(3)
		}
		early, cursor := rowsOf(p), p.sheet().cursor
		drain(p, cmd)
		if late := rowsOf(p); atOnce && (late != early || cursor != p.sheet().cursor) {
			t.Errorf("%s: it was\n%s\nand is\n%s", word, early, late)
		}
		if found := strings.Contains(rowsOf(p), word); found != (word != "nowhere") {
			t.Errorf("%s: in sight %v", word, found)
		}
	}
}

// A word in the row that the end of the beginning cuts is no reason to show that.
func TestWordWhereTheBeginningEnds(t *testing.T) {
	text := strings.Repeat("x", 63_000) + "needle" + strings.Repeat("x", 1_000_000)
	for word, atOnce := range map[string]bool{"needle": false, "xx": true} {
		p := newPane(t, Deps{}, 80, 24, false)
		p.SetWords([]string{word})
		p.Show(document(1, "text/plain", text))
		if p.sheet().begun() != atOnce {
			t.Errorf("%s: is the beginning there? %v", word, p.sheet().begun())
		}
	}
}

// What is searched for is looked for in all of the body, not in its beginning.
func TestSearchInABeginningWaits(t *testing.T) {
	p := newPane(t, Deps{}, 80, 24, false)
	cmd := p.Show(large(1, largeJSON()))
	p.Search()
	typeKeys(p, "user-5999", func(cmd tea.Cmd) { drain(p, cmd) })
	if status := p.search.status().String(); status != "searching…" {
		t.Errorf("the search is at %q", status)
	}
	drain(p, cmd)
	if status := p.search.status().String(); status != "1 of 1" {
		t.Errorf("the search is at %q", status)
	}
}

// slow is a source of bodies that are not in memory.
type slow struct{ data []byte }

func (s slow) Body(context.Context, capture.BodyRef) ([]byte, error) { return s.data, nil }

// What has to be read from disk or decompressed comes with one command, its rest with the next.
func TestFirstPageOfAStoredBody(t *testing.T) {
	plain := []byte(`[` + largeJSON() + `,` + largeJSON() + `]`)
	zipped, err := body.Encode(plain, []string{"gzip"})
	if err != nil {
		t.Fatal(err)
	}
	note := "gzip: " + words.Size(int64(len(zipped)))
	coding := capture.Field{Name: "Content-Encoding", Value: "gzip"}
	for _, tt := range []struct {
		name, note, later string
		body              capture.Body
	}{
		{"stored", "", "", capture.StoredBody(slow{plain}, 1, int64(len(plain)))},
		{"gzip", note, note + ", decoded 1.4 MB", capture.NewBody(zipped)},
		{"both", note, note + ", decoded 1.4 MB", capture.StoredBody(slow{zipped}, 1, int64(len(zipped)))},
	} {
		ex := large(1, "")
		ex.Request.Body = tt.body
		if tt.note != "" {
			ex.Request.Fields = append(ex.Request.Fields, coding)
		}
		p := newPane(t, Deps{}, 80, 24, false)
		next := one(t, p, p.Show(ex))
		first := rowsOf(p)
		if !p.sheet().begun() || !strings.Contains(first, `"first": "é"`) || !strings.Contains(first, tt.note) {
			t.Fatalf("%s: the first page is\n%s", tt.name, first)
		}
		for len(next) > 0 {
			next = append(next[1:], one(t, p, next[0])...)
		}
		padding := strings.Repeat(" ", len(tt.later)-len(tt.note))
		if d := cmp.Diff(strings.Replace(first, tt.note+padding, tt.later, 1), rowsOf(p)); d != "" || p.sheet().begun() {
			t.Errorf("%s: %v %s", tt.name, p.sheet().begun(), d)
		}
	}
}

// BenchmarkFirstPage is from a key that selects a large body to what View returns. It must
// beat 16 ms, a frame.
func BenchmarkFirstPage(b *testing.B) {
	text := []byte(strings.Replace(largeJSON(), `{"last"`, strings.TrimSuffix(strings.Repeat(largeJSON()+",", 13), ",")+`,{"last"`, 1))
	ex := large(1, string(text))
	p := newPane(b, Deps{}, 120, 40, false)
	b.Logf("%d bytes", len(text))
	for b.Loop() {
		p.Show(nil)
		p.Show(ex)
		if !strings.Contains(p.View(true), `"first"`) {
			b.Fatal("it is not there")
		}
	}
}
