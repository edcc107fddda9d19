package filter

import (
	"strings"

	"creel/capture"
)

// Part is one of the parts that all have to match.
type Part struct {
	Text string // as written
	Met  bool
	// Was is what the exchange has there, for a part that asks one thing: hostile
	// bytes, at most 200 of them. Empty when it has nothing or it is too large to say.
	Was string
}

// maxWas bounds what a part quotes of an exchange.
const maxWas = 200

// Explain says of each part of the filter whether ex meets it, so that a near
// miss can be distinguished from something else altogether.
func (f *Filter) Explain(ex *capture.Exchange, env *Env) []Part {
	if f.IsEmpty() {
		return nil
	}
	p := newProbe(ex, env)
	defer p.free()
	nodes := []*node{f.root}
	if f.root.op == opAnd {
		nodes = f.root.kids
	}
	var parts []Part
	for _, n := range nodes {
		parts = append(parts, Part{f.text[n.start:n.end], n.match(p), n.was(p)})
	}
	return parts
}

func (n *node) was(p *probe) string {
	if n.op == opNot {
		return n.kids[0].was(p)
	}
	if n.op != opTerm || n.term.field == anywhere || n.term.field.body {
		return ""
	}
	var all []string
	f := n.term.field
	switch {
	case f.texts != nil:
		f.texts(p, n.term.name, func(s string) bool { all = append(all, s); return false })
	case f.numbers != nil:
		f.numbers(p, func(n int64) bool { all = append(all, f.unit.show(n)); return false })
	}
	s := strings.Join(all, ", ")
	return s[:min(len(s), maxWas)]
}
