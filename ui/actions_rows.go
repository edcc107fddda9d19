package ui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/detail"
)

func sendActions() []action {
	return []action{
		{
			name: "Resend", keys: on("r"), where: anywhere, group: groupSend, acts: true,
			help: "resend, body byte for byte", label: (*Model).resendLabel, ready: needsOne, run: (*Model).resend,
		},
		{
			name: "Repeat", keys: on("R"), where: anywhere, group: groupSend, acts: true,
			help: "repeat: how often, how many at once, how fast; then a histogram", ready: needsOne, run: (*Model).repeatMenu,
		},
		{
			name: "Edit", keys: on("e"), where: anywhere, group: groupSend, acts: true,
			help: "edit here; nothing is sent before you say so", label: labelOne("edit"), ready: needsOne, run: (*Model).edit,
		},
		{
			name: "Edit in $EDITOR", keys: on("E"), where: anywhere, group: groupSend, acts: true,
			help: "edit in $EDITOR", ready: needsOne, run: (*Model).editInEditor,
		},
		{
			name: "Forward to another URL", keys: on("f"), where: anywhere, group: groupSend, acts: true,
			help: "forward this one to another URL", label: labelOne("elsewhere"), ready: needsOne, run: (*Model).forwardElsewhere,
		},
		{
			name: "Targets", keys: on("F"), where: anywhere, group: groupSend,
			help: "the standing targets: set, on, off", label: (*Model).targetsLabel, ready: noTargets, run: (*Model).openTargets,
		},
		{
			name: "Trigger", keys: on("t"), where: anywhere, group: groupSend,
			help: "trigger: a provider's sample, an empty request, curl from the clipboard", words: "import paste", label: (*Model).triggerLabel, ready: noSamples, run: (*Model).trigger,
		},
		{
			name: "Deliver what is pending", keys: on("P"), where: anywhere, group: groupSend,
			help: "deliver what is pending, in order; asks above one", label: (*Model).flushLabel, early: true, ready: (*Model).nothingPending, run: (*Model).flush,
		},
		{
			name: "Send twice", where: anywhere, group: groupSend, acts: true,
			help: "send it twice, one after the other: is the app idempotent?", ready: needsOne, run: (*Model).sendTwice,
		},
	}
}

func replyActions() []action {
	return []action{
		{
			name: "Set the reply", keys: on("s"), where: anywhere, group: groupReply,
			help: "the reply that senders get", label: (*Model).replyLabel, ready: noStanding, run: (*Model).setReply,
		},
		{
			name: "Rules", keys: on("S"), where: anywhere, group: groupReply, acts: true,
			help: "rules: switch, order, edit, make one from this request", ready: noRules, run: (*Model).openRules,
		},
		{
			name: "Reply to a held sender", keys: on("a"), where: anywhere, group: groupReply, acts: true,
			help: "reply to this held request, else the oldest held", label: (*Model).answerLabel, early: true, ready: noneHeld, run: (*Model).replyToHeld,
		},
		{
			name: "Hold", keys: on("i"), where: anywhere, group: groupReply, acts: true,
			help: "hold: a filter, prefilled from this row", ready: noGate, run: (*Model).setHold,
		},
		{
			name: "Hold on or off", keys: on("I"), where: anywhere, group: groupReply,
			help: "hold on or off", label: (*Model).holdLabel, ready: noGate, run: (*Model).toggleHold,
		},
		{
			name: "Release all held requests", keys: on("A"), where: anywhere, group: groupReply,
			help: "release all held requests, asks above one", label: (*Model).releaseLabel, ready: noneHeld, run: (*Model).releaseAll,
		},
	}
}

func lookActions() []action {
	return []action{
		{name: "Filter", keys: on("/"), where: inList, group: groupLook, help: "filter the list; in the detail, search", label: (*Model).filterLabel, run: run1((*Model).openFilter)},
		{name: "Search in it", keys: on("/"), where: inPane, group: groupLook, help: "filter the list; in the detail, search", label: labelOne("search"), run: (*Model).searchDetail},
		{name: "Filter from anywhere", keys: on("ctrl+f"), where: anywhere, group: groupLook, help: "filter the list, from anywhere", run: run1((*Model).openFilter)},
		{name: "Next saved filter", keys: on("]"), where: inList, group: groupLook, help: "the saved filters, shown as tabs; ctrl+s in the filter line saves one", ready: noViews, run: func(m *Model) tea.Cmd { return m.nextView(1) }},
		{name: "Previous saved filter", keys: on("["), where: inList, group: groupLook, help: "the saved filters, shown as tabs; ctrl+s in the filter line saves one", ready: noViews, run: func(m *Model) tea.Cmd { return m.nextView(-1) }},
		{name: "Rename the saved filter", where: anywhere, group: groupLook, help: "the tab of the filter in force, also in the configuration", words: "tab view name", ready: (*Model).noViewHere, run: run1((*Model).renameView)},
		{name: "Remove the saved filter", where: anywhere, group: groupLook, help: "the tab of the filter in force, also from the configuration", words: "tab view delete", ready: (*Model).noViewHere, run: (*Model).removeView},
		{
			name: "Breakdown", keys: on("B"), where: anywhere, group: groupLook, words: "statistics endpoints errors latency p95 slow stats",
			help: "breakdown: figures for each endpoint and event; enter filters to it", run: run1((*Model).openBreakdown),
		},
		{
			name: "Compare", keys: on("c"), where: anywhere, group: groupLook, acts: true,
			help: "compare: with the marked one, or the previous different delivery of the same event; in Attempts, with the one before", label: labelOne("compare"), ready: needsOne, run: (*Model).compare,
		},
		{
			name: "Copy", keys: on("y"), where: anywhere, group: groupLook, acts: true, words: "clipboard curl httpie http har fetch go python url body",
			help: "copy, for you: nothing masked", label: (*Model).copyLabel, ready: (*Model).cannotCopy, run: (*Model).copyMenu,
		},
		{
			name: "Export", keys: on("x"), where: anywhere, group: groupLook, acts: true, words: "save file curl httpie har jsonl markdown",
			help: "export, for others: secrets masked, and listed", ready: needsOne, run: (*Model).exportMenu,
		},
	}
}

// detailActions work on what the detail shows, wherever the focus is.
func detailActions() []action {
	rows := []action{
		{name: "Next hit", keys: on("n"), where: anywhere, group: groupLook, help: "next hit of the search, previous one", ready: needsOne, run: func(m *Model) tea.Cmd { return m.nextHit(1) }},
		{name: "Previous hit", keys: on("N"), where: anywhere, group: groupLook, help: "next hit of the search, previous one", ready: needsOne, run: func(m *Model) tea.Cmd { return m.nextHit(-1) }},
		{name: "View as", keys: on("v"), where: anywhere, group: groupLook, help: "view the body as pretty, tree, raw, hex, ...", label: labelInDetail("view"), ready: (*Model).noBody, run: (*Model).viewMenu},
		{name: "Wrap", keys: on("w"), where: anywhere, group: groupLook, help: "wrap long lines, or not", ready: (*Model).alwaysWraps, run: func(m *Model) tea.Cmd { return m.pane().ToggleWrap() }},
		{name: "Fold all", keys: on("z"), where: anywhere, group: groupLook, help: "fold all, or unfold", label: labelInDetail("fold"), ready: (*Model).noFolds, run: func(m *Model) tea.Cmd { return m.pane().FoldAll() }},
		{name: "jq", keys: on("="), where: anywhere, group: groupLook, help: "run a jq expression over the body", label: labelInDetail("jq"), ready: (*Model).noBody, run: (*Model).jq},
		{name: "Open the response", keys: on("o"), where: anywhere, group: groupLook, help: "open the newest attempt's response", ready: needsOne, run: (*Model).openAnswer},
	}
	for level := 1; level <= 4; level++ {
		rows = append(rows, action{
			name: "Fold to level " + strconv.Itoa(level), where: anywhere, group: groupLook,
			help: "fold what is deeper in the body", ready: (*Model).noFolds,
			run: func(m *Model) tea.Cmd { return m.pane().FoldLevel(level) },
		})
	}
	for i, name := range []string{"Body", "Headers", "Query", "Reply", "Attempts", "Signature", "Raw"} {
		tab := detail.Tab(i)
		rows = append(rows, action{
			name: "Tab " + name, keys: on(strconv.Itoa(i + 1)), where: anywhere, group: groupLook,
			help: "the tabs: Body, Headers, Query, Reply, Attempts, Signature, Raw", ready: needsOne,
			run: func(m *Model) tea.Cmd { return m.openTab(tab) },
		})
	}
	return rows
}

func keepActions() []action {
	return []action{
		{
			name: "Mark", keys: on("space"), where: anywhere, group: groupKeep, acts: true,
			help: "mark; verbs then act on the marked", ready: needsOne, run: (*Model).toggleMark,
		},
		{
			name: "Pin", keys: on("p"), where: anywhere, group: groupKeep, acts: true,
			help: "pin: never evicted", ready: needsOne, run: (*Model).togglePin,
		},
		{
			name: "Note", keys: on(";"), where: anywhere, group: groupKeep, acts: true,
			help: "write a note on it", ready: needsOne, run: (*Model).editNote,
		},
		{
			name: "Delete", keys: on("d"), where: anywhere, group: groupKeep, acts: true,
			help: "delete", ready: needsOne, run: (*Model).delete,
		},
		{
			name: "Delete many", keys: on("D"), where: anywhere, group: groupKeep, acts: true,
			help: "delete what is shown, or all that is not pinned", ready: needsOne, run: (*Model).deleteMenu,
		},
		{
			name: "Undo", keys: on("u"), where: anywhere, group: groupKeep,
			help: "bring back what was deleted last", ready: (*Model).nothingDeleted, run: (*Model).undo,
		},
	}
}

func moveActions() []action {
	page := func(by float64) (func(*Model) int, func(*Model) tea.Cmd) {
		return func(m *Model) int { return int(by * float64(m.list.Page())) },
			func(m *Model) tea.Cmd { return m.pane().Page(by) }
	}
	line := func(by int) (func(*Model) int, func(*Model) tea.Cmd) {
		return func(*Model) int { return by }, func(m *Model) tea.Cmd { return m.pane().Move(by) }
	}
	var rows []action
	for _, m := range []struct {
		keys, help string
		by         float64 // pages
		lines      int
	}{
		{"j down", "one down, one up", 0, 1},
		{"k up", "one down, one up", 0, -1},
		{"ctrl+d", "half a page down, up", 0.5, 0},
		{"ctrl+u", "half a page down, up", -0.5, 0},
		{"pgdown", "a page down, up", 1, 0},
		{"pgup", "a page down, up", -1, 0},
	} {
		by, within := line(m.lines)
		if m.lines == 0 {
			by, within = page(m.by)
		}
		rows = append(rows, move(on(strings.Fields(m.keys)...), m.help, by, within)...)
	}
	const ends = "to the first; to the newest, and follow"
	rows = append(rows, move(on("g", "home"), ends, func(m *Model) int { return -m.list.Len() }, func(m *Model) tea.Cmd { return m.pane().First() })...)
	rows = append(rows, move(on("G", "end"), ends, func(m *Model) int { return m.list.Len() }, func(m *Model) tea.Cmd { return m.pane().Last() })...)
	return append(rows, []action{
		{name: "Open", keys: on("enter"), where: anywhere, group: groupMove, help: "open, zoom; in a JSON body, edit the value or fold; in Signature, enter the secret", label: (*Model).enterLabel, early: true, ready: needsOne, run: (*Model).enter},
		{name: "Open the detail", keys: on("l", "right"), where: inList, group: groupMove, help: "open; in a tree, unfold", ready: needsOne, run: run1((*Model).open)},
		{name: "Unfold", keys: on("l", "right"), where: inPane, group: groupMove, help: "open; in a tree, unfold", run: func(m *Model) tea.Cmd { return m.pane().Right() }},
		{name: "Back in the list", keys: on("h", "left"), where: inList, group: groupMove, help: "back; in a tree, fold", run: (*Model).back},
		{name: "Back to the list", keys: on("h", "left"), where: inPane, group: groupMove, help: "back; in a tree, fold", run: (*Model).foldOrBack},
		{name: "Other pane", keys: on("tab"), where: anywhere, group: groupMove, help: "the other pane: list, request, response", run: run1(func(m *Model) { m.otherPane(1) })},
		{name: "Previous pane", keys: on("shift+tab"), where: anywhere, group: groupMove, help: "the other pane: list, request, response", run: run1(func(m *Model) { m.otherPane(-1) })},
		{name: "Zoom", keys: on("Z"), where: anywhere, group: groupMove, help: "the request or the response alone, or beside the list again", ready: needsOne, run: run1((*Model).zoom)},
		{name: "Smaller list", keys: on("<"), where: anywhere, group: groupMove, help: "a smaller list, a larger one", ready: needsOne, run: run1(func(m *Model) { m.moveSplit(-1) })},
		{name: "Larger list", keys: on(">"), where: anywhere, group: groupMove, help: "a smaller list, a larger one", ready: needsOne, run: run1(func(m *Model) { m.moveSplit(1) })},
		{name: "Back", keys: on("esc"), where: anywhere, group: groupMove, help: "back: zoom, detail, marks; never quits", run: (*Model).back},
	}...)
}

func elseActions() []action {
	return []action{
		{name: "Commands", unlisted: true, keys: on("ctrl+p", ":"), where: anywhere, group: groupElse, help: "all commands", run: run1((*Model).palette)},
		{name: "Public URL", keys: on("T"), where: anywhere, group: groupElse, words: "tunnel cloudflared tailscale ssh ngrok localhost.run", help: "the public URL: start, stop, copy", ready: noTunnel, run: (*Model).openTunnel},
		{name: "Public URL by hand", where: anywhere, group: groupElse, help: "what senders call, for signatures over the URL", ready: noProviders, run: (*Model).askPublicURL},
		{name: "Theme", where: anywhere, group: groupElse, help: "colours: any of chroma's styles, tried on as it is selected", run: run1((*Model).openThemes)},
		{name: "Times", where: anywhere, group: groupElse, help: "when requests came, or how long ago", run: run1(func(m *Model) { m.list.Relative = !m.list.Relative })},
		{name: "Bell", keys: on("b"), where: anywhere, group: groupElse, help: "bell and notification for what matches the filter", run: run1((*Model).toggleBell)},
		{name: "What went wrong", keys: on("!"), where: anywhere, group: groupElse, help: "what went wrong so far", run: run1((*Model).showProblems)},
		{name: "Keys", keys: on("?"), where: anywhere, group: groupElse, help: "all keys, and how to let requests in", label: always(safe.Const("keys")), run: run1((*Model).help)},
		{name: "Help pages", where: anywhere, group: groupElse, help: "filters, rules, recipes and the other pages of the manual", words: "documentation manual", run: run1((*Model).openPages)},
		{name: "Quit", keys: on("q", "ctrl+c"), where: anywhere, group: groupElse, help: "one step back; on the list, quit", label: (*Model).quitLabel, run: (*Model).stepBack},
		{name: "Suspend", unlisted: true, keys: on("ctrl+z"), where: anywhere, group: groupElse, help: "does not suspend: capturing goes on", run: run1((*Model).noSuspend)},
	}
}
