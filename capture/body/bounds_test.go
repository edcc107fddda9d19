package body

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/golden"
	"creel/capture/safe"
)

// What was decoded is encoded again, layer by layer, whatever the layers are.
func TestEncodeIsTheInverseOfDecode(t *testing.T) {
	text := bytes.Repeat([]byte("hello "), 100)
	for _, layers := range [][]string{nil, {"gzip"}, {"br"}, {"zstd"}, {"deflate"}, {"br", "gzip"}, {"deflate", "zstd", "br"}} {
		raw, err := Encode(text, layers)
		if err != nil {
			t.Fatal(err)
		}
		said := slices.Clone(layers)
		slices.Reverse(said)
		d := Decode(raw, []capture.Field{{Name: "Content-Encoding", Value: strings.Join(said, ", ")}})
		if !bytes.Equal(d.Data, text) || !slices.Equal(d.Layers, layers) || d.Err != nil || d.Cut {
			t.Errorf("%v: %.20q, %v, %v", layers, d.Data, d.Layers, d.Err)
		}
	}
	if _, err := Encode(text, []string{"rot13"}); err == nil {
		t.Error("rot13 is known")
	}
}

// Deflate comes with and without the envelope of zlib, gzip has a second name, and what says
// nothing of its compression is known by how it begins.
func TestOtherEncodings(t *testing.T) {
	var bare bytes.Buffer
	w, err := flate.NewWriter(&bare, 6)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte("hello"))
	_ = w.Close()
	for _, tt := range []struct {
		raw           []byte
		coding, layer string
	}{
		{bare.Bytes(), "deflate", "deflate"},
		{compressed(t, "gzip", []byte("hello")), "X-GZip", "gzip"},
		{compressed(t, "gzip", []byte("hello")), "identity, gzip,", "gzip"},
		{compressed(t, "gzip", []byte("hello")), "", "gzip"},
		{compressed(t, "zstd", []byte("hello")), "", "zstd"},
	} {
		if d := Decode(tt.raw, []capture.Field{{Name: "Content-Encoding", Value: tt.coding}}); string(d.Data) != "hello" || !slices.Equal(d.Layers, []string{tt.layer}) || d.Err != nil {
			t.Errorf("%q: %q, %v, %v", tt.coding, d.Data, d.Layers, d.Err)
		}
	}
}

// What is offered to a reader of each content, and the first of it.
func TestModes(t *testing.T) {
	for content, want := range map[string]string{
		"text": "raw hex", "\x00": "hex raw", `{"a":1}`: "pretty tree raw hex", "<a>b</a>": "pretty tree raw hex", "GIF89a\x00": "pretty raw hex",
	} {
		if got := strings.Join(Modes(Read([]byte(content), nil)), " "); got != want {
			t.Errorf("%q: %s, want %s", content, got, want)
		}
	}
}

// Nothing is laid out or searched once the context has ended.
func TestEndsWithItsContext(t *testing.T) {
	gone := errors.New("gone")
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	c := Read([]byte(tricky), nil)
	for _, mode := range append(Formats(), Pretty, Tree, Raw, "odd") {
		if v, err := Open(ended, c, mode); v != nil || !errors.Is(err, gone) {
			t.Errorf("%s: %v", mode, err)
		}
		v, err := Open(t.Context(), c, mode)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		if err := v.Search(ended, "a", func(int) bool { found = true; return true }); found || !errors.Is(err, gone) {
			t.Errorf("%s: found %v, %v", mode, found, err)
		}
		if err := v.Search(t.Context(), "", func(int) bool { found = true; return true }); found || err != nil {
			t.Errorf("%s: nothing is found: %v, %v", mode, found, err)
		}
	}
	ex := &capture.Exchange{Request: capture.Request{Body: capture.StoredBody(&counting{body: []byte("x"), err: gone}, 1, 1)}}
	if text := Searched(t.Context())(ex); text != nil {
		t.Errorf("%q of a body that cannot be read", text)
	}
}

// What is nested as deep as it may be is laid out, and what is deeper is shown as it came.
func TestDepthOfEachFormat(t *testing.T) {
	message := func(depth int) string {
		b := []byte{8, 1}
		for range depth {
			b = append(binary.AppendUvarint([]byte{0x0a}, uint64(len(b))), b...)
		}
		return string(b)
	}
	for _, tt := range []struct {
		media string
		at    func(depth int) string
	}{
		{"application/json", func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }},
		{"application/cbor", func(n int) string { return strings.Repeat("\x81", n) + "\x00" }},
		{"application/msgpack", func(n int) string { return strings.Repeat("\x91", n) + "\x00" }},
		{"application/protobuf", message},
		{"text/xml", func(n int) string { return strings.Repeat("<a>", n) + "<b/>" + strings.Repeat("</a>", n) }},
	} {
		for d, want := range []string{"", "nested more than 512 deep"} {
			v := openAs(t, tt.media, tt.at(maxDepth+d), Pretty)
			said := ""
			for _, n := range v.Notes {
				if strings.Contains(n.String(), "not ") {
					said += n.String()
				}
			}
			if (said == "") != (want == "") || !strings.Contains(said, want) {
				t.Errorf("%s, %d deep: %q", tt.media, maxDepth+d, said)
			}
		}
	}
	if v := openAs(t, "text/html", strings.Repeat("<div>", maxDepth+2)+"x", Pretty); len(v.Notes) > 0 || v.Doc.Line(v.Doc.Len()-1).Depth > maxDepth {
		t.Errorf("HTML: %q", v.Notes)
	}
}

// What is as large as it may be is laid out, and what is a byte larger is shown as it came.
func TestTooLarge(t *testing.T) {
	for _, tt := range []struct{ media, begin, end string }{
		{"text/xml", "<a>", "</a>"},
		{"text/html", "<p>", "</p>"},
		{"application/x-www-form-urlencoded", "a=", ""},
		{"application/cbor", "\x5a" + string(binary.BigEndian.AppendUint32(nil, maxWhole-5)), ""},
		{"application/msgpack", "\xc6" + string(binary.BigEndian.AppendUint32(nil, maxWhole-5)), ""},
		{"application/protobuf", "\x0a" + string(binary.AppendUvarint(nil, maxWhole-5)), ""},
	} {
		body := tt.begin + strings.Repeat("x", maxWhole-len(tt.begin)-len(tt.end)) + tt.end
		for _, n := range openAs(t, tt.media, body, Pretty).Notes {
			if strings.Contains(n.String(), "shown as it came") || strings.Contains(n.String(), "not ") {
				t.Errorf("%s: %s", tt.media, n)
			}
		}
		v := openAs(t, tt.media, body+"x", Pretty)
		if len(v.Notes) != 1 || v.Notes[0].String() != "larger than 4 MiB: shown as it came" || v.Format != Raw {
			t.Errorf("%s and a byte: %s, %q", tt.media, v.Format, v.Notes)
		}
	}
}

// TestBomb holds decompression to its limit, in each layer.
func TestBomb(t *testing.T) {
	zeros := make([]byte, 3*MaxDecoded)
	for _, coding := range []string{"gzip", "br", "zstd"} {
		c := Read(compressed(t, coding, compressed(t, coding, zeros)), []capture.Field{{Name: "Content-Encoding", Value: coding + "," + coding}})
		if len(c.Data) > MaxDecoded || !c.Cut {
			t.Errorf("%s: %d bytes, cut %v", coding, len(c.Data), c.Cut)
		}
	}
}

// A search finds what is far behind in one long line, wherever it is cut for the search.
func TestSearchFarBehind(t *testing.T) {
	for _, media := range []string{"text/plain", "application/json", "application/octet-stream"} {
		for _, block := range []int{1, 2} {
			for d := -8; d <= 8; d++ {
				line := []byte(strings.Repeat(".", 3*searchBlock))
				copy(line[block*searchBlock+d:], "needle")
				text := string(line)
				switch media {
				case "application/json":
					text = `["` + text + `"]`
				case "application/octet-stream":
					text = "\x00" + text
				}
				v := openAs(t, media, text, Pretty)
				var rows []int
				if err := v.Search(t.Context(), "NEEDLE", func(row int) bool { rows = append(rows, row); return true }); err != nil {
					t.Fatal(err)
				}
				want := strings.Index(text, "needle")
				if len(rows) != 1 || v.Row(rows[0]).Off > want || v.Row(rows[0]).End <= want {
					t.Errorf("%s: at %d, found in rows %v", media, want, rows)
				}
			}
		}
	}
}

// The row of a line is the one that it shows, whatever is folded above it.
func TestRowOfALine(t *testing.T) {
	v := openAs(t, "application/json", `{"a":[1,2],"b":3}`, Pretty)
	v.Folds.Fold(1)
	if got := v.RowOf(2); got != 5 || v.Row(got).Off != strings.Index(`{"a":[1,2],"b":3}`, `"b"`) {
		t.Errorf("line 2 is row %d", got)
	}
	if got := openAs(t, "text/plain", "a\nb\nc", Raw).RowOf(2); got != 2 {
		t.Errorf("row %d of a text", got)
	}
}

// A number, and a length, is of as many bytes as its first one says.
func TestHeadsOfBinaryValues(t *testing.T) {
	sizes := map[string]map[byte]int{"application/msgpack": {
		0xc4: 1, 0xc5: 2, 0xc6: 4, 0xc7: 2, 0xc8: 3, 0xc9: 5, 0xca: 4, 0xcb: 8, 0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8, 0xd0: 1, 0xd1: 2, 0xd2: 4, 0xd3: 8,
		0xd4: 2, 0xd5: 3, 0xd6: 5, 0xd7: 9, 0xd8: 17, 0xd9: 1, 0xda: 2, 0xdb: 4, 0xdc: 2, 0xdd: 4, 0xde: 2, 0xdf: 4,
	}, "application/cbor": {0xf9: 2, 0xfa: 4, 0xfb: 8}}
	for major := range byte(7) {
		for i, size := range []int{1, 2, 4, 8} {
			if major == 6 {
				size++ // of the value that is tagged
			}
			sizes["application/cbor"][major<<5|24+byte(i)] = size
		}
	}
	for media, heads := range sizes {
		for head, size := range heads {
			for n := range size + 1 {
				v := openAs(t, media, string([]byte{head})+strings.Repeat("\x00", n), Pretty)
				short := slices.ContainsFunc(v.Notes, func(note safe.Text) bool { return strings.HasSuffix(note.String(), errShort.Error()) })
				if short != (n < size) {
					t.Errorf("%s, %#x and %d bytes: %q", media, head, n, v.Notes)
				}
			}
		}
	}
}

// What ends anywhere is laid out when a value ends there, and shown as it came when it ends
// within one: a dot and an x for each length, in one file.
func TestCutAnywhere(t *testing.T) {
	var b strings.Builder
	for _, tt := range laidOut {
		if tt.name != "cbor" && tt.name != "cbor-tags" && tt.name != "msgpack" && tt.name != "protobuf" && tt.name != "protobuf-nested" && tt.name != "grpc" {
			continue
		}
		b.WriteString(tt.name + "\n")
		for n := range len(tt.body) {
			if n > 0 && n%64 == 0 {
				b.WriteString("\n")
			}
			mark := "."
			for _, note := range openAs(t, tt.media, tt.body[:n], Pretty).Notes {
				if strings.HasSuffix(note.String(), errShort.Error()) {
					mark = "x"
				}
			}
			b.WriteString(mark)
		}
		b.WriteString("\n")
	}
	golden.File(t, "cuts.txt", b.String())
}
