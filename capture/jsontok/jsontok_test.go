package jsontok

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCheck(t *testing.T) {
	for src, want := range map[string]string{
		`{"a":[1,-2.5e+3,true,null,{}],"b":"\u00e9\n"}`: "",
		"{\n\"a\": 1\n\"b\": 2}":                        `9 comma missing before "b"`,
		`{"a" 1}`:                                       `5 colon missing before 1`,
		`{"a":}`:                                        `5 a value is missing before }`,
		`{"a":1,}`:                                      `7 the comma before } is one too many`,
		`[1,]`:                                          `3 the comma before ] is one too many`,
		`[,1]`:                                          `1 a value is missing before ,`,
		`{a:1}`:                                         `1 a is not JSON: a string needs quotes`,
		`{1:1}`:                                         `1 a name in quotes is missing before 1`,
		`{"a":1`:                                        `6 } missing at the end`,
		`{"a":1 `:                                       `6 } missing at the end`,
		`[1}`:                                           `2 } closes what [ opened`,
		`{"a":"x` + "\n}":                               `5 a quote is missing at the end of "x`,
		`"\q"`:                                          `1 JSON has no such escape; a backslash is written \\`,
		`"\u12g4"`:                                      `1 JSON has no such escape; a backslash is written \\`,
		"\"a\tb\"":                                      `2 a control character (0x09) in a text must be escaped`,
		"\"a\x1f\"":                                     `2 a control character (0x1f) in a text must be escaped`,
		"\"a\x20\x7f\"":                                 "",
		`1 2`:                                           `2 nothing may follow the value, but 2 does`,
		``:                                              `0 a value is missing`,
		`01`:                                            `0 01 is not JSON: a string needs quotes`,
		`-`:                                             `0 - is not JSON: a string needs quotes`,
		`1.`:                                            `0 1. is not JSON: a string needs quotes`,
		`1e`:                                            `0 1e is not JSON: a string needs quotes`,
		`1e+0`:                                          "",
		`]`:                                             `0 a value is missing before ]`,
		"[" + strings.Repeat("a", 24) + "]":             "1 " + strings.Repeat("a", 24) + " is not JSON: a string needs quotes",
		"[" + strings.Repeat("a", 25) + "]":             "1 " + strings.Repeat("a", 24) + "… is not JSON: a string needs quotes",
		strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth): "",
		strings.Repeat("[", MaxDepth+1):                               `512 nested more than 512 deep`,
	} {
		got := ""
		if wrong := Check([]byte(src)); wrong != nil {
			got = fmt.Sprint(wrong.Off, " ", wrong)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%.40q: %s", src, diff)
		}
		if Valid([]byte(src)) != (want == "") {
			t.Errorf("%.40q: Valid differs from Check", src)
		}
	}
}

func TestStream(t *testing.T) {
	for src, want := range map[string]string{
		"1 2":             "",
		"[1]{}\n\"a\" []": "",
		"[1]2":            "",
		"1[2]":            "white space missing before [",
		`"a""b"`:          `white space missing before "b"`,
		"":                "a value is missing",
		"1 ]":             "a value is missing before ]",
	} {
		r := Reader{Lexer: Lexer{Src: []byte(src)}, Stream: true}
		var err error
		for err == nil {
			_, err = r.Next()
		}
		got := err.Error()
		if err == io.EOF {
			got = ""
		}
		if got != want {
			t.Errorf("%q: %q, want %q", src, got, want)
		}
	}
}

// TestReaderNames: only a Reader tells a name from a string.
func TestReaderNames(t *testing.T) {
	r := Reader{Lexer: Lexer{Src: []byte(`{"a":["b",{"c":"d"}]}`)}}
	var got []string
	for {
		tok, err := r.Next()
		if err != nil {
			break
		}
		if tok.Kind == Name || tok.Kind == String {
			got = append(got, fmt.Sprintf("%c%s@%d", tok.Kind, r.Src[tok.Off:tok.End], len(r.open)))
		}
	}
	if diff := cmp.Diff([]string{`n"a"@1`, `""b"@2`, `n"c"@3`, `""d"@3`}, got); diff != "" {
		t.Error(diff)
	}
}

func TestPath(t *testing.T) {
	for _, want := range []string{".", ".a", ".a.b_1[0][12]", `.a["b c"].d`, `.["1a"]`, ".[0].a", `.["\u00e9"]`} {
		steps, rest, err := ParsePath(want + " = 1")
		if err != nil || rest != "= 1" {
			t.Errorf("%s: %v, rest %q", want, err, rest)
		}
		var p Path
		for _, s := range steps {
			if s != "" && s[0] >= '0' && s[0] <= '9' && s != "1a" {
				p = append(p, Step{Index: int(s[0]-'0')*pow10(len(s)-1) + tail(s)})
				continue
			}
			name := Quote(s)
			if s == "é" {
				name = `"\u00e9"`
			}
			p = append(p, Step{Name: []byte(name)})
		}
		if got := p.String(); got != want {
			t.Errorf("%s is written %s", want, got)
		}
	}
	for in, want := range map[string]string{
		"a[": "a bracket is not closed", "a[x]": "[x] is neither an index nor a name in quotes", "a[-1]": "[-1] is neither an index nor a name in quotes",
		"a..b": "a name is missing after the dot", `a["\q"]`: `JSON has no such escape; a backslash is written \\`,
		"a b": `a dot or a bracket is missing before "b"`,
	} {
		if _, _, err := ParsePath(in); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
}

func pow10(n int) int {
	if n == 0 {
		return 1
	}
	return 10 * pow10(n-1)
}

func tail(s string) int {
	n := 0
	for _, c := range s[1:] {
		n = n*10 + int(c-'0')
	}
	return n
}

// TestLexerCovers: all bytes are in tokens or white space, whatever they are,
// and the end is reached.
func TestLexerCovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := []byte(rapid.StringMatching(`[\[\]{}:," \n\\a1u0-]{0,40}`).Draw(t, "src"))
		at := 0
		for _, tok := range Tokens(src) {
			if tok.Off < at || tok.End <= tok.Off || strings.TrimLeft(string(src[at:tok.Off]), " \t\r\n") != "" {
				t.Fatalf("%q: token [%d,%d) after %d", src, tok.Off, tok.End, at)
			}
			at = tok.End
		}
		if strings.TrimLeft(string(src[at:]), " \t\r\n") != "" {
			t.Fatalf("%q: ends at %d", src, at)
		}
		for c := range Children(src) {
			if c.Off >= c.End || c.End > len(src) {
				t.Fatalf("%q: child [%d,%d)", src, c.Off, c.End)
			}
		}
	})
}

// FuzzCheck: what is valid is what encoding/json takes, but for depth.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e-3,"\u12ab"],"b":{}}`, `[1 2]`, "\"\xff\"", `{"a":}`, "-", "1.", "[[[]]]", `"\`, "{\"a\":\"\n\"}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if valid := Valid(src); valid != json.Valid(src) && strings.Count(string(src), "[")+strings.Count(string(src), "{") <= MaxDepth {
			t.Fatalf("%q: %v", src, Check(src))
		}
	})
}

func TestText(t *testing.T) {
	for v, want := range map[string]string{`"a\"b"`: `a"b`, `""`: "", `12`: "12", `null`: "", `true`: "true", `{"a":1}`: `{"a":1}`, `"`: `"`, `"\q"`: `"\q"`, "": ""} {
		if got := Text([]byte(v)); got != want {
			t.Errorf("%s: %q, want %q", v, got, want)
		}
	}
	for s, want := range map[string]string{"a<b>&\u2028": `"a<b>&\u2028"`, `"`: `"\""`} {
		if got := Quote(s); got != want {
			t.Errorf("%q is written %s", s, got)
		}
	}
}

// TestWords: what may stand in a path without quotes.
func TestWords(t *testing.T) {
	for name, want := range map[string]bool{"a": true, "z": true, "A": true, "Z": true, "_": true, "a0": true, "a9": true, "0a": false, "": false, "`": false, "{": false, "@": false, "[": false, "a-b": false, "a/": false, "a:": false, "é": false} {
		if got := isWord([]byte(name)); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

// TestScalar: every kind is a sign or a scalar.
func TestScalar(t *testing.T) {
	for _, k := range []Kind{String, Literal, Name, Unterminated, Other} {
		if !k.Scalar() || k.Opens() || k.Closes() {
			t.Errorf("%c", k)
		}
	}
	for _, k := range []Kind{'{', '}', '[', ']', ',', ':'} {
		if k.Scalar() {
			t.Errorf("%c", k)
		}
	}
	if Kind('{').Closer() != '}' || Kind('[').Closer() != ']' {
		t.Error("closers")
	}
}
