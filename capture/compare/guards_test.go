package compare

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"creel/capture"
)

// The comparison names each side whose body is not whole, and the reason.
func TestBodiesThatAreNotWhole(t *testing.T) {
	for _, tt := range []struct {
		old, new capture.Request
		want     []string // the sides that are named
	}{
		{capture.Request{}, capture.Request{}, nil},
		{capture.Request{Truncated: true}, capture.Request{}, []string{"old"}},
		{capture.Request{}, capture.Request{Incomplete: true}, []string{"new"}},
		{capture.Request{Incomplete: true}, capture.Request{Truncated: true}, []string{"old", "new"}},
	} {
		r, err := Requests(t.Context(), &tt.old, &tt.new)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, n := range r.Notes {
			for _, side := range []string{"old", "new"} {
				if strings.Contains(n, "the "+side+" body is not whole") {
					got = append(got, side)
				}
			}
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%+v: %s", tt, d)
		}
	}
}

// Bodies up to the limit are marked, larger ones on either side are not.
func TestMarksAreBounded(t *testing.T) {
	at := []byte(`"` + strings.Repeat("x", maxStructured-2) + `"`)
	over := append(at[:len(at):len(at)], ' ')
	small := []byte(`"y"`)
	for name, tt := range map[string]struct {
		old, new []byte
		want     int
	}{
		"at, small":   {at, small, 1},
		"small, at":   {small, at, 1},
		"over, small": {over, small, 0},
		"small, over": {small, over, 0},
		"over, over":  {over, over, 0},
	} {
		if got := Mark(tt.old, tt.new).Len(); got != tt.want {
			t.Errorf("%s: %d marks, want %d", name, got, tt.want)
		}
	}
}

// The order of members makes a difference of its own, wherever it stands among
// the other differences.
func TestMoved(t *testing.T) {
	for _, tt := range []struct {
		old, new string
		moved    bool
		kinds    []Kind
	}{
		{`{"a":1,"b":2}`, `{"a":1,"b":2}`, false, nil},
		{`{"a":1,"b":2}`, `{"b":2,"a":1}`, true, []Kind{Moved}},
		{`{"o":{"a":1,"b":2},"z":1}`, `{"o":{"b":2,"a":1},"z":2}`, true, []Kind{Moved, Changed}},
		{`{"z":1,"o":{"a":1,"b":2}}`, `{"z":2,"o":{"b":2,"a":1}}`, true, []Kind{Changed, Moved}},
		{`{"a":1,"b":2}`, `{"b":3,"a":1}`, false, []Kind{Changed}}, // the value says enough
		{`{"a":1,"a":2}`, `{"a":2,"a":1}`, false, []Kind{Changed, Changed}},
		{`{"a":1,"b":2,"c":3}`, `{"a":1,"c":3}`, false, []Kind{Removed}},
		{`{"a":1}`, `{"a":1,"b":2}`, false, []Kind{Added}},
		{`{"x":0,"a":1,"a":2}`, `{"a":1,"a":2,"x":0}`, true, []Kind{Moved}},
	} {
		values, moved, ok := compareJSON([]byte(tt.old), []byte(tt.new))
		var kinds []Kind
		for _, v := range values {
			kinds = append(kinds, v.Kind)
		}
		if d := cmp.Diff(tt.kinds, kinds); !ok || moved != tt.moved || d != "" {
			t.Errorf("%s, %s: moved %v, ok %v %s", tt.old, tt.new, moved, ok, d)
		}
	}
}

// An object differs from the same one with other members in exactly those.
func TestObjectsDifferInWhatWasChanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old := rapid.MapOf(rapid.StringMatching(`[a-e]`), rapid.IntRange(0, 2)).Draw(t, "old")
		new := rapid.MapOf(rapid.StringMatching(`[a-e]`), rapid.IntRange(0, 2)).Draw(t, "new")
		want := map[string]Kind{}
		for k, v := range old {
			if w, ok := new[k]; !ok {
				want[k] = Removed
			} else if v != w {
				want[k] = Changed
			}
		}
		for k := range new {
			if _, ok := old[k]; !ok {
				want[k] = Added
			}
		}
		values, _, ok := compareJSON(object(t, old), object(t, new))
		got := map[string]Kind{}
		for _, v := range values {
			if v.Kind != Moved {
				got[strings.TrimPrefix(v.Path, ".")] = v.Kind
			}
		}
		if d := cmp.Diff(want, got); !ok || d != "" {
			t.Fatalf("%v, %v: %s", old, new, d)
		}
	})
}

// object writes a map in any order.
func object(t *rapid.T, m map[string]int) []byte {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	keys = rapid.Permutation(keys).Draw(t, "order")
	var b strings.Builder
	b.WriteByte('{')
	for i, k := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + k + `":` + string(rune('0'+m[k])))
	}
	b.WriteByte('}')
	return []byte(b.String())
}
