package body

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

func encodedBy(t testing.TB, coding string, data []byte) []byte {
	t.Helper()
	out, err := Encode(data, []string{coding})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// drawnLine is what is seen of a line.
func drawnLine(l Line) string {
	return fmt.Sprintf("%d %d %d %d %v %q", l.Num, l.Off, l.Depth, l.Fold, l.Spans, l.Text().String())
}

// sameRows fails the test unless every row of a beginning is the one of the whole.
func sameRows(t *testing.T, what string, beginning, whole Doc) {
	t.Helper()
	if beginning.Len() > whole.Len() {
		t.Fatalf("%s: the beginning has %d rows, the whole %d", what, beginning.Len(), whole.Len())
	}
	for i := range beginning.Len() {
		if got, want := drawnLine(beginning.Line(i)), drawnLine(whole.Line(i)); got != want {
			t.Fatalf("%s: row %d is %.300s, of the whole %.300s", what, i, got, want)
		}
	}
}

// Wherever JSON is cut, the rows before that are those of the whole.
func TestBeginningOfJSONCutAnywhere(t *testing.T) {
	long := strings.Repeat(`é\"`, MaxRow)
	step := 997
	if testing.Short() {
		step *= 7
	}
	for _, src := range []string{
		tricky, `"` + long + `"`, `["` + long + `",{"a":"` + long + `"},[[]]]`,
		" [ 1 , { } ,\n[ ] , {\"a\" : [ true ] } ] ", "1\n{\"a\":1}\n[1,2]\n\"x\"\n", strings.Repeat("[", 30) + strings.Repeat("]", 30), `{"` + long + `":1,"b":{},"c":1,"d":1}`,
		"[" + strings.Repeat("[1,2],", 3*stepRows) + "0]",
	} {
		x, err := scanJSON(t.Context(), []byte(src), 0, true)
		if err != nil {
			t.Fatal(err)
		}
		whole := newJSON(x)
		most := 0
		for n := range len(src) {
			if n > 200 && n%step != 0 && n < len(src)-50 {
				continue
			}
			x := scanBeginning([]byte(src[:n]), 0, true)
			if x == nil {
				continue
			}
			d := newJSON(x)
			most = max(most, d.Len())
			sameRows(t, fmt.Sprintf("%.40q cut at %d", src, n), d, whole)
			nodes(t, src[:n], &View{Folds: newFolded(d)}, &View{Folds: newFolded(whole)})
		}
		if most < whole.Len()-3 {
			t.Errorf("%.40q: no beginning has more than %d of %d rows", src, most, whole.Len())
		}
	}
}

// nodes fails the test where a beginning has another value in a row than the whole.
func nodes(t *testing.T, what string, beginning, whole *View) {
	t.Helper()
	for i := range min(beginning.Folds.Len(), 25) {
		got, ok := beginning.Node(i)
		want, _ := whole.Node(i)
		if ok && (got.Path != want.Path || !bytes.Equal(got.Value, want.Value)) {
			t.Fatalf("%.40q: row %d has the value %.40q, in the whole %.40q", what, i, got.Value, want.Value)
		}
		if _, _, closed := beginning.Folds.doc.end(i); !ok && closed {
			t.Fatalf("%.40q: the value of row %d is not known", what, i)
		}
	}
}

func TestBeginningOfJSONThatIsWrong(t *testing.T) {
	for _, src := range []string{`{"a":1,}, "b"`, `[1 2, `, "[\"a\n", `nul, `, `]`, "", " ", `"a`} {
		if x := scanBeginning([]byte(src), 0, false); x != nil {
			t.Errorf("%q has %d rows", src, x.rows)
		}
	}
}

// What is there at once is what will be there when the rest is in.
func TestBeginIsTheBeginning(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long under the race detector, which has nothing to find in it")
	}
	big := sample(1_500_000)
	indented := bytes.ReplaceAll(bytes.ReplaceAll(big, []byte(","), []byte(",\r\n\t")), []byte("{"), []byte("{\n"))
	lines := strings.Repeat("key: välue\n", 40_000)
	for _, tt := range []struct {
		name, media, coding, mode string
		body                      []byte
		format                    string
	}{
		{"json", "application/json", "", "", big, JSON},
		{"json as pretty", "application/json", "", Pretty, big, JSON},
		{"json as text", "text/plain", "", "", big, JSON},
		{"json as a form", "application/x-www-form-urlencoded", "", "", big, JSON},
		{"indented", "application/vnd.x+json", "", "", indented, JSON},
		{"with a mark", "application/json", "", "", append([]byte("\ufeff"), big...), JSON},
		{"utf-8", "application/json; charset=utf-8", "", "", big, JSON},
		{"one string", "application/json", "", "", []byte(`{"a":"` + strings.Repeat("é\\n", 400_000) + `"}`), JSON},
		{"ndjson", "", "", "", []byte(strings.Repeat("{\"a\":[1,2]}\n", 40_000)), "ndjson"},
		{"raw json", "application/json", "", Raw, big, Raw},
		{"raw indented", "application/json", "", Raw, indented, Raw},
		{"text", "text/plain", "", "", []byte(lines), Raw},
		{"text as pretty", "text/plain", "", Pretty, []byte(lines), Raw},
		{"yaml", "application/yaml", "", "", []byte(lines), Raw},
		{"crlf", "text/plain", "", "", []byte(strings.ReplaceAll(lines, "\n", "\r\n")), Raw},
		{"one line", "text/plain", "", "", bytes.Repeat([]byte("é"), 200_000), Raw},
		{"large form", "application/x-www-form-urlencoded", "", "", bytes.Repeat([]byte("a=b&"), maxWhole/3), Raw},
		{"large xml", "text/xml", "", "", []byte("<a>" + strings.Repeat("<b>1</b>", maxWhole/7) + "</a>"), Raw},
		{"large html", "text/html", "", "", []byte("<p>" + strings.Repeat("<b>1</b>", maxWhole/7) + "</p>"), Raw},
		{"gzip", "application/json", "gzip", "", big, JSON},
		{"zstd", "application/json", "zstd", "", big, JSON},
		{"br", "application/json", "br", "", big, JSON},
		{"deflate", "application/json", "deflate", "", big, JSON},
		{"gzip raw", "text/plain", "gzip", Raw, []byte(strings.Repeat(lines, 4)), Raw},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fields := []capture.Field{{Name: "Content-Type", Value: tt.media}}
			if tt.coding != "" {
				fields = append(fields, capture.Field{Name: "Content-Encoding", Value: tt.coding})
				tt.body = encodedBy(t, tt.coding, tt.body)
			}
			v, c := Begin(tt.body, fields, tt.mode)
			if v == nil {
				t.Fatal("nothing is there at once")
			}
			if (c == nil) != (tt.coding != "") {
				t.Errorf("the content is %v", c)
			}
			whole := Read(tt.body, fields)
			mode := tt.mode
			if mode == "" || tt.format == Raw && mode == Pretty {
				mode = Modes(whole)[0]
			}
			w, err := Open(t.Context(), whole, mode)
			if err != nil {
				t.Fatal(err)
			}
			if v.Format != tt.format || w.Format != tt.format || v.Bad != w.Bad {
				t.Errorf("format %s, of the whole %s, want %s", v.Format, w.Format, tt.format)
			}
			if n := v.Doc.Len(); n < 10 {
				t.Errorf("%d rows", n)
			}
			if n := w.Doc.Len(); v.Expect < n*3/4 || c != nil && v.Expect > n*5/4 {
				t.Errorf("%d rows are expected, there are %d", v.Expect, n)
			}
			sameRows(t, tt.name, v.Doc, w.Doc)
			notes := func(v *View) (out []string) {
				for _, n := range v.Notes {
					before, _, _ := strings.Cut(n.String(), ", decoded")
					out = append(out, before)
				}
				return out
			}
			if d := cmp.Diff(notes(w), notes(v)); d != "" {
				t.Error(d)
			}
		})
	}
}

// Where the beginning does not tell how the whole is shown, nothing is.
func TestNothingIsBegun(t *testing.T) {
	big := string(sample(300_000))
	for name, tt := range map[string]struct{ media, coding, mode, body string }{
		"small":             {"application/json", "", "", `{"a":1}`},
		"small gzip":        {"application/json", "gzip", "", `{"a":1}`},
		"wrong at once":     {"application/json", "", "", `{"a",` + big},
		"one name":          {"application/json", "", "", `[1,{"` + strings.Repeat("é", 400_000) + `":2}]`},
		"tree":              {"application/json", "", Tree, big},
		"hex":               {"application/json", "", Hex, big},
		"graphql":           {"application/json", "", "", `{"query":"{ a }","variables":` + big + "}"},
		"a token":           {"application/json", "", "", `["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2ln",` + big + "]"},
		"charset":           {"application/json; charset=utf-16", "", "", "\xff\xfe" + big},
		"form":              {"application/x-www-form-urlencoded", "", "", strings.Repeat("a=b&", 100_000)},
		"xml":               {"text/xml", "", "", "<a>" + strings.Repeat("<b/>", 100_000) + "</a>"},
		"gzip without type": {"", "gzip", "", strings.Repeat(big, 8)},
		"gzip of too much":  {"application/json", "gzip", "", "[" + strings.Repeat(big+",", MaxDecoded/300_000+1) + "1]"},
		"gzip of text":      {"text/plain", "gzip", "", strings.Repeat(big, 8)},
		"not gzip":          {"application/json", "-gzip", "", big},
		"not known":         {"application/json", "-snappy", "", big},
		"binary":            {"", "", "", strings.Repeat("\x00\x01\xfe", 100_000)},
	} {
		fields := []capture.Field{{Name: "Content-Type", Value: tt.media}}
		data := []byte(tt.body)
		if coding, lies := strings.CutPrefix(tt.coding, "-"); lies {
			fields = append(fields, capture.Field{Name: "Content-Encoding", Value: coding})
		} else if coding != "" {
			fields = append(fields, capture.Field{Name: "Content-Encoding", Value: coding})
			data = encodedBy(t, coding, data)
		}
		if v, _ := Begin(data, fields, tt.mode); v != nil {
			t.Errorf("%s: %d rows of %s", name, v.Doc.Len(), v.Format)
		}
	}
}

// What one does to a beginning ends, whatever is cut.
func TestBeginningsEnd(t *testing.T) {
	v, _ := Begin([]byte(`{"a":[`+string(sample(300_000))+`],"b":"`+strings.Repeat("x", 1000)+`"}`), nil, "")
	if v == nil {
		t.Fatal("no view")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		i := r.IntN(v.Folds.Len())
		v.Node(i)
		v.Folds.Toggle(i)
		v.Folds.Fold(r.IntN(v.Folds.Len()))
		v.Folds.FoldLevel(r.IntN(5))
		_ = v.Doc.Line(r.IntN(v.Doc.Len()))
		if r.IntN(3) == 0 {
			v.Folds.OpenAll()
		}
	}
	n := 0
	if err := v.Search(context.Background(), "evt_", func(int) bool { n++; return true }); err != nil || n == 0 {
		t.Errorf("%d hits, %v", n, err)
	}
	if _, ok := v.Node(0); ok {
		t.Error("the value of a container that is not closed is known")
	}
	if _, ok := v.Node(5); !ok {
		t.Error("the value of a row is not known")
	}
}

// BenchmarkBegin is from the bytes to the first screenful of lines. It must beat 2 ms,
// whatever the size.
func BenchmarkBegin(b *testing.B) {
	for _, bb := range []struct {
		name, media string
		src         []byte
	}{
		{"1MB", "application/json", sample(1_000_000)},
		{"10MB", "application/json", sample(10_000_000)},
		{"100MB", "application/json", sample(100_000_000)},
		{"undeclared10MB", "", sample(10_000_000)},
		{"line5MB", "application/json", []byte(`{"a":"` + strings.Repeat("abc\\n", 1_000_000) + `"}`)},
		{"millionLines", "text/plain", []byte(strings.Repeat("[1]\n", 1_000_000))},
		{"form10MB", "application/x-www-form-urlencoded", bytes.Repeat([]byte("a=b&"), 2_500_000)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v, _ := Begin(bb.src, []capture.Field{{Name: "Content-Type", Value: bb.media}}, "")
				if v == nil {
					b.Fatal("no view")
				}
				paint(v.Doc, 0)
			}
		})
	}
}
