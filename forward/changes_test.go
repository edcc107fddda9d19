package forward

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

func TestChanges(t *testing.T) {
	field := func(name, value string) capture.Field { return capture.Field{Name: name, Value: value} }
	captured := capture.Request{
		Method: "POST", Target: "/a?b", Proto: "HTTP/1.1", Exact: true, Body: capture.NewBody([]byte("four")),
		Fields: []capture.Field{field("Host", "h"), field("X", "1"), field("Y", "1"), field("y", "2")},
	}
	same := capture.Attempt{Method: "POST", Target: "/a?b", Fields: captured.Fields, Body: captured.Body, SameBody: true}
	for _, tt := range []struct {
		name string
		set  func(*capture.Request, *capture.Attempt)
		want []string
	}{
		{"nothing", func(*capture.Request, *capture.Attempt) {}, nil},
		{"method", func(_ *capture.Request, a *capture.Attempt) { a.Method = "PUT" }, []string{"method: PUT instead of POST"}},
		{"path", func(_ *capture.Request, a *capture.Attempt) { a.Target = "/c" }, []string{"path: /c instead of /a?b"}},
		{"protocol", func(r *capture.Request, _ *capture.Attempt) { r.Proto = "HTTP/2.0" }, []string{"HTTP/1.1 instead of HTTP/2.0"}},
		{"order", func(r *capture.Request, _ *capture.Attempt) { r.Exact = false }, []string{"order and spelling of the fields are not known to be the sender's"}},
		{"body, same length", func(_ *capture.Request, a *capture.Attempt) {
			a.SameBody, a.Body = false, capture.NewBody([]byte("five"))
		}, []string{"body: changed, still 4 bytes"}},
		{"body", func(_ *capture.Request, a *capture.Attempt) {
			a.SameBody, a.Body = false, capture.NewBody([]byte("three"))
		}, []string{"body: changed, 5 bytes instead of 4"}},
		{"one field", func(_ *capture.Request, a *capture.Attempt) {
			a.Fields = []capture.Field{field("Host", "i"), field("X", "1"), field("Y", "1"), field("y", "2")}
		}, []string{"Host: i instead of h"}},
		{"one field, and one more", func(_ *capture.Request, a *capture.Attempt) {
			a.Fields = []capture.Field{field("Host", "i"), field("X", "1"), field("Y", "1"), field("y", "2"), field("Via", "c")}
		}, []string{"Host: i instead of h", "added Via: c"}},
		{"same names, one more of one", func(_ *capture.Request, a *capture.Attempt) {
			a.Fields = []capture.Field{field("Host", "i"), field("X", "1"), field("Y", "1"), field("y", "3"), field("Y", "2")}
		}, []string{"Host: i instead of h", "y: 3 instead of 2", "added y: 2"}},
		{"the first of a name is gone", func(_ *capture.Request, a *capture.Attempt) {
			a.Fields = []capture.Field{field("Host", "h"), field("X", "1"), field("y", "2")}
		}, []string{"without Y: 1"}},
		{"fields of a name", func(_ *capture.Request, a *capture.Attempt) {
			a.Fields = []capture.Field{field("Host", "h"), field("Y", "3"), field("Z", "4")}
		}, []string{"without X: 1", "Y: 3 instead of 1", "without Y: 2", "added Z: 4"}},
	} {
		req, a := captured, same
		tt.set(&req, &a)
		if diff := cmp.Diff(tt.want, Changes(&req, &a)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}
