package jsontok

import (
	"fmt"
	"strings"
	"testing"
)

// What is in an object or an array is given in order, as far as it is JSON.
func TestChildren(t *testing.T) {
	for src, want := range map[string]string{
		`{}`: "", `[]`: "", `"a"`: "", `1`: "", ``: "", ` [1]`: "=1",
		`{"a":1,"b":[2,{"c":3}],"a":"x"}`: `"a"=1 "b"=[2,{"c":3}] "a"="x"`,
		`[1, "a,b" ,{"c":[]} , []]`:       `=1 ="a,b" ={"c":[]} =[]`,
		`[1 2]`:                           "=1", `[1,]`: "=1", `[,1]`: "", `[1,2`: "=1 =2", `[`: "", `[1}`: "=1", `[:]`: "", `[1,}`: "=1",
		`{"a":1 "b":2}`: `"a"=1`, `{"a" 1}`: "", `{"a":}`: "", `{"a":`: "", `{"a"`: "", `{1:2}`: "", `{a:2}`: "", `{"a":1,}`: `"a"=1`, `{"a":1,"b"}`: `"a"=1`, `{"a":1]`: `"a"=1`, `{"a",1}`: "", `{"a":,}`: "", `{"a"::1}`: "",
	} {
		var got []string
		for c := range Children([]byte(src)) {
			name := ""
			if c.Name.Kind == Name {
				name = src[c.Name.Off:c.Name.End]
			} else if c.Name != (Token{}) {
				t.Errorf("%s: an element has the name %v", src, c.Name)
			}
			got = append(got, name+"="+src[c.Off:c.End])
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %s, want %s", src, s, want)
		}
	}
	n := 0
	for range Children([]byte("[1,2,3]")) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d were given to who wants one", n)
	}
}

// A lexer that is at the end stays there, whatever white space is left.
func TestEndOfTokens(t *testing.T) {
	l := Lexer{Src: []byte("1 \n\t ")}
	for i, want := range []bool{true, false, false} {
		if _, ok := l.Next(); ok != want {
			t.Errorf("token %d: %v", i, ok)
		}
	}
	if l.Off != len(l.Src) {
		t.Errorf("it is at %d of %d", l.Off, len(l.Src))
	}
}

// What is skipped ends with its bracket, or with the text when there is none.
func TestSkip(t *testing.T) {
	for src, want := range map[string]int{`1, 2`: 1, `{"a":[1]} 2`: 9, `[[1]`: 4, `{"a": `: 6, `[`: 1, `] 1`: 1} {
		l := Lexer{Src: []byte(src)}
		first, _ := l.Next()
		if got := l.Skip(first); got != want {
			t.Errorf("%s: it ends at %d, want %d", src, got, want)
		}
	}
}

// Texts without quotes, and quotes without texts.
func TestUnquote(t *testing.T) {
	for s, want := range map[string]string{`""`: "", `"a"`: "a", `"a\n\u00e9\ud83d\ude00"`: "a\né😀", `"\ud83d"`: "\ufffd", `"`: `"`, ``: "", `"\x"`: `"\x"`, `"a\`: `"a\`, "\"\xff\"": "\xff"} {
		if got := Unquote([]byte(s)); got != want {
			t.Errorf("%s: %q, want %q", s, got, want)
		}
	}
}

// Numbers are written as JSON has them, and in no other way.
func TestNumbersOfJSON(t *testing.T) {
	for s, want := range map[string]bool{
		"0": true, "-0": true, "10": true, "-1.50": true, "1e5": true, "1E+05": true, "0.1e-7": true, "1e5.5": false, "01": false, "-": false, "+1": false, ".5": false, "1.": false, "1.e5": false, "1e": false, "1e+": false,
		"--1": false, "0x1": false, "1d5": false, "1G5": false, "-01": false, "00": false, "1.2.3": false, "Infinity": false, "NaN": false, "1e5x": false, "1 ": true, "true": true, "false": true, "null": true, "nul": false, "True": false, "": false,
	} {
		if got := Check([]byte("["+s+"]")) == nil; got != want && s != "" {
			t.Errorf("%q is JSON: %v", s, got)
		}
	}
}

// A mistake in a path says where it is.
func TestMistakesInPaths(t *testing.T) {
	for path, want := range map[string]int{`a["bc\q"]`: 5, `["\u00"]`: 2, "[\"a\x01\"]": 3} {
		_, _, err := ParsePath(path)
		wrong, ok := err.(*SyntaxError)
		if !ok || wrong.Off != want-strings.IndexByte(path, '[') {
			t.Errorf("%s: %v", path, fmt.Sprintf("%#v", err))
		}
	}
	for path, want := range map[string]string{"a": "a", "a.b": "a b", " a [0] .b ": "a 0 b", ".": "", "": "", ". = x": "", "a\t=b": "a", `["a.b"].c`: "a.b c", ".[0]": "0", ".[0][1]": "0 1"} {
		steps, _, err := ParsePath(path)
		if got := strings.Join(steps, " "); err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", path, got, err, want)
		}
	}
}
