package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/overlay"
	"creel/ui/theme"
)

// openThemes offers the themes, and shows the screen in the one that is selected.
func (m *Model) openThemes() {
	try := func(wear func() string) tea.Msg {
		return order(func(m *Model) tea.Cmd {
			m.look.Style = wear()
			m.setTheme()
			return nil
		})
	}
	choose := func(name string) tea.Msg {
		return order(func(m *Model) tea.Cmd {
			m.look.Style = name
			m.setTheme()
			m.say(safe.Linef("theme %s, until creel ends; --theme %s or the configuration keeps it", name, name))
			return nil
		})
	}
	m.stack.Open(overlay.NewThemes(m.theme, theme.Names(), strings.ToLower(m.look.Style), try, choose))
}
