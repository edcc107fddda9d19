package provider

import (
	"bytes"
	"strconv"
	"strings"

	"creel/capture/jsontok"
)

// find returns the bounds of the JSON value at path: keys and array indices
// parted by dots. It does not validate: it finds its way through any bytes
// without going out of them, and is right for JSON.
func find(b []byte, path string) (start, end int, ok bool) {
	l := jsontok.Lexer{Src: b}
	at, ok := l.Next()
	for ok && path != "" {
		step, rest, _ := strings.Cut(path, ".")
		path = rest
		at, ok = enter(&l, at, step)
	}
	if !ok || at.Kind.Closes() {
		return 0, 0, false
	}
	return at.Off, l.Skip(at), true
}

// enter goes to the member step of the object or array that begins with open, and
// returns what its value begins with.
func enter(l *jsontok.Lexer, open jsontok.Token, step string) (jsontok.Token, bool) {
	n := -1
	if open.Kind == '[' {
		var err error
		if n, err = strconv.Atoi(step); err != nil {
			return jsontok.Token{}, false
		}
	} else if !bytes.Contains(l.Src[l.Off:], []byte(step)) {
		return jsontok.Token{}, false // much quicker to see than a walk over all members
	}
	for name, val := range l.Children(open) {
		if open.Kind == '[' && n == 0 || open.Kind == '{' && string(bare(l.Src, name)) == step {
			return val, true
		}
		n--
	}
	return jsontok.Token{}, false
}

// eachKey calls f with each key (escapes as written) of the object that b
// begins with, until f says false.
func eachKey(b []byte, f func(key []byte) bool) {
	l := jsontok.Lexer{Src: b}
	open, _ := l.Next()
	for name := range l.Children(open) {
		if open.Kind != '{' || !f(bare(b, name)) {
			return
		}
	}
}

// bare is a name without its quotes.
func bare(b []byte, name jsontok.Token) []byte { return b[name.Off+1 : name.End-1] }

// jsonString is the text of the value at path, and whether there is one.
func jsonString(b []byte, path string) (string, bool) {
	i, j, ok := find(b, path)
	if !ok {
		return "", false
	}
	return jsontok.Text(b[i:j]), true
}
