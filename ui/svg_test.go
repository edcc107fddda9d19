package ui_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// The cells of a picture, in its units, and its colours.
const (
	cellW, cellH = 8.4, 18.0
	margin       = 12.0
	paper        = "#1a1b1e"
	ink          = "#d8d8d8"
)

// picture is an SVG of frames of a screen. More than one frame follow each other, each
// for that long.
func picture(w, h int, each time.Duration, frames []string) string {
	var b strings.Builder
	pw, ph := float64(w)*cellW+2*margin, float64(h)*cellH+2*margin
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.1f %.1f" role="img" aria-label="the screen of creel">`+"\n", pw, ph)
	fmt.Fprintf(&b, "<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre;fill:%s}%s</style>\n", ink, frameStyle(len(frames), each))
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", paper)
	for i, f := range frames {
		if len(frames) > 1 {
			fmt.Fprintf(&b, `<g class="f" style="animation-delay:%.1fs">`+"\n", (time.Duration(i) * each).Seconds())
		}
		for y, line := range strings.Split(f, "\n") {
			writeLine(&b, y, line)
		}
		if len(frames) > 1 {
			b.WriteString("</g>\n")
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// frameStyle shows n frames one after the other, again and again.
func frameStyle(n int, each time.Duration) string {
	if n < 2 {
		return ""
	}
	total := (time.Duration(n) * each).Seconds()
	return fmt.Sprintf(".f{visibility:hidden;animation:f %.1fs step-end infinite}@keyframes f{0%%{visibility:visible}%.3f%%{visibility:hidden}}", total, 100/float64(n))
}

// writeLine writes a line of a frame: a text for each piece of one style, as wide as
// its cells whatever the font.
func writeLine(b *strings.Builder, y int, line string) {
	var st style
	x := 0
	for line != "" {
		if rest, ok := strings.CutPrefix(line, "\x1b["); ok {
			codes, after, _ := strings.Cut(rest, "m")
			st.apply(codes)
			line = after
			continue
		}
		text, _, _ := strings.Cut(line, "\x1b")
		line = line[len(text):]
		cells := ansi.StringWidth(text)
		st.write(b, x, y, cells, text)
		x += cells
	}
}

// style is how a piece is drawn.
type style struct {
	fg, bg                   string
	bold, dim, line, reverse bool
}

func (s *style) apply(codes string) {
	list := strings.Split(codes, ";")
	for i := 0; i < len(list); i++ {
		n, _ := strconv.Atoi(list[i])
		switch {
		case n == 0:
			*s = style{}
		case n == 1:
			s.bold = true
		case n == 2:
			s.dim = true
		case n == 4:
			s.line = true
		case n == 7:
			s.reverse = true
		case (n == 38 || n == 48) && i+4 < len(list) && list[i+1] == "2":
			var rgb [3]int
			for j := range rgb {
				rgb[j], _ = strconv.Atoi(list[i+2+j])
			}
			colour := fmt.Sprintf("#%02x%02x%02x", rgb[0], rgb[1], rgb[2])
			if n == 38 {
				s.fg = colour
			} else {
				s.bg = colour
			}
			i += 4
		}
	}
}

func (s *style) write(b *strings.Builder, x, y, cells int, text string) {
	fg, bg := s.fg, s.bg
	if s.reverse {
		if fg == "" {
			fg = ink
		}
		if bg == "" {
			bg = paper
		}
		fg, bg = bg, fg
	}
	left, top := margin+float64(x)*cellW, margin+float64(y)*cellH
	if bg != "" {
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", left, top, float64(cells)*cellW, cellH, bg)
	}
	trimmed := strings.TrimLeft(text, " ")
	skip := len(text) - len(trimmed)
	trimmed = strings.TrimRight(trimmed, " ")
	if trimmed == "" {
		return
	}
	width := ansi.StringWidth(trimmed)
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs"`, left+float64(skip)*cellW, top+13.5, float64(width)*cellW)
	if fg != "" {
		fmt.Fprintf(b, ` style="fill:%s"`, fg)
	}
	if s.bold {
		b.WriteString(` font-weight="bold"`)
	}
	if s.dim {
		b.WriteString(` opacity=".65"`)
	}
	if s.line {
		b.WriteString(` text-decoration="underline"`)
	}
	b.WriteString(">")
	_ = xml.EscapeText(b, []byte(strings.ReplaceAll(trimmed, " ", "\u00a0"))) // else several become one
	b.WriteString("</text>\n")
}

func TestPicture(t *testing.T) {
	t.Parallel()
	got := picture(20, 2, time.Second, []string{"a  <b>\n\x1b[1;38;2;255;0;1mred\x1b[m \x1b[7mheld\x1b[m", "end"})
	for _, want := range []string{
		">a\u00a0\u00a0&lt;b&gt;</text>", `style="fill:#ff0001" font-weight="bold">red<`, `fill="` + ink + `"/>`,
		`animation:f 2.0s`, `50.000%{visibility:hidden}`, `animation-delay:1.0s`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	d := xml.NewDecoder(strings.NewReader(got))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
