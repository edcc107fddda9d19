package ui

import (
	"strings"
	"time"

	"creel/capture"
	"creel/capture/reply"
	"creel/capture/safe"
	"creel/forward"
)

// facts are what the header says, copied from those who know it when something
// changed, so that drawing asks nobody.
type facts struct {
	targets []forward.Status
	senders safe.Text // what senders get
	held    []reply.Held
	holding bool          // what matches is held
	pending int           // deliveries that wait for a target
	rate    float64       // arrivals per second, of the last ten seconds
	last    time.Duration // since the newest arrival; negative when there is none
}

// rateSpan is the time over which the rate is counted.
const rateSpan = 10 * time.Second

// arrivals counts what arrives by the ids, which also those have that the ring
// let go again.
type arrivals []struct {
	at     time.Time
	newest capture.ID
}

// per is how many arrived per second in the last ten seconds.
func (a *arrivals) per(newest capture.ID, now time.Time) float64 {
	if n := len(*a); n == 0 || now.Sub((*a)[n-1].at) >= rateSpan/20 {
		*a = append(*a, struct {
			at     time.Time
			newest capture.ID
		}{now, newest})
	}
	for len(*a) > 1 && now.Sub((*a)[1].at) >= rateSpan {
		*a = (*a)[1:]
	}
	return float64(newest-(*a)[0].newest) / rateSpan.Seconds()
}

// takeFacts copies what the header says.
func (m *Model) takeFacts() {
	f := facts{last: -1}
	if m.deps.Targets != nil {
		f.targets = m.deps.Targets.List()
	}
	f.senders = m.sendersGet(f.targets)
	all := m.index.all
	f.rate = m.rate.per(m.newest, m.now)
	if len(all) > 0 {
		f.last = max(0, m.now.Sub(all[len(all)-1].At))
	}
	if m.deps.Gate != nil {
		f.held = m.deps.Gate.Held()
		_, f.holding = m.deps.Gate.Filter()
	}
	if m.deps.Queue != nil {
		f.pending = m.deps.Queue.Count("")
	}
	m.facts = f
	notices, problems, total := m.deps.Log.take()
	for _, text := range notices {
		m.say(text)
	}
	if total > m.total {
		m.complain(problems[len(problems)-1].text)
	}
	m.wrong, m.total = problems, total
}

// sendersGet says in a few words what senders are answered.
func (m *Model) sendersGet(targets []forward.Status) safe.Text {
	for _, t := range targets {
		if !t.Disabled {
			return safe.Const("the app's answer")
		}
	}
	if m.deps.Standing != nil {
		return safe.Line(m.deps.Standing.Words())
	}
	return safe.Const("200")
}

// shortURL leaves out of a URL what goes without saying.
func shortURL(url string) string {
	s := strings.TrimPrefix(url, "http://")
	for _, host := range []string{"localhost:", "127.0.0.1:"} {
		if rest, ok := strings.CutPrefix(s, host); ok {
			return ":" + rest
		}
	}
	return s
}
