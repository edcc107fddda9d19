package theme

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"creel/capture/safe"
)

func TestNoColorsWritesNoEscapes(t *testing.T) {
	th, err := New(Options{Colors: NoColors, ASCII: true})
	if err != nil {
		t.Fatal(err)
	}
	box := th.Box(safe.Line("title"), []string{th.Bad.Lit("a"), th.Held.Lit("b")}, 20)
	if strings.Contains(box, "\x1b") {
		t.Errorf("an escape sequence without colours: %q", box)
	}
	for _, r := range safe.ASCII(box) {
		if r > 0x7e {
			t.Errorf("%q is not ASCII", r)
		}
	}
}

// Without colours, what colours tell apart differs all the same: a status, the
// selection, what is held.
func TestMonoHasNoColourAndTellsApart(t *testing.T) {
	th, err := New(Options{Colors: Mono})
	if err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2]Style{
		"5xx and 4xx":   {th.Status(500), th.Status(404)},
		"4xx and 2xx":   {th.Status(404), th.Status(200)},
		"the tab":       {th.Accent, th.Plain},
		"the selection": {th.Selected, th.Plain},
		"what is held":  {th.Held, th.Plain},
	} {
		if pair[0] == pair[1] {
			t.Errorf("%s do not differ: %v", name, pair[0])
		}
		for _, s := range pair {
			for p := range strings.SplitSeq(s.sgr, ";") {
				if len(p) > 1 {
					t.Errorf("%s: %q is a colour", name, s.sgr)
				}
			}
		}
	}
}

func TestRowIsAsWideAsMade(t *testing.T) {
	th, _ := New(Options{Colors: ColorsTrue})
	texts := []string{"", "a", "hello world", "世界世界世界", "e\u0301e\u0301", "\x1b[31mred", "a\tb\r\n", "👨‍👩‍👧‍👦 family"}
	for _, s := range texts {
		for w := range 20 {
			got := th.NewRow(w, th.Selected).Gap(1).Text(th.Bad, safe.Line(s)).Lit(th.Dim, "tail").String()
			if n := ansi.StringWidth(got); n != w {
				t.Errorf("row of %d with %q is %d wide: %q", w, s, n, got)
			}
		}
	}
}

func TestBoxLinesAreEquallyWide(t *testing.T) {
	th, _ := New(Options{})
	for w := 4; w < 40; w++ {
		box := th.Box(safe.Line("a title of some length"), []string{"x", strings.Repeat("long ", 20)}, w)
		for line := range strings.SplitSeq(box, "\n") {
			if n := ansi.StringWidth(line); n != w {
				t.Errorf("box of %d: line %q is %d wide", w, line, n)
			}
		}
	}
}

func TestUnknownStyle(t *testing.T) {
	th, err := New(Options{Style: "nosuch", Colors: ColorsTrue})
	if err == nil || !strings.HasPrefix(err.Error(), `theme: no style "nosuch": one of auto `) || !strings.Contains(err.Error(), "monokai") {
		t.Errorf("error %v does not say which styles there are", err)
	}
	if th.Syntax(SyntaxString) == (Style{}) {
		t.Error("no theme in place of the unknown one")
	}
}

func TestCounterpartSuitsTheGround(t *testing.T) {
	dark, _ := New(Options{Style: "catppuccin-mocha", Colors: ColorsTrue})
	light, _ := New(Options{Style: "catppuccin-mocha", Colors: ColorsTrue, Light: true})
	latte, _ := New(Options{Style: "catppuccin-latte", Colors: ColorsTrue, Light: true})
	if light.syntax == dark.syntax || light.syntax != latte.syntax {
		t.Error("a light terminal does not get the light counterpart")
	}
}

func TestProgress(t *testing.T) {
	th, _ := New(Options{Colors: NoColors})
	for _, tt := range []struct {
		w, part, whole int
		want           string
	}{
		{10, 0, 5, "··········"},
		{10, 1, 1000, "█·········"},
		{10, 5, 10, "█████·····"},
		{10, 7, 7, "██████████"},
		{4, 9, 7, "████"},
		{4, 1, 0, "····"},
		{0, 1, 2, ""},
	} {
		if got := th.Progress(tt.w, tt.part, tt.whole, th.Bad); got != tt.want {
			t.Errorf("%d of %d in %d: %q, want %q", tt.part, tt.whole, tt.w, got, tt.want)
		}
	}
	th, _ = New(Options{})
	if got, want := th.Progress(2, 1, 2, th.Bad), "\x1b[1;31m█\x1b[m\x1b[2m·\x1b[m"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What turns while something is awaited has signs of ASCII where others cannot be drawn.
func TestSpinners(t *testing.T) {
	for _, plain := range []bool{false, true} {
		th, err := New(Options{ASCII: plain})
		if err != nil {
			t.Fatal(err)
		}
		for _, frame := range th.Spinner.Frames {
			if isASCII := len(frame) == len([]rune(frame)); isASCII != plain {
				t.Errorf("ASCII %v: %q", plain, frame)
			}
		}
	}
}
