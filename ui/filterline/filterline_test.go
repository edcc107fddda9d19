package filterline_test

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/ui/filterline"
	"creel/ui/theme"
)

var codes = map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "backspace": tea.KeyBackspace}

// press gives the line keys: names, or texts to type after a quote.
func press(l *filterline.Line, keys ...string) {
	for _, k := range keys {
		if text, ok := strings.CutPrefix(k, "'"); ok {
			for _, r := range text {
				l.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
			}
			continue
		}
		if k == "open" {
			l.Open()
			continue
		}
		mod := tea.KeyMod(0)
		if rest, ok := strings.CutPrefix(k, "shift+"); ok {
			k, mod = rest, tea.ModShift
		}
		l.Update(tea.KeyPressMsg{Code: codes[k], Mod: mod})
	}
}

func line(t testing.TB) *filterline.Line {
	t.Helper()
	th, err := theme.New(theme.Options{Colors: theme.ColorsTrue})
	if err != nil {
		t.Fatal(err)
	}
	l := filterline.New(th, func() []*capture.Exchange {
		return []*capture.Exchange{{Sender: capture.Sender{Event: "invoice.paid"}}, {Sender: capture.Sender{Event: "charge.failed"}}}
	})
	l.SetCount(12, 4310, false)
	l.Open()
	return l
}

func TestKeys(t *testing.T) {
	for _, tt := range []struct {
		name string
		keys []string
		want string // in force
		open bool
	}{
		{"a mistake leaves its word out", []string{"'status:5"}, "", true},
		{"and what led to it", []string{"'is:invalid stat:"}, "is:invalid ", true},
		{"in quotes, too", []string{"'odd is:\"a b\""}, "odd ", true},
		{"follows the text when right", []string{"'status:5xx"}, "status:5xx", true},
		{"enter keeps", []string{"'odd", "enter"}, "odd", false},
		{"esc goes back", []string{"'odd", "enter"}, "odd", false},
		{"wrong leaves the one before", []string{"'odd (", "enter"}, "odd ", true},
		{"wrong leaves the one that was taken", []string{"'status:5xx", "enter", "open", "'p"}, "status:5xx", true},
		{"and all its words", []string{"'odd status:5xx", "enter", "open", "'p"}, "odd status:5xx", true},
		{"and a bare one", []string{"'odd", "enter", "open", "':", "backspace", "':"}, "odd", true},
		{"and the one that was not taken", []string{"'odd status:5xxp"}, "odd status:5xx", true},
		{"and goes on from there", []string{"'status:5xx", "enter", "open", "' foo:x"}, "status:5xx ", true},
		{"tab completes a key", []string{"'eve", "tab"}, "event:", true},
		{"and then a value", []string{"'eve", "tab", "tab"}, "event:charge.failed", true},
		{"and the next", []string{"'eve", "tab", "tab", "tab"}, "event:invoice.paid", true},
		{"and round", []string{"'event:", "tab", "tab", "tab"}, "event:charge.failed", true},
		{"backwards", []string{"'event:", "shift+tab"}, "event:invoice.paid", true},
		{"inside of the text", []string{"'is:val x", "left", "left", "tab"}, "is:valid x", true},
	} {
		l := line(t)
		press(l, tt.keys...)
		if l.Filter().String() != tt.want || l.IsOpen() != tt.open {
			t.Errorf("%s: %q open %v, want %q %v", tt.name, l.Filter(), l.IsOpen(), tt.want, tt.open)
		}
	}
}

func TestEscapeRestoresAndHistoryComesBack(t *testing.T) {
	l := line(t)
	press(l, "'one", "enter")
	l.Open()
	press(l, "' two")
	if l.Filter().String() != "one two" {
		t.Errorf("%q", l.Filter())
	}
	press(l, "esc")
	if l.Filter().String() != "one" || l.IsOpen() {
		t.Errorf("%q", l.Filter())
	}
	if err := l.Set("three"); err != nil {
		t.Fatal(err)
	}
	if err := l.Set("a:b"); err == nil || l.Filter().String() != "three" {
		t.Errorf("%v %q", err, l.Filter())
	}
	if l.Clear(); !l.Filter().IsEmpty() || l.IsOpen() {
		t.Error("not cleared once")
	}
	l.Open()
	press(l, "'dra")
	var got []string
	for _, k := range []string{"up", "up", "up", "down", "down", "down"} {
		press(l, k)
		got = append(got, l.Filter().String())
	}
	if d := cmp.Diff([]string{"three", "one", "one", "three", "dra", "dra"}, got); d != "" {
		t.Error(d)
	}
}

func TestChangedIsSaid(t *testing.T) {
	l := line(t)
	for _, tt := range []struct {
		msg  tea.Msg
		want bool
	}{
		{tea.PasteMsg{Content: "odd"}, true},
		{tea.KeyPressMsg{Code: '(', Text: "("}, true}, // a word with a parenthesis
		{tea.KeyPressMsg{Code: tea.KeyLeft}, false},
		{tea.KeyPressMsg{Code: tea.KeyEscape}, true},
	} {
		if got := l.Update(tt.msg); got != tt.want {
			t.Errorf("%v: changed %v", tt.msg, got)
		}
	}
}

func TestView(t *testing.T) {
	for _, tt := range []struct {
		keys []string
		want []string
	}{
		{nil, []string{
			` filter ›                                           12 of 4,310`,
			`          word  path:/github  status:5xx  is:failed  -is:valid`,
		}},
		{[]string{"'a stauts:5"}, []string{
			` filter › a stauts:5                                12 of 4,310`,
			` at 3: did you mean status:, or "stauts:5"?`,
		}},
		{[]string{"'is:val"}, []string{
			` filter › is:val                                    12 of 4,310`,
			`          valid  the signature is right`,
		}},
		{[]string{"'is:val", "enter"}, []string{
			` filter › is:val                                    12 of 4,310`,
			` at 4: no state is called "val": one of pinned marked unread he…`,
		}},
		{[]string{"'event:"}, []string{
			` filter › event:                                    12 of 4,310`,
			`          charge.failed  invoice.paid`,
		}},
		{[]string{"'a \"b"}, []string{
			` filter › a "b                                      12 of 4,310`,
			`            ^ this quote is not closed: end it with "`,
		}},
		{[]string{"'a \"b c d e f g h i j k l m n o"}, []string{
			` filter › a "b c d e f g h i j k l m n o            12 of 4,310`,
			`            ^ this quote is not closed: end it with "`,
		}},
		{[]string{"'odd"}, []string{
			` filter › odd                                       12 of 4,310`,
			`          a b both  a or b either  -a not  path:/a,/b any`,
		}},
	} {
		l := line(t)
		press(l, tt.keys...)
		lines, cursor := l.View(64)
		var got []string
		for _, s := range lines {
			if n := ansi.StringWidth(s); n != 64 {
				t.Errorf("%q: %d wide", ansi.Strip(s), n)
			}
			got = append(got, strings.TrimRight(ansi.Strip(s), " "))
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%q: %s", tt.keys, d)
		}
		if cursor == nil || cursor.Y != 0 {
			t.Errorf("cursor %v", cursor)
		}
	}
}

// A mistake is said right of its place, else left of it, exactly as far as there is room;
// else its place is a number.
func TestPlaceOfAMistake(t *testing.T) {
	const start, w, words = 10, 64, `this quote is not closed: end it with "`
	for n := 1; n < 38; n++ {
		l := line(t)
		press(l, "'"+strings.Repeat("x", n-1)+` "b`)
		lines, _ := l.View(w)
		got, at := strings.TrimRight(ansi.Strip(lines[1]), " "), start+n
		want := fmt.Sprintf(" at %d: %s", n+1, words)
		switch {
		case at+2+len(words) <= w:
			want = strings.Repeat(" ", at) + "^ " + words
		case at >= len(words)+2:
			want = strings.Repeat(" ", at-len(words)-1) + words + " ^"
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("at cell %d: %s", at, d)
		}
	}
}

// What can be completed is offered as soon as the line is open.
func TestOffersWhenOpened(t *testing.T) {
	l := line(t)
	if err := l.Set("event:invoice.paid"); err != nil {
		t.Fatal(err)
	}
	l.Open()
	press(l, "backspace", "backspace")
	typed, _ := l.View(64)
	if err := l.Set("event:invoice.pa"); err != nil {
		t.Fatal(err)
	}
	l.Open()
	opened, _ := l.View(64)
	if d := cmp.Diff(ansi.Strip(typed[1]), ansi.Strip(opened[1])); d != "" || !strings.Contains(opened[1], "invoice.paid") {
		t.Errorf("%s in %q", d, ansi.Strip(opened[1]))
	}
}

func TestViewFitsEverySize(t *testing.T) {
	for _, text := range []string{"", "a stauts:5", strings.Repeat("long ", 40), strings.Repeat("世界", 30) + " x:y", "event:", "\x1b[31m(", strings.Repeat("a", 30) + ":x"} {
		for w := range 130 {
			l := line(t)
			l.Update(tea.PasteMsg{Content: text})
			lines, cursor := l.View(w)
			lines = append(lines, l.Bar(w))
			for i, s := range lines {
				if n := ansi.StringWidth(s); n != w || strings.Contains(ansi.Strip(s), "\x1b") {
					t.Fatalf("%q at %d: line %d is %d wide: %q", text, w, i, n, ansi.Strip(s))
				}
			}
			if len(lines) != filterline.Height+1 || cursor.X > max(0, w-1) {
				t.Fatalf("%q at %d: %d lines, cursor %v", text, w, len(lines), cursor)
			}
		}
	}
}

// What is offered is about the text as it is, also when it is one of before.
func TestOffersOfEarlierFilters(t *testing.T) {
	l := line(t)
	press(l, "'odd", "enter", "open", "backspace", "backspace", "backspace", "'event:")
	offered, _ := l.View(64)
	press(l, "up")
	recalled, _ := l.View(64)
	if !strings.Contains(offered[1], "invoice.paid") || strings.Contains(recalled[1], "invoice.paid") {
		t.Errorf("%q, and of odd %q", ansi.Strip(offered[1]), ansi.Strip(recalled[1]))
	}
	if press(l, "tab"); l.Filter().String() != "odd" {
		t.Errorf("tab makes %q of it", l.Filter())
	}
	press(l, "down")
	if again, _ := l.View(64); again[1] != offered[1] {
		t.Errorf("%q, and again %q", ansi.Strip(offered[1]), ansi.Strip(again[1]))
	}
}

// The offer that was picked stands out, and only that.
func TestPickedOffer(t *testing.T) {
	l := line(t)
	l.Theme, _ = theme.New(theme.Options{Colors: theme.ColorsTrue})
	begins, _, _ := strings.Cut(l.Theme.Accent.Lit("x"), "x")
	press(l, "'event:")
	for _, picked := range []string{"", "charge.failed", "invoice.paid"} {
		lines, _ := l.View(64)
		for _, offer := range []string{"charge.failed", "invoice.paid"} {
			if got := strings.Contains(lines[1], begins+offer); got != (offer == picked) {
				t.Errorf("%q is picked: %q stands out: %v in %q", picked, offer, got, lines[1])
			}
		}
		press(l, "tab")
	}
}

// The bar has the count where enough of the filter is to be seen beside it.
func TestNarrowBar(t *testing.T) {
	l := line(t)
	press(l, "'is:failed path:/x", "enter")
	for w, want := range map[int]string{
		38: " filter › is:failed p… ── 12 of 4,310 ",
		37: " filter › is:failed path:/x          ",
		20: " filter › is:failed…",
	} {
		if got := ansi.Strip(l.Bar(w)); got != want {
			t.Errorf("%d cells: %q, want %q", w, got, want)
		}
	}
}

func TestBar(t *testing.T) {
	l := line(t)
	press(l, "'is:failed path:/x", "enter")
	l.SetCount(3, 1234567, true)
	want := " filter › is:failed path:/x ─────────── 3 of 1,234,567, searching"
	if got := strings.TrimRight(ansi.Strip(l.Bar(66)), " "); got != want {
		t.Errorf("%q", got)
	}
	if got := fmt.Sprint(l.Filter().Words()); got != "[]" {
		t.Error(got)
	}
}

// The count stands beside the field where that keeps twelve cells.
func TestCountBesideTheField(t *testing.T) {
	for w, want := range map[int]bool{34: false, 35: true} {
		lines, _ := line(t).View(w)
		if got := strings.Contains(ansi.Strip(lines[0]), "12 of 4,310"); got != want {
			t.Errorf("%d cells: %q", w, ansi.Strip(lines[0]))
		}
	}
}

// An offer that is longer than the line is in sight all the same when it is picked.
func TestLongOffers(t *testing.T) {
	l := line(t)
	l.Seen = func() (list []*capture.Exchange) {
		for _, name := range []string{"alpha", "beta"} {
			list = append(list, &capture.Exchange{Sender: capture.Sender{Event: name + strings.Repeat(".long", 10)}})
		}
		return list
	}
	press(l, "'event:")
	for _, want := range []string{"beta", "alpha", "beta"} {
		press(l, "tab")
		lines, _ := l.View(40)
		if got := strings.TrimSpace(ansi.Strip(lines[1])); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %s", got, want)
		}
	}
}
