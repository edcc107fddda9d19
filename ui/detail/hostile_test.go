package detail

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"creel/capture"
)

// hostile puts a payload into every place of an exchange.
func hostile(s string) *capture.Exchange {
	ex := stripe()
	ex.Request.Method, ex.Request.Target = s, "/"+s+"?"+s+"="+s
	ex.Request.Proto = s
	ex.Request.Fields = fields("Cookie: "+s+"="+s, s+": "+s, "Authorization: Basic "+s)
	ex.Request.Trailers = fields(s + ": " + s)
	ex.Request.Malformed = s
	ex.Request.Body = capture.NewBody([]byte(`{"` + s + `":"` + s + `"}` + s))
	ex.Sender.Event = s
	ex.Signature = capture.Signature{Verdict: capture.Invalid, Explanation: s}
	ex.Reply.By, ex.Reply.Fields = capture.ByRule(s), fields(s+": "+s)
	ex.Reply.Body = capture.NewBody([]byte(s))
	for _, a := range ex.Attempts {
		a.To, a.Err, a.Proto, a.Changes = s, s, s, []string{s}
		a.Reply.Body = capture.NewBody([]byte(s))
	}
	return ex
}

// FuzzPane draws hostile exchanges at any size: nothing acts on the terminal,
// and each line is exactly as wide as the pane.
func FuzzPane(f *testing.F) {
	for _, s := range []string{
		"\x1b]8;;http://x\x1b\\", "\x9b31m\u009b31m", "\u202e\u2066", "e" + strings.Repeat("\u0301", 50), "\U0001F469\u200d\U0001F467", "世界\t\r\n", "กำ", "क्ष", "\x00\xff",
	} {
		f.Add(s, uint8(80), uint8(24), true)
		f.Add(strings.Repeat(s, 12), uint8(31), uint8(9), false)
	}
	for _, w := range []uint8{0, 1, 2, 9} {
		f.Add("x", w, 9-w, w == 1)
		f.Add("x", 9-w, w, w == 1)
	}
	f.Fuzz(func(t *testing.T, s string, w, h uint8, flag bool) {
		p := newPane(t, Deps{}, int(w), int(h), flag)
		ex := hostile(s)
		for tab := range tabCount {
			drain(p, p.Show(ex))
			drain(p, p.Open(tab))
			p.Move(1)
			p.Right()
			check(t, p)
			p.ToggleWrap()
			p.Right()
			p.Page(1)
			check(t, p)
		}
		cmd, _ := p.OpenResponse()
		drain(p, cmd)
		p.Search()
		drain(p, p.Update(tea.PasteMsg{Content: s}))
		check(t, p)
	})
}

func check(t *testing.T, p *Pane) {
	t.Helper()
	for _, focused := range []bool{true, false} {
		v := p.View(focused)
		if p.View(focused) != v {
			t.Fatal("View is not pure")
		}
		if p.w <= 0 || p.h <= 0 {
			if v != "" {
				t.Fatalf("%d by %d: drawn is %q", p.w, p.h, v)
			}
			continue
		}
		if x, y, ok := p.Cursor(); ok && (x < 0 || x >= p.w || y != p.h-1) {
			t.Fatalf("%d by %d: the cursor of the field is at %d,%d", p.w, p.h, x, y)
		}
		lines := strings.Split(v, "\n")
		if len(lines) != p.h {
			t.Fatalf("%d lines, not %d", len(lines), p.h)
		}
		for i, l := range lines {
			if w, wc := ansi.StringWidth(l), ansi.StringWidthWc(l); w != p.w || wc != p.w {
				t.Fatalf("tab %d: line %d takes %d or %d cells, not %d: %q", p.tab, i, w, wc, p.w, l)
			}
			for _, r := range ansi.Strip(l) {
				if r < 0x20 || r >= 0x7f && r <= 0x9f || r == 0x202e || r == 0xfffd && !strings.Contains(l, "\ufffd") {
					t.Fatalf("tab %d: line %d holds %U: %q", p.tab, i, r, l)
				}
			}
		}
	}
}

// TestHugeField moves over header fields of a megabyte: nothing of it may cost
// more than what is seen of it.
func TestHugeField(t *testing.T) {
	for _, s := range []string{"a", "世", "\x9b", "\u0301"} {
		p := newPane(t, Deps{}, 80, 24, true)
		ex := stripe()
		ex.Request.Fields = fields("X: " + strings.Repeat(s, 1<<20/len(s)))
		drain(p, p.Show(ex))
		drain(p, p.Open(Headers))
		for range 10 {
			p.Move(3)
		}
		p.Last()
		check(t, p)
		p.ToggleWrap()
		p.Right()
		check(t, p)
	}
}

// BenchmarkView must take under 50 µs, since it runs after every message, and
// BenchmarkMove under 4 ms, a fraction of a frame.
func BenchmarkView(b *testing.B) {
	p := newPane(b, stripeDeps(), 120, 50, true)
	drain(p, p.Show(stripe()))
	for b.Loop() {
		p.View(true)
	}
}

// BenchmarkMove: see BenchmarkView.
func BenchmarkMove(b *testing.B) {
	p := newPane(b, stripeDeps(), 120, 50, true)
	ex := stripe()
	ex.Request.Body = capture.NewBody([]byte("[" + strings.Repeat(event+",", 1000) + "1]"))
	drain(p, p.Show(ex))
	by := 1
	for b.Loop() {
		if s := p.sheet(); s.cursor >= s.len()-1 || s.cursor == 0 {
			by = -by
		}
		p.Move(by)
	}
}

func TestOpensAtTheFirstHitOfTheFilter(t *testing.T) {
	p := newPane(t, stripeDeps(), 80, 14, false)
	p.SetWords([]string{"il_2", "IL_1"})
	p.ViewAs("tree")
	drain(p, p.Show(stripe()))
	if p.sheet().cursor != 13 {
		t.Errorf("the cursor is in row %d, want 13", p.sheet().cursor)
	}
}

func TestPicture(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 100, 60))
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	for _, w := range []int{80, 20} {
		p := newPane(t, Deps{}, w, 24, false)
		ex := stripe()
		ex.Request.Fields = fields("Content-Type: image/png")
		ex.Request.Body = capture.NewBody(b.Bytes())
		drain(p, p.Show(ex))
		p.Move(4)
		check(t, p)
		if got := ansi.Strip(p.View(false)); !strings.Contains(got, "PNG image") {
			t.Errorf("got %s", got)
		}
	}
}

// BenchmarkShow is what moving through the list costs with a body of 10 KB: it
// must take under 4 ms, so that a held key is kept up with.
func BenchmarkShow(b *testing.B) {
	p := newPane(b, stripeDeps(), 120, 50, true)
	a, c := stripe(), stripe()
	a.Request.Body = capture.NewBody([]byte("[" + strings.Repeat(event+",", 40) + "1]"))
	c.ID = 413
	for b.Loop() {
		p.Show(a)
		p.Show(c)
	}
}

// TestWhatIsWrongStaysInSight opens JSON that is wrong in a first line higher
// than the screen: what is said of it stands above.
func TestWhatIsWrongStaysInSight(t *testing.T) {
	p := newPane(t, stripeDeps(), 60, 14, false)
	ex := stripe()
	ex.Request.Body = capture.NewBody(bytes.Repeat([]byte("0"), 1<<20))
	drain(p, p.Show(ex))
	if got := ansi.Strip(p.View(true)); !strings.Contains(got, "not json: line 1, column 1") {
		t.Errorf("it does not say what is wrong:\n%s", got)
	}
}
