package overlay

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/field"
	"creel/ui/keys"
	"creel/ui/theme"
)

// input is one line of a form: a field, or a choice that space goes through.
type input struct {
	label safe.Text
	field field.Field
	// choices make it a choice; at is the one that is taken.
	choices []safe.Text
	at      int
	hidden  bool
}

// form is a few inputs below each other, of which one has the cursor.
type form struct {
	inputs []input
	at     int
}

// update handles a key or a paste and reports whether it was the form's own.
func (f *form) update(msg tea.Msg) bool {
	press, ok := msg.(tea.KeyPressMsg)
	in := &f.inputs[f.at]
	switch n := len(in.choices); {
	case ok && key.Matches(press, formNext):
		f.move(1)
	case ok && key.Matches(press, formPrevious):
		f.move(-1)
	case in.choices == nil:
		return in.field.Update(msg)
	case ok && key.Matches(press, choiceNext):
		in.at = (in.at + 1) % n
	case ok && key.Matches(press, choicePrevious):
		in.at = (in.at + n - 1) % n
	default:
		return false
	}
	return true
}

func choices[S ~string](names ...S) (texts []safe.Text) {
	for _, name := range names {
		texts = append(texts, safe.Line(name))
	}
	return texts
}

// The keys of a form.
var (
	formNext       = keys.Bind("next", "tab", "down")
	formPrevious   = keys.Bind("", "shift+tab", "up")
	choiceNext     = keys.Bind("change", "space", "right", "l")
	choicePrevious = keys.Bind("", "left", "h")
)

// keys are those that work at the cursor, for the footer.
func (f *form) keys() []key.Binding {
	if f.inputs[f.at].choices == nil {
		return []key.Binding{formNext}
	}
	return []key.Binding{formNext, choiceNext}
}

// move goes to the next input that is shown, round the end, and selects what stands there.
func (f *form) move(by int) {
	f.inputs[f.at].field.Unselect()
	defer func() { f.inputs[f.at].field.Select() }()
	for range f.inputs {
		f.at = (f.at + by + len(f.inputs)) % len(f.inputs)
		if !f.inputs[f.at].hidden {
			return
		}
	}
}

// view draws the inputs that are shown, each w cells wide, and says where the cursor stands.
func (f *form) view(t *theme.Theme, w int) (lines []string, x, y int) {
	labels := 0
	for _, in := range f.inputs {
		if !in.hidden {
			labels = max(labels, in.label.Width())
		}
	}
	for i := range f.inputs {
		in := &f.inputs[i]
		if in.hidden {
			continue
		}
		row, style := t.NewRow(w, theme.Style{}), t.Dim
		if i == f.at {
			style = t.Accent
		}
		row.Text(style, in.label).To(labels + 2)
		start, at := row.Col(), 0
		if in.choices == nil {
			drawn, cell := in.field.View(t, row.Room())
			row.Styled(drawn, row.Room())
			at = cell
		} else {
			at = in.drawChoices(t, row)
		}
		if i == f.at {
			x, y = min(start+at, max(0, w-1)), len(lines)
		}
		lines = append(lines, row.String())
	}
	return lines, x, y
}

// drawChoices draws the choices from where there is room for the one taken, and returns its place.
func (in *input) drawChoices(t *theme.Theme, row *theme.Row) (at int) {
	start, first, taken := row.Col(), 0, 0
	for _, c := range in.choices[:in.at+1] {
		taken += c.Width() + 2
	}
	for ; first < in.at && taken > row.Room()-1; first++ {
		taken -= in.choices[first].Width() + 2
	}
	if first > 0 {
		row.Lit(t.Dim, t.Ellipsis)
	}
	for i, c := range in.choices {
		switch {
		case i < first:
		case i == in.at:
			at = row.Col() - start
			row.Lit(t.Plain, "[").Text(t.Bold, c).Lit(t.Plain, "]")
		default:
			row.Gap(1).Text(t.Dim, c).Gap(1)
		}
	}
	return at
}
