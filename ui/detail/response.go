package detail

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/ui/theme"
)

// response is the only page of a pane that [NewResponse] made. It has no digit.
const response = tabCount

// NewResponse returns a pane that shows what came back for a request: the response
// of the newest attempt, what is in flight, or the reply where nothing was sent.
func NewResponse(t *theme.Theme, d Deps) *Pane {
	d.Check, d.Before, d.Enter = nil, nil, nil
	p := New(t, d)
	p.tab = response
	p.redraw()
	return p
}

// Answered reports whether there is more to say of what came back for a request than
// the line of its newest attempt does: a body, an error, or what is in flight.
func (p *Pane) Answered(ex *capture.Exchange) bool {
	switch {
	case ex == nil:
		return false
	case p.deps.InFlight != nil && len(p.deps.InFlight(ex.ID)) > 0:
		return true
	case len(ex.Attempts) == 0:
		return ex.Reply.Body.Size() > 0
	}
	a := ex.Attempts[len(ex.Attempts)-1]
	return a.Err != "" || a.Reply.Body.Size() > 0
}

// Needs is how many lines the page would take beside the request, at most mostNeeded; 0: not known.
func (p *Pane) Needs() int { return p.drawn.needs }

const mostNeeded = 50

// needs counts the lines for Needs, not for each frame: a line that is wrapped may be long.
func (p *Pane) needs() int {
	if p.tab != response || p.ex == nil {
		return 0
	}
	s, n := p.sheet(), 1 // the title
	if p.prompt.kind != noPrompt {
		n++
	}
	for i := 0; i < s.len() && n < mostNeeded; i++ {
		n += s.height(&s.page, i)
	}
	return min(n, mostNeeded)
}

// spinTime is how long the spinner stands still: it may go over a slow line.
const spinTime = 200 * time.Millisecond

// spinner turns with the time since an attempt began.
func (p *Pane) spinner(since time.Time) safe.Text {
	frames := p.t.Spinner.Frames
	n := int(max(0, p.deps.Now().Sub(since)) / spinTime)
	return safe.Line(frames[n%len(frames)])
}

func (p *Pane) buildResponse(s *sheet) tea.Cmd {
	s.view, s.content = nil, nil
	attempts := p.inFlight()
	if p.showsInFlight = len(attempts) > 0; p.showsInFlight {
		f := &attempts[len(attempts)-1]
		turn := safe.Concat(p.spinner(f.Since), safe.Const(" "))
		s.empty = safe.Text{}
		s.head = append(s.head, row{spans: append([]span{{accent, turn}}, p.flightSpans(f, turn.String())...)})
		return nil
	}
	if n := len(p.ex.Attempts); n > 0 {
		return p.buildAttemptResponse(s, p.ex.Attempts[n-1])
	}
	r := &p.ex.Reply
	if r.Status == 0 && r.Fault == "" {
		s.empty = safe.Line(p.ex.State.NoReply())
		return nil
	}
	spans := []span{{status(r.Status), statusText(r.Status)}, {plain, safe.Linef("  %s", words.Duration(r.Took))}}
	if r.Fault != "" {
		spans = append(spans, span{warn, safe.Line("  fault " + string(r.Fault))})
	}
	return p.responseBody(s, spans, r)
}

func (p *Pane) buildAttemptResponse(s *sheet, a *capture.Attempt) tea.Cmd {
	spans := append(result(a), span{plain, safe.Linef("  %s", words.Duration(a.Took))})
	if a.Truncated {
		spans = append(spans, span{warn, safe.Const("  cut at --max-answer")})
	}
	if a.Err != "" {
		s.head = append(s.head, row{spans: spans})
		for _, l := range safe.Lines(a.Err) {
			s.head = append(s.head, row{spans: []span{{plain, l}}, prose: true})
		}
		spans = nil
	}
	return p.responseBody(s, spans, &a.Reply)
}

// responseBody ends the first line with what the body is, and lays it out below.
func (p *Pane) responseBody(s *sheet, spans []span, r *capture.Reply) tea.Cmd {
	if kind, ok := capture.FieldValue(r.Fields, "Content-Type"); ok {
		spans = append(spans, span{dim, safe.Line("   " + kind)})
	}
	if n := r.Body.Size(); n > 0 {
		spans = append(spans, span{dim, safe.Line("   " + words.Size(n))})
	}
	if len(spans) > 0 {
		s.head = append(s.head, row{spans: spans})
	}
	return p.load(s, r.Body, r.Fields, p.mode)
}

func (p *Pane) responseOf() []string {
	switch {
	case p.ex == nil:
		return []string{"response"}
	case len(p.inFlight()) > 0:
		return []string{"response", fmt.Sprintf("attempt %d", len(p.ex.Attempts)+1), "in flight"}
	case len(p.ex.Attempts) > 0:
		a := p.ex.Attempts[len(p.ex.Attempts)-1]
		parts := []string{"response", fmt.Sprintf("attempt %d", a.N), verb(a) + " → " + shortURL(a.To).String()}
		if a.Signed {
			parts = append(parts, "re-signed")
		}
		return append(parts, a.At.Local().Format(time.TimeOnly))
	}
	parts := []string{"reply"}
	switch r := &p.ex.Reply; {
	case r.Fault != "":
		parts = append(parts, "fault "+string(r.Fault))
	case r.Status > 0:
		parts = append(parts, by(r.By))
	}
	if len(p.ex.Pending) > 0 {
		var targets []string
		for _, key := range p.ex.Pending {
			targets = append(targets, words.URL(key))
		}
		return append(parts, "pending for "+strings.Join(targets, ", "))
	}
	return append(parts, "not sent anywhere")
}

// responseTitle is the line above the page: what it shows, and how many hits or rows more.
func (p *Pane) responseTitle() string {
	out := p.t.NewRow(p.w, theme.Style{})
	out.Styled(p.t.Line(1), 1).Gap(1)
	words := safe.Line(strings.Join(p.responseOf(), " · "))
	right, look := p.search.summary(), p.t.Accent
	if right.Empty() || p.Typing() {
		right, look = p.jqAndMore(), p.t.Dim
	}
	room := out.Room() - 3
	if n := right.Width(); n > 0 {
		room -= n + 2
	}
	out.Text(p.t.Title, words.CutMiddle(max(1, room))).Gap(1)
	if n := right.Width(); n > 0 && out.Room() > n+2 {
		rule := out.Room() - n - 2
		out.Styled(p.t.Line(rule), rule).Gap(1).Text(look, right).Gap(1)
	}
	rest := out.Room()
	return out.Styled(p.t.Line(rest), rest).String()
}
