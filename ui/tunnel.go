package ui

import (
	"os/exec"
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/capture/words"
	"creel/forward/tunnel"
	"creel/ui/overlay"
	"creel/ui/theme"
)

// tunnelRuns reports whether there is a public URL, or one is being made.
func tunnelRuns(s tunnel.Status) bool { return s.State != "" && s.State != tunnel.Ended }

func (m *Model) openTunnel() {
	s := m.deps.Tunnel.Status()
	title, items := safe.Const("a public URL: requests from outside reach creel through"), m.tunnelWays
	switch {
	case tunnelRuns(s):
		if title = m.tunnelWords(s); s.URL == "" {
			title = safe.Concat(safe.Const("public URL "), title)
		}
		items = m.runningTunnel
	case s.Reason != "":
		title = safe.Linef("the tunnel ended: %s", s.Reason)
	}
	m.stack.Open(overlay.NewMenu(m.theme, title, items(s)))
}

// runningTunnel is what can be done with a public URL that there is.
func (m *Model) runningTunnel(s tunnel.Status) []overlay.Item {
	none := safe.Text{}
	if s.URL == "" {
		none = safe.Const("there is no URL yet")
	}
	return []overlay.Item{
		{Key: "y", Name: safe.Const("copy the URL"), Hint: safe.Line(s.URL), Off: none, Do: func() tea.Cmd {
			return m.copyText("the public URL", []byte(s.URL))
		}},
		{Key: "e", Name: safe.Const("where to paste it"), Hint: safe.Const("for which provider"), Off: none, Do: func() tea.Cmd {
			return m.openSetups(s.URL)
		}},
		{Key: "x", Name: safe.Const("stop it"), Hint: safe.Linef("through %s", s.Via), Do: m.stopTunnel},
	}
}

func (m *Model) tunnelWays(last tunnel.Status) []overlay.Item {
	var items []overlay.Item
	if strings.Contains(last.Reason, "host key") && strings.Contains(last.Reason, "is unknown") {
		items = append(items, overlay.Item{Key: "a", Name: safe.Const("accept the host key and connect"), Hint: safe.Line(last.Via), Do: func() tea.Cmd {
			return m.startTunnel(tunnel.ParseSpec, last.Via, acceptHostKey)
		}})
	}
	for _, w := range []struct{ key, spec, hint, program string }{
		{"c", "cloudflared", "a temporary URL, without an account", "cloudflared"},
		{"t", "tailscale", "the name of this machine in your tailnet, for everyone", "tailscale"},
		{"l", "localhost.run", "a temporary URL by ssh, nothing to install", ""},
		{"s", "serveo.net", "a temporary URL by ssh, nothing to install", ""},
		{"p", "free.pinggy.io", "a temporary URL by ssh, for an hour", ""},
	} {
		item := overlay.Item{Key: w.key, Name: safe.Line(w.spec), Hint: safe.Line(w.hint), Do: func() tea.Cmd {
			return m.startTunnel(tunnel.ParseSpec, w.spec, knownHostKeys)
		}}
		if _, err := exec.LookPath(w.program); w.program != "" && err != nil && m.deps.Config.Attached == nil {
			item.Off = safe.Const("not installed")
		}
		items = append(items, item)
	}
	return append(items,
		overlay.Item{Key: "o", Name: safe.Const("an ssh server of your own"), Hint: safe.Const("ssh://you@host?url=https://name"), Do: m.askServer},
		overlay.Item{Key: "r", Name: safe.Const("a channel of smee.io or gosmee"), Hint: safe.Const("it replies to the senders itself"), Do: m.askChannel})
}

func (m *Model) askServer() tea.Cmd {
	return m.askTunnel(tunnel.ParseSpec, overlay.PromptSpec{
		Title: safe.Const("public URL through an ssh server"), Text: "ssh://",
		Ghost: "you@vps.example.com?url=https://hooks.example.com&bind=localhost:8080",
	}, "it forwards a port of its own to creel")
}

func (m *Model) askChannel() tea.Cmd {
	return m.askTunnel(tunnel.ParseRelay, overlay.PromptSpec{
		Title: safe.Const("requests from a channel of smee.io or gosmee"), Text: "https://", Ghost: "smee.io/NAME",
	}, "what arrives there is captured here; https://smee.io/new makes one")
}

func (m *Model) askTunnel(parse func(string) (tunnel.Spec, error), p overlay.PromptSpec, hint string) tea.Cmd {
	p.Verb = "connect"
	p.Check = func(text string) (safe.Text, error) {
		_, err := parse(strings.TrimSpace(text))
		return safe.Line(hint), err
	}
	p.Done = func(text string) tea.Cmd { return m.startTunnel(parse, strings.TrimSpace(text), knownHostKeys) }
	m.stack.Open(overlay.NewPrompt(m.theme, p))
	return nil
}

// What startTunnel does about a host key of an ssh server that is not known.
const (
	knownHostKeys = false // it fails
	acceptHostKey = true  // it trusts the key from now on
)

// startTunnel starts the tunnel that a text names; notices say how far it is.
func (m *Model) startTunnel(parse func(string) (tunnel.Spec, error), text string, acceptNew bool) tea.Cmd {
	spec, err := parse(text)
	if err != nil {
		m.warn(safe.Line(err.Error()))
		return nil
	}
	m.notify(safe.Linef("connecting to %s …", spec.Via()))
	t := m.deps.Tunnel
	return func() tea.Msg {
		if err := t.Start(spec, acceptNew); err != nil {
			return did{err: err}
		}
		return nil
	}
}

func (m *Model) stopTunnel() tea.Cmd {
	t := m.deps.Tunnel
	return func() tea.Msg {
		t.Stop()
		return nil
	}
}

func (m *Model) openSetups(url string) tea.Cmd {
	var items []overlay.Item
	seen := map[string]bool{}
	for _, p := range m.deps.Providers.Providers() {
		if _, ok := m.deps.Providers.Setup(p.Name, url); !ok || seen[p.Name] {
			continue
		}
		seen[p.Name] = true
		items = append(items, overlay.Item{Name: safe.Line(p.Title), Hint: safe.Line(p.Name), Do: func() tea.Cmd {
			return m.showSetup(p.Name, url)
		}})
	}
	m.stack.Open(overlay.NewMenu(m.theme, safe.Const("for which provider"), items))
	return nil
}

// showSetup says where a provider takes the URL, and copies the command for it.
func (m *Model) showSetup(name, url string) tea.Cmd {
	setup, _ := m.deps.Providers.Setup(name, url)
	lines := safe.Line(setup.Where).WrapWords(setupWidth)
	copied := url
	what := "copy the URL"
	if setup.Command != "" {
		lines = append(append(lines, safe.Text{}), safe.Line(setup.Command).Wrap(setupWidth)...)
		copied, what = setup.Command, "copy the command"
	}
	m.stack.Open(overlay.NewConfirm(m.theme, safe.Linef("%s: where the URL goes", name), safe.Line(what),
		func() tea.Cmd { return m.copyText("it", []byte(copied)) }, lines...))
	return nil
}

// setupWidth is how wide set-up texts are.
const setupWidth = 72

func (m *Model) tunnelWords(s tunnel.Status) safe.Text {
	text := safe.Linef("%s  %s, through %s", s.URL, tunnelState(m, s), s.Via)
	if s.URL == "" {
		text = safe.Linef("through %s: %s", s.Via, tunnelState(m, s))
	}
	if s.Refused > 0 { // they are no rows
		text = safe.Linef("%s, %s refused", text, words.Count(int(s.Refused), "request"))
	}
	return text
}

// tunnelState is the state in words. Only a proven tunnel is up.
func tunnelState(m *Model, s tunnel.Status) string {
	switch s.State {
	case tunnel.Up:
		words := "up " + words.Duration(m.now.Sub(s.Since))
		if !s.SelfTested {
			words += " (not self-tested)"
		}
		if s.Temporary {
			words += ", temporary URL"
		}
		return words
	case tunnel.Announced, tunnel.Changed:
		if s.Reason != "" {
			return "announced: " + s.Reason
		}
		return "announced, not proven yet"
	case tunnel.Starting:
		return "connecting"
	case tunnel.Reconnecting:
		return reconnecting(s) + ": " + s.Reason
	}
	return string(s.State)
}

// reconnecting is what a tunnel does that is not there; one without a URL never was.
func reconnecting(s tunnel.Status) string {
	if s.URL == "" {
		return "connecting"
	}
	return "reconnecting"
}

// drawTunnel draws the public URL, or where creel listens, with the state of the tunnel.
func (m *Model) drawTunnel(r *theme.Row, brief bool) {
	t, s := m.theme, m.facts.tunnel
	if s.URL != "" {
		url := s.URL
		if brief {
			url = strings.TrimPrefix(url, "https://")
		}
		r.Text(t.Plain, safe.Line(url)).Gap(1)
	} else {
		m.drawAddress(r)
		r.Gap(2)
	}
	switch s.State {
	case tunnel.Up:
		r.Text(t.Plain, safe.Linef("● up %s", words.Age(m.now.Sub(s.Since))))
		switch {
		case !s.SelfTested && brief:
			r.Lit(t.Dim, " (untested)")
		case !s.SelfTested:
			r.Lit(t.Dim, " (not self-tested)")
		}
		if s.Temporary && !brief {
			r.Lit(t.Dim, ", temporary")
		}
	case tunnel.Starting:
		r.Lit(t.Dim, "connecting…")
	case tunnel.Reconnecting:
		r.Text(t.Warn, safe.Line(reconnecting(s)))
	default:
		r.Lit(t.Warn, "announced, not proven")
	}
}
