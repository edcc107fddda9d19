package ui

import (
	"slices"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/reply"
	"creel/capture/safe"
	"creel/forward"
	"creel/forward/tunnel"
	"creel/ui/engine"
	"creel/ui/theme"
)

// facts are what the header says, copied when something changed.
type facts struct {
	targets  []forward.Status
	senders  safe.Text // what senders get
	briefly  safe.Text // the same where there is little room
	held     []reply.Held
	holding  bool // what matches is held
	inFlight []forward.InFlight
	pending  int           // deliveries that wait for a target
	tunnel   tunnel.Status // of the public URL
	team     engine.TeamStatus
	rate     float64       // arrivals per second, of the last ten seconds
	minute   []theme.Tally // what arrived, the newest last
	last     time.Duration // since the newest arrival; negative when there is none
}

// rateSpan is the time over which the rate is counted.
const rateSpan = 10 * time.Second

// arrivals counts what arrives by the ids, so that requests count that were evicted since.
type arrivals []arrival

type arrival struct {
	at     time.Time
	newest capture.ID
}

// per is how many arrived per second in the last ten seconds. First is the first id of
// this run: those before may be missing, so that they do not say how many came.
func (a *arrivals) per(first, newest capture.ID, now time.Time) float64 {
	if n := len(*a); n == 0 || now.Sub((*a)[n-1].at) >= rateSpan/20 {
		*a = append(*a, arrival{now, newest})
	}
	for len(*a) > 1 && now.Sub((*a)[1].at) >= rateSpan {
		*a = (*a)[1:]
	}
	if first == 0 {
		return 0 // none came yet
	}
	// The oldest look is up to half a second older than the span.
	return float64(newest-max((*a)[0].newest, first-1)) / max(rateSpan, now.Sub((*a)[0].at)).Seconds()
}

func (m *Model) takeFacts() {
	m.takeLink()
	f := facts{last: -1}
	if m.deps.Targets != nil {
		f.targets = m.deps.Targets.List()
	}
	f.senders, f.briefly = m.sendersGet(f.targets)
	all := m.index.all
	f.rate = m.rate.per(m.stats.First, m.newest, m.now)
	if len(all) > 0 {
		f.last = max(0, m.now.Sub(all[len(all)-1].At))
	}
	if m.deps.Resender != nil {
		f.inFlight = m.deps.Resender.InFlight()
	}
	if m.deps.Gate != nil {
		f.held = m.deps.Gate.Held()
		_, f.holding = m.deps.Gate.Filter()
	}
	if at := m.deps.Config.Team; at != nil {
		f.team = at.Status()
	}
	if m.deps.Rules != nil {
		m.ruleTargets.take(m.deps.Rules.List())
	}
	if m.deps.Tunnel != nil {
		f.tunnel = m.deps.Tunnel.Status()
	}
	if m.deps.Queue != nil {
		f.pending = m.deps.Queue.Count("")
	}
	moved := !slices.Equal(f.inFlight, m.facts.inFlight)
	m.facts = f
	m.takeFigures()
	if moved {
		m.detail.Tick()
		m.relayout()
	}
	notices, problems, total := m.deps.Log.take()
	for _, text := range notices {
		m.notify(text)
	}
	if total > m.total {
		m.warn(problems[len(problems)-1].text)
	}
	m.wrong, m.total = problems, total
}

// sendersGet says in a few words what senders get, and in fewer.
func (m *Model) sendersGet(targets []forward.Status) (words, fewer safe.Text) {
	standing := safe.Const("200")
	if m.deps.Standing != nil {
		standing = safe.Line(m.deps.Standing.Words())
	}
	paths, all := m.answering(targets)
	answer, brief := "the app's answer", "app"
	if !slices.ContainsFunc(targets, func(t forward.Status) bool { return !t.Disabled && t.Health != forward.HealthDown }) {
		answer, brief = "an error", "error"
	}
	switch n := len(paths); {
	case all != nil && all.Health == forward.HealthDown:
		return safe.Const("an error: the app is down"), safe.Const("an error")
	case all != nil:
		return safe.Const("the app's answer"), safe.Const("the app's answer")
	case n == 1:
		words = safe.Linef("%s on %s, else %s", answer, paths[0], standing)
		return words, safe.Linef("%s on %s, else %s", brief, safe.Line(paths[0]).CutMiddle(12), standing)
	case n > 1:
		words = safe.Linef("%s on %s, else %s", answer, strings.Join(paths, ", "), standing)
		return words, safe.Linef("%s on %d paths, else %s", brief, n, standing)
	}
	return standing, standing
}

// answering are the paths for which a target replies, and the target that does for all others, or nil.
func (m *Model) answering(targets []forward.Status) (paths []string, all *forward.Status) {
	if m.deps.Config.Async {
		return nil, nil
	}
	for i := range targets {
		switch t := &targets[i]; {
		case t.Disabled:
		case t.Path != "":
			paths = append(paths, t.Path)
		case all == nil:
			all = t
		}
	}
	return slices.Compact(paths), all
}
