package redact

import (
	"path"
	"strings"
)

// where says in which part of a message a value is.
type where uint8

const (
	inBody where = iota
	inHeader
	inQuery
)

// place is where a value is.
type place struct {
	where where
	// name is the name of the value, its escapes undone; empty when it has none.
	name string
	// pointer leads to the value in a JSON body (RFC 6901); nil elsewhere.
	pointer []string
	// under says that the name of something around the value makes it secret.
	under bool
	depth int // of formats within formats
}

// maxNested is how many formats within formats are looked into.
const maxNested = 6

// label names the place for the user: Authorization, ?token=, URL, body "password".
func (p place) label() string {
	switch {
	case p.where == inHeader:
		return p.name
	case p.where == inQuery && p.name == "":
		return "URL"
	case p.where == inQuery:
		return "?" + p.name + "="
	case p.name == "":
		return "body"
	}
	return `body "` + p.name + `"`
}

// named is the place of a value of that name at p.
func (p place) named(name string) place {
	p.name = name
	return p
}

// within is the place of what is written in the value at p in another format.
func (p place) within() place {
	p.pointer = nil
	p.depth++
	return p
}

// member is the place of a member of the JSON value at p.
func (p place) member(name string) place {
	if p.pointer != nil {
		p.pointer = append(p.pointer[:len(p.pointer):len(p.pointer)], name)
	}
	p.under = p.under || manyOf(p.name)
	if isValueName(name) && judge(p.name) == secret { // {"token": {"value": V}}
		return p
	}
	p.name = name
	return p
}

// element is the place of an element of the JSON value at p; it has the name of
// the array.
func (p place) element(index string) place {
	if p.pointer != nil {
		p.pointer = append(p.pointer[:len(p.pointer):len(p.pointer)], index)
	}
	return p
}

// isSecret reports whether a value of that name is a secret.
func (p place) isSecret(v string) bool {
	if p.under {
		words := split(p.name)
		return len(words) == 0 || !isAbout(words)
	}
	if isCard(p.name, v) {
		return true
	}
	switch judge(p.name) {
	case secret:
		return true
	case maybe:
		return p.where == inQuery && v != "" && !plainWords()[strings.ToLower(v)] || looksSecret(v)
	}
	return false
}

// plainWords are what weak names have in a URL and is no secret.
var plainWords = setOf("true false yes no null none")

// match reports whether a glob pattern matches a name, without regard to case.
func match(pattern, name string) bool {
	ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(name))
	return err == nil && ok
}

// isCard reports whether v is the number of a payment card, under a name that
// may stand for one.
func isCard(name, v string) bool {
	words := split(name)
	if len(words) == 0 || words[len(words)-1] != "number" && words[0] != "card" && words[0] != "cc" {
		return false
	}
	v = strings.NewReplacer(" ", "", "-", "").Replace(v)
	if len(v) < 13 || len(v) > 19 || v[0] < '3' || v[0] > '6' {
		return false
	}
	sum := 0 // by Luhn (ISO/IEC 7812-1)
	for i := range len(v) {
		d := int(v[len(v)-1-i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}
