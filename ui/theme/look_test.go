package theme

import (
	"fmt"
	"image/color"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture/golden"
	"creel/capture/safe"
)

// The styles of the chrome on each kind of terminal are as they were.
func TestPalette(t *testing.T) {
	var s strings.Builder
	for _, o := range []struct {
		name string
		Options
	}{
		{"16 colours", Options{}},
		{"true colour, dark", Options{Colors: ColorsTrue}},
		{"true colour, light", Options{Colors: ColorsTrue, Light: true}},
		{"256 colours, dark", Options{Colors: Colors256}},
		{"no colours", Options{Colors: Mono}},
		{"no escapes", Options{Colors: NoColors}},
	} {
		th, err := New(o.Options)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&s, "%s\n", o.name)
		v := reflect.ValueOf(*th)
		for i := range v.NumField() {
			if v.Field(i).Type() == reflect.TypeFor[Style]() {
				fmt.Fprintf(&s, "  %-9s %s\n", v.Type().Field(i).Name, v.Field(i).Interface().(Style).sgr)
			}
		}
		for k := range syntaxKinds {
			fmt.Fprintf(&s, "  token %-3d %s\n", k, th.Syntax(k).sgr)
		}
	}
	golden.File(t, "palette.txt", s.String())
}

// The width of drawn text is that of what is seen of it.
func TestWidth(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc~": 4, "世界": 4, "\x1b[1mab\x1b[m": 2, "a\x7f": 1, "e\u0301": 1} {
		if got := Width(text); got != want {
			t.Errorf("%q takes %d cells, want %d", text, got, want)
		}
	}
}

// The selected row is a step from the terminal's own ground towards its text, and stays a
// colour at both ends.
func TestSelectedGround(t *testing.T) {
	for _, tt := range []struct {
		ground color.Color
		light  bool
		colors Colors
		want   string
	}{
		{color.RGBA{0, 10, 232, 255}, false, ColorsTrue, "48;2;22;32;254"},
		{color.RGBA{233, 234, 255, 255}, false, ColorsTrue, "48;2;255;255;255"},
		{color.RGBA{255, 19, 18, 255}, true, ColorsTrue, "48;2;237;1;0"},
		{color.RGBA{17, 0, 1, 255}, true, ColorsTrue, "48;2;0;0;0"},
		{color.Black, false, Colors256, "48;2;48;48;48"},
		{nil, false, ColorsTrue, "48;2;48;48;48"},
	} {
		th, err := New(Options{Ground: tt.ground, Light: tt.light, Colors: tt.colors})
		if err != nil || th.Selected.sgr != tt.want {
			t.Errorf("%v, light %v: %s, want %s, %v", tt.ground, tt.light, th.Selected.sgr, tt.want, err)
		}
	}
}

// The highest bar is full, the lowest of nothing, and what is little is more than nothing.
func TestSpark(t *testing.T) {
	th, _ := New(Options{Colors: NoColors})
	for _, tt := range []struct {
		counts []int
		want   string
	}{
		{nil, ""}, {[]int{0, 0}, "▁▁"}, {[]int{1}, "█"}, {[]int{0, 1, 2, 3, 4, 5, 6, 7}, "▁▂▃▄▅▆▇█"}, {[]int{1, 1000, 0, 143, 144}, "▂█▁▃▃"}, {[]int{1, 7000, 1000, 1001}, "▂█▂▃"},
	} {
		var tallies []Tally
		for _, n := range tt.counts {
			tallies = append(tallies, Tally{N: n})
		}
		row := th.NewRow(20, Style{}).Spark(tallies)
		if got := row.Drawn(); got != tt.want || row.Col() != len(tt.counts) {
			t.Errorf("%v: %s, %d cells; want %s", tt.counts, got, row.Col(), tt.want)
		}
	}
	th, _ = New(Options{})
	got := th.NewRow(3, Style{}).Spark([]Tally{{}, {N: 1}, {N: 1, Wrong: 1}}).Drawn()
	if want := th.Rule.wrap("▁") + "█" + th.Bad.wrap("█"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for _, tt := range []struct {
		n, most int64
		want    string
	}{{0, 0, " "}, {5, 0, " "}, {5, -1, " "}, {0, 1, "▁"}, {-3, 8, "▁"}, {1, 8, "▂"}, {7, 8, "█"}, {8, 8, "█"}, {99, 8, "█"}, {1, 1, "█"}} {
		row := th.NewRow(3, Style{}).Level(Style{}, tt.n, tt.most)
		if got := row.Drawn(); got != tt.want || row.Col() != 1 {
			t.Errorf("%d of %d: %q, %d cells; want %q", tt.n, tt.most, got, row.Col(), tt.want)
		}
	}
}

// A box without a title has an upper edge without a gap.
func TestBoxes(t *testing.T) {
	th, _ := New(Options{Colors: NoColors})
	for title, want := range map[string]string{"": "╭────────╮\n│ a line │\n╰────────╯", "t": "╭─ t ────╮\n│ a line │\n╰────────╯", "a title that is long": "╭─ a tit…╮\n│ a line │\n╰────────╯"} {
		if d := cmp.Diff(want, th.Box(safe.Line(title), []string{"a line"}, 10)); d != "" {
			t.Errorf("%q: %s", title, d)
		}
	}
}

// What fits exactly is not cut, and what does not ends with an ellipsis; a row tells how
// far it is.
func TestRowCuts(t *testing.T) {
	th, _ := New(Options{Colors: NoColors})
	for _, tt := range []struct {
		w    int
		want string
	}{{0, ""}, {1, "a"}, {2, "a…"}, {3, "ab…"}, {4, "abcd"}, {5, "abcd "}} {
		row := th.NewRow(tt.w, Style{}).Lit(Style{}, "a")
		row.Lit(Style{}, "bcd")
		if col, room := row.Col(), row.Room(); col != min(tt.w, 4) || room != max(0, tt.w-4) {
			t.Errorf("%d cells: at %d with room for %d", tt.w, col, room)
		}
		if got := row.String(); tt.w != 1 && got != tt.want || tt.w == 1 && len([]rune(got)) != 1 {
			t.Errorf("%d cells: %q, want %q", tt.w, got, tt.want)
		}
		if got := th.Fit("abcd", tt.w); len([]rune(got)) != tt.w || tt.w == 4 && got != "abcd" {
			t.Errorf("%d cells: %q", tt.w, got)
		}
	}
	row := th.NewRow(200, Style{}).Int(Style{}, 42).To(5).To(3).Line(3).Gap(-1).Styled("xyz", 3)
	if got := row.Drawn(); got != "42   ───xyz" || row.Col() != 11 {
		t.Errorf("%q, %d cells", got, row.Col())
	}
	if got := row.To(150).Drawn(); len(got) != 150+2*3 || row.Col() != 150 {
		t.Errorf("%d bytes, %d cells", len(got), row.Col())
	}
}

// A style that is laid over another says last what both say; a plain one changes nothing.
func TestStyleOn(t *testing.T) {
	plain, red, ground := Style{}, Style{"31"}, Style{"48;2;1;2;3"}
	if got := red.On(ground); got.sgr != "48;2;1;2;3;31" {
		t.Error(got)
	}
	if red.On(plain) != red || plain.On(red) != red {
		t.Error("a plain style changes another")
	}
	if got := red.wrap("x"); got != "\x1b[31mx\x1b[m" || plain.wrap("x") != "x" || red.wrap("") != "" {
		t.Errorf("%q", got)
	}
}

// A cell of a picture has the colours of its two pixels, or a shade of their brightness.
func TestPixels(t *testing.T) {
	rich, _ := New(Options{Colors: ColorsTrue})
	if got, want := rich.Pixels(RGB{1, 2, 3}, RGB{4, 5, 6}), "\x1b[38;2;1;2;3;48;2;4;5;6m▀\x1b[m"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	mono, _ := New(Options{Colors: Mono})
	white, black := RGB{255, 255, 255}, RGB{}
	for _, tt := range []struct {
		up, low RGB
		want    string
	}{{white, white, "@"}, {black, black, " "}, {white, black, "="}, {black, white, "="}, {RGB{255, 0, 0}, RGB{255, 0, 0}, ":"}, {RGB{0, 255, 0}, RGB{0, 255, 0}, "="}, {RGB{0, 0, 255}, RGB{0, 0, 255}, ":"}} {
		if got := mono.Pixels(tt.up, tt.low); got != tt.want {
			t.Errorf("%v over %v: %q, want %q", tt.up, tt.low, got, tt.want)
		}
	}
}

// What is drawn already is cut, too, where the row ends, and what follows is left out.
func TestRowCutsWhatIsDrawn(t *testing.T) {
	th, err := New(Options{Colors: Mono, ASCII: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []*Row{
		th.NewRow(4, Style{}).Gap(1).Styled("世界世", 6).Gap(1).Lit(Style{}, "x"),
		th.NewRow(4, Style{}).Gap(1).Line(5).Int(Style{}, 7),
	} {
		if row.Col() > 4 || Width(row.String()) != 4 {
			t.Errorf("%q: %d columns", row.String(), row.Col())
		}
	}
	if got := th.Line(-1) + th.NewRow(5, Style{}).Line(-1).Drawn(); Width(got) != 0 {
		t.Errorf("a line of less than nothing: %q", got)
	}
	if got := th.NewRow(5, Style{}).Styled("abc", 3).Styled("xyz", 3).Drawn(); got != "abcxy" {
		t.Error(got)
	}
}

// A status is drawn by its class: plain, dim, as a warning, as an error.
func TestStatus(t *testing.T) {
	th, err := New(Options{Colors: Colors16})
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[int]Style{
		100: th.Plain, 200: th.Plain, 299: th.Plain, 300: th.Dim, 399: th.Dim, 400: th.Warn, 499: th.Warn, 500: th.Bad, 599: th.Bad,
	} {
		if got := th.Status(code); got != want {
			t.Errorf("%d: %v, want %v", code, got, want)
		}
	}
	if th.Plain == th.Dim || th.Dim == th.Warn || th.Warn == th.Bad {
		t.Error("the classes look alike")
	}
}
