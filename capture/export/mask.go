package export

import (
	"maps"
	"slices"

	"creel/capture"
	"creel/capture/redact"
)

// mask hides secrets and remembers what it hid.
type mask struct {
	off bool
	*redact.Redactor
	now *redact.Scan // of the exchange that is written
	all map[redact.Hit]int
}

func newMask(f Format, opt Options) (*mask, error) {
	r, err := redact.New(opt.Redact)
	if err != nil {
		return nil, err
	}
	return &mask{off: f.Exact || opt.WithSecrets, Redactor: r, now: r.Scan(), all: map[redact.Hit]int{}}, nil
}

// end counts what was hidden in one exchange.
func (m *mask) end() {
	for h, n := range m.now.Hits() {
		m.all[h] += n
	}
}

func (m *mask) hits() []string  { return wheres(m.now.Hits()) }
func (m *mask) names() []string { return wheres(m.all) }

// wheres are the places of the hits, sorted, each once.
func wheres(hits map[redact.Hit]int) []string {
	set := map[string]bool{}
	for h := range hits {
		set[h.Where] = true
	}
	return slices.Sorted(maps.Keys(set))
}

func (m *mask) target(t string) string {
	if m.off {
		return t
	}
	return m.now.Target(t)
}

// message is a head and a body as they may be shown.
func (m *mask) message(fields []capture.Field, body []byte) ([]capture.Field, []byte) {
	if m.off {
		return fields, body
	}
	body, fields = m.now.Body(m.now.Fields(fields), body)
	return fields, body
}
