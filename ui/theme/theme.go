package theme

import (
	"fmt"
	"image/color"
)

// Options are what a terminal can show. The zero value is dark, with 16 colours and UTF-8.
type Options struct {
	Style  string      // a chroma style by name; empty or Auto: one that suits
	Light  bool        // the background is light
	Colors Colors      // how many colours there are
	Ground color.Color // the background itself, where the terminal said it
	ASCII  bool        // signs of ASCII only
}

// Colors is how many colours a terminal has.
type Colors uint8

// The numbers of colours.
const (
	Colors16 Colors = iota
	Colors256
	ColorsTrue
	Mono     // none, but bold, faint, underlined and reversed
	NoColors // no escape sequence is written at all
)

// Theme is every style and sign of the screen. It is not changed once made.
type Theme struct {
	Plain Style
	Bold  Style
	Dim   Style // what is there but not read first
	Rule  Style // lines between things

	Accent   Style // selection and focus, nothing else
	Selected Style // the ground of the selected row; laid under others with On
	Key      Style // the name of a key in the footer and in help
	Title    Style // the heading of an overlay or a section
	Match    Style // a hit of the search
	Ghost    Style // a placeholder in a text field

	Warn    Style // 4xx, and words of warning
	Bad     Style // 5xx, errors
	BadWord Style // BAD SIG
	Held    Style
	Pending Style // pending deliveries and drafts
	Added   Style // of a comparison
	Removed Style
	Changed Style

	Glyphs
	syntax [syntaxKinds]Style
	pixels bool // pictures are drawn in colour
}

// Syntax is the style of one kind of token of a body.
func (t *Theme) Syntax(k Syntax) Style { return t.syntax[k] }

// Status is the style of a status code by the colour grammar.
func (t *Theme) Status(code int) Style {
	switch {
	case code >= 500:
		return t.Bad
	case code >= 400:
		return t.Warn
	case code >= 300:
		return t.Dim
	}
	return t.Plain
}

// New makes the theme for a terminal. Where the terminal did not say its background, a
// style that is named and made for a light one tells that it is light. An unknown style is an error; the theme
// is made all the same, as if none had been named.
func New(o Options) (*Theme, error) {
	t := &Theme{Glyphs: glyphs(o.ASCII)}
	if o.Ground == nil && !o.Light {
		o.Light = findStyle(o.Style).ground == "light"
	}
	if o.Colors == NoColors {
		return t, knownStyle(o.Style)
	}
	if o.Colors == Mono {
		t.grammarMono()
		return t, knownStyle(o.Style)
	}
	t.grammar16()
	if o.Colors != Colors16 {
		t.grammarRich(o)
		t.pixels = true
	}
	return t, t.colourSyntax(o)
}

// grammarMono tells apart what the colours do by weight, lines and grounds.
func (t *Theme) grammarMono() {
	t.Bold, t.Dim, t.Rule = Style{"1"}, Style{"2"}, Style{"2"}
	t.Accent, t.Key, t.Title = Style{"1;4"}, Style{"1"}, Style{"1"}
	t.Match, t.Ghost = Style{"7"}, Style{"2"}
	t.Warn, t.Bad, t.BadWord = Style{"4"}, Style{"1;4"}, Style{"1"}
	t.Held, t.Pending = Style{"7"}, Style{"4"}
	t.Added, t.Removed = Style{"1"}, Style{"2"}
	t.Selected = Style{"7"}
}

// grammar16 uses the terminal's own 16 colours, which are legible on its ground.
func (t *Theme) grammar16() {
	t.Bold, t.Dim, t.Rule = Style{"1"}, Style{"2"}, Style{"2"}
	t.Accent, t.Key, t.Title = Style{"1;36"}, Style{"1"}, Style{"1"}
	t.Match, t.Ghost = Style{"4;1"}, Style{"2"}
	t.Warn, t.Bad, t.BadWord = Style{"33"}, Style{"1;31"}, Style{"31"}
	t.Held, t.Pending = Style{"7"}, Style{"35"}
	t.Added, t.Removed, t.Changed = Style{"32"}, Style{"31"}, Style{"33"}
	t.Selected = Style{"1"}
}

// grammarRich names shades where there are enough, for a ground that is dark or light.
func (t *Theme) grammarRich(o Options) {
	p := darkShades
	if o.Light {
		p = lightShades
	}
	t.Dim, t.Rule, t.Ghost = fg(p.dim), fg(p.rule), fg(p.dim)
	t.Accent = Style{"1;" + fg(p.accent).sgr}
	t.Warn, t.Bad, t.BadWord = fg(p.yellow), Style{"1;" + fg(p.red).sgr}, fg(p.red)
	t.Pending = fg(p.magenta)
	t.Added, t.Removed, t.Changed = fg(p.green), fg(p.red), fg(p.yellow)
	t.Match = Style{bg(p.match).sgr + ";" + fg(p.onMatch).sgr}
	t.Selected = bg(selectedGround(o, p.selected))
}

type rgb struct{ r, g, b uint8 }

type shades struct {
	dim, rule, accent, yellow, red, magenta, green, match, onMatch, selected rgb
}

// The greys are those of the 256 colours, so that they stay grey where there are
// no more.
var (
	darkShades = shades{
		dim: rgb{0x94, 0x94, 0x94}, rule: rgb{0x58, 0x58, 0x58}, accent: rgb{0x6c, 0xb6, 0xff},
		yellow: rgb{0xe0, 0xaf, 0x50}, red: rgb{0xff, 0x6b, 0x68}, magenta: rgb{0xd2, 0x8c, 0xf0},
		green: rgb{0x73, 0xc9, 0x91}, match: rgb{0x6b, 0x58, 0x1c}, onMatch: rgb{0xff, 0xff, 0xff},
		selected: rgb{0x30, 0x30, 0x30},
	}
	lightShades = shades{
		dim: rgb{0x6c, 0x6c, 0x6c}, rule: rgb{0xbc, 0xbc, 0xbc}, accent: rgb{0x0a, 0x5c, 0xc4},
		yellow: rgb{0x8f, 0x5f, 0x00}, red: rgb{0xc4, 0x1e, 0x26}, magenta: rgb{0x8e, 0x3a, 0xb5},
		green: rgb{0x1c, 0x7a, 0x3e}, match: rgb{0xff, 0xe5, 0x8a}, onMatch: rgb{0x00, 0x00, 0x00},
		selected: rgb{0xe4, 0xe4, 0xe4},
	}
)

// selectedGround is a shade of the terminal's own ground, a step towards the text.
func selectedGround(o Options, other rgb) rgb {
	if o.Ground == nil || o.Colors != ColorsTrue {
		return other
	}
	r, g, b, _ := o.Ground.RGBA()
	step := func(c uint32) uint8 {
		v := int(c >> 8)
		if o.Light {
			return uint8(max(0, v-18))
		}
		return uint8(min(255, v+22))
	}
	return rgb{step(r), step(g), step(b)}
}

func fg(c rgb) Style { return Style{fmt.Sprintf("38;2;%d;%d;%d", c.r, c.g, c.b)} }
func bg(c rgb) Style { return Style{fmt.Sprintf("48;2;%d;%d;%d", c.r, c.g, c.b)} }
