package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture/body"
	"creel/capture/jsontok"
	"creel/capture/safe"
	"creel/forward/edit"
	"creel/ui/compose"
	"creel/ui/overlay"
)

// atValue reports whether enter is about a scalar at the cursor of the request's JSON body.
func (m *Model) atValue() bool { return m.inRequest() && m.selected() != nil && m.detail.AtScalar() }

// atFold reports whether enter folds or unfolds what the line at the cursor opens.
func (m *Model) atFold() bool {
	return m.inRequest() && m.selected() != nil && m.detail.AtFold() != body.FoldNone
}

// valueLine is the line of the screen with the value at the cursor, from 1; 0 when out of sight.
func (m *Model) valueLine() int {
	if line := m.detail.Line(); line >= 0 {
		return m.lay.Detail.Y + line + 1
	}
	return 0
}

// editValue asks for another value, and opens the draft with it.
func (m *Model) editValue() {
	n, ok := m.detail.Node()
	if !ok {
		return
	}
	ex, was := m.acting(), string(n.Value)
	note := safe.Const("this value alone; the draft opens with it")
	if m.drafts[ex.ID] != nil {
		note = safe.Const("your draft opens with it, and with its other changes")
	}
	m.stack.Open(overlay.NewPrompt(m.theme, overlay.PromptSpec{
		Title: safe.Linef("%s of %s", n.Path, ex.Name()), Verb: "open the draft", Text: was, Select: true, Ghost: "JSON", About: m.valueLine,
		Check: func(s string) (safe.Text, error) {
			value := valueFor(was, s)
			if p := edit.CheckJSON([]byte(value)); p != nil {
				return safe.Text{}, p
			}
			if value != s {
				return safe.Linef("as the string %s; %s", value, note), nil
			}
			return note, nil
		},
		Done: func(s string) tea.Cmd {
			return m.openCompose(ex, func(c *compose.Compose) tea.Cmd {
				cmd, err := c.SetValue(n.Path, was, valueFor(was, s))
				if err != nil {
					c.Say(fmt.Sprintf("not set, this is the draft of before: %v", err))
				}
				return cmd
			})
		},
	}))
}

// valueFor is the JSON that was typed: in a string's place, text needs no quotes.
func valueFor(was, typed string) string {
	if !strings.HasPrefix(was, `"`) || edit.CheckJSON([]byte(typed)) == nil || strings.ContainsAny(typed[:min(1, len(typed))], `"{[`) {
		return typed
	}
	return jsontok.Quote(typed)
}
