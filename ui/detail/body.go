package detail

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/safe"
	"creel/capture/words"
)

// buildBody shows the body of the request in its view, under what there is to say of how it came.
func (p *Pane) buildBody(s *sheet) tea.Cmd {
	r := &p.ex.Request
	s.empty = safe.Const("no body")
	for _, w := range warnings(r) {
		s.head = append(s.head, row{spans: []span{{warn, w}}, prose: true})
	}
	if r.Reserialized {
		s.head = append(s.head, row{spans: []span{{dim, safe.Linef("rewritten by %s from the body that it had parsed: the sender's own bytes are not known", p.ex.Via)}}, prose: true})
	}
	return p.load(s, r.Body, r.Fields, p.mode)
}

func warnings(r *capture.Request) []safe.Text {
	var out []safe.Text
	if r.Malformed != "" {
		out = append(out, safe.Line("malformed: "+r.Malformed+"; the tab 7 Raw shows what came"))
	}
	if r.Truncated {
		out = append(out, safe.Line(fmt.Sprintf("larger than --max-body: the first %s of %s", words.Size(r.Body.Size()), words.Size(r.Size))))
	}
	if r.Incomplete {
		out = append(out, safe.Line(fmt.Sprintf("incomplete: the connection ended after %s", words.Size(r.Body.Size()))))
	}
	return out
}

// buildWire shows the request as it stood on the wire.
func (p *Pane) buildWire(s *sheet) tea.Cmd {
	r := &p.ex.Request
	s.bare = true
	if len(r.Head) > 0 {
		for _, l := range safe.Lines(r.Head) {
			s.head = append(s.head, row{spans: []span{{plain, l}}})
		}
		return p.load(s, r.Body, nil, body.Raw)
	}
	s.head = append(s.head, row{spans: []span{{bold, safe.Line(r.Method)}, {plain, safe.Line(" " + r.Target + " ")}, {dim, safe.Line(r.Proto)}}})
	s.head = append(s.head, fieldRows(r.Fields, r.Trailers)...)
	blank := row{}
	if r.Chunked {
		blank.aside.before = safe.Const("the body came in chunks, joined here")
	}
	s.head = append(s.head, blank)
	return p.load(s, r.Body, nil, body.Raw)
}
