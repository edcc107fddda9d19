package filter

import "strings"

// term is one key with its alternatives.
type term struct {
	field  *field
	name   string   // after the dot: header.NAME
	tests  []test   // none means: is it there at all
	raw    []string // the values as they were written
	bounds []bounds // the values of a number
	// looks are what a searching key looks for, to be marked where it is shown.
	looks []pattern
}

// test is one alternative, compiled.
type test func(p *probe) bool

// add compiles one more alternative.
func (t *term) add(v value, scope Scope) *Error {
	f := t.field
	t.raw = append(t.raw, v.raw)
	switch {
	case f.compile != nil:
		test, err := f.compile(v, scope)
		t.tests = append(t.tests, test)
		return err
	case f.numbers != nil:
		b, ok := parseBounds(v.raw, f.unit)
		if !ok {
			return mistake(v.start, v.end, quoteFor(v.raw)+" is not "+f.unit.what, "%s:%s", f.name, f.unit.try)
		}
		t.bounds = append(t.bounds, b)
		hit := b.has // bound here, since binding it again for each exchange allocates
		t.tests = append(t.tests, func(p *probe) bool { return f.numbers(p, hit) })
		return nil
	case v.raw == "":
		return mistake(v.start, v.end, "nothing between the quotes", "-%s: is for a value that is not there", f.name)
	}
	hit, err := f.how(v)
	t.tests = append(t.tests, func(p *probe) bool { return f.texts(p, t.name, hit) })
	if f == anywhere && strings.Contains(v.raw, "/") {
		t.tests = append(t.tests, func(p *probe) bool { return hit(p.url()) })
	}
	if f.searches {
		t.looks = append(t.looks, newPattern(v.raw, true))
	}
	return err
}

// present makes the term ask whether there is a value at all; false when the
// key cannot be asked so.
func (t *term) present() bool {
	f := t.field
	switch {
	case f.texts != nil:
		any := func(string) bool { return true }
		t.tests = []test{func(p *probe) bool { return f.texts(p, t.name, any) }}
	case f.numbers != nil:
		any := func(n int64) bool { return n != 0 }
		t.tests = []test{func(p *probe) bool { return f.numbers(p, any) }}
	default:
		return false
	}
	return true
}
