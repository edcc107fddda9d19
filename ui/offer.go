package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/reply"
	"creel/ui/overlay"
)

// offer is the answer dialog that opened by itself because a sender is held.
// Until a key is pressed in it, the time of the hold goes on, and the dialog
// goes when the hold does.
type offer struct {
	dialog  *overlay.Answer
	id      capture.ID
	touched bool
	asked   map[capture.ID]bool // of those held: the user has seen the dialog
}

// offerAnswer opens the dialog for the sender that has waited longest, unless
// the user is at something else, and closes one that nobody needs any more.
func (m *Model) offerAnswer() {
	o := &m.offer
	isHeld := func(id capture.ID) bool {
		return slices.ContainsFunc(m.facts.held, func(h reply.Held) bool { return h.Exchange.ID == id })
	}
	if o.dialog != nil && !o.touched && !isHeld(o.id) {
		m.stack.Remove(o.dialog)
		o.dialog = nil
	}
	for id := range o.asked {
		if !isHeld(id) {
			delete(o.asked, id)
		}
	}
	if m.busy() {
		return
	}
	for _, h := range m.facts.held {
		if id := h.Exchange.ID; !o.asked[id] {
			dialog := m.newAnswer(h.Exchange)
			m.stack.OpenUnasked(dialog, m.now)
			*o = offer{dialog: dialog, id: id, asked: o.asked}
			if o.asked == nil {
				o.asked = map[capture.ID]bool{}
			}
			o.asked[id] = true
			return
		}
	}
}

// busy reports whether the user is at something that must not be interrupted.
func (m *Model) busy() bool { return m.stack.Top() != nil || m.filter.IsOpen() || m.detail.Typing() }

// touch makes the time of the hold stand still from the first key on.
func (m *Model) touch(msg tea.Msg) {
	o := &m.offer
	if _, key := msg.(tea.KeyPressMsg); !key || o.dialog == nil || o.touched || m.stack.Deaf(m.now) {
		return
	}
	if top, ok := m.stack.Top().(*overlay.Answer); ok && top == o.dialog {
		o.touched = true
		m.deps.Gate.Pause(o.id)
	}
}
