package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/keys"
)

// The groups of help.
const (
	groupMove  = "Move"
	groupLook  = "Look"
	groupSend  = "Send"
	groupReply = "Reply to senders"
	groupKeep  = "Keep"
	groupElse  = "Other"
	// groupCompare has the keys of a comparison.
	groupCompare = "Compare"
)

// always is a label that does not depend on anything.
func always(text safe.Text) func(*Model) safe.Text {
	return func(*Model) safe.Text { return text }
}

// run1 makes an action's effect of a method that gives no command.
func run1(f func(*Model)) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd { f(m); return nil }
}

// on are the keys of an action.
func on(names ...string) key.Binding { return keys.Bind("", names...) }

// move makes the rows of a movement: in the list, and in the detail.
func move(binding key.Binding, help string, by func(*Model) int, within func(*Model) tea.Cmd) []action {
	first := binding.Keys()[0]
	return []action{
		{
			name: "List: " + first, keys: binding, where: inList, group: groupMove, help: help,
			run: func(m *Model) tea.Cmd { return m.moveList(by(m)) },
		},
		{name: "Detail: " + first, keys: binding, where: inPane, group: groupMove, help: help, run: within},
	}
}

// actions is the table: the one place that names keys. In the footer they stand
// in this order, in help by group.
func actions() []action {
	var all []action
	for _, rows := range [][]action{sendActions(), replyActions(), lookActions(), detailActions(), keepActions(), moveActions(), elseActions()} {
		all = append(all, rows...)
	}
	return all
}
