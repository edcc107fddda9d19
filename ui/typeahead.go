package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/overlay"
)

// typeAhead keeps what is typed while a dialog is prepared: beneath it the keys would be commands.
type typeAhead struct {
	awaited  *prepared // nil: no dialog is
	what     safe.Text
	typed    []tea.Msg
	reminded bool
}

// prepared brings the message that opens a dialog.
type prepared struct {
	cancel context.CancelFunc
	stays  bool // the user cannot leave it
	msg    tea.Msg
}

// prepare reads what a dialog shows, beside the screen; what names it. The user can leave it meanwhile.
func (m *Model) prepare(what safe.Text, read func(context.Context) tea.Msg) tea.Cmd {
	m.stopPreparing()
	ctx, cancel := context.WithCancel(m.ctx)
	p := &prepared{cancel: cancel}
	m.ahead = typeAhead{awaited: p, what: what}
	return func() tea.Msg {
		p.msg = read(ctx)
		return p
	}
}

func (m *Model) stopPreparing() {
	if m.ahead.awaited != nil {
		m.ahead.awaited.cancel()
	}
	m.ahead = typeAhead{}
}

// keep takes a key or a paste for the dialog that is being prepared, and reports whether there is one.
func (m *Model) keep(msg tea.Msg) bool {
	if _, mouse := msg.(tea.MouseMsg); mouse || m.ahead.awaited == nil {
		return false
	}
	if key, ok := msg.(tea.KeyPressMsg); ok && !m.ahead.awaited.stays && (key.String() == "esc" || key.String() == "ctrl+c") {
		m.sayOfPreparing(safe.Concat(m.ahead.what, safe.Const(": left")))
		if draft, ok := m.stack.Top().(*composeOverlay); ok {
			draft.outside = false
		}
		m.stopPreparing()
		return true
	}
	m.ahead.typed = append(m.ahead.typed, msg)
	return true
}

func (m *Model) remindOfPreparing() {
	if m.ahead.awaited != nil {
		text := safe.Concat(m.ahead.what, safe.Const("…"))
		if !m.ahead.awaited.stays {
			text = safe.Concat(text, safe.Const("   esc leaves it"))
		}
		m.sayOfPreparing(text)
		m.ahead.reminded = true
	}
}

// sayOfPreparing says something in the draft that is on screen, else in a notice.
func (m *Model) sayOfPreparing(text safe.Text) {
	if draft, ok := m.stack.Top().(*composeOverlay); ok {
		draft.Say(text.String())
		return
	}
	m.notify(text)
}

// takePrepared opens the dialog, and gives it what was typed.
func (m *Model) takePrepared(p *prepared) tea.Cmd {
	p.cancel()
	if p != m.ahead.awaited {
		return nil // the user left it
	}
	ahead := m.ahead
	m.ahead = typeAhead{}
	if ahead.reminded {
		m.notice = notice{}
		if draft, ok := m.stack.Top().(*composeOverlay); ok {
			draft.Say("")
		}
	}
	before := m.stack.Top()
	all := []tea.Cmd{m.take(p.msg)}
	if m.ahead.awaited != nil { // it is prepared further
		m.ahead.typed = ahead.typed
		return all[0]
	}
	if !takesTyped(m.stack.Top(), before) {
		return all[0]
	}
	for _, msg := range ahead.typed {
		all = append(all, m.take(msg))
	}
	return tea.Batch(all...)
}

// takesTyped reports whether what was typed is for the dialog on top, which is new, or the draft.
func takesTyped(top, before overlay.Overlay) bool {
	if c, draft := top.(*composeOverlay); draft {
		return !c.outside
	}
	return top != before
}
