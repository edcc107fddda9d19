package filter

import "strings"

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

// Text gives the filter that finds a text as it stands: nothing in it has a meaning.
func Text(text string) (*Filter, error) {
	if len(text) > maxText {
		return nil, mistake(0, len(text), "the text is longer than 64 KiB", "")
	}
	p := parser{scope: History}
	root, err := p.bare(value{strings.ReplaceAll(text, "*", `\*`), 0, len(text)})
	if err != nil {
		return nil, err
	}
	return &Filter{text: quoteFor(text), root: root}, nil
}

type parser struct {
	text  string
	scope Scope
	at    int
	depth int
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

// and reads parts that follow each other.
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
	unclosed := mistake(open, open+1, "this ( is not closed", `quote it to search for it: "("`)
	if p.done() {
		return nil, unclosed
	}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.done() {
		return nil, unclosed
	}
	p.at++
	return &node{op: n.op, kids: n.kids, term: n.term, start: open, end: p.at}, nil
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
