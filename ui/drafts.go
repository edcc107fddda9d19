package ui

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/safe"
	"creel/ui/compose"
	"creel/ui/overlay"
)

// A draft whose request is gone has no row that leads to it, so that it is written to
// a file: at once, or, while it is on screen, when it is left. One whose request was
// deleted here is kept: u brings both back.

// lostDraft is how the request of a draft went.
type lostDraft struct {
	how     string // deleted, by a user, or evicted
	written bool   // or it was tried
}

// keepDrafts looks after the drafts whose requests are gone.
func (m *Model) keepDrafts(d *ring.Delta) tea.Cmd {
	var cmds []tea.Cmd
	for id, c := range m.drafts {
		if m.index.get(id) != nil {
			delete(m.lostDrafts, id)
			continue
		}
		lost, known := m.lostDrafts[id]
		if !known {
			if lost.how = "evicted"; slices.Contains(d.Deleted, id) {
				lost.how = "deleted"
			}
			m.lostDrafts[id] = lost
		}
		switch {
		case m.composes(id):
			if !known {
				c.Say(fmt.Sprintf("%s was %s meanwhile: esc writes the draft to a file", c.Name(), lost.how))
			}
		case c.Unsent() && !lost.written && m.changing == 0 && !m.undoable(id):
			cmds = append(cmds, m.writeDraft(c))
		}
	}
	return tea.Batch(cmds...)
}

func (m *Model) undoable(id capture.ID) bool {
	return slices.ContainsFunc(m.deleted, func(d deletion) bool {
		return slices.ContainsFunc(d.kept, func(ex *capture.Exchange) bool { return ex.ID == id })
	})
}

// composes reports whether the draft of a request is on screen, or in the user's editor.
func (m *Model) composes(id capture.ID) bool {
	return m.stack.Any(func(o overlay.Overlay) bool {
		c, ok := o.(*composeOverlay)
		return ok && c.ID() == id
	})
}

// writeDraft writes a draft to a file, and forgets it once it is there.
func (m *Model) writeDraft(c *compose.Compose) tea.Cmd {
	lost := m.lostDrafts[c.ID()]
	lost.written, lost.how = true, cmp.Or(lost.how, "evicted")
	m.lostDrafts[c.ID()] = lost
	name, text := "creel-draft-"+strings.TrimPrefix(c.Name(), "#"), slices.Clone(c.Text())
	return func() tea.Msg {
		path, err := newFile(name, "http", text)
		if err != nil {
			path, err = newFile(filepath.Join(os.TempDir(), name), "http", text)
		}
		return order(func(m *Model) tea.Cmd {
			if err != nil {
				m.logProblem(fmt.Sprintf("%s was %s meanwhile, and its draft is not kept: %v", c.Name(), lost.how, err))
				return nil
			}
			delete(m.drafts, c.ID())
			delete(m.lostDrafts, c.ID())
			m.warn(safe.Linef("%s was %s meanwhile; its draft is in %s", c.Name(), lost.how, m.atHome(path)))
			return nil
		})
	}
}
