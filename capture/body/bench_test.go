package body

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"creel/capture"
)

// sample returns about n bytes of JSON as webhooks send it: an array of events,
// minified.
func sample(n int) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i := 0; b.Len() < n; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"evt_%024d","object":"event","created":%d,"livemode":false,"data":{"object":{"amount":%d.50,"currency":"eur",`+
			`"description":"Straße \"%d\" \u00e9\/x","lines":[1,2,3],"metadata":{}}},"pending":null}`, i, 1795441026+i, i, i)
	}
	b.WriteByte(']')
	return b.Bytes()
}

const screenRows = 60

func paint(d Doc, from int) {
	for i := from; i < min(d.Len(), from+screenRows); i++ {
		_ = d.Line(i)
	}
}

func jsonContent(src []byte) *Content {
	return Read(src, []capture.Field{{Name: "Content-Type", Value: "application/json"}})
}

// BenchmarkFirstPaint is from the bytes to a screenful of lines. It must beat
// 2 ms for 10 KB, 16 ms for 1 MB, 100 ms for 10 MB, 1 s for 100 MB, 100 ms for
// one line of 5 MB and 100 ms for a million lines.
func BenchmarkFirstPaint(b *testing.B) {
	for _, bb := range []struct {
		name string
		src  []byte
		mode string
	}{
		{"10KB", sample(10_000), Pretty},
		{"1MB", sample(1_000_000), Pretty},
		{"10MB", sample(10_000_000), Pretty},
		{"100MB", sample(100_000_000), Pretty},
		{"line5MB", []byte(`{"a":"` + strings.Repeat("abc\\n", 1_000_000) + `"}`), Pretty},
		{"millionLines", []byte(strings.Repeat("[1]\n", 1_000_000)), Raw},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(bb.src)))
			b.ReportAllocs()
			for b.Loop() {
				v, err := Open(context.Background(), jsonContent(bb.src), bb.mode)
				if err != nil {
					b.Fatal(err)
				}
				paint(v.Doc, 0)
			}
		})
	}
}

// BenchmarkPage is a screenful somewhere in a big body. It must beat 16 ms, a
// frame, wherever it is, folded or not.
func BenchmarkPage(b *testing.B) {
	big := jsonContent(sample(10_000_000))
	line := jsonContent([]byte(`["` + strings.Repeat("abc\\n", 1_000_000) + `"]`))
	lines := jsonContent([]byte(strings.Repeat("[1]\n", 1_000_000)))
	for _, bb := range []struct {
		name  string
		c     *Content
		mode  string
		level int
	}{{"json", big, Pretty, -1}, {"folded", big, Pretty, 1}, {"line", line, Pretty, -1}, {"lines", lines, Raw, -1}, {"hex", big, Hex, -1}} {
		b.Run(bb.name, func(b *testing.B) {
			v, err := Open(context.Background(), bb.c, bb.mode)
			if err != nil {
				b.Fatal(err)
			}
			if bb.level >= 0 {
				v.Folds.FoldLevel(bb.level)
			}
			at := 0
			for b.Loop() {
				at = (at + v.Doc.Len()/3 + 7) % v.Doc.Len()
				paint(v.Doc, at)
			}
		})
	}
}

// BenchmarkFoldLevel folds every event of a 10 MB body. It must beat 100 ms.
func BenchmarkFoldLevel(b *testing.B) {
	v, err := Open(context.Background(), jsonContent(sample(10_000_000)), Pretty)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		v.Folds.FoldLevel(1)
	}
}

// BenchmarkSearch looks for what is nowhere, through all. It must beat 100 ms
// for 10 MB.
func BenchmarkSearch(b *testing.B) {
	for _, bb := range []struct {
		name string
		src  []byte
	}{{"json", sample(10_000_000)}, {"line", []byte(`["` + strings.Repeat("abc\\n", 2_000_000) + `"]`)}} {
		b.Run(bb.name, func(b *testing.B) {
			v, err := Open(context.Background(), jsonContent(bb.src), Pretty)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(bb.src)))
			for b.Loop() {
				if err := v.Search(context.Background(), "nowhere", func(int) bool { return false }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
