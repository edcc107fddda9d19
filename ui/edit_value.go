package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"creel/capture/body"
	"creel/capture/safe"
	"creel/forward/edit"
	"creel/ui/compose"
	"creel/ui/detail"
	"creel/ui/overlay"
)

// atValue is the value at the cursor of the tree, when enter is about it: a
// string, a number or a literal of the request's own body.
func (m *Model) atValue() (body.Node, bool) {
	if !m.inRequest() || m.selected() == nil || m.detail.Tab() != detail.Body {
		return body.Node{}, false
	}
	if _, mode := m.detail.Modes(); mode != "tree" {
		return body.Node{}, false
	}
	n, ok := m.detail.Node()
	return n, ok && len(n.Value) > 0 && n.Value[0] != '{' && n.Value[0] != '['
}

// valueLine is the line of the screen with the value at the cursor, from 1; 0 when
// it is out of sight.
func (m *Model) valueLine() int {
	if line := m.detail.Line(); line >= 0 {
		return m.lay.Detail.Y + line + 1
	}
	return 0
}

// editValue asks for another value, and opens the draft with it: nothing is sent
// before it is sent from there.
func (m *Model) editValue(n body.Node) tea.Cmd {
	ex, was := m.acting(), string(n.Value)
	m.stack.Open(overlay.NewPrompt(m.theme, overlay.PromptSpec{
		Title: safe.Linef("%s of %s", n.Path, ex.Name()), Verb: "open the draft", Text: was, Select: true, Ghost: "JSON", About: m.valueLine,
		Check: func(s string) (safe.Text, error) {
			if p := edit.CheckJSON([]byte(s)); p != nil {
				return safe.Text{}, p
			}
			return safe.Const("this value alone; the draft opens with it"), nil
		},
		Done: func(s string) tea.Cmd {
			return m.openCompose(ex, func(c *compose.Compose) tea.Cmd {
				cmd, err := c.SetValue(n.Path, was, s)
				if err != nil {
					c.Say(fmt.Sprintf("not set, this is the draft of before: %v", err))
				}
				return cmd
			})
		},
	}))
	return nil
}
