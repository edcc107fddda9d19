package body

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"creel/capture/golden"
)

// laidOut are bodies in which there is something of everything that a format has.
var laidOut = []struct{ name, media, body string }{
	{"json", "application/json", tricky},
	{"json-long", "application/json", `{"key":"` + strings.Repeat("long ", 2000) + `","` + strings.Repeat("k", 5000) + `":[1,2]}`},
	{"json-lists", "application/json", `[[],[[]],[1],{"a":{}},{"a":[{}],"b":[]},"x",[1,2,3]]`},
	{"json-wrong", "application/json", "{\n \"a\": 1,\n \"b\": tru\n}"},
	{"json-bom", "application/json", "\ufeff{\"a\":1}"},
	{"ndjson", "application/x-ndjson", "{\"a\":1}\n\n[2,3]\n\"x\"\n"},
	{"ndjson-wrong", "application/x-ndjson", "{\"a\":1}\n{\"b\":}\n"},
	{"text", "text/plain", "one\n\ntwo\twords\r\n\x1b[31mred\x00\n" + strings.Repeat("long ", 1000) + "\nlast"},
	{"text-crlf", "text/plain", "one\r\ntwo\r\n"},
	{"text-cr", "text/plain", "one\rtwo\r"},
	{"text-last-cr", "text/plain", "one\r\ntwo\r"},
	{"text-wide", "text/plain", strings.Repeat("世", 3000) + "\n" + strings.Repeat("é", 2048) + "\n" + strings.Repeat("a", MaxRow) + "\n" + strings.Repeat("\x80", 5000)},
	{"javascript", "text/javascript", "a()\nb()\n"},
	{"xml", "text/xml", "<?xml version=\"1.0\"?>\n<!DOCTYPE a>\n<a xmlns:x='u' x:y=\"1 > 2\"  z>\n<b/><c >text &amp; more</c><d><![CDATA[<raw>]]></d><!-- c --><e><f/>mixed<g></g></e>\n<h a='\"'/></a>\n<!-- end -->"},
	{"xml-blanks", "text/xml", "<a\n  b = \"1\n2\"\t\tc='  ' >\n<d /><e\n/><f\n/><g  x='/' /><h  ></h\n></a>"},
	{"xml-wrong", "text/xml", "<a><b></a>"},
	{"xml-end", "text/xml", "<a></a></b>"},
	{"xml-open", "text/xml", "<a><b>"},
	{"xml-text", "text/xml", "text<a/>"},
	{"html", "text/html", "<!doctype html><html><head><title>T</title><style>a > b {}</style></head><body class=x><p>one<p>two <b>bold</b><br/><img src=a><ul><li>1<li>2</ul><table><tr><td>1<td>2<tr><td>3</table><script>if (a < b) {}</script><pre> kept\n  so </pre><!-- c --></body></html>"},
	{"html-loose", "text/html", "a < b <1 <é </x> <!-x> <p/ ><script>a</b><!--</script ><textarea><b></textarea><STYLE></style><br></br><p a='>' b=c>d</P><"},
	{"html-script", "text/html", "<script>if (a</b) {}"},
	{"html-script-cut", "text/html", "<script>a</script"},
	{"html-cut", "text/html", "<z-a>b <"},
	{"html-deep", "text/html", strings.Repeat("<div>", 300) + "x"},
	{"form", "application/x-www-form-urlencoded", "a=1&b=&c&=d&e=%zz&f=a+b%20c&g=%7B%22x%22%3A%5B1%5D%7D&&h=%00%1b&a=2&i=1&j=%7B%7D&k=%5B1&l=true&m=%22x%22"},
	{"form-empty", "application/x-www-form-urlencoded", "&&"},
	{"form-lines", "application/x-www-form-urlencoded", "a=x%0Ay&b=%7B%0A&c=%22%0A%22"},
	{"xml-inner", "text/xml", "<r><a>" + strings.Repeat("x", 200) + "</a><b>" + strings.Repeat("x", 201) + "</b><c>x\ny</c><d> x </d><e>" + strings.Repeat("é", 101) + "</e></r>"},
	{"multipart", "multipart/form-data; boundary=x", "preamble\r\n--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.json\"\r\nContent-Type: application/json\r\n\r\n{\"a\":[1]}\r\n--x\r\n\r\n\x00\x01\r\n--x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--x--\r\nepilogue"},
	{"multipart-cut", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none"},
	{"multipart-nested", "multipart/mixed; boundary=b0", nested(0)},
	{"graphql", "application/graphql", "query Q($a: Int) {\n  # c\n  a(b: \"x\") @d { ...F }\n}\n"},
	{"graphql-json", "application/json", `{"query":"\n  # c\n mutation M { a }\n","variables":{"a":[1]},"extensions":{"x":1}}`},
	{"jwt", "text/plain", "eyJhbGciOiJIUzI1NiIsImtpZCI6ImEifQ.eyJzdWIiOiJqb2UiLCJleHAiOjE3MDAwMDAwMDB9.c2lnbmF0dXJl"},
	{"cbor", "application/cbor", bytesOf("9f 00 17 1818 19 0100 1a00010000 1b0000000100000000 20 3818 40 43010203 60 63616263 7f 6161 6162 ff 80 a0 a2 0102 2003 bf 6161 01 ff c1 1a514b67b0 d8 20 6161 f4 f5 f6 f7 e5 f820 f93e00 f90001 f97c00 f9fc00 fa7fc00000 fb c010666666666666 5f4101ff ff")},
	{"cbor-long", "application/cbor", bytesOf("83 5841"+strings.Repeat("ab", 65)+" 5840"+strings.Repeat("cd", 64)+" 64 61010a62") + "\x60"},
	{"cbor-tags", "application/cbor", bytesOf("d9d9f7 8c c0 61 61 c2 42 0100 c3 41 00 c4 82 20 01 d825 50 000102030405060708090a0b0c0d0e0f d818 41 01 d9010a 01 da00010000 01 db0000000100000000 01 f8ff e0 bf 01 bf 02 03 ff ff")},
	{"cbor-negative", "application/cbor", bytesOf("3b7fffffffffffffff 3b8000000000000000 3bffffffffffffffff")},
	{"cbor-reserved", "application/cbor", bytesOf("1c")},
	{"cbor-no-end", "application/cbor", bytesOf("9f 01")},
	{"cbor-break", "application/cbor", bytesOf("ff")},
	{"cbor-mixed", "application/cbor", bytesOf("5f 6161 ff")},
	{"cbor-half-map", "application/cbor", bytesOf("bf 01 ff")},
	{"cbor-deep", "application/cbor", strings.Repeat("\x81", 2000)},
	{"cbor-wrong", "application/cbor", bytesOf("82 01 ff")},
	{"msgpack", "application/msgpack", bytesOf("dc0023 00 7f e0 ff c0 c2 c3 c403010203 c5000101 c60000000101 c7010501 c8000105ff c900000001 05ff ca3fc00000 cb3ff8000000000000 cc80 cd0100 ce00010000 cf0000000100000000 d0ff d1ff00 d2ffff0000 d3ffffffff00000000 d40501 d5050102 d605 01020304 d6ff00000001 d7ff 0000000400000001 d805 000102030405060708090a0b0c0d0e0f a161 d90161 da000161 db0000000161 90 9201 02 dc000101 de00 01 a16101 81 01 02")},
	{"msgpack-wrong", "application/msgpack", bytesOf("92 01 c1")},
	{"protobuf", "application/x-protobuf", bytesOf("0801 1001 18ffffffffffffffffff01 21000000000000f03f 2a026869 320408011002 3d0000803f 42020102 4a00 52050a03616263 f8ffffff0f01 620a08ffffffffffffffff7f")},
	{"protobuf-nested", "application/x-protobuf", bytesOf("0a1d 0801 11000000000000f03f 1a03616263 2500000040 2a060a04 0a026869 0a03 0a01ff 0a02 0801 0a02 0b0c 0a04 09000000 0a05 0d00000000 0a09 090000000000000000 0a02 0800 0a01 08 0a02 0a05 0a03 000102 0a02 0700")},
	{"protobuf-field-0", "application/x-protobuf", bytesOf("00 01")},
	{"protobuf-long-varint", "application/x-protobuf", bytesOf("08 ffffffffffffffffffff01")},
	{"protobuf-text", "application/x-protobuf", bytesOf("0a02 2061 0a0b 0a09616263646566676869 0a02 0a61 0a00")},
	{"protobuf-cut", "application/x-protobuf", bytesOf("0a")},
	{"protobuf-group", "application/x-protobuf", bytesOf("0b 0801 0c")},
	{"protobuf-wrong", "application/x-protobuf", bytesOf("0a ff")},
	{"grpc-cut", "application/grpc", bytesOf("00 00000002 08")},
	{"grpc-head", "application/grpc", bytesOf("00 0000")},
	{"grpc", "application/grpc", bytesOf("00 00000002 0801 01 00000001 00 00 00000000")},
	{"hex", "application/octet-stream", string(bytesUpTo(70))},
	{"png", "image/png", drawn(func(b *bytes.Buffer, m image.Image) error { return png.Encode(b, m) })},
	{"gif", "image/gif", drawn(func(b *bytes.Buffer, m image.Image) error { return gif.Encode(b, m, nil) })},
	{"png-large", "image/png", noise(97, 61)},
	{"png-tall", "image/png", noise(5, 301)},
	{"jpeg", "image/jpeg", drawn(func(b *bytes.Buffer, m image.Image) error { return jpeg.Encode(b, m, nil) })[:300]},
	{"bmp", "image/bmp", "BM" + strings.Repeat("\x00", 16) + "\x07\x00\x00\x00\xf8\xff\xff\xff" + strings.Repeat("\x00", 10)},
	{"ico", "image/x-icon", "\x00\x00\x01\x00\x01\x00\x00\x10" + strings.Repeat("\x00", 10)},
	{"ico-8", "image/x-icon", "\x00\x00\x01\x00\x01\x00\x20\x10"},
	{"ico-7", "image/x-icon", "\x00\x00\x01\x00\x01\x00\x20"},
	{"bmp-26", "image/bmp", "BM" + strings.Repeat("\x00", 16) + "\x07\x00\x00\x00\x08\x00\x00\x00"},
	{"bmp-25", "image/bmp", "BM" + strings.Repeat("\x00", 16) + "\x07\x00\x00\x00\x08\x00\x00"},
	{"webp-vp8x", "image/webp", webp("VP8X", 8, "\x00\x00\x00\x00\x2b\x01\x00\xc7\x00\x00")},
	{"webp-vp8l", "image/webp", webp("VP8L", 8, "\x2f"+string(binary.LittleEndian.AppendUint32(nil, 299|199<<14))+"\x00\x00\x00\x00\x00")},
	{"webp-vp8", "image/webp", webp("VP8 ", 8, "\x00\x00\x00\x9d\x01\x2a\x2c\x01\xc8\x00")},
	{"webp-short", "image/webp", "RIFF\x00\x00\x00\x00WEBPVP8X"},
	{"no-image", "image/png", "GIF"},
}

func bytesOf(s string) string {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return string(b)
}

func bytesUpTo(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 5)
	}
	return b
}

// nested are parts within parts, five deep.
func nested(depth int) string {
	inner := "Content-Type: text/plain\r\n\r\nx"
	if depth < 5 {
		inner = fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n%s", depth+1, nested(depth+1))
	}
	return fmt.Sprintf("--b%d\r\n%s\r\n--b%d--\r\n", depth, inner, depth)
}

func webp(kind string, size byte, rest string) string {
	return "RIFF\x00\x00\x00\x00WEBP" + kind + string([]byte{size, 0, 0, 0}) + rest
}

func drawn(encode func(*bytes.Buffer, image.Image) error) string {
	m := image.NewPaletted(image.Rect(3, 5, 9, 10), color.Palette{color.Black, color.White, color.RGBA{255, 0, 0, 255}, color.RGBA{0, 0, 255, 255}})
	for i := range m.Pix {
		m.Pix[i] = byte(i * 7 % 4)
	}
	var b bytes.Buffer
	if err := encode(&b, m); err != nil {
		panic(err)
	}
	return b.String()
}

// cut is a text with its middle left out where it is long.
func cut(s string) string {
	if len(s) > 120 {
		return fmt.Sprintf("%s…%d…%s", s[:20], len(s), s[len(s)-20:])
	}
	return s
}

// noise is a picture in which no two pixels beside each other are alike.
func noise(w, h int) string {
	m := image.NewGray(image.Rect(0, 0, w, h))
	random := rand.New(rand.NewPCG(1, 1))
	for i := range m.Pix {
		m.Pix[i] = byte(random.Uint32())
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.String()
}

// dump writes down all that a view says: of each line its number, bytes, depth, folding and
// pieces with their kinds, and the value that it shows.
func dump(v *View) string {
	var b strings.Builder
	fmt.Fprintf(&b, "format %s, %d lines, bad %d, code %v\n", v.Format, v.Doc.Len(), v.Bad, v.Code)
	for _, n := range v.Notes {
		fmt.Fprintf(&b, "note %s\n", n)
	}
	for i := range v.Doc.Len() {
		l := v.Doc.Line(i)
		fmt.Fprintf(&b, "%d [%d,%d) %d%s", l.Num, l.Off, l.End, l.Depth, [...]string{"", " open", " shut"}[l.Fold])
		for _, s := range l.Spans {
			fmt.Fprintf(&b, " %d%q", s.Kind, cut(s.Text.String()))
		}
		for _, p := range l.Pixels {
			fmt.Fprintf(&b, " %x", p)
		}
		if n, ok := v.Node(i); ok && len(n.Value) < 60 {
			fmt.Fprintf(&b, " %s=%s", cut(n.Path), n.Value)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Bodies of each format are laid out as they were: look at the difference after -update.
func TestLayouts(t *testing.T) {
	for _, tt := range laidOut {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			seen := map[string]string{}
			write := func(how string, v *View) {
				text := dump(v)
				if as := seen[text]; as != "" {
					fmt.Fprintf(&b, "--- %s: as %s\n", how, as)
					return
				}
				seen[text] = how
				fmt.Fprintf(&b, "--- %s\n%s", how, text)
			}
			pretty := openAs(t, tt.media, tt.body, Pretty)
			write(Pretty, pretty)
			for depth := 0; pretty.Folds != nil && depth < 3; depth++ {
				pretty.Folds.FoldLevel(depth)
				write(fmt.Sprint("folded at ", depth), pretty)
			}
			write(Tree, openAs(t, tt.media, tt.body, Tree))
			if strings.HasPrefix(tt.name, "text") || strings.HasPrefix(tt.name, "json") {
				write(Raw, openAs(t, tt.media, tt.body, Raw))
			}
			golden.File(t, filepath.Join("layout", tt.name+".txt"), b.String())
		})
	}
}

// What a body is, where nothing says so.
func TestWhatABodyIs(t *testing.T) {
	for body, want := range map[string]string{
		"": "text", " ": "text", "plain": "text", "{}": "json", "[1]": "json", " {\"a\":1} ": "json", "1": "text", "\"a\"": "text", "{": "text", "{\"a\":}": "json", "null": "text",
		"{}\n{}": "ndjson", "[1]\n[2]\n": "ndjson", "{}\n[1]": "text", "{\n}\n{}": "json", "1\n2": "text", "{}\n": "json",
		"<a/>": "xml", "<?xml version=\"1.0\"?><a/>": "xml", "<!doctype html><p>": "html", "<html>": "html", "<a": "text", "a<b>": "text", "<!DOCTYPE HTML>": "html", strings.Repeat(" ", 251) + "<html>": "html", strings.Repeat(" ", 252) + "<html>": "xml",
		"a=1": "text", "a=1&b=2": "text", "a=1 b": "text", "a": "text", "=": "text",
		"{\"query\":\"{ a { b } }\"}": "graphql", "{\"query\":\"a\"}": "json", "{\"query\":\"query { a }\",\"x\":1}": "graphql", "{\"query\":\"# c\\nmutation { a }\"}": "graphql", "{\"query\":\"query\"}": "json", "{\"query\":1}": "json",
		"\xa1\x61a\x01": "cbor", "\xbf\x61a\x01\xff": "cbor", "\xd9\xd9\xf7\x01": "cbor", "\xa0": "hex", "\xa1\x01\x01": "hex", "\xc0\x61a": "hex", "\xa1\x61a": "hex", "\x81\x61a": "hex", "\xa1\x7b\x01": "hex",
		"\x81\xa1a\x01": "msgpack", "\x8f": "hex", "\x81\xd9\x01a\x01": "msgpack", "\x81\xa0\x01\xff": "hex", "\x90\xff": "hex", "\x80\xff": "hex",
		"\x89PNG\r\n\x1a\n": "image", "GIF89a\x00": "image", "\xff\xd8\xff\x00": "hex", "BM\x00\xff": "hex", "RIFF\x00\x00\x00\x00WEBPx\x00": "image", "RIFF\x00\x00\x00\x00WAVEx\xff": "hex", "%PDF-1.4\x00\xff": "hex",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2ln": "jwt", "eyJhbGciOiJIUzI1NiJ9.e.c": "text", "a.b.c": "text",
		"--b\r\n\r\nx\r\n--b--\r\n": "text", "\x00": "hex", "a\x00": "hex", "\x1b[0m": "text", "caf\xe9": "hex", "\xff\xff\xff": "hex",
	} {
		if got := openAs(t, "", body, Pretty).Format; got != want {
			t.Errorf("%q is %s, want %s", body, got, want)
		}
	}
	for media, want := range map[string]string{
		"application/x-ndjson": "ndjson", "application/ndjson": "ndjson", "application/jsonl": "ndjson", "application/x-jsonlines": "ndjson", "application/jsonlines": "ndjson", "application/json-seq": "ndjson",
		"application/cbor": "cbor", "application/cose": "cbor", "application/cwt": "cbor", "application/cbor-seq": "cbor", "application/x+cbor": "cbor", "application/x+cbor-seq": "cbor",
		"application/msgpack": "msgpack", "application/x-msgpack": "msgpack", "application/vnd.msgpack": "msgpack", "application/x+msgpack": "msgpack",
		"application/protobuf": "protobuf", "application/x-protobuf": "protobuf", "application/vnd.google.protobuf": "protobuf", "application/x-google-protobuf": "protobuf", "application/x+proto": "protobuf", "application/grpc": "protobuf", "application/grpc+proto": "protobuf",
		"application/graphql": "graphql", "text/html": "html", "application/xhtml+xml": "html", "application/soap+xml": "xml", "image/svg+xml": "xml", "application/x-www-form-urlencoded": "form",
		"multipart/mixed; boundary=b": "multipart", "image/png": "image", "text/plain": "text", "application/json": "json", "application/ld+json": "json", "text/json": "json", "": "text",
	} {
		if got := openAs(t, media, "x y", Pretty).Format; got != want {
			t.Errorf("%s is %s, want %s", media, got, want)
		}
	}
}
