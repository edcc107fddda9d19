package edit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// document draws a JSON value as somebody might write it, with a path to one value
// in it: odd spacing, escapes and numbers.
func document(t *rapid.T, depth int) (text string, paths []string) {
	space := rapid.SampledFrom([]string{"", " ", "\n\t", "\r\n"})
	kind := rapid.IntRange(0, 5).Draw(t, "kind")
	if depth == 0 {
		kind = min(kind, 3)
	}
	switch kind {
	case 4:
		var b strings.Builder
		b.WriteString("[")
		for i := range rapid.IntRange(0, 3).Draw(t, "items") {
			if i > 0 {
				b.WriteString(",")
			}
			v, inner := document(t, depth-1)
			b.WriteString(space.Draw(t, "space") + v + space.Draw(t, "space"))
			paths = append(paths, fmt.Sprintf("[%d]", i))
			for _, p := range inner {
				paths = append(paths, fmt.Sprintf("[%d]%s", i, p))
			}
		}
		return b.String() + "]", paths
	case 5:
		var b strings.Builder
		b.WriteString("{")
		for i := range rapid.IntRange(0, 3).Draw(t, "members") {
			if i > 0 {
				b.WriteString(",")
			}
			name := rapid.SampledFrom([]string{"a", "odd name", "\u00fc.", "q\"", ""}).Draw(t, "name") + fmt.Sprint(i)
			quoted, _ := json.Marshal(name)
			v, inner := document(t, depth-1)
			b.WriteString(space.Draw(t, "space") + string(quoted) + space.Draw(t, "space") + ":" + space.Draw(t, "space") + v)
			paths = append(paths, fmt.Sprintf("[%s]", quoted))
			for _, p := range inner {
				paths = append(paths, fmt.Sprintf("[%s]%s", quoted, p))
			}
		}
		return b.String() + space.Draw(t, "space") + "}", paths
	}
	return rapid.SampledFrom([]string{"1e2", "-0.50", "9223372036854775808", `"\u00e9\/"`, `"]}\""`, "true", "null", `""`}).Draw(t, "scalar"), nil
}

// A splice changes the bytes of one value and no other byte, and the value reads
// back as what was set.
func TestSpliceChangesOneValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body, paths := document(t, 3)
		if len(paths) == 0 {
			t.Skip("a scalar")
		}
		path := rapid.SampledFrom(paths).Draw(t, "path")
		value, _ := document(t, 1)
		set, err := ParseSet(path + " = " + value)
		if err != nil {
			t.Fatalf("%s = %s: %v", path, value, err)
		}
		off, end, err := set.Find([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		out, err := splice([]byte(body), set)
		if err != nil {
			t.Fatal(err)
		}
		if want := body[:off] + strings.TrimSpace(value) + body[end:]; string(out) != want {
			t.Fatalf("%q, want %q", out, want)
		}
		if got := at(t, out, set.Path); !reflect.DeepEqual(got, readJSON(t, []byte(value))) {
			t.Fatalf("%s in %q is %v", path, out, got)
		}
		// What was there, set again, gives the captured bytes back.
		set.Value = []byte(body[off:end])
		if back, err := splice(out, set); err != nil || string(back) != body {
			t.Fatalf("back: %q %v", back, err)
		}
	})
}

// at is the value at a path, as encoding/json reads it.
func at(t *rapid.T, body []byte, path []string) any {
	v := readJSON(t, body)
	for _, p := range path {
		switch in := v.(type) {
		case map[string]any:
			v = in[p]
		case []any:
			var i int
			if _, err := fmt.Sscan(p, &i); err != nil {
				t.Fatal(err)
			}
			v = in[i]
		}
	}
	return v
}

func readJSON(t *rapid.T, b []byte) any {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", b, err)
	}
	return v
}
