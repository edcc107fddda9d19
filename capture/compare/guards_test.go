package compare

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
		want     bool
	}{
		"at, small":   {at, small, true},
		"small, at":   {small, at, true},
		"over, small": {over, small, false},
		"small, over": {small, over, false},
		"over, over":  {over, over, false},
	} {
		if got := Mark(tt.old, tt.new); (got != nil) != tt.want {
			t.Errorf("%s: %v, want marks: %v", name, got, tt.want)
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

// A value that differs has the name of its member, when it is one.
func TestNamesOfValues(t *testing.T) {
	values, _, ok := compareJSON([]byte(`{"a":1,"b":[1],"c":{"d":1}}`), []byte(`{"a":2,"b":[2],"c":{"d":2}}`))
	if !ok || len(values) != 3 {
		t.Fatal(len(values), ok)
	}
	for i, want := range []string{`"a"`, "", `"d"`} {
		if got := string(values[i].Name); got != want {
			t.Errorf("%s has the name %s, want %s", values[i].Path, got, want)
		}
	}
}

// Trailers are compared as fields are, and said to be some.
func TestTrailers(t *testing.T) {
	a, b := request("/", "", ""), request("/", "", "")
	a.Trailers, b.Trailers = []capture.Field{{Name: "X-Sum", Value: "1"}, {Name: "X-Old", Value: "2"}}, []capture.Field{{Name: "x-sum", Value: "3"}}
	got, err := Requests(t.Context(), a, b)
	if err != nil {
		t.Fatal(err)
	}
	want := []Difference{{Name: "x-sum (trailer)", Old: "1", New: "3"}, {Kind: Removed, Name: "X-Old (trailer)", Old: "2"}}
	if diff := cmp.Diff(want, got.Fields); diff != "" {
		t.Error(diff)
	}
}

type unreadable struct{}

var errUnreadable = errors.New("unreadable")

func (unreadable) Body(context.Context, capture.BodyRef) ([]byte, error) { return nil, errUnreadable }

// A body that cannot be read is an error that says which; partners count it as another one.
func TestUnreadableBodies(t *testing.T) {
	good, bad := request("/", "", "x"), request("/", "", "")
	bad.Body = capture.StoredBody(unreadable{}, 1, 1)
	for which, pair := range map[string][2]*capture.Request{"old": {bad, good}, "new": {good, bad}} {
		if _, err := Requests(t.Context(), pair[0], pair[1]); !errors.Is(err, errUnreadable) || !strings.Contains(err.Error(), "the "+which+" body") {
			t.Errorf("%s: %v", which, err)
		}
	}
	a, b := &capture.Exchange{ID: 1, Request: *bad}, &capture.Exchange{ID: 2, Request: *good}
	if sameBody(t.Context(), a, b) || sameBody(t.Context(), b, a) || !sameBody(t.Context(), b, b) {
		t.Error("a body that cannot be read is the same")
	}
}

// What is larger than values and lines are compared up to is compared by byte, whichever
// side it is; of many rows that differ the first are shown.
func TestLargeBodies(t *testing.T) {
	large := capture.NewBody(bytes.Repeat([]byte("1"), maxStructured+1))
	for n, want := range map[int]string{0: "byte", 1: "value"} {
		for _, swap := range []bool{false, true} {
			a, b := request("/", "application/json", "1"), request("/", "application/json", "")
			b.Body = capture.NewBody(bytes.Repeat([]byte("1"), maxStructured+1-n))
			if swap {
				a, b = b, a
			}
			got, err := Requests(t.Context(), a, b)
			if err != nil || (len(got.Values) > 0) != (want == "value") {
				t.Errorf("%d bytes less than too large, swapped %v: %v", n, swap, err)
			}
		}
	}
	other := request("/", "", "")
	other.Body = large
	got, err := Requests(t.Context(), request("/", "", ""), other)
	if err != nil || len(got.Bytes) == 0 || !strings.Contains(strings.Join(got.Notes, "; "), fmt.Sprintf("%d more rows of 16 bytes differ", (maxStructured+16)/16-len(got.Bytes))) {
		t.Errorf("%d rows, %q, %v", len(got.Bytes), got.Notes, err)
	}
}
