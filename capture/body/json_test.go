package body

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

// show returns the lines of a view as text, the notes first.
func show(v *View) string {
	var b strings.Builder
	for _, n := range v.Notes {
		fmt.Fprintf(&b, "(%s)\n", n)
	}
	for i := range v.Doc.Len() {
		l := v.Doc.Line(i)
		fmt.Fprintln(&b, l.Text())
	}
	return b.String()
}

func openAs(t testing.TB, media, body, mode string) *View {
	t.Helper()
	v, err := Open(context.Background(), Read([]byte(body), []capture.Field{{Name: "Content-Type", Value: media}}), mode)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const tricky = `{"b":1e2,"a":9223372036854775808,"a":"\/\u00e9","z":{},"y":[ ],"l":[1,{"k":[[-0.0E+1]]},null],"":true}`

func TestPrettyJSON(t *testing.T) {
	want := `{
  "b": 1e2,
  "a": 9223372036854775808,
  "a": "\/\u00e9",
  "z": {},
  "y": [],
  "l": [
    1,
    {
      "k": [
        [
          -0.0E+1
        ]
      ]
    },
    null
  ],
  "": true
}
`
	if diff := cmp.Diff(want, show(openAs(t, "application/json", tricky, Pretty))); diff != "" {
		t.Error(diff)
	}
}

func TestInvalidJSON(t *testing.T) {
	for _, tt := range []struct{ body, want string }{
		{"{\"a\":1,}", "(not json: line 1, column 8: the comma before } is one too many)\n{\"a\":1,}\n"},
		{"{\"a\":1\n \"b\":2}", "(not json: line 2, column 2: comma missing before \"b\")\n{\"a\":1\n \"b\":2}\n"},
		{"[1", "(not json: line 1, column 3: ] missing at the end)\n[1◂\n"},
		{"01", "(not json: line 1, column 1: 01 is not JSON: a string needs quotes)\n01\n"},
		{"\"é\x01\"", "(not json: line 1, column 3: a control character (0x01) in a text must be escaped)\n\"é␁\"\n"},
		{`"\x"`, "(not json: line 1, column 2: JSON has no such escape; a backslash is written \\\\)\n\"\\x\"\n"},
		{"", "(not json: line 1, column 1: a value is missing)\n◂\n"},
		{"nul", "(not json: line 1, column 1: nul is not JSON: a string needs quotes)\nnul\n"},
		{"{1:2}", "(not json: line 1, column 2: a name in quotes is missing before 1)\n{1:2}\n"},
	} {
		if diff := cmp.Diff(tt.want, show(openAs(t, "application/json", tt.body, Pretty))); diff != "" {
			t.Errorf("%q: %s", tt.body, diff)
		}
	}
	v := openAs(t, "application/json", strings.Repeat("[", 100_000), Pretty)
	if got := v.Notes[0].String(); got != "not json: line 1, column 513: nested more than 512 deep" {
		t.Error(got)
	}
}

func TestFoldedJSON(t *testing.T) {
	v := openAs(t, "application/json", `{"a":{"b":[1,2,3],"c":{"d":1}},"e":[4,[5]],"f":{}}`, Pretty)
	f := v.Folds
	f.FoldLevel(1)
	want := "{\n  \"a\": { 2 keys, 25 B },\n  \"e\": [ 2 items, 7 B ],\n  \"f\": {}\n}\n"
	if diff := cmp.Diff(want, show(v)); diff != "" {
		t.Fatal(diff)
	}
	f.Open(1)
	if line, ok := f.Fold(3); !ok || line != 2 {
		t.Fatalf("the array around line 3 was folded into line %d, %v", line, ok)
	}
	want = "{\n  \"a\": {\n    \"b\": [ 3 items, 7 B ],\n    \"c\": {\n      \"d\": 1\n    }\n  },\n  \"e\": [ 2 items, 7 B ],\n  \"f\": {}\n}\n"
	if diff := cmp.Diff(want, show(v)); diff != "" {
		t.Fatal(diff)
	}
	if f.Toggle(4) {
		t.Error("a scalar was folded")
	}
	if line := f.Reveal(5); line != 5 {
		t.Errorf("row 5 is shown in line %d, want 5", line)
	}
	f.FoldLevel(0)
	if diff := cmp.Diff("{ 3 keys, 50 B }\n", show(v)); diff != "" {
		t.Error(diff)
	}
	f.OpenAll()
	if f.Len() != 19 {
		t.Errorf("%d lines, want 19", f.Len())
	}
}

// checkJSON holds the layout against encoding/json: the same tokens, in order.
func checkJSON(t *testing.T, src []byte) {
	x, err := scanJSON(context.Background(), src, 0, false)
	if valid := json.Valid(src); valid != (err == nil) {
		if err != nil && strings.Contains(err.Error(), "deep") {
			return
		}
		t.Fatalf("%q: valid %v, but the error is %v", src, valid, err)
	}
	if err != nil {
		return
	}
	d := newJSON(x)
	var shown []byte
	for i := range d.Len() {
		d.seek(i)
		if i != d.cur.row {
			continue
		}
		l := &d.line
		if l.key[1] > l.key[0] {
			shown = append(append(shown, src[l.key[0]:l.key[1]]...), ':')
		}
		shown = append(shown, src[l.val[0]:l.val[1]]...)
		if l.comma {
			shown = append(shown, ',')
		}
	}
	if got, want := squeeze(shown), squeeze(src); !bytes.Equal(got, want) {
		t.Fatalf("laid out %q, want %q", got, want)
	}
	for i := range d.Len() { // from anywhere
		row := d.Len() - 1 - i
		if l := d.Line(row); d.rowOf(l.End-1) < row {
			t.Fatalf("row %d shows up to %d, which is in row %d", row, l.End, d.rowOf(l.End-1))
		} else if l.Num > 0 && d.rowOf(l.Off) != row {
			t.Fatalf("row %d begins at %d, which is in row %d", row, l.Off, d.rowOf(l.Off))
		}
	}
}

// squeeze takes the white space between tokens out.
func squeeze(src []byte) []byte {
	var out []byte
	for _, t := range jsontok.Tokens(src) {
		out = append(out, src[t.Off:t.End]...)
	}
	return out
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{tricky, "[]", "{}", `"a"`, " [ 1 , 2 ] ", `{"a":{"b":[]}}`, `"\\\""`, "1", `"` + strings.Repeat("é", 9000) + `"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		checkJSON(t, src)
		c := Read(src, []capture.Field{{Name: "Content-Type", Value: "application/json"}})
		v, err := Open(t.Context(), c, Tree)
		if err != nil {
			t.Fatal(err)
		}
		for i := range v.Doc.Len() {
			v.Doc.Line(i)
		}
	})
}
