package edit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/jsontok"
)

func request(body string, fields ...string) capture.Request {
	r := capture.Request{Method: "POST", Target: "/hook?x=%2F", Host: "h", Exact: true, Fields: []capture.Field{{Name: "Host", Value: "h"}}}
	for i := 0; i < len(fields); i += 2 {
		r.Fields = append(r.Fields, capture.Field{Name: fields[i], Value: fields[i+1]})
	}
	r.Fields = append(r.Fields, capture.Field{Name: "Content-Length", Value: fmt.Sprint(len(body))})
	r.Body, r.Size = capture.NewBody([]byte(body)), int64(len(body))
	return r
}

// edited applies replacements to the text of a draft and builds it.
func edited(t *testing.T, req capture.Request, o Options, oldnew ...string) (string, Result) {
	t.Helper()
	body, _ := req.Body.Bytes(context.Background())
	d := New(req, body)
	r, err := d.Build([]byte(strings.NewReplacer(oldnew...).Replace(string(d.Text()))), o)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := r.Request.Body.Bytes(context.Background())
	return string(b), r
}

func TestText(t *testing.T) {
	req := request(`{"b":1,"a":[],"c":{"d":[1,2]},"e":{}}`, "X-Sig", "a=1")
	body, _ := req.Body.Bytes(t.Context())
	want := `POST /hook?x=%2F HTTP/1.1
Host: h
X-Sig: a=1
Content-Length: 37

{
  "b": 1,
  "a": [],
  "c": {
    "d": [
      1,
      2
    ]
  },
  "e": {}
}`
	d := New(req, body)
	if diff := cmp.Diff(want, string(d.Text())); diff != "" || !d.LaidOut() {
		t.Error(diff)
	}
	if string(d.Text()[d.BodyAt():d.BodyAt()+2]) != "{\n" {
		t.Error("BodyAt is not where the body begins")
	}
}

func TestUntouchedIsTheCapturedRequest(t *testing.T) {
	for _, body := range []string{"", "{\"a\" :1e2}\n", "a\r\nb\x00\t\xff", "\n\n", string(bytes.Repeat([]byte{0, 1, 2, 255}, 99))} {
		got, r := edited(t, request(body), Options{})
		if got != body || r.Edited || !r.SameBody {
			t.Errorf("%q became %q", body, got)
		}
	}
}

func TestOnlyChangedTokensChange(t *testing.T) {
	for _, c := range []struct{ body, old, new, want string }{
		{`{"a":1e2,"b":18446744073709551616,"a":"\/"}`, "1e2", "1e3", `{"a":1e3,"b":18446744073709551616,"a":"\/"}`},
		{`{"a": 1, "b":2}`, `"b": 2`, `"b": 3`, `{"a": 1, "b":3}`},
		{` { "a" : [ 1,2 ] } ` + "\n", "    2", "    2,\n    7", ` { "a" : [ 1,2,7 ] } ` + "\n"},
		{`{"a": 1, "b": 2}`, `"b": 2`, `"b": 2, "c": [true, null]`, `{"a": 1, "b": 2, "c": [true, null]}`},
		{`{"a":1,"b":2}`, "\"a\": 1,\n  ", "", `{"b":2}`},
		{`{"a":1,"b":2}`, `"b": 2`, `"b" 2`, `{"a":1,"b" 2}`},
		{`{"a":1}`, "{\n  \"a\": 1\n}", "hello,  world: yes", "hello,  world: yes"},
		{`{"a":1}`, "{\n  \"a\": 1\n}", "", ""},
		{`{"a":"x"}`, `"x"`, `"two  words, kept"`, `{"a":"two  words, kept"}`},
	} {
		got, r := edited(t, request(c.body), Options{}, c.old, c.new)
		if length, _ := r.Request.Get("content-length"); got != c.want || length != fmt.Sprint(len(c.want)) || !r.Edited || r.SameBody {
			t.Errorf("%s with %q for %q: got %q, length %s; want %q", c.body, c.new, c.old, got, length, c.want)
		}
	}
}

func TestAsShown(t *testing.T) {
	got, _ := edited(t, request(`{"a":1}`), Options{AsShown: true})
	if got != "{\n  \"a\": 1\n}" {
		t.Errorf("%q", got)
	}
}

func TestHead(t *testing.T) {
	_, r := edited(t, request("x", "x-UPPER", "v", "X-Gone", "1"), Options{},
		"POST /hook?x=%2F HTTP/1.1", "put  /other?y  HTTP/1.1", "X-Gone: 1\n", "New:  value \n", "Host: h", "Host: other")
	want := []capture.Field{{Name: "Host", Value: "other"}, {Name: "x-UPPER", Value: "v"}, {Name: "New", Value: "value"}, {Name: "Content-Length", Value: "1"}}
	if diff := cmp.Diff(want, r.Request.Fields); diff != "" || r.Request.Method != "put" || r.Request.Target != "/other?y" || r.Request.Host != "other" {
		t.Error(r.Request.Method, r.Request.Target, diff)
	}
	if !r.SameBody {
		t.Error("the body was not touched")
	}
}

func TestSplitHead(t *testing.T) {
	for text, want := range map[string][2]string{
		"a\nb\n\nc\n\nd":       {"a\nb", "c\n\nd"},
		"a\r\nb\r\n\r\nc\n\nd": {"a\r\nb\r", "c\n\nd"},
		"a\n\n\nb":             {"a", "\nb"},
		"\n\nb":                {"", "b"},
		"\n\r\nb":              {"", "b"},
		"\na\n\nb":             {"\na", "b"},
		"\nb":                  {"\nb", ""},
		"a\nb\n":               {"a\nb", ""},
		"a":                    {"a", ""},
		"":                     {"", ""},
	} {
		head, body := SplitHead([]byte(text))
		if diff := cmp.Diff(want, [2]string{string(head), string(body)}); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestPinnedLength(t *testing.T) {
	_, r := edited(t, request("hello"), Options{}, "Content-Length: 5", "Content-Length!: 2")
	last := r.Request.Fields[len(r.Request.Fields)-1]
	if diff := cmp.Diff(capture.Field{Name: "Content-Length", Value: "2"}, last); diff != "" || len(r.Notes) != 1 {
		t.Error(diff, r.Notes)
	}
}

func TestChunkedAndBack(t *testing.T) {
	_, r := edited(t, request("hello"), Options{}, "Content-Length: 5", "Transfer-Encoding: chunked")
	if !r.Request.Chunked {
		t.Error("not chunked")
	}
}

func TestBinaryBody(t *testing.T) {
	body := string(bytes.Repeat([]byte{0, 1, 2, 'a', 255}, 99))
	req := request(body)
	got, r := edited(t, req, Options{}, "Host: h", "Host: i")
	if got != body || !r.SameBody || !r.Edited {
		t.Error("the body changed with the head")
	}
	if got, _ = edited(t, req, Options{Body: []byte("from a file")}); got != "from a file" {
		t.Errorf("%q", got)
	}
	if got, _ = edited(t, req, Options{}, "(binary body of 495 bytes, sent as it is)", "text"); got != "text" {
		t.Errorf("%q", got)
	}
}

// One key in the line that stands for a binary body does not replace the body by
// that line.
func TestDamagedBinaryBody(t *testing.T) {
	body := bytes.Repeat([]byte{0, 1, 2, 'a', 255}, 99)
	d := New(request(string(body)), body)
	for _, edit := range [][2]string{{"(binary", "(inary"}, {"it is)", "it is)\n"}, {"of 495 bytes", "of bytes"}, {"(binary", "x(binary"}, {"it is)", "it"}} {
		text := bytes.Replace(d.Text(), []byte(edit[0]), []byte(edit[1]), 1)
		_, err := d.Build(text, Options{})
		if p, ok := err.(*Problem); !ok || p.Line != bytes.Count(d.Text()[:d.BodyAt()], []byte("\n"))+1 {
			t.Errorf("%q: %v", edit[1], err)
		}
		if r, err := d.Build(text, Options{Body: []byte("file")}); err != nil || r.Request.Size != 4 {
			t.Errorf("with a file: %v", err)
		}
	}
}

func TestBrokenHead(t *testing.T) {
	d := New(request("x"), []byte("x"))
	for text, want := range map[string]Problem{
		"\n\nbody":                         {1, 1, "a method and a path are needed, such as POST /hook"},
		"POST\n\n":                         {1, 1, "a method and a path are needed, such as POST /hook"},
		"Host: example.com\nA: b\n\n":      {1, 1, "a method and a path are needed, such as POST /hook"},
		"POST /a b HTTP/1.1\n\n":           {1, 6, "a blank in the path is written %20"},
		"POST /a HTTP/1.1\nHost h\n\nbody": {2, 7, "a header field is written Name: value; the body begins after an empty line"},
		"POST /a HTTP/1.1\nA b: c\n":       {2, 1, "the name of a field has no blanks"},
	} {
		_, err := d.Build([]byte(text), Options{})
		if p, ok := err.(*Problem); !ok || *p != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestCheckJSON(t *testing.T) {
	for src, want := range map[string]string{
		`{"a":[1,-2.5e+3,true,null,{}],"b":"\u00e9\n"}`: "",
		"{\n\"a\": 1\n\"b\": 2}":                        `3:1 comma missing before "b"`,
		`{"a" 1}`:                                       `1:6 colon missing before 1`,
		`{"a":}`:                                        `1:6 a value is missing before }`,
		`{"a":1,}`:                                      `1:8 the comma before } is one too many`,
		`[1,]`:                                          `1:4 the comma before ] is one too many`,
		`{a:1}`:                                         `1:2 a is not JSON: a string needs quotes`,
		`{1:1}`:                                         `1:2 a name in quotes is missing before 1`,
		`{"a":1`:                                        `1:7 } missing at the end`,
		`[1}`:                                           `1:3 } closes what [ opened`,
		`{"a":"x` + "\n}":                               `1:6 a quote is missing at the end of "x`,
		`"\q"`:                                          `1:2 JSON has no such escape; a backslash is written \\`,
		"\"a\tb\"":                                      `1:3 a control character (0x09) in a text must be escaped`,
		`1 2`:                                           `1:3 nothing may follow the value, but 2 does`,
		``:                                              `1:1 a value is missing`,
		`01`:                                            `1:1 01 is not JSON: a string needs quotes`,
		`[1 2]`:                                         `1:4 comma missing before 2`,
		`]`:                                             `1:1 a value is missing before ]`,
		strings.Repeat("[", 600):                        `1:513 nested more than 512 deep`,
	} {
		got := ""
		if p := CheckJSON([]byte(src)); p != nil {
			got = fmt.Sprintf("%d:%d %s", p.Line, p.Col, p.Msg)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%.40q: %s", src, diff)
		}
	}
}

func TestCheckSaysTheLineOfTheText(t *testing.T) {
	req := request(`{"a":1,"b":2}`)
	d := New(req, []byte(`{"a":1,"b":2}`))
	text := bytes.Replace(d.Text(), []byte("1,"), []byte("1"), 1)
	if p := d.Check(text); p == nil || p.Line != 7 || p.Msg != `comma missing before "b"` {
		t.Errorf("%+v", p)
	}
	if p := d.Check(d.Text()); p != nil {
		t.Error(p)
	}
}

func TestFile(t *testing.T) {
	text := "A: b\n\nline\r\nnul\x00 and \xff\ttab\x7f\nsame"
	file := File([]byte(text))
	if diff := cmp.Diff("A: b\n\nline␍\nnul␀ and \\xff\ttab␡\nsame", string(file)); diff != "" {
		t.Fatal(diff)
	}
	for edited, want := range map[string]string{
		string(file):        text,
		string(file) + "\n": text,
		strings.Replace(string(file), "same", "other", 1) + "\n": strings.Replace(text, "same", "other", 1),
		strings.Replace(string(file), "and", "or", 1):            strings.Replace(text, "and", "or", 1),
		strings.Replace(string(file), "line", "a\nb", 1):         strings.Replace(text, "line", "a\nb", 1),
		strings.Replace(string(file), "nul␀ and", "NUL␀ AND", 1): strings.Replace(text, "nul\x00 and", "NUL\x00 AND", 1),
		strings.Replace(string(file), "line␍\n", "", 1):          strings.Replace(text, "line\r\n", "", 1),
	} {
		if got, _ := FromFile([]byte(text), []byte(edited)); string(got) != want {
			t.Errorf("%q gave %q, want %q", edited, got, want)
		}
	}
	if _, note := FromFile([]byte("a"), []byte("b\n")); note == "" {
		t.Error("took a line break off and said nothing")
	}
}

func TestSplice(t *testing.T) {
	body := ` {"a":{"b.c":[10, {"d":"\/"} ]},"n":1e2,"n":2} ` + "\n"
	for set, want := range map[string]string{
		`n = 3`:                   ` {"a":{"b.c":[10, {"d":"\/"} ]},"n":1e2,"n":3} ` + "\n",
		`.a["b.c"][1].d = "x"`:    ` {"a":{"b.c":[10, {"d":"x"} ]},"n":1e2,"n":2} ` + "\n",
		`a["b.c"][0]={"k" : [1]}`: ` {"a":{"b.c":[{"k" : [1]}, {"d":"\/"} ]},"n":1e2,"n":2} ` + "\n",
		`.a = null`:               ` {"a":null,"n":1e2,"n":2} ` + "\n",
		`. = []`:                  " [] \n",
		`a = "1 = 2"`:             ` {"a":"1 = 2","n":1e2,"n":2} ` + "\n",
		`a.x = 1`:                 "set: there is no a.x in the body: a has the names b.c",
		`n.x = 1`:                 "set: there is no n.x in the body: n has no parts: it is 2",
		`a = paid`:                `set: the value cannot be read: paid is not JSON: a string needs quotes; for a text write "paid"`,
		`a`:                       `set: "a" has no =: write PATH = VALUE, such as data.amount = 5`,
		` = 1`:                    `set: " = 1" has no path: write PATH = VALUE, such as data.amount = 5; . is the whole body`,
		`=1`:                      `set: "=1" has no path: write PATH = VALUE, such as data.amount = 5; . is the whole body`,
		`a["x=y"] = 1`:            `set: there is no a["x=y"] in the body: a has the names b.c`,
		`a..b = 1`:                `set: "a..b = 1": a name is missing after the dot`,
		`a[x] = 1`:                `set: "a[x] = 1": [x] is neither an index nor a name in quotes`,
		`a[1 = 1`:                 `set: "a[1 = 1": a bracket is not closed`,
		`a["b.c"][7] = 1`:         `set: there is no a["b.c"][7] in the body: a.b.c has 2 elements`,
	} {
		s, err := ParseSet(set)
		var got []byte
		if err == nil {
			got, err = splice([]byte(body), s)
		}
		if err != nil {
			got = []byte(err.Error())
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Error(set, diff)
		}
	}
}

// The error about a member that is not there names those that are: the first eight, and
// the beginning of a long value.
func TestWhatThereIsInstead(t *testing.T) {
	for body, want := range map[string]string{
		`{}`: "it has the names ",
		`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1}`:       "it has the names a, b, c, d, e, f, g, h",
		`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1}`: "it has the names a, b, c, d, e, f, g, h",
		`[]`:                        "it has 0 elements",
		`[1]`:                       "it has 1 elements",
		`"abcdefghijklmnopqrstuv"`:  `it has no parts: it is "abcdefghijklmnopqrstuv"`,
		`"abcdefghijklmnopqrstuvw"`: `it has no parts: it is "abcdefghijklmnopqrstuvw…`,
	} {
		s, err := ParseSet("z = 1")
		if err != nil {
			t.Fatal(err)
		}
		if _, err = splice([]byte(body), s); err == nil || err.Error() != "set: there is no z in the body: "+want {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestAlign(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want []int
	}{
		{"abcabba", "cbabac", nil},
		{"abc", "abc", []int{0, 1, 2}},
		{"abc", "axc", []int{0, -1, 2}},
		{"abc", "", []int{}},
		{"", "ab", []int{-1, -1}},
		{"abcd", "bcde", []int{1, 2, 3, -1}},
	} {
		got := Align([]byte(c.a), []byte(c.b))
		checkAlign(t, []byte(c.a), []byte(c.b), got)
		if c.want != nil && !cmp.Equal(c.want, got) {
			t.Errorf("%s, %s: %v", c.a, c.b, got)
		}
	}
	n := 0
	for _, i := range Align([]byte("abcabba"), []byte("cbabac")) {
		if i >= 0 {
			n++
		}
	}
	if n != 4 {
		t.Errorf("%d in common, not 4", n)
	}
}

func checkAlign(t *testing.T, a, b []byte, at []int) {
	t.Helper()
	last := -1
	for j, i := range at {
		if i < 0 {
			continue
		}
		if i <= last || a[i] != b[j] {
			t.Fatalf("%q and %q: %v", a, b, at)
		}
		last = i
	}
}

func FuzzAlign(f *testing.F) {
	f.Add([]byte("abcabba"), []byte("cbabac"))
	f.Fuzz(func(t *testing.T, a, b []byte) { checkAlign(t, a, b, Align(a, b)) })
}

// FuzzRoundTrip: whatever the body is, its text gives it back; an edit of the
// head leaves it alone; a file and back is the same text.
func FuzzRoundTrip(f *testing.F) {
	for _, s := range []string{"", `{"a": [1 , {"b":null}]}`, "a\r\n\x00\xff\t\n", "\n", `[[],{}, ""]`, "{\"a\":\"\xff\"}"} {
		f.Add([]byte(s), "Host: i")
	}
	f.Fuzz(func(t *testing.T, body []byte, host string) {
		d := New(request(string(body)), body)
		r, err := d.Build(d.Text(), Options{})
		if got, _ := r.Request.Body.Bytes(t.Context()); err != nil || !bytes.Equal(got, body) {
			t.Fatalf("%q became %q, %v", body, got, err)
		}
		text := bytes.Replace(d.Text(), []byte("Host: h"), []byte("Host: i"), 1)
		r, err = d.Build(text, Options{})
		if got, _ := r.Request.Body.Bytes(t.Context()); err != nil || !bytes.Equal(got, body) || !r.SameBody {
			t.Fatalf("with another head, %q became %q, %v", body, got, err)
		}
		if got, _ := FromFile(d.Text(), File(d.Text())); !bytes.Equal(got, d.Text()) {
			t.Fatalf("through a file, %q became %q", d.Text(), got)
		}
		if back := respace(body, body); CheckJSON(body) == nil && !bytes.Equal(back, body) {
			t.Fatalf("respaced, %q became %q", body, back)
		}
		d.Check([]byte(host))
		d.Build([]byte(host), Options{})
		FromFile(body, []byte(host))
	})
}

// FuzzJSON: what the check takes is what encoding/json takes, but for depth and
// duplicate or invalid text, and laying out keeps every token.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e-3,"\u12ab"],"b":{}}`, `[1 2]`, "\"\xff\"", `{"a":}`, "-", "1.", "[[[]]]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		ok := CheckJSON(src) == nil
		if ok != json.Valid(src) && bytes.Count(src, []byte("[")) < jsontok.MaxDepth && bytes.Count(src, []byte("{")) < jsontok.MaxDepth {
			t.Fatalf("%q: %v", src, CheckJSON(src))
		}
		if !ok {
			return
		}
		shown := layOut(src)
		if back := respace(src, shown); !bytes.Equal(back, src) {
			t.Fatalf("%q laid out and back is %q", src, back)
		}
	})
}
