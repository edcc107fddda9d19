package ui

import (
	"cmp"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/detail"
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

// when is a text that is there while something is so: what a key would do, or why it does nothing.
func when(is func(*Model) bool, text string) func(*Model) safe.Text {
	shown := safe.Line(text)
	return func(m *Model) safe.Text {
		if is(m) {
			return shown
		}
		return safe.Text{}
	}
}

// labelOne is a label while there is a request.
func labelOne(text string) func(*Model) safe.Text {
	return when(func(m *Model) bool { return m.selected() != nil }, text)
}

func labelInDetail(text string) func(*Model) safe.Text {
	return when(func(m *Model) bool { return m.inDetail }, text)
}

func labelFirst(text string) func(*Model) safe.Text { return when((*Model).showsFirst, text) }

// The reasons against actions.
var (
	noTargets      = when(func(m *Model) bool { return m.deps.Targets == nil }, "nothing can be forwarded here")
	noSamples      = when(func(m *Model) bool { return m.deps.Providers == nil || m.deps.Config.URL == "" }, "there is nothing here to send a sample to")
	nothingPending = when(func(m *Model) bool { return m.facts.pending == 0 }, "nothing is pending")
	noStanding     = when(func(m *Model) bool { return m.deps.Standing == nil }, "the reply cannot be changed here")
	noRules        = when(func(m *Model) bool { return m.deps.Rules == nil }, "there are no rules here")
	noneHeld       = when(func(m *Model) bool { return len(m.facts.held) == 0 }, "no sender is held")
	noGate         = when(func(m *Model) bool { return !m.mayHold() }, "nothing can be held here")
	noViews        = when(func(m *Model) bool { return len(m.views.list) == 0 }, "there is no saved filter yet: / filters, ctrl+s there saves the filter")
	noViewHere     = when(func(m *Model) bool { return m.viewHere() < 0 }, "no saved filter is in force: [ and ] switch to one")
	noBody         = when((*Model).lacksBody, "there is no body here: 1 shows it")
	noFolds        = when(func(m *Model) bool { return m.selected() == nil || !m.pane().CanFold() }, "nothing here can be folded")
	nothingDeleted = when(func(m *Model) bool { return len(m.deleted) == 0 }, "nothing was deleted")
	noTunnel       = when(func(m *Model) bool { return m.deps.Tunnel == nil }, "there is no public URL from here")
	noProviders    = when(func(m *Model) bool { return m.deps.Providers == nil }, "no signatures are checked here")
)

// effect is the run of an action whose method gives no command.
func effect(f func(*Model)) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd { f(m); return nil }
}

// on are the keys of an action.
func on(names ...string) key.Binding { return keys.Bind("", names...) }

// move makes the rows of a movement: in the list, and in the detail.
func move(binding key.Binding, help string, by func(*Model) int, within func(*detail.Pane)) []action {
	first := binding.Keys()[0]
	return []action{
		{name: "List: " + first, keys: binding, where: inList, help: help, run: func(m *Model) tea.Cmd { return m.moveList(by(m)) }},
		{name: "Detail: " + first, keys: binding, where: inPane, help: help, run: effect(func(m *Model) { within(m.pane()) })},
	}
}

func moveLines(binding key.Binding, help string, by int) []action {
	return move(binding, help, func(*Model) int { return by }, func(p *detail.Pane) { p.Move(by) })
}

func movePages(binding key.Binding, help string, by float64) []action {
	return move(binding, help, func(m *Model) int { return int(by * float64(m.list.Page())) }, func(p *detail.Pane) { p.Page(by) })
}

// actions is the one table of keys: in the footer they stand in this order, in help by group.
func actions() []action {
	var all []action
	for _, g := range []struct {
		name string
		rows []action
	}{
		{groupSend, sendActions()},
		{groupReply, replyActions()},
		{groupLook, lookActions()},
		{groupLook, detailActions()},
		{groupKeep, keepActions()},
		{groupMove, moveActions()},
		{groupElse, elseActions()},
	} {
		for _, a := range g.rows {
			a.group, a.where = g.name, cmp.Or(a.where, anywhere)
			all = append(all, a)
		}
	}
	return all
}
