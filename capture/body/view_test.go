package body

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"image"
	"image/color"
	"image/png"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"creel/capture"
)

func unhex(t testing.TB, s string) string {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFormats(t *testing.T) {
	tests := []struct{ name, media, body, format, want string }{
		{"json said to be text", "text/plain", `{"a":[1]}`, "json", "{\n  \"a\": [\n    1\n  ]\n}\n"},
		{"json said to be a form", "application/x-www-form-urlencoded", `{"a":1}`, "json", "{\n  \"a\": 1\n}\n"},
		{"suffix", "application/vnd.api+json; charset=utf-8", `1`, "json", "1\n"},
		{"ndjson", "", "{\"a\":1}\n{\"b\":2}\n", "ndjson", "{\n  \"a\": 1\n}\n{\n  \"b\": 2\n}\n"},
		{"text", "text/plain", "a\tb\r\nc\r\n", "text", "a   b\nc\n"},
		{"mixed line ends", "text/plain", "a\r\nb\n", "text", "a␍\nb\n"},
		{"empty", "", "", "text", "\n"},
		{"latin without charset", "text/plain", "un caf\xe9 au lait, s'il vous pla\xeet, monsieur", "text", "un caf\\xe9 au lait, s'il vous pla\\xeet, monsieur\n"},
		{"binary", "application/octet-stream", "\x00\x01ABC", "hex", "00000000  00 01 41 42 43                                     ..ABC\n"},
		{
			"form", "application/x-www-form-urlencoded", "a=1+2&b&c=%E4%B8%96&%zz=%zz&p=%7B%22x%22%3A1%7D", "form",
			"a = 1 2\nb\nc = 世\n%zz = %zz  not percent-encoded right\np =\n  {\n    \"x\": 1\n  }\n",
		},
		{
			"xml", "text/xml", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x \"y\">]><a x=\"1>\" y='2'><b>t &lt;</b><c/><!-- n --><d>\n<e></e></d>mixed</a>", "xml",
			"<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY x \"y\">]>\n<a x=\"1>\" y='2'>\n  <b>t &lt;</b>\n  <c/>\n  <!-- n -->\n  <d>\n    <e></e>\n  </d>\n  mixed\n</a>\n",
		},
		{"broken xml", "text/xml", "<a>\n<b></a>", "xml", "(not xml: line 2, column 4: </a> closes <b>)\n<a>\n<b></a>\n"},
		{
			"html", "text/html", "<!doctype html><p>a<br>b<script>if (a<b) {}</script></div><ul><li>x<li>y</ul>", "html",
			"<!doctype html>\n<p>\n  a\n  <br>\n  b\n  <script>if (a<b) {}</script>\n  </div>\n  <ul>\n    <li>\n      x\n      <li>\n        y\n  </ul>\n",
		},
		{
			"multipart", `multipart/form-data; boundary="b"`,
			"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\u202e.json\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n--b\r\nContent-Disposition: form-data; name=t\r\n\r\nhi\r\n--b--\r\n",
			"multipart", "part 1  name=f  filename=x‹U+202E›.json  application/json  7 B\n  {\n    \"a\": 1\n  }\npart 2  name=t  2 B\n  hi\n",
		},
		{
			"graphql", "application/json", `{"query":"query Q($id: ID!) {\n  user(id: $id) { name } # c\n}","operationName":"Q","variables":{"id":1}}`, "graphql",
			"query Q($id: ID!) {\n  user(id: $id) { name } # c\n}\n\noperationName Q\n\nvariables\n  {\n    \"id\": 1\n  }\n",
		},
		{
			"jwt", "text/plain", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2ln\n", "jwt",
			"head\n  {\n    \"alg\": \"HS256\"\n  }\nclaims\n  {\n    \"sub\": \"joe\"\n  }\nsignature  not checked here\n  c2ln\n",
		},
		{
			"jwt, as it says", "application/jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2ln", "jwt",
			"head\n  {\n    \"alg\": \"HS256\"\n  }\nclaims\n  {\n    \"sub\": \"joe\"\n  }\nsignature  not checked here\n  c2ln\n",
		},
		{"jwt of two parts", "text/plain", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ", "text", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ\n"},
		{"jwt of four parts", "text/plain", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2ln.c2ln", "text", "(JWT in it: {\"alg\":\"HS256\"} {\"sub\":\"joe\"}  signature not checked here)\neyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2ln.c2ln\n"},
		{
			"parts of other formats", `multipart/mixed; boundary=b`,
			"--b\r\nContent-Type: application/cbor\r\n\r\n\xa1\x61a\x01\r\n--b\r\nContent-Type: application/json\r\n\r\n{\"a\":}\r\n--b--",
			"multipart", "part 1  application/cbor  4 B\n  CBOR in its diagnostic notation\n  {\n    \"a\": 1\n  }\npart 2  application/json  6 B\n  not json: line 1, column 6: a value is missing before }\n  {\"a\":}\n",
		},
		{"xml without a name", "text/xml", "<a>< b/></a>", "xml", "(not xml: line 1, column 4: an element needs a name)\n<a>< b/></a>\n"},
		{"xml without the end of a quote", "text/xml", "<a><b c=\"d/></a>", "xml", "(not xml: line 1, column 4: the tag is not closed by >)\n<a><b c=\"d/></a>\n"},
		{"xml without the end of a declaration", "text/xml", "<!DOCTYPE a [<!ENTITY x \"y\">", "xml", "(not xml: line 1, column 1: <! is not closed by >)\n<!DOCTYPE a [<!ENTITY x \"y\">\n"},
		// The examples of RFC 8949 appendix A.
		{
			"cbor", "application/cbor", unhex(t, "a4 6161 01 6162 82 02 20 01 f5 6164 5f 42 0102 43 030405 ff"), "cbor",
			"(CBOR in its diagnostic notation)\n{\n  \"a\": 1,\n  \"b\": [\n    2,\n    -1\n  ],\n  1: true,\n  \"d\": h'0102030405'\n}\n",
		},
		{
			"cbor floats, tags", "application/cbor", unhex(t, "9f f93c00 fa47c35000 fb3ff199999999999a c074323031332d30332d32315432303a30343a30305a f6 1bffffffffffffffff 3bffffffffffffffff f97e00 ff"), "cbor",
			"(CBOR in its diagnostic notation)\n[\n  1.0,\n  100000.0,\n  1.1,\n  0(date) \"2013-03-21T20:04:00Z\",\n  null,\n  18446744073709551615,\n  -18446744073709551616,\n  NaN\n]\n",
		},
		{"broken cbor", "application/cbor", "\x82\x01", "cbor", "(not cbor: byte 2: the content ends within a value)\n\\x82␁\n"},
		{
			"msgpack", "application/msgpack", unhex(t, "85 a161 01 a162 93 c0 c3 ff a163 cb 3ff199999999999a a164 c402 0102 a165 d6ff 5a4af6a5"), "msgpack",
			"(MessagePack, written like JSON, with bytes as h'…')\n{\n  \"a\": 1,\n  \"b\": [\n    null,\n    true,\n    -1\n  ],\n  \"c\": 1.1,\n  \"d\": h'0102',\n  \"e\": 2018-01-02T03:04:05Z\n}\n",
		},
		{"cbor that nothing says", "", unhex(t, "a1 6161 01"), "cbor", "(CBOR in its diagnostic notation)\n{\n  \"a\": 1\n}\n"},
		{"a map with no text in it", "application/octet-stream", unhex(t, "a1 01 01 ff"), "hex", "00000000  a1 01 01 ff                                        ....\n"},
		{"msgpack that nothing says", "application/octet-stream", unhex(t, "81 a161 01"), "msgpack", "(MessagePack, written like JSON, with bytes as h'…')\n{\n  \"a\": 1\n}\n"},
		{"bytes after msgpack", "", unhex(t, "81 a161 01 02 ff"), "hex", "00000000  81 a1 61 01 02 ff                                  ..a...\n"},
		{
			"jwt in json", "application/json", `{"a":{"token":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2ln"}}`, "json",
			"(JWT in .a.token: {\"alg\":\"HS256\"} {\"sub\":\"joe\"}  signature not checked here)\n{\n  \"a\": {\n    \"token\": \"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2ln\"\n  }\n}\n",
		},
		{
			"jwt in text", "text/plain", "t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2ln\n", "text",
			"(JWT in it: {\"alg\":\"HS256\"} {\"sub\":\"joe\"}  signature not checked here)\nt=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2ln\n",
		},
		{"no jwt", "text/plain", "t=eyJhbGciOiJIUzI1NiJ9.eyJub3QganNvbg.c2ln\n", "text", "t=eyJhbGciOiJIUzI1NiJ9.eyJub3QganNvbg.c2ln\n"},
		{
			"protobuf", "application/x-protobuf", unhex(t, "08 9601 12 07 74657374696e67 1a 03 089601 25 0000803f"), "protobuf",
			"1: 150  sint 75\n2: \"testing\"\n3: {\n  1: 150  sint 75\n}\n4: 1065353216  float 1.0\n",
		},
		{"grpc", "application/grpc", unhex(t, "00 00000003 089601"), "protobuf", "message 1  3 B\n  1: 150  sint 75\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := openAs(t, tt.media, tt.body, Pretty)
			if v.Format != tt.format {
				t.Errorf("shown as %s, want %s", v.Format, tt.format)
			}
			if diff := cmp.Diff(tt.want, show(v)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCode says which rows are in which language, and that they are those a
// screen may colour: laid out, with nothing folded.
func TestCode(t *testing.T) {
	for _, tt := range []struct {
		media, body, mode string
		want              []Code
	}{
		{"text/javascript", "a\nb", Pretty, []Code{{"javascript", 0, 2}}},
		{"application/vnd.x+yaml", "a: 1", Raw, []Code{{"yaml", 0, 1}}},
		{"application/yaml", "\x00\x01", Raw, nil},
		{"text/plain", "a: 1", Pretty, nil},
		{"application/json", "{}", Raw, nil},
		{"application/octet-stream", "<a><b>c</b></a>", Pretty, []Code{{"xml", 0, 3}}},
		{"text/xml", "<a><b>c</b></a>", Tree, []Code{{"xml", 0, 3}}},
		{"text/xml", "<a><b>c</b></a>", Raw, []Code{{"xml", 0, 1}}},
		{"text/xml", "<a><b>c</a>", Pretty, nil},
		{"", "<html>", Raw, []Code{{"html", 0, 1}}},
		{"", "<!doctype html><p>x", Pretty, []Code{{"html", 0, 3}}},
		{"application/graphql", "{ a }", Pretty, []Code{{"graphql", 0, 1}}},
		{"application/json", `{"query":"query {\n a\n}","variables":{"x":1}}`, Pretty, []Code{{"graphql", 0, 3}}},
		{"multipart/mixed; boundary=b", "--b\r\n\r\nx\r\n--b\r\nContent-Type: text/css\r\n\r\na{}\nb{}\r\n--b--", Pretty, []Code{{"css", 3, 5}}},
	} {
		v := openAs(t, tt.media, tt.body, tt.mode)
		if diff := cmp.Diff(tt.want, v.Code); diff != "" {
			t.Errorf("%s %q: %s", tt.media, tt.body, diff)
		}
		for _, c := range v.Code {
			for row := c.From; row < c.To; row++ {
				v.Row(row)
			}
		}
	}
}

func TestImage(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 200, 100))
	img.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	v := openAs(t, "image/png", b.String(), Pretty)
	if got := show(v); !strings.HasPrefix(got, "PNG image, 200 × 100, ") {
		t.Errorf("got %q", got)
	}
	if l := v.Doc.Line(1); v.Doc.Len() != 1+12 || len(l.Pixels) != 48 {
		t.Errorf("drawn in %d lines of %d cells", v.Doc.Len()-1, len(l.Pixels))
	}
}

// TestImageInAPart: an image is drawn where its part is.
func TestImageInAPart(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 2, 4))); err != nil {
		t.Fatal(err)
	}
	v := openAs(t, "multipart/mixed; boundary=b", "--b\r\nContent-Type: image/png\r\n\r\n"+b.String()+"\r\n--b--", Pretty)
	drawn := 0
	for i := range v.Doc.Len() {
		if len(v.Doc.Line(i).Pixels) > 0 {
			drawn++
		}
	}
	if drawn != 2 {
		t.Errorf("%d of %d lines are of the image", drawn, v.Doc.Len())
	}
}

func compressed(t testing.TB, coding string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	switch coding {
	case "gzip":
		w := gzip.NewWriter(&b)
		w.Write(data)
		w.Close()
	case "br":
		w := brotli.NewWriterLevel(&b, 3)
		w.Write(data)
		w.Close()
	case "zstd":
		w, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(data)
		w.Close()
	}
	return b.Bytes()
}

func TestContentEncoding(t *testing.T) {
	read := func(raw []byte, codings string) *Content {
		return Read(raw, []capture.Field{{Name: "content-encoding", Value: codings}})
	}
	for _, coding := range []string{"gzip", "br", "zstd"} {
		if c := read(compressed(t, coding, []byte("hello")), coding); string(c.Text) != "hello" || c.Cut {
			t.Errorf("%s: %q, %v", coding, c.Text, c.Notes)
		}
	}
	nested := compressed(t, "br", compressed(t, "gzip", []byte("hello")))
	if c := read(nested, "gzip, br"); string(c.Text) != "hello" {
		t.Errorf("nested: %q, %v", c.Text, c.Notes)
	}
	three := compressed(t, "zstd", nested)
	if c := read(three, "gzip, br, zstd"); string(c.Text) != "hello" {
		t.Errorf("three encodings: %q, %v", c.Text, c.Notes)
	}
	four := compressed(t, "gzip", three)
	if d := Decode(four, []capture.Field{{Name: "Content-Encoding", Value: "gzip, br, zstd, gzip"}}); d.Err == nil || len(d.Layers) != maxLayers || !bytes.Equal(d.Data, compressed(t, "gzip", []byte("hello"))) {
		t.Errorf("four encodings: %v were undone, %v", d.Layers, d.Err)
	}
	if c := read(compressed(t, "gzip", []byte("hello")), ""); string(c.Text) != "hello" {
		t.Errorf("unannounced: %q", c.Text)
	}
	for _, tt := range []struct {
		raw         []byte
		codings     string
		note, shown string
	}{
		{[]byte("hello"), "gzip", "content-encoding says gzip, which it is not: unexpected EOF", "hello"},
		{[]byte("hello"), "aws-chunked", "content-encoding aws-chunked is not known: shown as it came", "hello"},
		{compressed(t, "gzip", []byte("hello"))[:20], "gzip", "gzip: damaged after 5 B: unexpected EOF", "hello"},
	} {
		c := read(tt.raw, tt.codings)
		if diff := cmp.Diff(tt.note, c.Notes[len(c.Notes)-1].String()); diff != "" {
			t.Error(diff)
		}
		if string(c.Text) != tt.shown {
			t.Errorf("%s: shown %q", tt.codings, c.Text)
		}
	}
}

func TestCharset(t *testing.T) {
	for _, tt := range []struct{ media, body, want string }{
		{"text/plain; charset=iso-8859-1", "caf\xe9", "(charset windows-1252)\ncafé\n"},
		{"text/plain; charset=shift_jis", "\x90\xa2", "(charset shift_jis)\n世\n"},
		{"text/plain", "\xff\xfea\x00b\x00", "(charset UTF-16LE)\nab\n"},
		{"text/xml", "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", "(charset windows-1252)\n<?xml version='1.0' encoding='ISO-8859-1'?>\n<a>é</a>\n"},
		{"text/plain; charset=nonsense", "a", "(charset nonsense is not known: shown as it came)\na\n"},
		{"text/plain; charset=us-ascii", "a", "a\n"},
		{"text/plain", "\xfe\xff\x00a\x00b", "(charset UTF-16BE)\nab\n"},
		{"text/plain; charset=utf-16", "ab", "ab\n"},
		{"text/plain; charset=utf-16le", "a\x00", "(charset utf-16le)\na\n"},
		{"text/xml", "<?xml version='1.0' encoding='x", "(not xml: line 1, column 1: <? is not closed by ?>)\n<?xml version='1.0' encoding='x\n"},
	} {
		if diff := cmp.Diff(tt.want, show(openAs(t, tt.media, tt.body, Pretty))); diff != "" {
			t.Errorf("%s: %s", tt.media, diff)
		}
	}
}

func TestSearch(t *testing.T) {
	rows := func(v *View, q string) (rows []int) {
		t.Helper()
		if err := v.Search(context.Background(), q, func(r int) bool { rows = append(rows, r); return true }); err != nil {
			t.Fatal(err)
		}
		return rows
	}
	v := openAs(t, "application/json", `{"Type":"a","b":["TYPE",{"c":"`+strings.Repeat("x", 9000)+`type"}]}`, Tree)
	if diff := cmp.Diff([]int{1, 3, 7}, rows(v, "type")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{1}, rows(v, `"Type": "a",`)); diff != "" {
		t.Error(diff)
	}
	if line := v.Show(7); v.Doc.Line(line).Text().String() != "      "+strings.Repeat("x", 9000-2*MaxRow+4)+`type"` {
		t.Errorf("line %d is %q", line, v.Doc.Line(line).Text())
	}
	v = openAs(t, "text/plain", "one\ntwo\nONE\n", Raw)
	if diff := cmp.Diff([]int{0, 2}, rows(v, "one")); diff != "" {
		t.Error(diff)
	}
	v = openAs(t, "", "\x00"+strings.Repeat("abcdefg\x00", 9), Hex)
	if diff := cmp.Diff([]int{0, 1, 2, 3, 4}, rows(v, "bc")); diff != "" {
		t.Error(diff)
	}
	for _, q := range []string{"ab", "AB", "aB"} { // a capital makes no difference
		if diff := cmp.Diff([][2]int{{0, 2}, {3, 5}}, Hits("AB ab", q)); diff != "" {
			t.Error(diff)
		}
	}
	if hits := Hits("AB ab", ""); hits != nil {
		t.Errorf("nothing is found at %v", hits)
	}
	if diff := cmp.Diff([]int{0, 2}, rows(openAs(t, "text/plain", "one\ntwo\nONE\n", Raw), "One")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][2]int{{8, 10}, {11, 13}, {14, 16}}, Hits("İİİİé É é", "é")); diff != "" {
		t.Error(diff)
	}
	v = openAs(t, "text/plain", strings.Repeat("abcdefgh", 20_000), Raw)
	if got := rows(v, "gh"); len(got) != v.Doc.Len() {
		t.Errorf("found in %d rows of one long line, want %d", len(got), v.Doc.Len())
	}
}

// Only the two cases of a letter are found as each other.
func TestCaseOfEachLetter(t *testing.T) {
	for a := range byte(utf8.RuneSelf) {
		for b := range byte(utf8.RuneSelf) {
			line, query := string(a), string(b)
			if got, want := len(Hits(line, query)) > 0, strings.EqualFold(line, query); got != want {
				t.Errorf("%q in %q: %v", query, line, got)
			}
		}
	}
}

func TestNode(t *testing.T) {
	v := openAs(t, "application/json", `{"data":{"a-b":[1,{"c":"\/x"}]},"n":{}}`, Pretty)
	for _, tt := range []struct {
		line        int
		path, value string
	}{
		{0, ".", `{"data":{"a-b":[1,{"c":"\/x"}]},"n":{}}`},
		{2, `.data["a-b"]`, `[1,{"c":"\/x"}]`},
		{3, `.data["a-b"][0]`, `1`},
		{5, `.data["a-b"][1].c`, `"\/x"`},
		{6, `.data["a-b"][1]`, `{"c":"\/x"}`},
		{9, `.n`, `{}`},
	} {
		n, ok := v.Node(tt.line)
		if diff := cmp.Diff(Node{tt.path, []byte(tt.value)}, n); diff != "" || !ok {
			t.Errorf("line %d: %s", tt.line, diff)
		}
	}
}

func TestCache(t *testing.T) {
	var c Cache
	ex := &capture.Exchange{ID: 1, Request: capture.Request{
		Fields: []capture.Field{{Name: "Content-Encoding", Value: "gzip"}},
		Body:   capture.NewBody(compressed(t, "gzip", bytes.Repeat([]byte("x"), 7<<20))),
	}}
	for id := range 9 {
		e := *ex
		e.ID = capture.ID(id + 1)
		text, err := c.Text(context.Background(), &e)
		if err != nil || len(text) != 7<<20 {
			t.Fatalf("%d bytes, %v", len(text), err)
		}
	}
	for id := range capture.ID(10) {
		if _, ok := c.kept.Get(id); ok != (id > 5) {
			t.Errorf("%v is kept: %v", id, ok)
		}
	}
}

// FuzzViews opens anything as everything: no panic, no line longer than it may
// be, numbers that rise.
func FuzzViews(f *testing.F) {
	for _, s := range []string{
		tricky, "<a><b x=1>t</b></a>", "<script>", "a=b&c=%7B%7D", "--b\r\n\r\nx\r\n--b--", "\xa1\x61\x61\x01", "\x81\xa1a\x01", "\x08\x96\x01",
		"\x89PNG\r\n\x1a\n", "{\"query\":\"{a}\"}", "{}\n{}", "\x9f\x9f\xff\xff", "\x5f\x41a\xff", "\x1f\x8b\x08", "eyJ9.e30.", strings.Repeat("\n", 300),
	} {
		f.Add([]byte(s), uint(0))
	}
	formats := append(Formats(), Pretty, Tree, Raw)
	medias := []string{"multipart/mixed; boundary=b", "text/javascript", "application/yaml", "text/css; charset=utf-16", "image/png"}
	f.Fuzz(func(t *testing.T, data []byte, as uint) {
		c := Read(data, []capture.Field{{Name: "Content-Type", Value: medias[as/7%uint(len(medias))]}})
		v, err := Open(t.Context(), c, formats[as%uint(len(formats))])
		if err != nil {
			t.Fatal(err)
		}
		last := 0
		for i := range v.Doc.Len() {
			l := v.Doc.Line(i)
			if l.Num != 0 && l.Num <= last || l.Off > l.End {
				t.Fatalf("line %d: number %d after %d, bytes [%d,%d)", i, l.Num, last, l.Off, l.End)
			}
			last = max(last, l.Num)
		}
		if err := v.Search(t.Context(), "a", func(row int) bool { v.Show(row); return row < 100 }); err != nil {
			t.Fatal(err)
		}
		if v.Folds != nil {
			checkFolds(t, v.Folds)
		}
	})
}

func checkFolds(t *testing.T, f *Folded) {
	f.OpenAll()
	all := f.Len()
	for i := 0; i < f.Len(); i += 3 {
		f.Toggle(i)
	}
	for i := range f.Len() {
		f.Line(i)
	}
	for i := f.Len() - 1; i >= 0; i -= 5 {
		f.Fold(min(i, f.Len()-1))
	}
	for row := range all {
		f.Reveal(row)
	}
	if f.Len() != all {
		t.Fatalf("%d lines after everything was revealed, %d before", f.Len(), all)
	}
}

// TestImports keeps the core free of the screen.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal("go list:", err)
	}
	for dep := range strings.Lines(string(out)) {
		if strings.HasPrefix(dep, "charm.land/") || strings.HasPrefix(dep, "creel/ui") || strings.Contains(dep, "chroma") {
			t.Errorf("imports %s: a body knows no screen and no colour", strings.TrimSpace(dep))
		}
	}
}
