package ui

import (
	"bytes"

	tea "charm.land/bubbletea/v2"

	"creel/capture/provider"
	"creel/capture/safe"
	"creel/ui/overlay"
)

// makeDevKey makes a key of creel's own, or takes the one it made before, to sign in the provider's place.
func (m *Model) makeDevKey(name string) tea.Cmd {
	ctx, set, make := m.ctx, m.deps.Providers, m.deps.DevKey
	return func() tea.Msg {
		key, err := make(name)
		if err == nil {
			_, err = set.AddSecret(ctx, key.Secret)
		}
		return order(func(m *Model) tea.Cmd { m.showDevKey(key, err); return nil })
	}
}

// showDevKey shows the public half, which the app needs.
func (m *Model) showDevKey(key provider.DevKey, err error) {
	if err != nil {
		m.logProblem(err.Error())
		return
	}
	m.export.Redact.Known = append(m.export.Redact.Known, key.Secret.Value)
	lines := safe.Line(key.How + ":").WrapWords(devKeyWidth)
	public := bytes.TrimSpace([]byte(key.Public))
	for l := range bytes.Lines(public) {
		lines = append(lines, safe.Line(string(bytes.TrimRight(l, "\n"))).Wrap(devKeyWidth)...)
	}
	m.stack.Open(overlay.NewConfirm(m.theme, safe.Const("a development key"), safe.Const("copy the public key"),
		func() tea.Cmd { return m.copyText("the public key", public) }, lines...))
}

// devKeyWidth is how long the lines of a key are: those of PEM fit.
const devKeyWidth = 72
