package ui

import (
	"fmt"
	"slices"
	"sort"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/ui/overlay"
)

func (m *Model) quitLabel() safe.Text {
	switch {
	case m.inDetail:
		return safe.Const("back")
	case m.deps.Config.Attached != nil:
		return safe.Const("leave")
	}
	return safe.Const("quit")
}

// stepBack is one step back; from the list it is out, after a question when something would be cut short.
func (m *Model) stepBack() tea.Cmd {
	if m.inDetail {
		return m.back()
	}
	lines := m.unfinished()
	if len(lines) == 0 {
		return tea.Quit
	}
	ask := overlay.NewConfirm(m.theme, safe.Const("quit?"), safe.Const("quit"), func() tea.Cmd { return tea.Quit }, lines...)
	ask.Insist = true
	if len(m.lost()) > 0 {
		ask.Others = m.waysToKeep()
	}
	if m.rulesLost() && m.rulesFile() != "" {
		saved := safe.Linef("rules saved to %s   q quits", m.rulesFile())
		ask.Others = append(ask.Others, overlay.Choice{
			Key: "s", Does: safe.Linef("save the rules in %s", m.rulesFile()), Do: func() tea.Cmd { return m.saveRules(saved) },
		})
	}
	m.stack.Open(ask)
	return nil
}

// lost are the requests in memory only that were neither written into the history nor published.
func (m *Model) lost() []*capture.Exchange {
	if m.deps.Config.History != "" || m.deps.Config.Attached != nil {
		return nil
	}
	at := sort.Search(len(m.index.all), func(i int) bool { return m.index.all[i].ID > m.keptUpTo })
	rows := m.index.all[at:]
	if m.deps.Config.Team == nil {
		return rows
	}
	own := slices.DeleteFunc(slices.Clone(rows), func(ex *capture.Exchange) bool { return !m.ours(ex) })
	return own[max(0, len(own)-m.facts.team.Waiting):]
}

// waysToKeep are how requests that are in memory only can outlive the program.
func (m *Model) waysToKeep() []overlay.Choice {
	rows := slices.Clone(m.lost())
	list := []overlay.Choice{{Key: "x", Does: safe.Const("export them to a file"), Do: func() tea.Cmd {
		m.openExport(exporting{rows: rows, subject: safe.Linef("all %s", words.Number(len(rows))), to: toFile})
		return nil
	}}}
	if m.deps.KeepRequests != nil {
		list = append(list, overlay.Choice{Key: "w", Does: safe.Const("write them into the history"), Do: func() tea.Cmd {
			return m.keepRequests(rows)
		}})
	}
	return list
}

func (m *Model) keepRequests(rows []*capture.Exchange) tea.Cmd {
	ctx, keep := m.ctx, m.deps.KeepRequests
	m.notify(safe.Linef("writing %s into the history…", words.Number(len(rows))))
	return func() tea.Msg {
		file, err := keep(ctx, rows)
		if err != nil {
			return did{err: fmt.Errorf("write into %s: %w", file, err)}
		}
		return order(func(m *Model) tea.Cmd {
			m.keptUpTo = rows[len(rows)-1].ID
			m.notify(safe.Linef("%s written into %s   q quits", words.Number(len(rows)), m.atHome(file)))
			return nil
		})
	}
}

// rulesLost reports whether rules end with the program: changed here, and not written.
func (m *Model) rulesLost() bool {
	return m.deps.Rules != nil && m.deps.Config.Attached == nil && m.deps.Rules.Unsaved()
}

func (m *Model) unfinished() []safe.Text {
	var lines []safe.Text
	add := func(n int, one, many string) {
		switch {
		case n == 1:
			lines = append(lines, safe.Line("1 "+one))
		case n > 1:
			lines = append(lines, safe.Line(words.Number(n)+" "+many))
		}
	}
	if m.deps.Config.Attached == nil { // the other creel goes on holding
		add(len(m.facts.held), "sender is held and waits for your reply", "senders are held and wait for your reply")
	}
	add(len(m.inFlight), "attempt is in flight", "attempts are in flight")
	drafts := 0
	for id, c := range m.drafts {
		if c.Unsent() && m.index.get(id) != nil { // those of deleted requests are lost already
			drafts++
		}
	}
	add(drafts, "draft is not sent and will be lost", "drafts are not sent and will be lost")
	add(len(m.lost()), "request is in memory only and will be lost", "requests are in memory only and will be lost")
	if m.rulesLost() {
		lines = append(lines, safe.Const("changed rules are not saved and will be lost"))
	}
	return lines
}
