package ui

import (
	"cmp"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/overlay"
	"creel/ui/theme"
)

// openThemes offers the themes, and shows the screen in the one that is selected.
func (m *Model) openThemes() {
	preview := func(name string) {
		m.look.Style = name
		m.setTheme()
	}
	choose := func(name string) tea.Cmd {
		preview(name)
		return m.keepTheme(name)
	}
	now := cmp.Or(strings.ToLower(m.look.Style), theme.Auto)
	m.stack.Open(overlay.NewThemes(m.theme, theme.Names(), now, preview, choose))
}

func (m *Model) keepTheme(name string) tea.Cmd {
	keep, c := m.deps.KeepTheme, m.deps.Config
	if keep == nil {
		m.notify(safe.Linef("theme %s, until creel ends", name))
		return nil
	}
	return func() tea.Msg {
		if err := keep(name); err != nil {
			return did{err: fmt.Errorf("keep theme %s: %w", name, err)}
		}
		what := fmt.Sprintf("theme %s, kept in %s", name, c.ConfigFile)
		if c.ThemeBy != "" {
			what += "; " + c.ThemeBy + " still goes before it"
		}
		return did{what: what}
	}
}
