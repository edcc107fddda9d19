package overlay

import (
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"creel/capture/filter"
	"creel/capture/safe"
	"creel/ui/theme"
)

// NewHold asks what is to be held: a filter, beginning with text. Would counts
// how many of the requests seen it would have held, and of how many; it is asked
// once for each text. Done is called with the filter.
func NewHold(t *theme.Theme, text string, would func(*filter.Filter) (n, of int), done func(*filter.Filter) tea.Cmd) *Prompt {
	parse := func(text string) (*filter.Filter, error) {
		f, err := filter.Parse(text, filter.Arrival)
		var e *filter.Error
		if errors.As(err, &e) {
			return nil, fmt.Errorf("at %d: %w", e.Start+1, err)
		}
		return f, err
	}
	var last struct { // what was said of which text
		text string
		note safe.Text
		err  error
		ok   bool
	}
	check := func(text string) (safe.Text, error) {
		f, err := parse(text)
		if err != nil {
			return safe.Text{}, err
		}
		n, of := would(f)
		return safe.Linef("%d of the %d newest would have been held", n, of), nil
	}
	return NewPrompt(t, PromptSpec{
		Title: safe.Const("hold what matches: senders wait for your reply, for a while"),
		Verb:  "hold from now on",
		Text:  text,
		Ghost: "everything, or: path:/stripe  is:invalid  event:invoice.*",
		Check: func(text string) (safe.Text, error) {
			if !last.ok || last.text != text {
				last.text, last.ok = text, true
				last.note, last.err = check(text)
			}
			return last.note, last.err
		},
		Done: func(text string) tea.Cmd {
			f, _ := parse(text) // it was checked
			return done(f)
		},
	})
}
