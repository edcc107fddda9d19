package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/ui/overlay"
)

// applyCmd changes the history; what is said when it worked.
func (m *Model) applyCmd(what string, ops ...capture.Op) tea.Cmd {
	ctx, ring := m.ctx, m.deps.Ring
	return func() tea.Msg { return did{what: what, err: ring.Apply(ctx, ops...)} }
}

func (m *Model) report(d did) tea.Cmd {
	if d.err != nil {
		m.logProblem(d.err.Error())
	} else if d.what != "" {
		m.notify(safe.Line(d.what))
	}
	cmd := m.refresh()
	if d.sel != 0 && m.list.Select(d.sel) {
		cmd = tea.Batch(cmd, m.showSelected())
	}
	return cmd
}

// togglePin pins what is chosen, or unpins it when all of it is pinned.
func (m *Model) togglePin() tea.Cmd {
	chosen := m.chosen()
	pin := slices.ContainsFunc(chosen, func(ex *capture.Exchange) bool { return !ex.Pinned })
	var ops []capture.Op
	for _, ex := range chosen {
		ops = append(ops, capture.Op{Meta: &capture.Meta{ID: ex.ID, Pinned: &pin}})
	}
	word := "unpinned"
	if pin {
		word = "pinned: never evicted until you unpin it"
	}
	return m.applyCmd(m.subject().String()+" "+word, ops...)
}

// editNote asks for the note on what is chosen; notes that differ stay when none is written.
func (m *Model) editNote() {
	chosen := m.chosen()
	if len(chosen) == 0 {
		return
	}
	text, ghost := chosen[0].Note, "what is it about?"
	differ := slices.ContainsFunc(chosen, func(ex *capture.Exchange) bool { return ex.Note != text })
	if differ {
		text, ghost = "", "the notes differ: empty leaves them as they are"
	}
	m.stack.Open(overlay.NewPrompt(m.theme, overlay.PromptSpec{
		Title: safe.Concat(safe.Const("note on "), m.subject()), Verb: "keep the note", Text: text, Ghost: ghost, About: m.selectedLine,
		Done: func(s string) tea.Cmd {
			if differ && s == "" {
				return nil
			}
			var ops []capture.Op
			for _, ex := range chosen {
				ops = append(ops, capture.Op{Meta: &capture.Meta{ID: ex.ID, Note: &s}})
			}
			return m.applyCmd("", ops...)
		},
	}))
}

// selectedLine is the line of the screen with the selected row, from 1; 0 when it is out of sight.
func (m *Model) selectedLine() int {
	if line := m.list.Line(); line >= 0 && !m.lay.List.Empty() {
		return m.lay.List.Y + line + 1
	}
	return 0
}

// undoBytes is how many bytes of deleted requests are kept for undo.
const undoBytes = 64 << 20

// deletion is what undo brings back, and which of it was marked.
type deletion struct {
	kept   []*capture.Exchange
	marked []capture.ID
}

func (m *Model) deleteMenu() {
	unpinned := func(rows []*capture.Exchange) []*capture.Exchange {
		return slices.DeleteFunc(slices.Clone(rows), func(ex *capture.Exchange) bool { return ex.Pinned })
	}
	item := func(key, name string, rows []*capture.Exchange) overlay.Item {
		it := overlay.Item{
			Key: key, Name: safe.Line(name), Hint: safe.Line(words.Number(len(rows))),
			Do: func() tea.Cmd { return m.deleteCmd(rows) },
		}
		if len(rows) == 0 {
			it.Off = safe.Const("none")
		}
		return it
	}
	m.stack.Open(overlay.NewMenu(m.theme, safe.Const("delete"), []overlay.Item{
		item("s", "all that is shown and not pinned", unpinned(m.index.shown)),
		item("u", "all that is not pinned", unpinned(m.index.all)),
		item("a", "everything, pins too", slices.Clone(m.index.all)),
	}))
}

// deleteCmd deletes, after reading the bodies that undo would need.
func (m *Model) deleteCmd(rows []*capture.Exchange) tea.Cmd {
	ctx, ring := m.ctx, m.deps.Ring
	m.notify(safe.Linef("deleting %s…", words.Number(len(rows))))
	var marked []capture.ID
	ids := make([]capture.ID, len(rows))
	for i, ex := range rows {
		if ids[i] = ex.ID; m.marked[ex.ID] {
			marked = append(marked, ex.ID)
		}
	}
	m.changing++
	there := m.deps.Config.Attached != nil // the other side keeps them
	return func() tea.Msg {
		kept := rows
		if !there {
			kept = capture.Loaded(ctx, rows, undoBytes)
		}
		err := ring.Apply(ctx, capture.Op{Delete: ids})
		return order(func(m *Model) tea.Cmd {
			m.changing--
			switch {
			case err != nil:
				m.logProblem(err.Error())
			case kept == nil || footprint(kept) > undoBytes:
				m.notify(safe.Linef("%s deleted; too large for undo, over %s", words.Number(len(rows)), words.Size(undoBytes)))
			default:
				m.deleted = append(m.deleted, deletion{kept, marked})
				m.trimUndo()
				m.notify(safe.Linef("%s deleted   u brings it back", deletedWords(kept)))
			}
			return m.refresh() // which takes the marks off what is gone
		})
	}
}

func deletedWords(rows []*capture.Exchange) string {
	if len(rows) == 1 {
		return rows[0].Name()
	}
	return words.Number(len(rows))
}

// trimUndo forgets the oldest deletions above the bound.
func (m *Model) trimUndo() {
	total, from := int64(0), len(m.deleted)
	for from > 0 && total <= undoBytes {
		from--
		total += footprint(m.deleted[from].kept)
	}
	if total > undoBytes {
		from++
	}
	m.deleted = m.deleted[from:]
}

func footprint(rows []*capture.Exchange) (n int64) {
	for _, ex := range rows {
		n += ex.Footprint()
	}
	return n
}

func (m *Model) undo() tea.Cmd {
	n := len(m.deleted) - 1
	last := m.deleted[n]
	rows := last.kept
	m.deleted = m.deleted[:n]
	m.changing++
	var ops []capture.Op
	for _, ex := range rows {
		ops = append(ops, capture.Op{Add: ex})
	}
	ctx, ring := m.ctx, m.deps.Ring
	return func() tea.Msg {
		back := did{what: deletedWords(rows) + " back", sel: rows[len(rows)-1].ID, err: ring.Apply(ctx, ops...)}
		return order(func(m *Model) tea.Cmd {
			m.changing--
			if back.err != nil { // nothing is lost: undo can be tried again
				m.deleted = append(m.deleted, last)
				return m.report(back)
			}
			for _, id := range last.marked {
				m.marked[id] = true
			}
			return tea.Batch(m.report(back), m.recount(last.marked...))
		})
	}
}
