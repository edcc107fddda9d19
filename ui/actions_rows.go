package ui

import (
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/detail"
)

func sendActions() []action {
	return []action{
		{name: "Resend", keys: on("r"), acts: true, help: "resend, body byte for byte", label: (*Model).resendLabel, ready: needsSendable, run: (*Model).resend},
		{name: "Repeat", keys: on("R"), acts: true, help: "repeat: how often, how many at once, how fast; then a histogram", ready: needsSendable, run: effect((*Model).repeatMenu)},
		{name: "Edit", keys: on("e"), acts: true, help: "edit here; nothing is sent before you say so", label: labelOne("edit"), ready: needsSendable, run: (*Model).edit},
		{name: "Edit in $EDITOR", keys: on("E"), acts: true, help: "edit in $EDITOR", ready: needsSendable, run: func(m *Model) tea.Cmd { return m.openCompose(m.acting(), m.editOutside) }},
		{name: "Forward to another URL", keys: on("f"), acts: true, help: "forward this one to another URL", label: labelOne("elsewhere"), ready: needsSendable, run: effect((*Model).forwardElsewhere)},
		{name: "Targets", keys: on("F"), help: "the standing targets: set, on, off", label: labelFirst("your app"), ready: noTargets, run: effect((*Model).openTargets)},
		{name: "Trigger", keys: on("t"), help: "trigger: a provider's sample, an empty request, curl from the clipboard", words: "import paste", label: labelFirst("sample"), ready: noSamples, run: effect((*Model).trigger)},
		{name: "Deliver what is pending", keys: on("P"), help: "deliver what is pending, in order; asks above one", label: (*Model).flushLabel, early: true, ready: nothingPending, run: (*Model).flush},
		{name: "Send twice", acts: true, help: "send it twice, one after the other: is the app idempotent?", ready: needsSendable, run: (*Model).sendTwice},
	}
}

func replyActions() []action {
	return []action{
		{name: "Set the reply", keys: on("s"), help: "the reply that senders get", label: labelFirst("reply"), ready: noStanding, run: effect((*Model).setReply)},
		{name: "Rules", keys: on("S"), acts: true, help: "rules: switch, order, edit, make one from this request", ready: noRules, run: effect((*Model).openRules)},
		{name: "Reply to a held sender", keys: on("a"), acts: true, help: "reply to this held request, else the oldest held", label: (*Model).heldReplyLabel, early: true, ready: noneHeld, run: (*Model).replyToHeld},
		{name: "Hold", keys: on("i"), acts: true, help: "hold: a filter, prefilled from this row", ready: noGate, run: effect((*Model).setHold)},
		{name: "Hold on or off", keys: on("I"), help: "hold on or off", label: (*Model).holdLabel, ready: noGate, run: effect((*Model).toggleHold)},
		{name: "Release all held requests", keys: on("A"), help: "release all held requests, asks above one", label: (*Model).releaseLabel, ready: noneHeld, run: (*Model).releaseAll},
	}
}

func lookActions() []action {
	return []action{
		{name: "Filter", keys: on("/"), where: inList, help: "filter the list; in the detail, search", label: (*Model).filterLabel, run: effect((*Model).openFilter)},
		{name: "Search in it", keys: on("/"), where: inPane, help: "filter the list; in the detail, search", label: labelOne("search"), run: effect((*Model).searchDetail)},
		{name: "Filter from anywhere", keys: on("ctrl+f"), help: "filter the list, from anywhere", run: effect((*Model).openFilter)},
		{name: "Next saved filter", keys: on("]"), where: inList, help: "the saved filters, shown as tabs; ctrl+s in the filter line saves one", ready: noViews, run: func(m *Model) tea.Cmd { return m.nextView(1) }},
		{name: "Previous saved filter", keys: on("["), where: inList, help: "the saved filters, shown as tabs; ctrl+s in the filter line saves one", ready: noViews, run: func(m *Model) tea.Cmd { return m.nextView(-1) }},
		{name: "Rename the saved filter", help: "the tab of the filter in force, also in the configuration", words: "tab view name", ready: noViewHere, run: effect((*Model).renameView)},
		{name: "Remove the saved filter", help: "the tab of the filter in force, also from the configuration", words: "tab view delete", ready: noViewHere, run: (*Model).removeView},
		{name: "Breakdown", keys: on("B"), words: "statistics endpoints errors latency p95 slow stats", help: "breakdown: figures for each endpoint and event; enter filters to it", run: effect((*Model).openBreakdown)},
		{name: "Compare", keys: on("c"), acts: true, help: "compare: with the marked one, or the previous different delivery of the same event; in Attempts, with the one before", label: labelOne("compare"), ready: needsOne, run: (*Model).compare},
		{name: "Copy", keys: on("y"), acts: true, words: "clipboard curl httpie http har fetch go python url body", help: "copy, for you: nothing masked", label: (*Model).copyLabel, ready: (*Model).cannotCopy, run: (*Model).copyMenu},
		{name: "Export", keys: on("x"), acts: true, words: "save file curl httpie har jsonl markdown", help: "export, for others: secrets masked, and listed", ready: needsOne, run: effect((*Model).exportMenu)},
	}
}

// detailActions work on what the detail shows, wherever the focus is.
func detailActions() []action {
	rows := []action{
		{name: "Next hit", keys: on("n"), help: "next hit of the search, previous one", ready: needsOne, run: effect(func(m *Model) { m.nextHit(1) })},
		{name: "Previous hit", keys: on("N"), help: "next hit of the search, previous one", ready: needsOne, run: effect(func(m *Model) { m.nextHit(-1) })},
		{name: "View as", keys: on("v"), help: "view the body as pretty, tree, raw, hex, ...", label: labelInDetail("view"), ready: noBody, run: effect((*Model).viewMenu)},
		{name: "Wrap", keys: on("w"), help: "wrap long lines, or not", ready: (*Model).alwaysWraps, run: effect(func(m *Model) { m.pane().ToggleWrap() })},
		{name: "Fold all", keys: on("z"), help: "fold all, or unfold", label: labelInDetail("fold"), ready: noFolds, run: effect(func(m *Model) { m.pane().FoldAll() })},
		{name: "jq", keys: on("="), help: "run a jq expression over the body", label: labelInDetail("jq"), ready: noBody, run: (*Model).jq},
		{name: "Open the response", keys: on("o"), help: "open the newest attempt's response", ready: needsOne, run: (*Model).openResponse},
	}
	for level := 1; level <= 4; level++ {
		rows = append(rows, action{
			name: "Fold to level " + strconv.Itoa(level),
			help: "fold what is deeper in the body", ready: noFolds,
			run: effect(func(m *Model) { m.pane().FoldLevel(level) }),
		})
	}
	for i, name := range []string{"Body", "Headers", "Query", "Reply", "Attempts", "Signature", "Raw"} {
		tab := detail.Tab(i)
		rows = append(rows, action{
			name: "Tab " + name, keys: on(strconv.Itoa(i + 1)),
			help: "the tabs: Body, Headers, Query, Reply, Attempts, Signature, Raw", ready: needsOne,
			run: func(m *Model) tea.Cmd { return m.openTab(tab) },
		})
	}
	return rows
}

func keepActions() []action {
	return []action{
		{name: "Mark", keys: on("space"), acts: true, help: "mark; verbs then act on the marked", ready: needsOne, run: (*Model).toggleMark},
		{name: "Pin", keys: on("p"), acts: true, help: "pin: never evicted", ready: needsOne, run: (*Model).togglePin},
		{name: "Note", keys: on(";"), acts: true, help: "write a note on it", ready: needsOne, run: effect((*Model).editNote)},
		{name: "Delete", keys: on("d"), acts: true, help: "delete", ready: needsOne, run: func(m *Model) tea.Cmd { return m.deleteCmd(m.chosen()) }},
		{name: "Delete many", keys: on("D"), acts: true, help: "delete what is shown, or all that is not pinned", ready: needsOne, run: effect((*Model).deleteMenu)},
		{name: "Undo", keys: on("u"), help: "bring back what was deleted last", ready: nothingDeleted, run: (*Model).undo},
	}
}

func moveActions() []action {
	const (
		lines = "one down, one up"
		half  = "half a page down, up"
		page  = "a page down, up"
		ends  = "to the first; to the newest, and follow"
	)
	return slices.Concat(
		moveLines(on("j", "down"), lines, 1), moveLines(on("k", "up"), lines, -1),
		movePages(on("ctrl+d"), half, 0.5), movePages(on("ctrl+u"), half, -0.5),
		movePages(on("pgdown"), page, 1), movePages(on("pgup"), page, -1),
		move(on("g", "home"), ends, func(m *Model) int { return -m.list.Len() }, (*detail.Pane).First),
		move(on("G", "end"), ends, func(m *Model) int { return m.list.Len() }, (*detail.Pane).Last),
		[]action{
			{name: "Open", keys: on("enter"), help: "open, zoom; in a JSON body, edit the value or fold; in Signature, enter the secret", label: (*Model).enterLabel, early: true, ready: needsOne, run: (*Model).enter},
			{name: "Open the detail", keys: on("l", "right"), where: inList, help: "open; in a tree, unfold", ready: needsOne, run: effect((*Model).open)},
			{name: "Unfold", keys: on("l", "right"), where: inPane, help: "open; in a tree, unfold", run: effect(func(m *Model) { m.pane().Right() })},
			{name: "Back in the list", keys: on("h", "left"), where: inList, help: "back; in a tree, fold", run: (*Model).back},
			{name: "Back to the list", keys: on("h", "left"), where: inPane, help: "back; in a tree, fold", run: (*Model).foldOrBack},
			{name: "Other pane", keys: on("tab"), help: "the other pane: list, request, response", run: effect(func(m *Model) { m.otherPane(1) })},
			{name: "Previous pane", keys: on("shift+tab"), help: "the other pane: list, request, response", run: effect(func(m *Model) { m.otherPane(-1) })},
			{name: "Zoom", keys: on("Z"), help: "the request or the response alone, or beside the list again", ready: needsOne, run: effect((*Model).zoom)},
			{name: "Smaller list", keys: on("<"), help: "a smaller list, a larger one", ready: needsOne, run: effect(func(m *Model) { m.moveSplit(-1) })},
			{name: "Larger list", keys: on(">"), help: "a smaller list, a larger one", ready: needsOne, run: effect(func(m *Model) { m.moveSplit(1) })},
			{name: "Back", keys: on("esc"), help: "back: zoom, detail, marks; never quits", run: (*Model).back},
		},
	)
}

func elseActions() []action {
	return []action{
		{name: "Commands", unlisted: true, keys: on("ctrl+p", ":"), help: "all commands", run: effect((*Model).palette)},
		{name: "Public URL", keys: on("T"), words: "tunnel cloudflared tailscale ssh ngrok localhost.run", help: "the public URL: start, stop, copy", ready: noTunnel, run: effect((*Model).openTunnel)},
		{name: "Public URL by hand", help: "what senders call, for signatures over the URL", ready: noProviders, run: effect((*Model).askPublicURL)},
		{name: "Theme", help: "colours: any of chroma's styles, tried on as it is selected", run: effect((*Model).openThemes)},
		{name: "Times", help: "when requests came, or how long ago", run: effect(func(m *Model) { m.list.Relative = !m.list.Relative })},
		{name: "Bell", keys: on("b"), help: "bell and notification for what matches the filter", run: effect((*Model).toggleBell)},
		{name: "What went wrong", keys: on("!"), help: "what went wrong so far", run: effect((*Model).showProblems)},
		{name: "Keys", keys: on("?"), help: "all keys, and how to let requests in", label: func(*Model) safe.Text { return safe.Const("keys") }, run: effect((*Model).help)},
		{name: "Help pages", help: "filters, rules, recipes and the other pages of the manual", words: "documentation manual", run: effect((*Model).openPages)},
		{name: "Quit", keys: on("q", "ctrl+c"), help: "one step back; on the list, quit", label: (*Model).quitLabel, run: (*Model).stepBack},
		{name: "Suspend", unlisted: true, keys: on("ctrl+z"), help: "does not suspend: capturing goes on", run: effect(func(m *Model) { m.notify(safe.Const("ctrl+z does not suspend creel: capturing goes on, q quits")) })},
	}
}
