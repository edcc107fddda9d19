package compare

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

// said writes values down in a short form.
func said(values []Value) []string {
	var out []string
	for _, v := range values {
		out = append(out, fmt.Sprintf("%c %s %s → %s", "~+-^"[v.Kind], v.Path, v.Old, v.New))
	}
	return out
}

func TestJSON(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, old, new string
		want           []string
	}{
		{"same", `{"a":1,"b":[1,2]}`, "{ \"a\" : 1,\n\"b\":[ 1 ,2 ] }", nil},
		{"scalar", `{"a":{"b":[0,{"c":1900}]}}`, `{"a":{"b":[0,{"c":2000}]}}`, []string{"~ .a.b[1].c 1900 → 2000"}},
		{"tokens as sent", `[1e2,"\/",18446744073709551616]`, `[100,"/",18446744073709551617]`, []string{
			`~ .[0] 1e2 → 100`, `~ .[1] "\/" → "/"`, "~ .[2] 18446744073709551616 → 18446744073709551617",
		}},
		{"added and removed", `{"a":1,"b":{"x":[]}}`, `{"c":null,"a":1}`, []string{"+ .c  → null", `- .b {"x":[]} → `}},
		{"kind", `{"a":{}}`, `{"a":[]}`, []string{"~ .a {} → []"}},
		{"names", `{"a b":1,"":2,"x":{"y-z":3}}`, `{"a b":2,"":3,"x":{"y-z":4}}`, []string{
			`~ .["a b"] 1 → 2`, `~ .[""] 2 → 3`, `~ .x["y-z"] 3 → 4`,
		}},
		{"duplicate names", `{"a":1,"a":2}`, `{"a":1,"a":3,"a":4}`, []string{"~ .a 2 → 3", "+ .a  → 4"}},
		{"order", `{"a":1,"b":2}`, `{"b":2,"a":1}`, []string{`^ . {"a":1,"b":2} → {"b":2,"a":1}`}},
		{"order is said only when nothing else differs", `{"a":1,"b":2}`, `{"b":2,"a":3}`, []string{"~ .a 1 → 3"}},
		{"element put in", `[1,2,3]`, `[1,9,2,3]`, []string{"+ .[1]  → 9"}},
		{"element taken out", `[{"a":1},{"b":2},{"c":3}]`, `[{"a":1}, {"c":3}]`, []string{`- .[1] {"b":2} → `}},
		{"element at the end", `[1]`, `[1,1]`, []string{"+ .[1]  → 1"}},
		{"element at the end taken out", `[1,1]`, `[1]`, []string{"- .[1] 1 → "}},
		{"the first element", `[]`, `[1]`, []string{"+ .[0]  → 1"}},
		{"the last element", `[1]`, `[]`, []string{"- .[0] 1 → "}},
		{"elements that are containers", `[[1],{"a":1},[ ],[2]]`, `[[1, 2],{"b":1},[],[ 2 ]]`, []string{"+ .[0][1]  → 2", "+ .[1].b  → 1", "- .[1].a 1 → "}},
		{"byte order mark", "\ufeff[1]", "[2]", []string{"~ .[0] 1 → 2"}},
		{"top", `1`, ` "1" `, []string{`~ . 1 → "1"`}},
	} {
		values, _, ok := compareJSON([]byte(tt.old), []byte(tt.new))
		if !ok {
			t.Errorf("%s: not taken for JSON", tt.name)
		}
		if diff := cmp.Diff(tt.want, said(values)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	for _, bad := range []string{"", "{", "{}x", strings.Repeat("[", 600) + strings.Repeat("]", 600)} {
		for _, pair := range [][2]string{{"1", bad}, {bad, "1"}} {
			if values, moved, ok := compareJSON([]byte(pair[0]), []byte(pair[1])); ok || moved || values != nil {
				t.Errorf("%.20q was taken for JSON", bad)
			}
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add(`{"a":[1,{"b":"\""}]}`, `{"a":[1,{"b":"\\"}],"c":1e2}`)
	f.Add(`[[],{},"",0]`, ` [ [ ] , { } , "" , 0 ] `)
	f.Fuzz(func(t *testing.T, a, b string) {
		if values, _, ok := compareJSON([]byte(a), []byte(a)); len(values) > 0 || ok && !json.Valid([]byte(a)) {
			t.Errorf("differs from itself: %q", said(values))
		}
		values, _, ok := compareJSON([]byte(a), []byte(b))
		for i := range values {
			if v := &values[i]; v.Kind != Removed && v.Kind != Moved && !strings.HasPrefix(b[v.Off:], string(v.New)) {
				t.Errorf("%s is not at %d", v.New, v.Off)
			}
		}
		Mark([]byte(a), []byte(b)).At(0, len(b))
		var x, y any
		if !ok || json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
			return
		}
		if len(values) == 0 && !reflect.DeepEqual(x, y) {
			t.Error("they differ, but nothing was found")
		}
	})
}

func TestMarks(t *testing.T) {
	t.Parallel()
	src := []byte(`{"a":1,"b":{"c":2,"d":3},"e":4}`)
	m := Mark([]byte(`{"a":1,"b":{"c":0},"x":9,"e":5}`), src)
	at := func(part string) string {
		i := bytes.Index(src, []byte(part))
		if v, ok := m.At(i, i+len(part)); ok {
			return fmt.Sprintf("%c %s", "~+-^"[v.Kind], v.Old)
		}
		return ""
	}
	for part, want := range map[string]string{
		`"a":1`: "", `"c":2`: "~ 0", `"d":3`: "+ ", `"e":4`: "~ 5", `{"a"`: "- 9",
	} {
		if got := at(part); got != want {
			t.Errorf("the line of %s: %q, want %q", part, got, want)
		}
	}
	if len(m.values) != 4 || Mark([]byte("x"), src) != nil || Mark(src, src) != nil {
		t.Errorf("%d marks", len(m.values))
	}
	if _, ok := (*Marks)(nil).At(0, 100); ok {
		t.Error("no marks, but a line is marked")
	}
}

func request(target, contentType, body string, more ...capture.Field) *capture.Request {
	return &capture.Request{
		Method: "POST", Target: target, Proto: "HTTP/1.1",
		Fields: append([]capture.Field{{Name: "Content-Type", Value: contentType}}, more...),
		Body:   capture.NewBody([]byte(body)),
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	const kind = "application/json"
	for _, tt := range []struct {
		name     string
		old, new *capture.Request
		want     Result
	}{
		{"same", request("/a?x=1", kind, `{}`), request("/a?x=1", kind, `{}`), Result{}},
		{"head", request("/a?x=1&y=%2F&z", kind, `1`), request("/b?y=/&x=1&x=2", kind, `1`), Result{
			Line:  []Difference{{Name: "path", Old: "/a", New: "/b"}},
			Query: []Difference{{Name: "y", Old: "%2F", New: "/"}, {Kind: Added, Name: "x", New: "2"}, {Kind: Removed, Name: "z"}},
		}},
		{"order of the query", request("/?a=1&b=2", kind, `1`), request("/?b=2&a=1", kind, `1`), Result{
			Query: []Difference{{Kind: Moved, Name: "order", Old: "a=1&b=2", New: "b=2&a=1"}},
		}},
		{
			"fields", request("/", kind, `1`, capture.Field{Name: "x-a", Value: "1"}, capture.Field{Name: "X-A", Value: "2"}),
			request("/", kind, `1`, capture.Field{Name: "X-A", Value: "1"}, capture.Field{Name: "X-A", Value: "3"}, capture.Field{Name: "B", Value: "c"}),
			Result{
				Fields: []Difference{{Name: "X-A", Old: "2", New: "3"}, {Kind: Added, Name: "B", New: "c"}},
			},
		},
		{"spacing", request("/", kind, `{"a":1}`), request("/", kind, `{"a": 1}`), Result{
			Notes: []string{"the values are the same, the white space between them is not"},
		}},
		{"text", request("/", "text/plain", "a\nb\nc\n"), request("/", "text/plain", "a\nx\nc"), Result{Hunks: []Hunk{{
			Old: 1, New: 1, Lines: []Line{{Same, "a"}, {Removed, "b"}, {Removed, "c"}, {Added, "x"}, {Added, "c"}},
		}}}},
		{"JSON that differs", request("/", kind, `{"a":1,"b":2}`), request("/", kind, `{"b":3}`), Result{
			Values: []Difference{{Name: ".b", Old: "2", New: "3"}, {Kind: Removed, Name: ".a", Old: "1"}},
		}},
		{"JSON whose order differs", request("/", kind, `{"a":1,"b":2}`), request("/", kind, `{"b":2,"a":1}`), Result{
			Values: []Difference{{Kind: Moved, Name: ".", Old: `{"a":1,"b":2}`, New: `{"b":2,"a":1}`}},
		}},
		{"a NUL is no text", request("/", "text/plain", "\x00a"), request("/", "text/plain", "\x00b"), Result{
			Bytes: []Row{{0, []byte("\x00a"), []byte("\x00b")}},
		}},
		{"text beside a NUL", request("/", "text/plain", "a"), request("/", "text/plain", "\x00"), Result{
			Bytes: []Row{{0, []byte("a"), []byte("\x00")}},
		}},
		{"text around", request("/", "text/plain", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"), request("/", "text/plain", "1\n2\n3\n4\nx\n6\n7\n8\n9\n"), Result{Hunks: []Hunk{{
			Old: 2, New: 2, Lines: []Line{{Same, "2"}, {Same, "3"}, {Same, "4"}, {Removed, "5"}, {Added, "x"}, {Same, "6"}, {Same, "7"}, {Same, "8"}},
		}}}},
		{"binary", request("/", "x/y", "0123456789abcdef\x00\xffA"), request("/", "x/y", "0123456789abcdef\x00\xffBC"), Result{
			Bytes: []Row{{16, []byte("\x00\xffA"), []byte("\x00\xffBC")}}, Notes: []string{"20 bytes, was 19"},
		}},
	} {
		got, err := Requests(t.Context(), tt.old, tt.new)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if got.Same() != (tt.name == "same") {
			t.Errorf("%s: same is %v", tt.name, got.Same())
		}
	}
}

func TestPartners(t *testing.T) {
	t.Parallel()
	ex := func(id capture.ID, target, event, delivery, body string) *capture.Exchange {
		e := &capture.Exchange{ID: id, Request: capture.Request{Method: "POST", Target: target, Body: capture.NewBody([]byte(body))}}
		if event != "" {
			e.Sender = capture.Sender{Provider: "stripe", Event: event, Delivery: delivery}
		}
		return e
	}
	all := []*capture.Exchange{
		ex(1, "/s", "paid", "evt_1", "a"), ex(2, "/s", "paid", "evt_2", "b"), ex(3, "/s", "created", "evt_3", "c"),
		ex(4, "/other", "paid", "evt_4", "d"), ex(5, "/s", "paid", "evt_4", "d"), ex(6, "/x", "", "", "a"),
		ex(7, "/x?y", "", "", "b"), ex(8, "/x", "", "", "b"),
	}
	for _, tt := range []struct {
		id       int
		partners string
		previous capture.ID
	}{
		{5, "[#1 #2]", 2}, {1, "[#2 #4 #5]", 0}, {3, "[]", 0}, {8, "[#6 #7]", 6}, {6, "[#7 #8]", 0},
	} {
		e := all[tt.id-1]
		ids := []capture.ID{}
		for _, p := range Partners(all, e) {
			ids = append(ids, p.ID)
		}
		if got := fmt.Sprint(ids); got != tt.partners {
			t.Errorf("partners of #%d are %s, want %s", tt.id, got, tt.partners)
		}
		var previous capture.ID
		if p := Previous(context.Background(), before(all, e), e); p != nil {
			previous = p.ID
		}
		if previous != tt.previous {
			t.Errorf("previous of #%d is %v, want %v", tt.id, previous, tt.previous)
		}
	}
}

// BenchmarkMark must stay above 10 MB/s of the new body, since it runs each time
// that a request is selected.
func BenchmarkMark(b *testing.B) {
	var old, new bytes.Buffer
	old.WriteString("[0")
	new.WriteString("[0")
	for i := range 10000 {
		fmt.Fprintf(&old, `,{"id":%d,"object":"event","data":{"amount":%d,"name":"a\"b"}}`, i, i)
		fmt.Fprintf(&new, `,{"id":%d,"object":"event","data":{"amount":%d,"name":"a\"b"}}`, i, i+i%2)
	}
	old.WriteString("]")
	new.WriteString("]")
	b.SetBytes(int64(new.Len()))
	for b.Loop() {
		if m := Mark(old.Bytes(), new.Bytes()); len(m.values) != 5000 {
			b.Fatal(len(m.values))
		}
	}
}

// BenchmarkLines: texts that have nothing in common must take less than a second
// per megabyte.
func BenchmarkLines(b *testing.B) {
	var old, new strings.Builder
	for i := range 40000 {
		fmt.Fprintf(&old, "line %d of the one\n", i)
		fmt.Fprintf(&new, "%d is another line\n", i*7)
	}
	b.SetBytes(int64(new.Len()))
	for b.Loop() {
		lines(old.String(), new.String())
	}
}

// TestPreviousTryWithAnotherBody compares a sample that is sent again by hand,
// under its old id, with what it was; another delivery is preferred.
func TestPreviousTryWithAnotherBody(t *testing.T) {
	try := func(id capture.ID, delivery, body string) *capture.Exchange {
		return &capture.Exchange{
			ID: id, Sender: capture.Sender{Provider: "stripe", Event: "invoice.paid", Delivery: delivery},
			Request: capture.Request{Body: capture.NewBody([]byte(body))},
		}
	}
	all := []*capture.Exchange{try(1, "a", "1"), try(2, "a", "2"), try(3, "a", "2"), try(4, "b", "4"), try(5, "b", "5"), try(6, "c", "2")}
	for id, want := range map[int]capture.ID{1: 0, 2: 1, 3: 1, 5: 3, 6: 5} {
		var got capture.ID
		if p := Previous(t.Context(), before(all, all[id-1]), all[id-1]); p != nil {
			got = p.ID
		}
		if got != want {
			t.Errorf("previous of #%d is %v, want %v", id, got, want)
		}
	}
}

// TestPartnersOfAnUnknownSender: an event without a provider is compared with the same
// one on the same path.
func TestPartnersOfAnUnknownSender(t *testing.T) {
	t.Parallel()
	of := func(id capture.ID, provider, event, target string) *capture.Exchange {
		return &capture.Exchange{
			ID: id, Sender: capture.Sender{Provider: provider, Event: event},
			Request: capture.Request{Method: "POST", Target: target, Body: capture.NewBody([]byte{byte(id)})},
		}
	}
	all := []*capture.Exchange{
		of(1, "", "x.y", "/a"), of(2, "", "x.z", "/a"), of(3, "", "x.y", "/b"), of(4, "", "", "/a"),
		of(5, "stripe", "x.y", "/a"), of(6, "", "x.y", "/a?q"),
	}
	if got := Partners(all, all[5]); len(got) != 1 || got[0].ID != 1 {
		t.Errorf("partners of #6 are %v, want #1 alone", got)
	}
	if got := Previous(t.Context(), before(all, all[5]), all[5]); got == nil || got.ID != 1 {
		t.Errorf("the previous delivery of #6 is %v, want #1", got)
	}
}

// TestEqualIDsOfTwoProviders: they are two deliveries.
func TestEqualIDsOfTwoProviders(t *testing.T) {
	t.Parallel()
	of := func(id capture.ID, provider, body string) *capture.Exchange {
		return &capture.Exchange{
			ID: id, Sender: capture.Sender{Provider: provider, Delivery: "1"},
			Request: capture.Request{Method: "POST", Target: "/hook", Body: capture.NewBody([]byte(body))},
		}
	}
	all := []*capture.Exchange{of(1, "stripe", "a"), of(2, "github", "b"), of(3, "github", "c")}
	if got := Partners(all, all[2]); len(got) != 1 || got[0].ID != 1 {
		t.Errorf("partners of #3 are %v, want #1 alone", got)
	}
	if got := Previous(t.Context(), before(all, all[2]), all[2]); got == nil || got.ID != 1 {
		t.Errorf("the previous delivery of #3 is %v, want #1", got)
	}
}

// before yields those of all that are older than ex, the newest first.
func before(all []*capture.Exchange, ex *capture.Exchange) iter.Seq[*capture.Exchange] {
	return func(yield func(*capture.Exchange) bool) {
		for _, o := range slices.Backward(all) {
			if o.ID < ex.ID && !yield(o) {
				return
			}
		}
	}
}

// Previous looks at a bounded number of exchanges and bodies.
func TestPreviousIsBounded(t *testing.T) {
	make := func(id int, path, body string) *capture.Exchange {
		return &capture.Exchange{ID: capture.ID(id), Request: capture.Request{Method: "POST", Target: path, Body: capture.NewBody([]byte(body))}}
	}
	for _, tt := range []struct {
		name  string
		path  string // of those between
		n     int    // how many
		found bool
	}{
		{"equal bodies, as many as are compared but one", "/a", mostCompared - 1, true},
		{"equal bodies, as many as are compared", "/a", mostCompared, false},
		{"others, as many as are looked at but one", "/b", mostOlder - 1, true},
		{"others, as many as are looked at", "/b", mostOlder, false},
	} {
		all := []*capture.Exchange{make(1, "/a", "old")}
		for i := range tt.n {
			all = append(all, make(i+2, tt.path, "new"))
		}
		ex := make(len(all)+1, "/a", "new")
		if got := Previous(t.Context(), before(all, ex), ex); (got != nil) != tt.found {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
