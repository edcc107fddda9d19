package safe

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

func TestLine(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "hello, world", "hello, world"},
		{"letters", "Grüße, мир, 世界, 한국어", "Grüße, мир, 世界, 한국어"},
		{"escape sequence", "\x1b[31mred\x1b[0m", "␛[31mred␛[0m"},
		{"OSC 8", "\x1b]8;;http://x\x1b\\", "␛]8;;http://x␛\\"},
		{"C0 and DEL", "\x00\a\b\t\n\r\x7f", "␀␇␈␉␊␍␡"},
		{"C1 as UTF-8", "\u0085\u009b31m", "‹U+0085›‹U+009B›31m"},
		{"C1 raw", "\x9b31m", `\x9b31m`},
		{"not UTF-8", "\xff\xc3(\xed\xa0\x80", `\xff\xc3(\xed\xa0\x80`},
		{"bidi", "\u202eabc\u2066\u200f", "‹U+202E›abc‹U+2066›‹U+200F›"},
		{"zero width", "a\u200bb\ufeffc\u2060", "a‹U+200B›b‹U+FEFF›c‹U+2060›"},
		{"tags", "a\U000E0041\U000E007F", "a‹U+E0041›‹U+E007F›"},
		{"private, unassigned", "\ue000\U000F0000\u0378\ufffe", "‹U+E000›‹U+F0000›‹U+0378›‹U+FFFE›"},
		{"line separators", "\u2028\u2029", "‹U+2028›‹U+2029›"},
		{"blanks", "a\u00a0b\u3164\u2800\u115f", "a‹U+00A0›b‹U+3164›‹U+2800›‹U+115F›"},
		{"composed by marks", "e\u0301", "e\u0301"},
		{"mark at the start", "\u0301e", "‹U+0301›e"},
		{"zalgo", "e" + strings.Repeat("\u0301", 40), "e\u0301\u0301\u0301‹+37›"},
		{"joined emoji", "\U0001F469\u200d\U0001F467", "\U0001F469‹U+200D›\U0001F467"},
		{"skin tone", "\U0001F44D\U0001F3FB", "\U0001F44D‹U+1F3FB›"},
		{"coloured form", "\u26a0\ufe0f \u2764\ufe0f", "\u26a0 \u2764"},
		{"smuggled selectors", "a\ufe0f\U000E0101", "a‹U+FE0F›‹U+E0101›"},
		{"flag", "\U0001F1E9\U0001F1EA", "‹D›‹E›"},
		{"keycap", "1\ufe0f\u20e3", "1\u20e3"},
		{"Thai", "ไทย", "ไทย"},
		{"vowel sign of doubtful width", "क\u093f", "क‹U+093F›"},
		{"what is in doubt, and no more", "नमस्ते", "नमस‹U+094D›ते"},
		{"replacement character", "\ufffd", "\ufffd"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Line(tt.in).String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTabbed(t *testing.T) {
	for _, tt := range []struct {
		in   string
		col  int
		want string
	}{
		{"a\tb", 0, "a   b"}, {"\t\tb", 0, "        b"}, {"\tb", 3, " b"}, {"世\tb", 0, "世  b"}, {"\t\u0301", 0, "    ‹U+0301›"},
	} {
		if got := Tabbed(tt.in, tt.col).String(); got != tt.want {
			t.Errorf("Tabbed(%q, %d) = %q, want %q", tt.in, tt.col, got, tt.want)
		}
	}
}

func TestCells(t *testing.T) {
	text := Line("ab世界cd")
	got := []string{
		text.Cut(8).String(), text.Cut(7).String(), text.Cut(4).String(), text.Cut(1).String(), text.Cut(0).String(),
		text.CutMiddle(5).String(), text.CutMiddle(2).String(), text.Pad(10).String(), text.PadLeft(10).String(),
		text.Slice(0, 3).String(), text.Slice(3, 5).String(), text.Slice(7, 90).String(),
		text.Slice(4, 2).String(), Line("abc").Slice(1, 2).String(), Line("abc").Slice(9, 12).String(),
		text.Slice(-2, 3).String(), Line("abc").Slice(-2, 2).String(),
		text.Pad(8).String(), text.Pad(7).String(), text.PadLeft(8).String(), text.PadLeft(-1).String(),
		ShortMiddle("abcd", 2).String(), ShortMiddle("abcd", 3).String(),
		Line("ab").Repeat(3).String(), Line("ab").Repeat(0).String(), Line("ab").Repeat(-1).String(),
	}
	want := []string{
		"ab世界cd", "ab世界…", "ab…", "…", "", "ab…cd", "a…", "ab世界cd  ", "  ab世界cd", "ab ", "  ", "d", "", "b", "",
		"ab ", "ab",
		"ab世界cd", "ab世界cd", "ab世界cd", "ab世界cd",
		"a…", "a…d",
		"ababab", "", "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, n := range []int{64, 65, 200} {
		if got := Line("").Pad(n).String(); got != strings.Repeat(" ", n) {
			t.Errorf("%d cells are %q", n, got)
		}
	}
	for _, s := range []string{strings.Repeat("世", 999), strings.Repeat("a", 999), strings.Repeat("e\u0301\u0301\u0301\u0301", 99), "a" + strings.Repeat("\u0301", 999)} {
		if got := Short(s, 10); got.Width() > 10 || !strings.HasSuffix(got.String(), "…") {
			t.Errorf("%.20q in 10 cells is %q", s, got)
		}
	}
	for s, want := range map[string]string{
		"/" + strings.Repeat("世", 999) + "/end": "/世世…/end", "/" + strings.Repeat("a", 999) + "/end": "/aaaa…/end", "/short": "/short",
	} {
		if got := ShortMiddle(s, 10).String(); got != want {
			t.Errorf("%.20q in 10 cells is %q, want %q", s, got, want)
		}
	}
	if got := Short("short", 10).String(); got != "short" {
		t.Errorf("got %q", got)
	}
	var pieces []string
	sentence := []string{"one of", "two x ", "1234567", "8"}
	for i, p := range Line("one of two x  12345678").WrapWords(7) {
		if p.String() != sentence[i] {
			t.Errorf("line %d: %q, want %q", i, p, sentence[i])
		}
	}
	for _, p := range text.Wrap(3) {
		pieces = append(pieces, p.String())
	}
	if diff := cmp.Diff([]string{"ab", "世", "界c", "d"}, pieces); diff != "" {
		t.Error(diff)
	}
}

func TestBuild(t *testing.T) {
	got := Linef("#%d %s %q", 412, "\x1b[2J", "x\u202e").String()
	if want := `#412 ␛[2J "x\u202e"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	joined := Join(Const(" · "), Line("a\n"), Line("b"))
	if joined.String() != "a␊ · b" {
		t.Errorf("got %q", joined)
	}
	if Concat(Line("a"), Line("b")) != Line("ab") {
		t.Error("texts are not comparable by what they say")
	}
}

func TestPrint(t *testing.T) {
	var b bytes.Buffer
	if err := Print(&b, "a\tb\r\nc\x1b]0;title\a\n\nd\re"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("a   b\nc␛]0;title␇\n\nd␍e\n", b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestLines(t *testing.T) {
	var got []string
	for _, l := range Lines("a\tb\r\nc\rd\x1b\n\nlast\r") {
		got = append(got, l.String())
	}
	if diff := cmp.Diff([]string{"a   b", "c␍d␛", "", "last␍"}, got); diff != "" {
		t.Error(diff)
	}
	if got := Lines(""); len(got) != 1 || !got[0].Empty() {
		t.Errorf("nothing is %q", got)
	}
}

func TestASCII(t *testing.T) {
	in := "\x1b[31m── ▌ #412 → 世 e\u0301 ␛ …\x1b[0m\n│"
	want := "\x1b[31m-- > #412 > ?? e ^ ~\x1b[0m\n|"
	if diff := cmp.Diff(want, ASCII(in)); diff != "" {
		t.Error(diff)
	}
}

// acts reports the first character of s that could act on a terminal.
func acts(s string) (rune, bool) {
	for _, r := range s {
		if r < 0x20 || r >= 0x7f && r <= 0x9f || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs, unicode.Variation_Selector) {
			return r, true
		}
	}
	return 0, false
}

func FuzzLine(f *testing.F) {
	for _, s := range []string{
		"", "\x1b]52;c;aGk=\a", "\x9b1;1H", "\u009d0;x\u009c", "\x1bPq\x1b\\", "\u202e\u2066", "a\U000E0041", "ก\u0e33", "\u0e33",
		"e" + strings.Repeat("\u0301", 99), "\U0001F468\u200d\U0001F469\u200d\U0001F467", "\u1100\u1161\u11a8", "क\u094dष", "\u0d4eक", "\ufe0f", "\r\n\t", "\U0001F1E9",
	} {
		f.Add(s, "x", 5)
	}
	f.Fuzz(func(t *testing.T, s, other string, n int) {
		text := Line(s)
		out := text.String()
		if !utf8.ValidString(out) {
			t.Fatalf("%q is not UTF-8", out)
		}
		if r, bad := acts(out); bad {
			t.Fatalf("%q holds %U", out, r)
		}
		if again := Line(out); again != text {
			t.Fatalf("Line is not idempotent: %q, then %q", out, again)
		}
		if w, wc := ansi.StringWidth(out), charsWidth(out); w != wc || text.Width() != w {
			t.Fatalf("width of %q: %d by clusters, %d by characters, %d", out, w, wc, text.Width())
		}
		if both := Concat(text, Line(other)); both.Width() != text.Width()+Line(other).Width() {
			t.Fatalf("%q has width %d, not %d + %d", both, both.Width(), text.Width(), Line(other).Width())
		}
		checkCells(t, text, n%200)
	})
}

func checkCells(t *testing.T, text Text, n int) {
	if w := text.Cut(n).Width(); w > max(n, 0) {
		t.Fatalf("%q cut to %d cells takes %d", text, n, w)
	}
	if w := text.CutMiddle(n).Width(); w > max(n, 0) {
		t.Fatalf("%q cut in the middle to %d cells takes %d", text, n, w)
	}
	a := max(n, 0) / 2
	if w, whole := text.Slice(a, max(n, 0)).Width(), text.Width(); w != max(min(whole, max(n, 0))-a, 0) {
		t.Fatalf("%q: cells [%d,%d) take %d", text, a, n, w)
	}
	if Concat(text.Wrap(n)...) != text {
		t.Fatalf("%q wrapped at %d is not itself", text, n)
	}
	if w, ascii := text.Width(), ASCII(text.String()); len(ascii) != w || !plain(ascii) {
		t.Fatalf("%q in ASCII is %q", text, ascii)
	}
}

// BenchmarkLine must take under 200 ns for a row of 200 cells of ASCII, under
// 20 µs for one of any other script and under 150 µs for one that is all marks,
// so that a screen of 60 rows is made within a frame.
func BenchmarkLine(b *testing.B) {
	for _, bb := range []struct{ name, s string }{
		{"ascii", strings.Repeat("hello wo", 25)},
		{"cjk", strings.Repeat("世界", 50)},
		{"hostile", strings.Repeat("\x1b\u202e\xffe\u0301", 40)},
		{"piled", "e" + strings.Repeat("\u094d", 200)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = Line(bb.s).Width()
			}
		})
	}
}
