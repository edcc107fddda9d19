package overlay

import (
	"creel/capture/provider"
	"creel/capture/safe"
	"creel/ui/theme"
)

// SampleChosen says that a provider's sample is to be sent.
type SampleChosen struct{ Provider, Event string }

// EmptyChosen says that a request without anything in it is to be sent.
type EmptyChosen struct{}

// CurlWanted says that a curl command line is to be sent, which is to be pasted.
type CurlWanted struct{}

// NewTrigger returns the list of what can be sent to creel itself to try it, to
// be found by some of its letters.
func NewTrigger(t *theme.Theme, samples []provider.SampleInfo) *Palette {
	items := make([]Item, 0, len(samples)+2)
	for _, s := range samples {
		hint := safe.Text{}
		if s.Signed {
			hint = safe.Const("signed")
		}
		items = append(items, Item{Group: safe.Line(s.Provider), Name: safe.Line(s.Event), Hint: hint, Msg: SampleChosen{s.Provider, s.Event}})
	}
	items = append(items,
		Item{Name: safe.Const("empty request"), Hint: safe.Const("POST / with nothing in it"), Msg: EmptyChosen{}},
		Item{Name: safe.Const("curl from the clipboard"), Hint: safe.Const("a command line to paste"), Msg: CurlWanted{}},
	)
	p := NewPalette(t, items)
	p.title, p.verb, p.none = safe.Const("send a sample to creel"), "send", safe.Const("no sample is called that")
	p.field.Ghost = "whose, and which event?"
	return p
}
