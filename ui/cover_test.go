package ui

import (
	"bytes"
	"testing"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/safe"
	"creel/forward"
	"creel/ui/compose"
)

// tell gives the screen what a command brings, and the commands of that.
func tell(m *Model, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	msg := cmd()
	if batch, ok := msg.(tea.BatchMsg); ok {
		for _, cmd := range batch {
			tell(m, cmd)
		}
		return
	}
	if _, ok := msg.(compose.Taken); ok {
		m.Update(msg)
	}
}

// E leads back to where the user was when the editor changed nothing, and into
// the draft when it did.
func TestTheEditorLeadsBack(t *testing.T) {
	m := New(t.Context(), Deps{Ring: ring.New(capture.Bounds{}), Log: &Log{}, Environ: []string{"EDITOR=true"}})
	m.resize(80, 24)
	ex := &capture.Exchange{ID: 1, Request: capture.Request{Method: "POST", Target: "/a", Body: capture.NewBody([]byte("x=1"))}}
	to, err := forward.Exactly("http://localhost:3000/a")
	if err != nil {
		t.Fatal(err)
	}
	for _, changed := range []bool{false, true} {
		spec := m.composeSpec(ex, to)
		spec.Body = []byte("x=1")
		m.newCompose(opened{ex: ex, draft: compose.New(spec), then: m.editOutside})
		c := m.drafts[1]
		text := bytes.Clone(c.Text())
		if changed {
			text = append(text, '2')
		}
		_, cmd := m.Update(compose.Edited{Text: text})
		tell(m, cmd)
		if open := m.stack.Top() != nil; open != changed || (m.drafts[1] != nil) != changed {
			t.Errorf("changed %v: open %v, draft %v", changed, open, m.drafts[1])
		}
		if !changed && m.notice.text != safe.Const("nothing changed") {
			t.Errorf("it says %q", m.notice.text)
		}
	}
}
