package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/capture/words"
	"creel/ui/theme"
)

// firstScreen stands there until a request has come: addresses, replies, and ways to let requests in.
type firstScreen struct {
	banners []safe.Text // lines that stay
	ways    []way
	at      int // the way that y copies

	spin     spinner.Model
	spinning bool // a tick of it is under way
}

// way is one way to let requests in.
type way struct {
	from string   // who sends; "any"
	line []string // to be run in a shell; more than one is continued
	then string   // what else to do
}

func (w way) command() string {
	parts := make([]string, len(w.line))
	for i, l := range w.line {
		parts[i] = strings.TrimSpace(strings.TrimSuffix(l, `\`))
	}
	return strings.Join(parts, " ")
}

// set computes the ways for where creel listens.
func (f *firstScreen) set(d *Deps) {
	if at := d.Config.Team; at != nil && at.Node == "" {
		f.ways = []way{{"a node", []string{at.Command}, ""}}
		return
	}
	url := d.Config.URL
	host := strings.TrimPrefix(strings.TrimPrefix(url, "http://"), "https://")
	port := host[strings.LastIndex(host, ":")+1:]
	f.ways = []way{
		{"curl", []string{fmt.Sprintf(`curl -d '{"hello":1}' %s/hook`, url)}, ""},
		{"Stripe", []string{"stripe listen --forward-to " + host + "/stripe"}, ""},
		{"GitHub", []string{`gh webhook forward --repo=O/R --events=push \`, "  --url=" + url + "/github"}, ""},
		{"any", []string{"cloudflared tunnel --url " + url}, ""},
		{"any", []string{"ngrok http " + port}, "then: creel --public-url URL"},
		{"over ssh", []string{"ssh -L " + port + ":127.0.0.1:" + port + " devbox"}, ""},
	}
}

// spinTime is the least time between two turns of the spinner, which may go over a slow line.
const spinTime = 200 * time.Millisecond

// spins reports whether a spinner is in sight: of the first screen, or of what is in flight.
func (m *Model) spins() bool {
	return m.showsFirst() || !m.lay.Response.Empty() && m.response.ShowsInFlight()
}

// spin starts the spinner when it is to be seen, once.
func (m *Model) spin() tea.Cmd {
	if m.first.spinning || !m.spins() {
		return nil
	}
	m.first.spinning = true
	return m.first.spin.Tick
}

// spun turns the spinner, which ends with the screen it is on.
func (m *Model) spun(msg spinner.TickMsg) tea.Cmd {
	if m.first.spinning = m.spins(); !m.first.spinning {
		return nil
	}
	var cmd tea.Cmd
	m.first.spin, cmd = m.first.spin.Update(msg)
	return tea.Batch(cmd, m.response.Tick())
}

// showsFirst reports whether the first screen is shown: nothing is kept.
func (m *Model) showsFirst() bool { return len(m.index.all) == 0 }

// firstView draws it. On a small screen what is less needed goes first.
func (m *Model) firstView(w, h int) string {
	lines := m.welcome(w, h)
	for len(lines) < h-1 {
		lines = append(lines, "")
	}
	if len(lines) < h {
		lines = append(lines, m.waitingLine(w))
	}
	for i, l := range lines {
		lines[i] = m.theme.Fit(l, w)
	}
	return strings.Join(lines[:h], "\n")
}

// roomyFirst is how many lines the first screen needs to part its groups by two.
const roomyFirst = 30

func (m *Model) welcome(w, h int) []string {
	var lines []string
	for _, s := range m.first.banners {
		lines = append(lines, m.theme.NewRow(w, theme.Style{}).Gap(2).Text(m.theme.Warn, s).String())
	}
	where, ways, rest := m.whereLines(w), m.wayLines(w), m.keptLines(w)
	room := h - 1 - len(lines)
	between := []string{""}
	if room >= roomyFirst {
		between = []string{"", ""}
	}
	switch {
	case len(where)+len(ways)+len(rest)+3 <= room:
		lines = append(lines, "")
		return slices.Concat(lines, where, between, ways, between, rest)
	case len(where)+len(ways)+1 <= room:
		lines = append(lines, where...)
		lines = append(lines, "")
		return append(lines, ways...)
	}
	lines = append(lines, where...)
	if room -= len(where); room > 0 {
		lines = append(lines, ways[:min(len(ways), room)]...)
	}
	return lines[:min(len(lines), max(0, h-1))]
}

// firstAt is the column in which stands what the first screen says.
const firstAt = 16

// factLine is a line "Name  what it is   how to change it".
func (m *Model) factLine(w int, name string, value safe.Text, hint string) string {
	t := m.theme
	row := t.NewRow(w, theme.Style{}).Gap(2).Text(t.Dim, safe.Line(name)).To(firstAt).Text(t.Plain, value)
	if row.Room() > theme.Width(hint)+3 {
		row.To(max(row.Col()+2, 41)).Text(t.Dim, safe.Line(hint))
	}
	return row.String()
}

func (m *Model) whereLines(w int) []string {
	if m.looksOnly() {
		return []string{m.factLine(w, "Team", safe.Line(m.deps.Config.Team.Space), "this screen looks only: its nodes capture")}
	}
	url := m.deps.Config.URL
	lines := []string{m.factLine(w, "Listening on", safe.Line(url), "every path, every method")}
	if p := m.public; p != "" {
		lines = append(lines, m.factLine(w, "Senders call", safe.Line(p), ""))
	}
	if s := m.facts.tunnel; tunnelRuns(s) {
		lines = append(lines, m.factLine(w, "Public URL", m.tunnelWords(s), "T copies, stops"))
	} else if m.deps.Tunnel != nil {
		lines = append(lines, m.factLine(w, "Public URL", safe.Const("none"), "T gets one"))
	}
	lines = append(lines, m.factLine(w, "Senders get", m.facts.senders, "s changes it"))
	if len(m.facts.targets) == 0 {
		return append(lines, m.factLine(w, "Your app", safe.Const("not forwarded"), "F sets it: type 3000"))
	}
	for _, s := range m.facts.targets {
		where := safe.Line(strings.TrimSpace(s.Path + " " + s.URL.String() + "  " + s.Words(m.now)))
		lines = append(lines, m.factLine(w, "Your app", where, "F changes it"))
	}
	return lines
}

func (m *Model) wayLines(w int) []string {
	t := m.theme
	if m.looksOnly() {
		return append([]string{t.NewRow(w, theme.Style{}).Gap(2).Lit(t.Title, "Capture for the team").Lit(t.Dim, "  (y copies it)").String()}, m.wayLine(w, 0)...)
	}
	lines := []string{
		t.NewRow(w, theme.Style{}).Gap(2).Lit(t.Title, "See one now").String(),
		t.NewRow(w, theme.Style{}).Gap(4).Lit(t.Key, "t").To(firstAt).
			Lit(t.Plain, "a sample delivery: stripe invoice.paid, github push, …").String(),
	}
	lines = append(lines, m.wayLine(w, 0)...)
	lines = append(lines, "", t.NewRow(w, theme.Style{}).Gap(2).Lit(t.Title, "Let the real one in").
		Lit(t.Dim, "  (pick the line you need, y copies it)").String())
	for i := 1; i < len(m.first.ways); i++ {
		lines = append(lines, m.wayLine(w, i)...)
	}
	return lines
}

func (m *Model) wayLine(w, i int) []string {
	t, way := m.theme, m.first.ways[i]
	var lines []string
	for n, l := range way.line {
		row := t.NewRow(w, theme.Style{}).Gap(2)
		if i == m.first.at {
			row = t.NewRow(w, t.Selected).Gap(2).Lit(t.Accent, t.Bar)
		}
		if n == 0 {
			row.To(4).Text(t.Dim, safe.Line(way.from))
		}
		row.To(firstAt).Text(t.Plain, safe.Line(l))
		if way.then != "" {
			row.Gap(3).Text(t.Dim, safe.Line(way.then))
		}
		lines = append(lines, row.String())
	}
	return lines
}

func (m *Model) keptLines(w int) []string {
	if m.looksOnly() {
		return nil
	}
	c := &m.deps.Config
	kept := "memory only: gone when creel ends"
	if c.History != "" {
		kept = fmt.Sprintf("%s  (%s or %s)", m.atHome(c.History), words.Number(c.Keep), mebibytes(c.KeepBytes))
	}
	check := "creel --secret stripe=env:STRIPE_WEBHOOK_SECRET  checks them"
	if known := m.checked(); len(known) > 0 {
		check = "checked for " + strings.Join(known, ", ")
	}
	return []string{
		m.factLine(w, "Signatures", safe.Line(check), ""),
		m.factLine(w, "Kept in", safe.Line(kept), ""),
	}
}

// checked are the titles of the providers whose signatures are checked, each once.
func (m *Model) checked() []string {
	var titles []string
	if set := m.deps.Providers; set != nil {
		for _, p := range set.Providers() {
			if set.HasSecret(p.Name) && !slices.Contains(titles, p.Title) {
				titles = append(titles, p.Title)
			}
		}
	}
	return titles
}

// atHome writes the home directory as a shell does.
func (m *Model) atHome(path string) string {
	if home := m.env("HOME"); len(home) > 1 && strings.HasPrefix(path, home+"/") {
		return "~" + path[len(home):]
	}
	return path
}

func (m *Model) waitingLine(w int) string {
	t := m.theme
	since := m.now.Sub(m.started)
	spin := safe.Line(m.first.spin.View())
	row := t.NewRow(w, theme.Style{}).Gap(2).Text(t.Dim, spin).Lit(t.Dim, " waiting for the first request")
	clock := safe.Line(fmt.Sprintf("%02d:%02d", int(since/time.Minute), int(since/time.Second)%60))
	if row.Room() > clock.Width()+1 {
		row.To(w-clock.Width()-1).Text(t.Dim, clock)
	}
	return row.String()
}

// mebibytes writes a size in the unit that the flag takes.
func mebibytes(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}
