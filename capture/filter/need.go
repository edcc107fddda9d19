package filter

import (
	"math"
	"slices"
	"strings"

	"creel/capture"
	"creel/capture/provider"
)

// Needs returns conditions that all matching exchanges meet; others may meet them,
// too.
func (f *Filter) Needs() []capture.Condition {
	if f.IsEmpty() {
		return nil
	}
	return f.root.needs()
}

// AsksOlder reports whether matching an exchange asks for those before it.
func (f *Filter) AsksOlder() bool {
	return !f.IsEmpty() && f.root.any(func(t *term) bool {
		return t.field.name == "is" && slices.Contains(t.raw, "duplicate")
	})
}

func (n *node) needs() (list []capture.Condition) {
	switch n.op {
	case opAnd:
		for _, k := range n.kids {
			list = append(list, k.needs()...)
		}
	case opTerm:
		if need, ok := n.term.need(); ok {
			list = append(list, need)
		}
	}
	return list
}

func (t *term) need() (capture.Condition, bool) {
	need := capture.Condition{Key: t.field.name}
	switch need.Key {
	case "id", "status":
		for _, b := range t.bounds {
			need.Ranges = append(need.Ranges, [2]int64{wholeAbove(b.lo), wholeBelow(b.hi)})
		}
		return need, len(need.Ranges) > 0
	case "method", "host", "provider", "event", "delivery", "path":
		for _, raw := range t.raw {
			if raw == "" || newPattern(raw, false).isGlob() || !isASCII(raw) {
				return need, false
			}
			if need.Key == "path" {
				if strings.Contains(raw, "%") {
					return need, false
				}
				raw = strings.TrimPrefix(raw, "=")
			}
			need.Texts = append(need.Texts, raw)
			if need.Key == "provider" {
				need.Texts = append(need.Texts, provider.GoingBy(raw)...)
			}
		}
		return need, len(need.Texts) > 0
	}
	return need, false
}

// wholeAbove is the smallest whole number from f on, as far as there is one.
func wholeAbove(f float64) int64 {
	return int64(max(0, min(math.Ceil(f), 1<<62)))
}

// wholeBelow is the largest whole number up to f, as far as there is one.
func wholeBelow(f float64) int64 {
	return int64(max(-1, min(math.Floor(f), 1<<62)))
}
