package forward

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

// A connection is used again only when the length that was announced is that of the
// body.
func TestFramed(t *testing.T) {
	length := func(n string) []capture.Field {
		return []capture.Field{{Name: "X", Value: "1"}, {Name: "Content-Length", Value: n}}
	}
	for _, tt := range []struct {
		name string
		req  capture.Request
		body string
		want bool
	}{
		{"chunked", capture.Request{Chunked: true}, "abc", true},
		{"no length, no body", capture.Request{}, "", true},
		{"no length", capture.Request{}, "abc", false},
		{"the length", capture.Request{Fields: length("3")}, "abc", true},
		{"less", capture.Request{Fields: length("2")}, "abc", false},
		{"more", capture.Request{Fields: length("4")}, "abc", false},
		{"no body", capture.Request{Fields: length("0")}, "", true},
		{"no number", capture.Request{Fields: length("x")}, "", false},
	} {
		if got := framed(&tt.req, []byte(tt.body)); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// lines are fields as they are sent.
func lines(fields []capture.Field) string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name+": "+f.Value)
	}
	return strings.Join(out, ", ")
}

// Whatever it came in, a request is sent in HTTP/1.1.
func TestPreparedProtocol(t *testing.T) {
	for _, proto := range []string{"", "HTTP/1.0", "HTTP/1.1", "HTTP/2.0"} {
		req := capture.Request{Method: "POST", Target: "/", Proto: proto}
		if got := Prepare(&req, Target{URL: mustURL(t, "3000")}); got.Proto != "HTTP/1.1" || req.Proto != proto {
			t.Errorf("%q is sent as %q, and now is %q", proto, got.Proto, req.Proto)
		}
	}
}

// Host is that of the target, of the sender, or one of the user's, in its place, or first
// where there was none; a signature covers the URL with that host.
func TestPreparedHost(t *testing.T) {
	for _, tt := range []struct{ fields, host, want, called string }{
		{"A: 1, host: h, B: 2", "", "A: 1, host: localhost:3000, B: 2", "http://localhost:3000/x"},
		{"A: 1, Host: h", KeepHost, "A: 1, Host: h", "http://h/x"},
		{"A: 1, Host: h", "own.example", "A: 1, Host: own.example", "http://own.example/x"},
		{"A: 1, B: 2", "", "Host: localhost:3000, A: 1, B: 2", "http://localhost:3000/x"},
		{"A: 1", KeepHost, "Host: h, A: 1", "http://h/x"},
	} {
		req := &capture.Request{Method: "GET", Target: "/x", Host: "h", Exact: true}
		for f := range strings.SplitSeq(tt.fields, ", ") {
			name, value, _ := strings.Cut(f, ": ")
			req.Fields = append(req.Fields, capture.Field{Name: name, Value: value})
		}
		to := Target{URL: mustURL(t, "3000"), Host: tt.host}
		sent := Prepare(req, to)
		if d := cmp.Diff(tt.want, lines(sent.Fields)); d != "" || to.called(req).String() != tt.called || lines(req.Fields) != tt.fields {
			t.Errorf("%q: called %s, captured %s, %s", tt.host, to.called(req), lines(req.Fields), d)
		}
	}
}

// Who called creel is told after what a tunnel said of it.
func TestPreparedForwarded(t *testing.T) {
	for _, tt := range []struct {
		remote, said string
		tls          bool
		want         string
	}{
		{"192.0.2.1:99", "", false, "X-Forwarded-For: 192.0.2.1, X-Forwarded-Proto: http, X-Forwarded-Host: h"},
		{"192.0.2.1", "", true, "X-Forwarded-For: 192.0.2.1, X-Forwarded-Proto: https, X-Forwarded-Host: h"},
		{"[2001:db8::1]:99", "", false, "X-Forwarded-For: 2001:db8::1, X-Forwarded-Proto: http, X-Forwarded-Host: h"},
		{"192.0.2.1:99", "198.51.100.7", true, "X-Forwarded-For: 198.51.100.7, 192.0.2.1, X-Forwarded-Proto: https, X-Forwarded-Host: h"},
	} {
		req := &capture.Request{Method: "GET", Target: "/", Host: "h", Remote: tt.remote, TLS: tt.tls, Exact: true, Fields: []capture.Field{{Name: "Host", Value: "h"}}}
		if tt.said != "" {
			req.Fields = append(req.Fields, capture.Field{Name: "X-Forwarded-For", Value: tt.said})
		}
		_, got, _ := strings.Cut(lines(Prepare(req, Target{URL: mustURL(t, "3000"), Forwarded: true}).Fields), ", ")
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%+v: %s", tt, d)
		}
	}
}

// A body that has no length in HTTP/2 gets one; without a body only the methods that
// should have one do.
func TestPreparedLength(t *testing.T) {
	for _, tt := range []struct {
		method, body string
		exact        bool
		want         bool
	}{
		{"POST", "x", false, true},
		{"GET", "x", false, true},
		{"GET", "x", true, true},
		{"POST", "", false, true},
		{"PUT", "", false, true},
		{"PATCH", "", false, true},
		{"GET", "", false, false},
		{"DELETE", "", false, false},
		{"POST", "", true, false},
	} {
		req := &capture.Request{Method: tt.method, Target: "/", Host: "h", Exact: tt.exact, Body: capture.NewBody([]byte(tt.body))}
		sent := Prepare(req, Target{URL: mustURL(t, "3000")})
		if _, got := sent.Get("Content-Length"); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

// What is not all there is not sent.
func TestSendable(t *testing.T) {
	for want, req := range map[string]capture.Request{
		"larger than the limit when it came": {Truncated: true}, "the connection ended too early": {Incomplete: true}, "the head could not be read": {Malformed: "a bare CR"},
	} {
		if err := Sendable(&req); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", req, err)
		}
	}
	if err := Sendable(&capture.Request{}); err != nil {
		t.Error(err)
	}
}

// What a sender gets says what became of its request at the target.
func TestOutcomeOf(t *testing.T) {
	for _, tt := range []struct {
		attempt capture.Attempt
		status  int
		words   string
	}{
		{capture.Attempt{To: "http://localhost:3000", Reply: capture.Reply{Status: 418, Body: capture.NewBody([]byte("tea"))}}, 418, "tea"},
		{capture.Attempt{To: "nonsense"}, 502, "the target is not known"},
		{capture.Attempt{To: "http://localhost:3000", Cause: capture.CauseTimeout}, 504, "http://localhost:3000 took the request and did not respond in time"},
		{capture.Attempt{To: "http://localhost:3000", Cause: capture.CauseTooLarge}, 502, "is larger than --max-answer"},
		{capture.Attempt{To: "http://localhost:3000", Cause: capture.CauseProtocol, Unsent: true}, 502, "the request cannot be sent to http://localhost:3000 (protocol)"},
		{capture.Attempt{To: "http://localhost:3000", Cause: capture.CauseReset}, 502, "gave no response that can be passed on (reset)"},
	} {
		out := OutcomeOf(&tt.attempt)
		body, _ := out.Reply.Body.Bytes(t.Context())
		if out.Reply.Status != tt.status || !strings.Contains(string(body), tt.words) {
			t.Errorf("%+v: %d %s", tt.attempt, out.Reply.Status, body)
		}
	}
}

// A length that is not that of the body is refused before a receiver waits for the rest.
func TestSendableLength(t *testing.T) {
	for _, tt := range []struct {
		length  string
		chunked bool
		want    string
	}{
		{"3", false, ""},
		{"003", false, ""},
		{"10", true, ""},
		{"10", false, "send: Content-Length is 10, but the body has 3 bytes: correct the field, or remove it"},
		{"2", false, "send: Content-Length is 2, but the body has 3 bytes: correct the field, or remove it"},
		{"x", false, "send: Content-Length is x, but the body has 3 bytes: correct the field, or remove it"},
	} {
		err := Sendable(&capture.Request{Body: capture.NewBody([]byte("abc")), Chunked: tt.chunked, Fields: []capture.Field{{Name: "content-length", Value: tt.length}}})
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s, chunked %v: %q", tt.length, tt.chunked, got)
		}
	}
}
