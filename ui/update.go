package ui

import (
	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"creel/ui/compose"
	"creel/ui/theme"
)

// Update implements tea.Model. Its four rules stand in the package's comment.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.now = m.deps.Now()
	m.notice.expire(m.now)
	var cmds []tea.Cmd
	for _, msg := range apart(msg) {
		if !m.escape.drops(msg, m.now) {
			cmds = append(cmds, m.take(msg))
		}
	}
	m.fitResponse()
	return m, tea.Batch(cmds...)
}

func (m *Model) take(msg tea.Msg) tea.Cmd {
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg, tea.MouseMsg:
		if m.keep(msg) {
			return m.tick()
		}
		return tea.Batch(m.input(msg), m.tick())
	}
	if cmd, ok := m.environment(msg); ok {
		return cmd
	}
	if cmd, ok := m.fact(msg); ok {
		return tea.Batch(cmd, m.tick())
	}
	return tea.Batch(m.detail.Update(msg), m.response.Update(msg), m.stack.Tell(msg), m.tick())
}

// environment is the second rule: size, colours and focus concern everyone.
func (m *Model) environment(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
		return m.stack.Tell(msg), true
	case tea.BackgroundColorMsg:
		m.look.Light, m.look.Ground = !msg.IsDark(), msg.Color
		m.setTheme()
	case tea.ColorProfileMsg:
		m.look.Colors = colorsOf(msg.Profile)
		m.setTheme()
	case tea.FocusMsg:
		m.blurred = false
		return m.showSelected(), true
	case tea.BlurMsg:
		m.blurred = true
	case tea.ResumeMsg:
		return tea.RequestWindowSize, true
	default:
		return nil, false
	}
	return nil, true
}

func colorsOf(p colorprofile.Profile) theme.Colors {
	switch {
	case p >= colorprofile.TrueColor:
		return theme.ColorsTrue
	case p >= colorprofile.ANSI256:
		return theme.Colors256
	case p >= colorprofile.ANSI:
		return theme.Colors16
	case p >= colorprofile.ASCII: // NO_COLOR
		return theme.Mono
	}
	return theme.NoColors
}

// fact is the third rule: what happened goes to the root.
func (m *Model) fact(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case ringChanged:
		return tea.Batch(m.refresh(), m.waitForRing()), true
	case ticked:
		m.ticking = false
		m.takeFacts()
		m.remindOfPreparing()
		return tea.Batch(m.detail.Tick(), m.response.Tick(), m.age(), m.ageViews()), true
	case spinner.TickMsg:
		return m.spun(msg), true
	case did:
		return m.report(msg), true
	case sent:
		return m.reportSent(msg), true
	case searched:
		return m.takeSearched(msg), true
	case copied:
		return m.reportCopied(msg), true
	case exported:
		m.reportExported(msg)
		return nil, true
	case *prepared:
		return m.takePrepared(msg), true
	case opened:
		return m.newCompose(msg), true
	case compose.Submitted:
		return m.submit(msg), true
	case compose.Left:
		return m.leaveCompose(msg.ID), true
	case order:
		return msg(m), true
	}
	return nil, false
}

// input is the first rule: what the user does goes to what has the focus.
func (m *Model) input(msg tea.Msg) tea.Cmd {
	inDetail, inDialog := m.inDetail, m.stack.Top() != nil
	cmd := m.inputToFocus(msg)
	press, ok := msg.(tea.KeyPressMsg)
	closed := ok && (press.String() == "esc" || press.String() == "q") // a dialog, without a choice
	if inList := m.stack.Top() == nil && !m.inDetail && !m.filter.IsOpen(); inList && (inDialog && closed || ok && inDetail && !inDialog) {
		m.list.ResumeFollow() // the user is back where it ended
	}
	return cmd
}

func (m *Model) inputToFocus(msg tea.Msg) tea.Cmd {
	if m.stack.Top() != nil {
		cmd := m.stack.Input(msg, m.lay.W, m.lay.H-1)
		m.pauseHold()
		return cmd
	}
	if _, mouse := msg.(tea.MouseMsg); m.filter.IsOpen() && !mouse {
		return m.filterInput(msg)
	}
	if _, mouse := msg.(tea.MouseMsg); m.inDetail && m.pane().Typing() && !mouse {
		if key, ok := msg.(tea.KeyPressMsg); ok && key.String() == "ctrl+c" {
			return m.back()
		}
		return m.pane().Update(msg)
	}
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.MouseMsg:
		return m.mouse(msg)
	}
	return nil
}
