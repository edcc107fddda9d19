package filter

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a filter's text, so that hostile or mistaken input (a file read by
// mistake) cannot exhaust the stack.
const (
	maxText  = 64 << 10
	maxDepth = 100
)

// Parse reads a filter. The empty text gives the filter that matches all. The
// error, if any, is an *Error.
func Parse(text string, scope Scope) (*Filter, error) {
	if len(text) > maxText {
		return nil, mistake(0, len(text), "the filter is longer than 64 KiB", "")
	}
	p := parser{text: text, scope: scope}
	p.space()
	if p.done() {
		return &Filter{text: text}, nil
	}
	root, err := p.or()
	if err == nil && !p.done() {
		err = p.stray()
	}
	if err != nil {
		return nil, err
	}
	return &Filter{text: text, root: root}, nil
}

type parser struct {
	text  string
	scope Scope
	at    int
	depth int
}

// value is one alternative as written: quotes taken off, stars still in.
type value struct {
	raw        string
	start, end int // quotes included
}

func (p *parser) done() bool { return p.at >= len(p.text) }

func (p *parser) space() {
	for !p.done() {
		r, n := utf8.DecodeRuneInString(p.text[p.at:])
		if !unicode.IsSpace(r) {
			return
		}
		p.at += n
	}
}

// or reads parts between the word or.
func (p *parser) or() (*node, *Error) {
	start := p.at
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return nil, mistake(p.at, p.at+1, "more than 100 parentheses in each other", "")
	}
	var kids []*node
	for {
		n, err := p.and()
		if err != nil {
			return nil, err
		}
		kids = append(kids, n)
		if !p.keyword("or") {
			return join(opOr, kids, start, n.end), nil
		}
	}
}

// and reads parts that stand beside each other.
func (p *parser) and() (*node, *Error) {
	start := p.at
	var kids []*node
	for {
		if p.space(); p.ends() || p.sees("or") {
			break
		}
		n, err := p.unary()
		if err != nil {
			return nil, err
		}
		kids = append(kids, n)
		if p.keyword("and") {
			if p.space(); p.ends() || p.sees("or") {
				return nil, p.missing("and")
			}
		}
	}
	switch {
	case len(kids) > 0:
		return join(opAnd, kids, start, kids[len(kids)-1].end), nil
	case p.depth == 1 && !p.done() && p.text[p.at] == ')':
		return nil, p.stray()
	}
	return nil, mistake(p.at, p.at, "something is missing here", `or stands between two parts; quote it to search for it: "or"`)
}

func (p *parser) stray() *Error {
	return mistake(p.at, p.at+1, "this ) closes nothing", `quote it to search for it: ")"`)
}

func join(o op, kids []*node, start, end int) *node {
	if len(kids) == 1 {
		return kids[0]
	}
	return &node{op: o, kids: kids, start: start, end: end}
}

func (p *parser) missing(word string) *Error {
	return mistake(p.at, p.at, "something is missing after "+word, `quote it to search for it: "%s"`, word)
}

// sees reports whether the next word is the keyword, in either case.
func (p *parser) sees(word string) bool {
	rest := p.text[p.at:]
	if len(rest) < len(word) || !strings.EqualFold(rest[:len(word)], word) {
		return false
	}
	r, n := utf8.DecodeRuneInString(rest[len(word):])
	return n == 0 || unicode.IsSpace(r) || r == '(' || r == ')'
}

func (p *parser) keyword(word string) bool {
	p.space()
	if !p.sees(word) {
		return false
	}
	p.at += len(word)
	return true
}

// unary reads a part that may be negated, any number of times.
func (p *parser) unary() (*node, *Error) {
	start, negated := p.at, false
	for {
		switch {
		case p.keyword("not"):
			if p.space(); p.ends() {
				return nil, p.missing("not")
			}
		case !p.done() && p.text[p.at] == '-':
			p.at++
			if p.ends() {
				return nil, p.missing("-")
			}
		default:
			n, err := p.primary()
			if err == nil && negated {
				n = &node{op: opNot, kids: []*node{n}, start: start, end: n.end}
			}
			return n, err
		}
		negated = !negated
	}
}

func (p *parser) primary() (*node, *Error) {
	switch p.text[p.at] {
	case '(':
		return p.group()
	case '"', '\'':
		v, err := p.quoted()
		if err != nil {
			return nil, err
		}
		return p.bare(v)
	}
	start := p.at
	word := p.run(":")
	if p.done() || p.text[p.at] != ':' {
		return p.bare(value{word, start, p.at})
	}
	p.at++
	return p.pair(word, start)
}

func (p *parser) group() (*node, *Error) {
	open := p.at
	p.at++
	p.space()
	if !p.done() && p.text[p.at] == ')' {
		return nil, mistake(open, p.at+1, "nothing between the parentheses", `quote them to search for them: "()"`)
	}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.done() {
		return nil, mistake(open, open+1, "this ( is not closed", `quote it to search for it: "("`)
	}
	p.at++
	return &node{op: n.op, kids: n.kids, term: n.term, start: open, end: p.at}, nil
}

// run reads up to a space, one of the stops, or a ) that closes nothing in it.
func (p *parser) run(stops string) string {
	start, open := p.at, 0
	for !p.done() {
		r, n := utf8.DecodeRuneInString(p.text[p.at:])
		switch {
		case unicode.IsSpace(r), strings.ContainsRune(stops, r), r == ')' && open == 0:
			return p.text[start:p.at]
		case r == '(':
			open++
		case r == ')':
			open--
		}
		p.at += n
	}
	return p.text[start:]
}

// quoted reads a quoted text. A backslash before the quote that ends it makes
// that quote a character; other backslashes stand for themselves.
func (p *parser) quoted() (value, *Error) {
	start, quote := p.at, p.text[p.at]
	var b strings.Builder
	for p.at++; !p.done(); p.at++ {
		c := p.text[p.at]
		if c == '\\' && p.at+1 < len(p.text) && p.text[p.at+1] == quote {
			p.at++
			b.WriteByte(quote)
			continue
		}
		if c == quote {
			p.at++
			if !p.ends() && p.text[p.at] != ',' {
				return value{}, mistake(start, p.at, "a space is missing after the quote", "")
			}
			return value{b.String(), start, p.at}, nil
		}
		b.WriteByte(c)
	}
	return value{}, mistake(start, len(p.text), "this quote is not closed", "end it with %c", quote)
}

// bare makes the term of a word without a key.
func (p *parser) bare(v value) (*node, *Error) {
	if v.raw == "" {
		return nil, mistake(v.start, v.end, "nothing between the quotes", "")
	}
	t := &term{field: anywhere}
	if err := t.add(v, p.scope); err != nil {
		return nil, err
	}
	return &node{term: t, start: v.start, end: v.end}, nil
}

// pair reads the values of a key, whose colon was just read.
func (p *parser) pair(key string, start int) (*node, *Error) {
	f, name, err := p.key(key, start)
	if err != nil {
		return nil, err
	}
	t := &term{field: f, name: name}
	if p.ends() {
		if !t.present() {
			return nil, mistake(start, p.at, f.name+": needs a value", "%s", f.help)
		}
		return &node{term: t, start: start, end: p.at}, nil
	}
	for {
		v, err := p.value()
		if err == nil {
			err = t.add(v, p.scope)
		}
		if err != nil {
			return nil, err
		}
		if p.done() || p.text[p.at] != ',' {
			return &node{term: t, start: start, end: p.at}, nil
		}
		p.at++
	}
}

// ends reports whether a part ends here: at a space, a ) or the end.
func (p *parser) ends() bool {
	r, n := utf8.DecodeRuneInString(p.text[p.at:])
	return n == 0 || unicode.IsSpace(r) || r == ')'
}

func (p *parser) value() (value, *Error) {
	if p.ends() || p.text[p.at] == ',' {
		return value{}, mistake(p.at, p.at, "a value is missing", `quote a comma to search for it: ","`)
	}
	if c := p.text[p.at]; c == '"' || c == '\'' {
		return p.quoted()
	}
	if p.text[p.at] == '(' {
		return value{}, mistake(p.at, p.at+1, "several values are written with commas", "status:500,404")
	}
	start := p.at
	raw := p.run(",")
	return value{raw, start, p.at}, nil
}

// key finds the field of a key as written, and the name after its dot.
func (p *parser) key(key string, start int) (*field, string, *Error) {
	base, name, dotted := strings.Cut(key, ".")
	f := lookup(base)
	switch {
	case f == nil || dotted && !f.named:
		return nil, "", p.unknown(key, start)
	case f.named && name == "":
		return nil, "", mistake(start, p.at, base+" needs a name", "%s", f.help)
	case f.late && p.scope == Arrival:
		return nil, "", mistake(start, p.at, base+": is not known when a request arrives", "rules and hold can ask %s", keyNames(Arrival))
	}
	return f, name, nil
}

func (p *parser) unknown(key string, start int) *Error {
	p.run("")
	word := p.text[start:p.at]
	err := mistake(start, p.at, "no key is called "+quoteFor(key), "quote it to search for it: %s", quoteFor(word))
	for _, f := range fields() {
		if key != "" && near(key, f.name) {
			err.Suggest = "did you mean " + f.name + ":, or " + quoteFor(word) + "?"
		}
	}
	return err
}

func keyNames(scope Scope) string {
	var names []string
	for _, f := range fields() {
		if scope != Arrival || !f.late {
			names = append(names, f.name)
		}
	}
	return strings.Join(names, " ")
}

// quoteFor writes s as a phrase of the language; control characters, which a
// filter from a file may hold, are written as escapes for people to see.
func quoteFor(s string) string {
	if strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s) {
		return strconv.Quote(s)
	}
	return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"`
}

// near reports whether b is a plausible reading of a: one edit away, or a swap.
func near(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || len(a) < 2 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) || a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// add compiles one more alternative.
func (t *term) add(v value, scope Scope) *Error {
	f := t.field
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
		hit := b.has // bound here, since binding it anew for each exchange allocates
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
