package detail

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/safe"
	"creel/ui/theme"
	"creel/ui/words"
)

// response is the only page of a pane that [NewResponse] made. It has no digit.
const response = tabCount

// responseSeq is where such a pane begins to number its commands, so that what
// comes of them is not taken for that of the other pane.
const responseSeq = 1 << 30

// NewResponse returns a pane that shows what came back for a request: the response
// of the newest attempt, what is in flight, or the reply where nothing was sent.
func NewResponse(t *theme.Theme, d Deps) *Pane {
	d.Check, d.Before, d.Enter = nil, nil, nil
	p := New(t, d)
	p.tab, p.seq = response, responseSeq
	p.redraw()
	return p
}

// buildResponse fills the page with what came back.
func (p *Pane) buildResponse(s *sheet) tea.Cmd {
	s.view, s.content = nil, nil
	if flying := p.inFlight(); len(flying) > 0 {
		s.empty = safe.Text{}
		s.head = append(s.head, row{spans: p.flightSpans(&flying[len(flying)-1], "")})
		return nil
	}
	if n := len(p.ex.Attempts); n > 0 {
		return p.buildAttemptResponse(s, p.ex.Attempts[n-1])
	}
	r := &p.ex.Reply
	if r.Status == 0 && r.Fault == "" {
		s.empty = safe.Line("no reply: " + p.ex.State.String())
		return nil
	}
	spans := []span{{status(r.Status), statusText(r.Status)}, {plain, safe.Linef("  %s", words.Duration(r.Took))}}
	if r.Fault != "" {
		spans = append(spans, span{warn, safe.Line("  fault " + r.Fault)})
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
			s.head = append(s.head, row{spans: []span{{plain, l}}})
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
		spans = append(spans, span{dim, safe.Line("   " + body.Size(n))})
	}
	if len(spans) > 0 {
		s.head = append(s.head, row{spans: spans})
	}
	return p.load(s, r.Body, r.Fields, p.mode)
}

// responseTitle is the line above the page: what it shows the response of.
func (p *Pane) responseTitle() string {
	out := p.t.NewRow(p.w, theme.Style{})
	out.Styled(p.t.Line(1), 1).Gap(1)
	words := safe.Const("response")
	switch {
	case p.ex == nil:
	case len(p.inFlight()) > 0:
		words = safe.Const("response · in flight")
	case len(p.ex.Attempts) > 0:
		a := p.ex.Attempts[len(p.ex.Attempts)-1]
		parts := []string{"response", fmt.Sprintf("attempt %d", a.N), verb(a) + " → " + shortURL(a.To).String()}
		if a.Signed {
			parts = append(parts, "re-signed")
		}
		words = safe.Line(strings.Join(append(parts, a.At.Local().Format(time.TimeOnly)), " · "))
	default:
		words = safe.Linef("reply · %s", by(p.ex.Reply.By))
	}
	status := p.search.status()
	room := out.Room() - 3
	if n := status.Width(); n > 0 && !p.Typing() {
		room -= n + 2
	}
	out.Text(p.t.Title, words.CutMiddle(max(1, room))).Gap(1)
	if n := status.Width(); n > 0 && !p.Typing() && out.Room() > n+2 {
		rule := out.Room() - n - 2
		out.Styled(p.t.Line(rule), rule).Gap(1).Text(p.t.Accent, status).Gap(1)
	}
	rest := out.Room()
	return out.Styled(p.t.Line(rest), rest).String()
}
