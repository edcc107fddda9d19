package overlay

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"creel/capture/safe"
	"creel/ui/theme"
)

// The choice that is taken is in sight at any width that holds it, with the cursor on it.
func TestTakenChoiceIsInSight(t *testing.T) {
	in := input{}
	for _, c := range strings.Fields("hang reset close drip garbage truncate") {
		in.choices = append(in.choices, safe.Line(c))
	}
	for in.at = range in.choices {
		want := "[" + in.choices[in.at].String() + "]"
		for w := 11; w < 60; w++ {
			row := testTheme(t).NewRow(w, theme.Style{})
			at := in.drawChoices(testTheme(t), row)
			if text := ansi.Strip(row.String()); !strings.Contains(text, want) || ansi.StringWidth(text[:strings.Index(text, want)]) != at {
				t.Errorf("%d cells: %q, cursor at %d", w, text, at)
			}
		}
	}
}
