package detail

import (
	"context"
	"net/http"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/forward"
)

// attemptLine is the newest attempt in one line: where it went, what came of it.
func (p *Pane) attemptLine() []span {
	if p.ex == nil {
		return nil
	}
	if attempts := p.inFlight(); len(attempts) > 0 {
		return append([]span{{dim, safe.Linef("%s ", p.ex.Name())}}, p.flightSpans(&attempts[len(attempts)-1], p.ex.Name())...)
	}
	n := len(p.ex.Attempts)
	if n == 0 {
		return p.noAttempt()
	}
	a := p.ex.Attempts[n-1]
	spans := p.attemptSpans(a)
	// The beginning of the answer gets the room that is left, the time its own.
	at := safe.Line(a.At.Local().Format(time.TimeOnly))
	room := p.w - 2 - at.Width() - width(spans)
	if line := firstLine(a); !line.Empty() && room > 8 {
		line = safe.Concat(safe.Const("   "), line.Cut(room-4))
		spans = append(spans, span{dim, line})
		room -= line.Width()
	}
	if room < 1 {
		return spans
	}
	return append(spans, span{dim, safe.Concat(safe.Text{}.Pad(room), at)})
}

// flightSpans say where an attempt goes that is under way, and since when, beside a name.
func (p *Pane) flightSpans(f *forward.InFlight, name string) []span {
	waited := max(0, p.deps.Now().Sub(f.Since))
	since := safe.Linef(" since %d s", int(waited.Seconds()))
	if waited >= 2*time.Minute {
		since = safe.Linef(" since %s", words.Duration(waited))
	}
	arrow := safe.Const("→ ")
	url := safe.Line(f.To.Short()).CutMiddle(max(leastURL, p.room()-len(name)-1-arrow.Width()-since.Width()))
	return []span{{pending, safe.Concat(arrow, url)}, {plain, since}}
}

// leastURL is how short a URL is cut for what came of an attempt to be seen.
const leastURL = 12

// attemptSpans says what came of an attempt, and how long it took. Where there is
// not the room, the parts move closer, and what goes is first the words beside
// the status, then the middle of the URL, at last how it was sent.
func (p *Pane) attemptSpans(a *capture.Attempt) []span {
	before := span{dim, safe.Linef("%s %s → ", p.ex.Name(), verb(a))}
	url, came, gap := shortURL(a.To), result(a), safe.Const("   ")
	after := []safe.Text{safe.Line(words.Duration(a.Took))}
	if w := remarks(a); w != "" {
		after = append(after, safe.Line(w))
	}
	room := p.room() - before.text.Width() - safe.Join(gap, after...).Width() - 2*gap.Width()
	if url.Width()+width(came) > room {
		room += len(after) + 1
		if gap, came = safe.Const("  "), came[:1]; a.Cause == "" {
			came[0].text = safe.Linef("%d", a.Reply.Status)
		}
		if room-width(came) < leastURL {
			room += len(verb(a)) + 1
			before.text = safe.Linef("%s → ", p.ex.Name())
		}
		url = url.CutMiddle(max(leastURL, room-width(came)))
	}
	spans := append([]span{before, {plain, safe.Concat(url, gap)}}, came...)
	return append(spans, span{dim, safe.Concat(gap, safe.Join(gap, after...))})
}

func (p *Pane) noAttempt() []span {
	if len(p.ex.Pending) > 0 {
		return []span{{pending, safe.Const("pending")}, {plain, safe.Line(" for " + strings.Join(p.ex.Pending, ", "))}}
	}
	switch r := &p.ex.Reply; {
	case r.Fault != "":
		return []span{{dim, safe.Linef("Not sent anywhere · the sender got the fault %s", r.Fault)}}
	case r.Status == 0:
		return []span{{dim, safe.Const("Not sent anywhere yet")}}
	case r.By == capture.ByForward || r.By == "":
		return []span{{dim, safe.Linef("No attempt is recorded · the sender got %d %s", r.Status, by(r.By))}}
	}
	return []span{{dim, safe.Linef("Not sent anywhere · the sender got %d %s", p.ex.Reply.Status, by(p.ex.Reply.By))}}
}

func by(who capture.By) string {
	switch who {
	case "": // only of what was imported
		return "as imported"
	case capture.ByForward:
		return "from the app"
	case capture.ByHold:
		return "by hand"
	case capture.ByReply:
		return "by the standing reply"
	}
	if rule, ok := who.Rule(); ok {
		return "by rule " + rule
	}
	return "by " + string(who)
}

func verb(a *capture.Attempt) string {
	did := "forwarded"
	switch {
	case a.Edited:
		did = "sent edited"
	case a.Resend:
		did = "resent"
	}
	if a.By != "" {
		did += " by " + safe.Line(a.By).CutMiddle(maxBy).String()
	}
	return did
}

// maxBy is how wide the name of who sent an attempt may be, in cells.
const maxBy = 24

func result(a *capture.Attempt) []span {
	if a.Cause != "" {
		word := []span{{badWord, safe.Line(string(a.Cause))}}
		if why := lastPart(a.Err); why != "" && why != string(a.Cause) && echoes[why] != a.Cause {
			return append(word, span{plain, safe.Line(" " + why)})
		}
		return word
	}
	return []span{{status(a.Reply.Status), statusText(a.Reply.Status)}}
}

// echoes are errors that say no more than the word for their cause.
var echoes = map[string]capture.Cause{
	"connection refused":       capture.CauseRefused,
	"connection reset by peer": capture.CauseReset,
	"i/o timeout":              capture.CauseTimeout,
	"context canceled":         capture.CauseCanceled,
}

// lastPart is the end of a chain of errors, which says what happened; the lines below say where.
func lastPart(err string) string {
	err, _, _ = strings.Cut(err, "\n")
	parts := strings.Split(err, ": ")
	return parts[len(parts)-1]
}

func statusText(code int) safe.Text { return safe.Linef("%d %s", code, http.StatusText(code)) }

func remarks(a *capture.Attempt) string {
	var words []string
	if a.Signed {
		words = append(words, "re-signed")
	}
	if a.Truncated {
		words = append(words, "response cut")
	}
	return strings.Join(words, ", ")
}

func firstLine(a *capture.Attempt) safe.Text {
	if !a.Reply.Body.InMemory() || encoded(a.Reply.Fields) {
		return safe.Text{}
	}
	b, err := a.Reply.Body.Bytes(context.Background())
	if err != nil {
		return safe.Text{}
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(b[:min(len(b), 400)])), "\n")
	return safe.Tabbed(line, 0).Cut(60)
}

func shortURL(url string) safe.Text { return safe.Line(words.URL(url)).CutMiddle(48) }

// buildAttempts lists the attempts, the newest last, or shows the one that is open with its answer.
func (p *Pane) buildAttempts(s *sheet) tea.Cmd {
	s.view, s.content = nil, nil
	if a := p.openAttempt(); a != nil {
		return p.buildAttempt(s, a)
	}
	p.listAttempts(s)
	for _, to := range p.ex.Pending {
		s.head = append(s.head, row{spans: []span{{pending, safe.Const("     pending")}, {plain, safe.Line("  → " + to)}}})
	}
	for _, f := range p.inFlight() {
		s.head = append(s.head, row{spans: append([]span{{plain, safe.Text{}.Pad(attemptIndent)}}, p.flightSpans(&f, "     ")...)})
	}
	s.empty = safe.Const("not sent anywhere: r sends it, f to another URL")
	if err := forward.Sendable(&p.ex.Request); err != nil {
		s.empty = safe.Linef("not sent anywhere: %s", strings.TrimPrefix(err.Error(), "send: "))
	}
	p.followAttempts(s)
	return nil
}

func (p *Pane) openAttempt() *capture.Attempt {
	for _, a := range p.ex.Attempts {
		if a.N == p.attempt && p.attempt > 0 {
			return a
		}
	}
	return nil
}

// AtAttempt reports whether the cursor is at an attempt in their list.
func (p *Pane) AtAttempt() bool {
	s := p.sheet()
	return p.tab == Attempts && s.cursor < len(s.head) && s.head[s.cursor].attempt > 0
}

// Attempt is the number of the attempt that is open, or at the cursor; false where there is none.
func (p *Pane) Attempt() (n int, ok bool) {
	s := p.sheet()
	switch {
	case p.ex == nil || p.tab != Attempts:
		return 0, false
	case p.attempt > 0:
		return p.attempt, true
	case p.AtAttempt():
		return s.head[s.cursor].attempt, true
	}
	return 0, false
}

// OpenResponse opens that of the attempt at the cursor, else of the newest; false when there is none.
func (p *Pane) OpenResponse() (tea.Cmd, bool) {
	if p.ex == nil || len(p.ex.Attempts) == 0 {
		return nil, false
	}
	n := p.ex.Attempts[len(p.ex.Attempts)-1].N
	if at, ok := p.Attempt(); ok {
		n = at
	}
	p.jq.close()
	p.tab, p.attempt = Attempts, n
	p.sheets[Attempts].stop()
	p.sheets[Attempts] = sheet{}
	cmd := p.build()
	p.redraw()
	return cmd, true
}

func (p *Pane) closeAttempt() {
	n := p.attempt
	p.attempt = 0
	s := &p.sheets[Attempts]
	s.stop()
	*s = sheet{attempts: len(p.ex.Attempts), attemptLines: p.attemptLines()}
	for i, a := range p.ex.Attempts {
		if a.N == n {
			s.cursor = i * p.attemptLines()
		}
	}
}
