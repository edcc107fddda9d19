package ui

import (
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
)

// The groups of help.
const (
	groupMove  = "Move"
	groupLook  = "Look"
	groupSend  = "Send"
	groupReply = "Answer senders"
	groupKeep  = "Keep"
	groupElse  = "Else"
)

// always is a label that does not depend on anything.
func always(text safe.Text) func(*Model) safe.Text {
	return func(*Model) safe.Text { return text }
}

// run1 makes an action's effect of a method that gives no command.
func run1(f func(*Model)) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd { f(m); return nil }
}

// move makes the rows of a movement: in the list, and in the detail.
func move(keys []string, help string, by func(*Model) int, within func(*Model) tea.Cmd) []action {
	return []action{
		{
			name: "List: " + keys[0], keys: keys, where: inList, group: groupMove, help: help,
			run: func(m *Model) tea.Cmd { return m.moveList(by(m)) },
		},
		{name: "Detail: " + keys[0], keys: keys, where: inPane, group: groupMove, help: help, run: within},
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
