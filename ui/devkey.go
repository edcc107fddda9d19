package ui

import (
	"bytes"

	tea "charm.land/bubbletea/v2"

	"creel/capture/provider"
	"creel/capture/safe"
	"creel/ui/overlay"
)

// devKeyMade reports a development key that is ready for use.
type devKeyMade struct {
	key     provider.DevKey
	changed int // verdicts
	err     error
}

// makeDevKey makes a key of creel's own, or takes the one it made before: from
// now on creel signs with it what it sends in the provider's place.
func (m *Model) makeDevKey(name string) tea.Cmd {
	ctx, set, make := m.ctx, m.deps.Providers, m.deps.DevKey
	return func() tea.Msg {
		key, err := make(name)
		if err != nil {
			return devKeyMade{err: err}
		}
		changed, err := set.AddSecret(ctx, key.Secret)
		return devKeyMade{key: key, changed: changed, err: err}
	}
}

// showDevKey shows the public half, which the app needs.
func (m *Model) showDevKey(d devKeyMade) {
	if d.err != nil {
		m.logProblem(d.err.Error())
		return
	}
	m.export.Redact.Known = append(m.export.Redact.Known, d.key.Secret.Value)
	lines := safe.Line(d.key.How + ":").WrapWords(devKeyWidth)
	public := bytes.TrimSpace([]byte(d.key.Public))
	for l := range bytes.Lines(public) {
		lines = append(lines, safe.Line(string(bytes.TrimRight(l, "\n"))).Wrap(devKeyWidth)...)
	}
	m.stack.Open(overlay.NewConfirm(m.theme, safe.Const("a development key"), safe.Const("copy the public key"),
		func() tea.Cmd { return m.copyText("the public key", public) }, lines...))
}

// devKeyWidth is how long the lines of a key are: those of PEM fit.
const devKeyWidth = 72
