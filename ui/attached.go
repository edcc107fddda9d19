package ui

import (
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/forward"
	"creel/ui/overlay"
	"creel/ui/theme"
)

// Attached is the other creel whose capture is shown.
type Attached struct {
	// Machine is what the user calls the machine that it runs on; empty for this one.
	Machine string
	PID     int
	Started time.Time
	// Process returns PID and Started as they are now: another creel may be started in
	// the place of one that ended. Nil: they stay the same.
	Process func() (pid int, started time.Time)
	// Lost returns when it was heard last, and why no more; nil while it is heard,
	// [ErrEnded] when it ended.
	Lost func() (heard time.Time, err error)
	// Here sends from this machine and records there; nil where both are the same.
	Here Resender
}

// ErrEnded is why a creel is not heard that has ended.
var ErrEnded = errors.New("it has ended")

// quiet is how long the other creel, which says something every two seconds, may be silent.
const quiet = 5 * time.Second

// link is what is heard of the other creel.
type link struct {
	lost  bool // or slow
	ended bool
	since time.Time
}

func (m *Model) takeLink() {
	at := m.deps.Config.Attached
	if at == nil {
		return
	}
	heard, err := at.Lost()
	m.link = link{lost: err != nil || m.now.Sub(heard) >= quiet, ended: errors.Is(err, ErrEnded), since: heard}
	if at.Process != nil {
		at.PID, at.Started = at.Process()
	}
	m.list.Started = at.Started
}

// name is what the screen calls the other creel.
func (a *Attached) name() safe.Text {
	if a.Machine == "" {
		return safe.Linef("pid %d", a.PID)
	}
	return safe.Line(a.Machine).CutMiddle(24)
}

func (m *Model) drawAttached(r *theme.Row) {
	at := m.deps.Config.Attached
	switch {
	case at == nil:
		return
	case m.link.ended:
		r.Text(m.theme.Warn, safe.Linef("%s has ended, %s", at.name(), words.Since(m.now.Sub(m.link.since))))
		return
	case m.link.lost:
		r.Text(m.theme.Warn, safe.Linef("%s not heard for %s", at.name(), words.Age(m.now.Sub(m.link.since))))
		return
	case at.Machine == "":
		r.Lit(m.theme.Dim, "attached to ").Text(m.theme.Plain, at.name())
		return
	}
	r.Lit(m.theme.Dim, "attached to ").Text(m.theme.Plain, at.name()).Text(m.theme.Dim, safe.Linef(" (pid %d)", at.PID))
}

// elsewhere is the other machine on which resends are made, and whether they are.
func (m *Model) elsewhere() (*Attached, bool) {
	at := m.deps.Config.Attached
	return at, at != nil && at.Here != nil
}

// resenderFor sends to a target: from where it is captured, unless the user chose this machine for it.
func (m *Model) resenderFor(to forward.Target) Resender {
	if at, ok := m.elsewhere(); ok && m.fromHere[to.URL.Address()] {
		return at.Here
	}
	return m.deps.Resender
}

// resendTo says where a resend goes, and from where when that is another machine.
func (m *Model) resendTo(ex *capture.Exchange, to forward.Target) safe.Text {
	url := to.Resolve(ex.Request.Target).Short()
	at, ok := m.elsewhere()
	switch {
	case !ok:
		return safe.Linef("resend → %s", url)
	case m.fromHere[to.URL.Address()]:
		return safe.Linef("resend → %s from here", url)
	}
	return safe.Linef("resend → %s %s", at.name(), url)
}

// askFrom asks once for each address from which machine it is sent to, and goes on.
func (m *Model) askFrom(u forward.URL, then func() tea.Cmd) tea.Cmd {
	at, ok := m.elsewhere()
	_, asked := m.fromHere[u.Address()]
	if !ok || asked {
		return then()
	}
	chosen := func(here bool) func() tea.Cmd {
		return func() tea.Cmd {
			m.fromHere[u.Address()] = here
			return then()
		}
	}
	ask := overlay.NewConfirm(m.theme, safe.Linef("send to %s from where?", u.Short()), safe.Linef("from %s", at.name()), chosen(false),
		safe.Linef("localhost is another machine there than here"))
	ask.Others = []overlay.Choice{{Key: "h", Does: safe.Const("from here"), Do: chosen(true)}}
	m.stack.Open(ask)
	return nil
}
