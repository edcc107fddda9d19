package theme

import (
	"image/color"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func look(t *testing.T, o Options) [syntaxKinds]Style {
	t.Helper()
	th, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return th.syntax
}

func TestStyleSuitsTheGround(t *testing.T) {
	dark := look(t, Options{Colors: ColorsTrue})
	light := look(t, Options{Colors: ColorsTrue, Light: true})
	if dark == light {
		t.Error("the same style on both grounds")
	}
	for _, tt := range []struct {
		name  string
		light bool
		want  [syntaxKinds]Style
	}{
		{"github-dark", false, dark},
		{"GitHub", true, light},
		{"github", false, dark}, // its counterpart
		{"github-dark", true, light},
	} {
		got := look(t, Options{Style: tt.name, Light: tt.light, Ground: color.Black, Colors: ColorsTrue})
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(Style{})); diff != "" {
			t.Errorf("%s, light %v: %s", tt.name, tt.light, diff)
		}
	}
}

// TestUnknownGround: a terminal that did not say its background is dark, unless the
// style that was asked for is made for a light one.
func TestUnknownGround(t *testing.T) {
	for _, tt := range []struct {
		style string
		light bool
	}{{"", false}, {Auto, false}, {"github-dark", false}, {"no-such-style", false}, {"GitHub", true}, {"monokailight", true}} {
		got, _ := New(Options{Style: tt.style, Colors: ColorsTrue})
		want, _ := New(Options{Style: tt.style, Light: tt.light, Colors: ColorsTrue})
		if got.Selected != want.Selected || got.syntax != want.syntax || got.Accent != want.Accent {
			t.Errorf("%q is not drawn as on a ground that is light: %v", tt.style, tt.light)
		}
	}
}

func TestAllStyles(t *testing.T) {
	for _, name := range Names() {
		for _, light := range []bool{false, true} {
			s := look(t, Options{Style: name, Light: light, Ground: color.Gray{128}, Colors: ColorsTrue})
			if s[SyntaxText] != (Style{}) {
				t.Errorf("%s: plain text has a colour", name)
			}
			if s == ([syntaxKinds]Style{}) {
				t.Errorf("%s, light %v: all tokens look alike", name, light)
			}
		}
	}
}
