package ui

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/forward"
	"creel/ui/overlay"
)

// resendTarget is where a resend of ex goes; false when nothing says.
func (m *Model) resendTarget(ex *capture.Exchange) (forward.Target, bool) {
	if to, ok := m.ruleTarget(ex); ok {
		return to, true
	}
	if to, ok := m.targets().ForResend(ex); ok {
		return to, true
	}
	if f, ok := m.flight(ex.ID); ok { // its first attempt, which is not recorded yet
		to := m.targetForURL(f.To)
		to.Exact = true
		return to, true
	}
	return forward.Target{}, false
}

// targetForURL is the target for a URL that the user typed.
func (m *Model) targetForURL(u forward.URL) forward.Target { return m.targets().ForURL(u) }

func (m *Model) targets() Targets {
	if m.deps.Targets == nil {
		return new(forward.Targets)
	}
	return m.deps.Targets
}

// resendLabel says where r would send what is selected.
func (m *Model) resendLabel() safe.Text {
	ex := m.selected()
	if ex == nil {
		return safe.Text{}
	}
	if len(m.marked) > 0 {
		return safe.Linef("resend %s", m.markedToSend())
	}
	if to, ok := m.resendTarget(ex); ok {
		return m.resendTo(ex, to).Cut(max(20, m.lay.W/3))
	}
	return safe.Const("resend")
}

// markedToSend says how many of the marked requests can be sent: "2 of 3 marked".
func (m *Model) markedToSend() safe.Text {
	n := 0
	for id := range m.marked {
		if ex := m.index.get(id); ex != nil && forward.Sendable(&ex.Request) == nil {
			n++
		}
	}
	if n < len(m.marked) {
		return safe.Linef("%d of %d marked", n, len(m.marked))
	}
	return safe.Linef("%d marked", n)
}

// resend sends the chosen again, but for what is in flight. Where a target is not known it asks for a URL.
func (m *Model) resend() tea.Cmd {
	m.takeFacts() // what is in flight may have no other target yet
	list, left := m.sendable()
	var ready []forward.Resend
	var running, without []*capture.Exchange
	for _, ex := range list {
		switch to, ok := m.resendTarget(ex); {
		case m.isInFlight(ex.ID):
			running = append(running, ex)
		case ok:
			ready = append(ready, forward.Resend{Exchange: ex, To: to})
		default:
			without = append(without, ex)
		}
	}
	switch {
	case len(running) == 1:
		left = append(left, safe.Linef("%s: not sent again", m.flightWords(running[0].ID)))
	case len(running) > 1:
		left = append(left, safe.Linef("%s are still being sent: not sent again", names(running)))
	}
	if len(left) > 0 {
		m.warn(safe.Join(safe.Const("; "), left...))
	}
	cmd := m.send(ready, left...)
	if len(without) > 0 {
		m.askTarget(without, left)
	}
	return cmd
}

// sendable are the chosen requests that can be sent, and what is to be said of the others.
func (m *Model) sendable() (list []*capture.Exchange, left []safe.Text) {
	var not []*capture.Exchange
	for _, ex := range m.chosen() {
		if m.canSend(ex) {
			list = append(list, ex)
		} else {
			not = append(not, ex)
		}
	}
	if len(not) > 0 {
		left = append(left, safe.Linef("%s cannot be sent", names(not)))
	}
	return list, left
}

// canSend reports whether a request can be sent, and says why not.
func (m *Model) canSend(ex *capture.Exchange) bool {
	err := forward.Sendable(&ex.Request)
	if err != nil {
		m.warn(safe.Linef("%s: %v", ex.Name(), err))
	}
	return err == nil
}

// sendAll makes the attempts in order, and asks before it sends what is in flight already.
func (m *Model) sendAll(list []forward.Resend, left []safe.Text) tea.Cmd {
	var free, running []forward.Resend
	for _, x := range list {
		if m.isInFlight(x.Exchange.ID) {
			running = append(running, x)
		} else {
			free = append(free, x)
		}
	}
	if len(running) > 0 {
		m.askAgain(running, func() tea.Cmd { return m.send(running) })
	}
	return m.send(free, left...)
}

// send makes the attempts one after the other; left says what becomes of others.
func (m *Model) send(list []forward.Resend, left ...safe.Text) tea.Cmd {
	if len(list) > 1 || len(left) > 0 {
		m.batch = newBatch(list, left)
	}
	var cmds []tea.Cmd
	for _, x := range list {
		id := x.Exchange.ID
		m.inFlight[id]++
		m.notify(safe.Linef("%s → %s: sending…", x.Exchange.Name(), x.To.Resolve(x.Exchange.Request.Target).Short()))
		cmds = append(cmds, m.sendCmd(x))
	}
	return tea.Sequence(cmds...)
}

// sent is an attempt that ended.
type sent struct {
	id      capture.ID
	attempt capture.Attempt
	err     error // it was not made
}

// sendCmd makes an attempt and puts it under its exchange.
func (m *Model) sendCmd(x forward.Resend) tea.Cmd {
	m.use(x.To)
	ctx, resender := m.ctx, m.resenderFor(x.To)
	return func() tea.Msg {
		a, err := resender.Resend(ctx, x)
		return sent{id: x.Exchange.ID, attempt: a, err: err}
	}
}

// reportSent says what came of an attempt.
func (m *Model) reportSent(s sent) tea.Cmd {
	if m.inFlight[s.id]--; m.inFlight[s.id] <= 0 {
		delete(m.inFlight, s.id)
	}
	if s.err != nil {
		m.batch.without(s.id)
		m.logProblem(m.nameOf(s.id) + " not sent: " + s.err.Error())
		return nil
	}
	a, to := &s.attempt, forward.ShortURL(s.attempt.To)
	if words, ok := m.batch.report(s.id, a); ok {
		if a.Cause != "" {
			m.logProblem(safe.Linef("%s → %s: %s", m.nameOf(s.id), to, a.Cause).String())
		}
		m.notify(words)
		return nil
	}
	text := safe.Linef("%s → %s   %s   %s", m.nameOf(s.id), to, outcomeWords(a), words.Duration(a.Took))
	if a.Signed {
		text = safe.Concat(text, safe.Const("   re-signed"))
	}
	switch {
	case a.Cause != "":
		m.logProblem(text.String())
	case a.Failed():
		m.warn(text)
	default:
		m.notify(text)
	}
	return nil
}

// outcomeWords are "200 OK" or "refused".
func outcomeWords(a *capture.Attempt) string {
	if a.Cause != "" {
		return string(a.Cause)
	}
	return strings.TrimSpace(strconv.Itoa(a.Reply.Status) + " " + http.StatusText(a.Reply.Status))
}

func (m *Model) forwardElsewhere() {
	if ready, left := m.sendable(); len(ready) > 0 {
		m.askTarget(ready, left)
	}
}

// askTarget asks for a URL and sends the requests there; left says what becomes of others.
func (m *Model) askTarget(list []*capture.Exchange, left []safe.Text) {
	m.askURL(safe.Linef("forward %s to", names(list)), "send", list[0], func(u forward.URL) tea.Cmd {
		var ready []forward.Resend
		for _, ex := range list {
			ready = append(ready, forward.Resend{Exchange: ex, To: m.targetForURL(u)})
		}
		return m.sendAll(ready, left)
	})
}

// withTargets goes on with requests and where each is sent. It asks for a URL where nothing
// says; title has their names in it, and verb names what then does.
func (m *Model) withTargets(list []*capture.Exchange, title, verb string, then func([]forward.Resend) tea.Cmd) tea.Cmd {
	var runs []forward.Resend
	var without []*capture.Exchange
	for _, ex := range list {
		to, ok := m.resendTarget(ex)
		if !ok {
			without = append(without, ex)
		}
		runs = append(runs, forward.Resend{Exchange: ex, To: to})
	}
	if len(without) == 0 {
		return then(runs)
	}
	m.askURL(safe.Line(fmt.Sprintf(title, names(without))), verb, without[0], func(u forward.URL) tea.Cmd {
		for i := range runs {
			if slices.Contains(without, runs[i].Exchange) {
				runs[i].To = m.targetForURL(u)
			}
		}
		return then(runs)
	})
	return nil
}

// askURL asks where to send ex, and goes on with then, which verb names.
func (m *Model) askURL(title safe.Text, verb string, ex *capture.Exchange, then func(forward.URL) tea.Cmd) {
	m.stack.Open(overlay.NewForward(m.theme, title, verb, ex.Request.Target, m.usedURLs(), m.checkURL, func(u forward.URL) tea.Cmd {
		m.given = lastUsed(append(m.given, u))
		return m.askFrom(u, func() tea.Cmd { return then(u) })
	}))
}

// checkURL refuses creel's own addresses.
func (m *Model) checkURL(u forward.URL) error {
	if m.deps.Resender == nil {
		return nil
	}
	return m.deps.Resender.CheckURL(u)
}

// maxUsed is how many URLs are offered that were sent to before.
const maxUsed = 8

// usedURLs are the targets and what was sent to before, the last one first.
func (m *Model) usedURLs() []string {
	var used []string
	add := func(u string) {
		if len(used) < maxUsed && !slices.Contains(used, u) {
			used = append(used, u)
		}
	}
	for _, u := range slices.Backward(m.used) {
		add(u.String())
	}
	for _, s := range m.facts.targets {
		add(s.URL.String())
	}
	return used
}

// use remembers a URL that was given when something is sent to it; a draft has its path in the text.
func (m *Model) use(to forward.Target) {
	for i, u := range slices.Backward(m.given) {
		if u == to.URL || u.Base() == to.URL {
			m.given = slices.Delete(m.given, i, i+1)
			m.used = lastUsed(append(m.used, u))
			return
		}
	}
}

func lastUsed(list []forward.URL) []forward.URL { return list[max(0, len(list)-maxUsed):] }

func (m *Model) openTargets() {
	var dialog *overlay.Targets
	spec := overlay.TargetsSpec{Look: m.deps.Targets.List, Now: m.deps.Now, Check: m.checkURL, Defaults: m.deps.Config.Defaults, Set: m.setTargets}
	if m.deps.KeepTarget != nil {
		spec.File = m.atHome(m.deps.Config.ConfigFile)
		spec.Keep = func(t forward.Target) tea.Cmd { return m.keepTarget(dialog, t) }
	}
	if ex := m.acting(); ex != nil {
		spec.Captured = ex.Request.Target
	}
	dialog = overlay.NewTargets(m.theme, spec)
	m.stack.Open(dialog)
}

func (m *Model) setTargets(list []forward.Target) {
	first := len(m.deps.Targets.List()) == 0 && len(list) > 0
	m.deps.Targets.Set(list)
	m.takeFacts()
	if first && m.deps.KeepTarget != nil { // the dialog, which says it, too, is closed
		m.notify(safe.Linef("requests go to %s until creel ends; F and w keep that", list[0].Label()))
	}
}

func (m *Model) keepTarget(dialog *overlay.Targets, t forward.Target) tea.Cmd {
	keep := m.deps.KeepTarget
	return func() tea.Msg {
		err := keep(t)
		return order(func(m *Model) tea.Cmd {
			if err != nil {
				err = fmt.Errorf("target %s is not kept: %w", forward.Redact(t.Spec()), err)
				m.logProblem(err.Error())
			}
			dialog.Kept(&t, err)
			return nil
		})
	}
}

func (m *Model) flushLabel() safe.Text {
	if n := m.facts.pending; n > 0 {
		return safe.Linef("deliver %s pending", words.Number(n))
	}
	return safe.Text{}
}

// flush delivers what is pending, after a question when that is more than one.
func (m *Model) flush() tea.Cmd {
	n := m.facts.pending
	if n == 1 {
		return m.flushCmd()
	}
	lines := append(m.pendingFor(), safe.Const("each once, oldest first; those that came again and succeeded are left out"))
	m.stack.Open(overlay.NewConfirm(m.theme, safe.Linef("deliver %s pending requests?", words.Number(n)), safe.Const("deliver"), m.flushCmd, lines...))
	return nil
}

func (m *Model) pendingFor() []safe.Text {
	var lines []safe.Text
	counts := m.deps.Queue.Counts()
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		line := fmt.Sprintf("%s to %s", words.Number(counts[key]), words.URL(key))
		if !slices.ContainsFunc(m.facts.targets, func(t forward.Status) bool { return t.Key() == key }) {
			line += ", which is no target any more"
		}
		lines = append(lines, safe.Line(line))
	}
	return lines
}

func (m *Model) flushCmd() tea.Cmd {
	ctx, q := m.ctx, m.deps.Queue
	m.notify(safe.Const("delivering what is pending…"))
	return func() tea.Msg {
		f := q.Flush(ctx, "")
		return order(func(m *Model) tea.Cmd {
			m.notify(safe.Linef("pending: %s", f))
			m.notice.bad, m.notice.answer = f.Failed(), true
			return m.refresh()
		})
	}
}
