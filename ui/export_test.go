package ui

import (
	tea "charm.land/bubbletea/v2"

	"creel/ui/keys"
)

// Ticked is the message of the clock.
func Ticked() tea.Msg { return ticked{} }

// Hint is a key that the last line of the screen names, and what it promises.
type Hint struct{ Key, Does string }

// Hints are what the last line would say with room for all of it.
func (m *Model) Hints() []Hint {
	var list []Hint
	if top := m.stack.Top(); top != nil {
		for _, k := range keys.Hints(top.Keys()) {
			list = append(list, Hint{k.Key, k.Desc})
		}
		return list
	}
	for _, a := range m.footerActions() {
		list = append(list, Hint{a.firstKey(), a.label(m).String()})
	}
	return list
}
