package overlay

import (
	tea "charm.land/bubbletea/v2"

	"creel/capture/provider"
	"creel/capture/safe"
	"creel/ui/theme"
)

// TriggerSpec is what can be sent to creel itself to try it.
type TriggerSpec struct {
	Samples []provider.SampleInfo
	// Sample sends a sample, Empty a request without anything in it, Curl a curl
	// command line that is to be pasted.
	Sample      func(provider, event string) tea.Cmd
	Empty, Curl func() tea.Cmd
}

// NewTrigger returns the list of it, to be found by some of its letters.
func NewTrigger(t *theme.Theme, spec TriggerSpec) *Palette {
	items := make([]Item, 0, len(spec.Samples)+2)
	for _, s := range spec.Samples {
		hint := safe.Text{}
		if s.Signed {
			hint = safe.Const("signed")
		}
		items = append(items, Item{Group: safe.Line(s.Provider), Name: safe.Line(s.Event), Hint: hint, Do: func() tea.Cmd { return spec.Sample(s.Provider, s.Event) }})
	}
	items = append(items,
		Item{Name: safe.Const("empty request"), Hint: safe.Const("POST / with nothing in it"), Do: spec.Empty},
		Item{Name: safe.Const("curl from the clipboard"), Hint: safe.Const("a command line to paste"), Do: spec.Curl},
	)
	p := NewPalette(t, items)
	p.title, p.verb, p.none = safe.Const("send a sample to creel"), "send", safe.Const("no sample is called that")
	p.field.Ghost = "whose, and which event?"
	return p
}
