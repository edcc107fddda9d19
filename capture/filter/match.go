package filter

import (
	"context"
	"slices"
	"sync"
	"time"
	"unsafe"

	"creel/capture"
)

// Scope is where a filter is used, which decides what it may ask.
type Scope uint8

// The scopes of a filter.
const (
	Screen  Scope = iota // the list on screen: everything
	History              // ls, export, wait: nothing that only a screen knows
	Arrival              // rules and --hold: what is known when a request arrives
)

// Env answers what an exchange does not say itself. Every field may be left
// out; the functions must be safe for concurrent use when the filter is used so.
type Env struct {
	Now time.Time // for age; the zero time means time.Now
	// Marked and Unread are known to a screen only.
	Marked, Unread func(capture.ID) bool
	// Duplicate reports whether the same delivery came before.
	Duplicate func(*capture.Exchange) bool
	// Body gives the body as it is searched: content encodings undone. Nil means
	// the bytes as they came, if they are in memory.
	Body func(*capture.Exchange) []byte
}

// Filter says which exchanges are meant. The zero value matches all.
type Filter struct {
	text string
	root *node
}

// String returns the text the filter was parsed from; nothing for a nil one.
func (f *Filter) String() string {
	if f == nil {
		return ""
	}
	return f.text
}

// IsEmpty reports whether the filter matches everything because it says nothing.
func (f *Filter) IsEmpty() bool { return f == nil || f.root == nil }

// Match reports whether ex is meant. A nil env is an empty one, a nil filter
// matches all.
func (f *Filter) Match(ex *capture.Exchange, env *Env) bool {
	if f.IsEmpty() {
		return true
	}
	p := newProbe(ex, env)
	defer p.free()
	return f.root.match(p)
}

// NeedsBody reports whether matching may ask Env for the body, which is slow
// when bodies are on disk.
func (f *Filter) NeedsBody() bool {
	return !f.IsEmpty() && f.root.any(func(t *term) bool { return t.field.body })
}

// AsksAge reports whether the filter depends on the time, so that what matched
// a minute ago may no longer.
func (f *Filter) AsksAge() bool {
	return !f.IsEmpty() && f.root.any(func(t *term) bool { return t.field.name == "age" })
}

// node is one part of a parsed filter.
type node struct {
	op         op
	kids       []*node // of and, or; one of not
	term       *term
	start, end int // in the text
}

type op uint8

const (
	opTerm op = iota
	opAnd
	opOr
	opNot
)

func (n *node) match(p *probe) bool {
	switch n.op {
	case opAnd:
		for _, k := range n.kids {
			if !k.match(p) {
				return false
			}
		}
		return true
	case opOr:
		for _, k := range n.kids {
			if k.match(p) {
				return true
			}
		}
		return false
	case opNot:
		return !n.kids[0].match(p)
	}
	for _, t := range n.term.tests {
		if t(p) {
			return true
		}
	}
	return false
}

// any reports whether a term below satisfies ok.
func (n *node) any(ok func(*term) bool) bool {
	if n.op == opTerm {
		return ok(n.term)
	}
	return slices.ContainsFunc(n.kids, func(k *node) bool { return k.any(ok) })
}

// probe is one exchange being looked at. It is kept in a pool because the tests
// are called through function values, which would put each on the heap.
type probe struct {
	ex   *capture.Exchange
	env  *Env
	body string
	read bool
}

var probes = sync.Pool{New: func() any { return new(probe) }}

var nothing Env

func newProbe(ex *capture.Exchange, env *Env) *probe {
	if env == nil {
		env = &nothing
	}
	p := probes.Get().(*probe)
	p.ex, p.env = ex, env
	return p
}

func (p *probe) free() {
	*p = probe{}
	probes.Put(p)
}

// content is the body as it is searched, read once for all terms.
func (p *probe) content() string {
	if p.read {
		return p.body
	}
	p.read = true
	var b []byte
	switch {
	case p.env.Body != nil:
		b = p.env.Body(p.ex)
	case p.ex.Request.Body.InMemory():
		b, _ = p.ex.Request.Body.Bytes(context.Background())
	}
	// Bodies are never changed, so that a string may share their bytes; a copy of
	// each would be most of the time that a search takes.
	p.body = unsafe.String(unsafe.SliceData(b), len(b))
	return p.body
}

// url is the whole address for words that may reach over its parts.
func (p *probe) url() string {
	scheme := "http://"
	if p.ex.Request.TLS {
		scheme = "https://"
	}
	return scheme + p.ex.Request.Host + p.ex.Request.Target
}

func (p *probe) age() time.Duration {
	if p.env.Now.IsZero() {
		return time.Since(p.ex.At)
	}
	return p.env.Now.Sub(p.ex.At)
}
