package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

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
// that quote a character, and of backslashes before a quote two are one; all
// others stand for themselves.
func (p *parser) quoted() (value, *Error) {
	start, quote := p.at, p.text[p.at]
	var b strings.Builder
	for p.at++; !p.done(); p.at++ {
		c := p.text[p.at]
		if c == '\\' {
			text, n := backslashes(p.text[p.at:], quote)
			b.WriteString(text)
			p.at += n - 1
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

// backslashes gives what the backslashes at the beginning of text stand for, and the
// length of what was read.
func backslashes(text string, quote byte) (string, int) {
	n := len(text) - len(strings.TrimLeft(text, `\`))
	if n == len(text) || text[n] != quote {
		return text[:n], n
	}
	half := text[:n/2]
	if n%2 == 1 {
		return half + string(quote), n + 1
	}
	return half, n
}

// ends reports whether a part ends here: at a space, a ) or the end.
func (p *parser) ends() bool {
	r, n := utf8.DecodeRuneInString(p.text[p.at:])
	return n == 0 || unicode.IsSpace(r) || r == ')'
}

// value is one alternative as written: quotes taken off, stars still in.
type value struct {
	raw        string
	start, end int // quotes included
}
