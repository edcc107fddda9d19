package detail

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/provider"
	"creel/capture/safe"
	"creel/capture/words"
)

// buildAttempt shows what was sent, what differs from the captured request, and the answer.
func (p *Pane) buildAttempt(s *sheet, a *capture.Attempt) tea.Cmd {
	s.head = append(s.head,
		row{spans: []span{{title, safe.Linef("Attempt %d", a.N)}, {dim, safe.Linef("  %s %s  %s", verb(a), a.At.Local().Format(time.DateTime), words.Ago(p.deps.Now().Sub(a.At)))}}},
		pair("To", span{plain, safe.Line(a.Method + " " + a.To)}))
	for i, c := range a.Changes {
		name := ""
		if i == 0 {
			name = "Changed"
		}
		s.head = append(s.head, pair(name, span{plain, safe.Line(c)}))
	}
	if a.Signed {
		words := []span{{plain, safe.Const("re-signed")}}
		if a.SignedURL != "" {
			words = append(words, span{plain, safe.Line(", for " + a.SignedURL)})
		}
		s.head = append(s.head, pair("Signature", words...))
	}
	if note := hostNote(p.ex, a); note != "" {
		s.head = append(s.head, pair("Signature", span{warn, safe.Line(note)}))
	}
	s.head = append(s.head, pair("Result", result(a)...), pair("Time", span{plain, safe.Line(times(a))}))
	if a.Err != "" {
		for i, l := range safe.Lines(a.Err) {
			name := ""
			if i == 0 {
				name = "Error"
			}
			s.head = append(s.head, pair(name, span{plain, l}))
		}
	}
	s.head = append(s.head, p.sentBody(a)...)
	if a.Truncated {
		s.head = append(s.head, pair("", span{warn, safe.Const("the response was larger than --max-answer: this is its beginning")}))
	}
	return p.buildAnswer(s, &a.Reply, a.Proto)
}

// hostNote says that an app that was called by another host may refuse a valid signature over the URL.
func hostNote(ex *capture.Exchange, a *capture.Attempt) string {
	host, _ := capture.FieldValue(a.Fields, "Host")
	if a.Signed || ex.Signature.Verdict != capture.Valid || !provider.SignsURL(ex.Sender.Provider) || strings.EqualFold(host, ex.Request.Host) {
		return ""
	}
	return fmt.Sprintf("covers the URL with the host %s: an app that takes the host from %s refuses it; --keep-host sends %[1]s", ex.Request.Host, host)
}

// sentLines is how many lines are shown of a body that was sent.
const sentLines = 200

// sentBody shows the body that was sent, where it is not the captured one.
func (p *Pane) sentBody(a *capture.Attempt) []row {
	if a.SameBody || a.Body.Size() == 0 || a.Body.Size() > quick || !a.Body.InMemory() {
		return nil
	}
	raw, err := a.Body.Bytes(p.deps.Ctx)
	if err != nil {
		return nil
	}
	o := lay(p.deps.Ctx, body.Read(raw, a.Fields), p.mode)
	if o.err != nil {
		return nil
	}
	rows := []row{{}, {spans: []span{{title, safe.Const("Body as sent")}, {dim, safe.Line("  " + words.Size(a.Body.Size()))}}}}
	sent := page{view: o.view}
	for i := range min(sent.len(), sentLines) {
		rows = append(rows, sent.row(i))
	}
	if more := sent.len() - sentLines; more > 0 {
		rows = append(rows, row{spans: []span{{dim, safe.Linef("%d more lines", more)}}})
	}
	return rows
}

func times(a *capture.Attempt) string {
	var parts []string
	if a.Connect > 0 {
		parts = append(parts, fmt.Sprintf("connect %s", words.Duration(a.Connect)))
	}
	if a.FirstByte > 0 {
		parts = append(parts, fmt.Sprintf("first byte %s", words.Duration(a.FirstByte)))
	}
	return strings.Join(append(parts, fmt.Sprintf("whole %s", words.Duration(a.Took))), " · ")
}

func (p *Pane) buildReply(s *sheet) tea.Cmd {
	r := &p.ex.Reply
	s.view, s.content = nil, nil
	if r.Status == 0 && r.Fault == "" {
		s.empty = safe.Line(p.ex.State.NoReply())
		return nil
	}
	line := []span{{plain, safe.Linef("%s in %s", by(r.By), words.Duration(r.Took))}}
	if r.Fault != "" {
		line = append(line, span{warn, safe.Line("  fault " + string(r.Fault))})
	}
	if limit := p.limit(); limit > 0 && r.Took > limit {
		line = append(line, span{warn, safe.Linef("  over %s, which is what %s waits", words.Duration(limit), p.ex.Sender.Provider)})
	}
	s.head = append(s.head, row{spans: line})
	s.head = append(s.head, p.tries()...)
	return p.buildAnswer(s, r, "")
}

// tries say what the other tries of the same delivery got, and when.
func (p *Pane) tries() []row {
	if p.deps.Delivery == nil {
		return nil
	}
	d := p.deps.Delivery(p.ex)
	if len(d.Tries) < 2 {
		return nil
	}
	ids := make([]string, len(d.Tries))
	for i := range d.Tries {
		ids[i] = d.Tries[i].Exchange.String()
	}
	return []row{pair("Tries", span{plain, safe.Line(d.Timeline())}, span{dim, safe.Line("   " + strings.Join(ids, " "))})}
}

func (p *Pane) limit() time.Duration {
	if p.deps.Limit == nil || p.ex.Sender.Provider == "" {
		return 0
	}
	return p.deps.Limit(p.ex.Sender.Provider)
}

func (p *Pane) buildAnswer(s *sheet, r *capture.Reply, proto string) tea.Cmd {
	if r.Status > 0 {
		first := []span{{status(r.Status), statusText(r.Status)}}
		if proto != "" {
			first = append([]span{{dim, safe.Line(proto + " ")}}, first...)
		}
		s.head = append(s.head, row{}, row{spans: first})
	}
	s.head = append(s.head, fieldRows(r.Fields, r.Trailers)...)
	if n := r.Body.Size(); n > 0 {
		s.head = append(s.head, row{}, row{spans: []span{{dim, safe.Line(words.Size(n))}}})
	}
	return p.load(s, r.Body, r.Fields, p.mode)
}
