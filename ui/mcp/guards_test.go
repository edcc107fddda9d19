package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/provider"
	"creel/capture/redact"
	"creel/forward"
)

// read calls a tool and reads its result.
func read[T any](t *testing.T, w *world, name string, in map[string]any) (out T) {
	t.Helper()
	text := w.must(t, name, in)
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%s: %v: %s", name, err, text)
	}
	return out
}

// refused calls a tool that must fail with these words.
func (w *world) refused(t *testing.T, name string, in map[string]any, want string) {
	t.Helper()
	if text, err := w.call(t.Context(), name, in); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s %v: %v, %s; want %q", name, in, err, text, want)
	}
}

// ids are those of a list, as "3 2".
func ids(list []row) string {
	var out []string
	for _, r := range list {
		out = append(out, fmt.Sprint(r.ID))
	}
	return strings.Join(out, " ")
}

// A list and a search end at their limit, and a list says whether there are further
// requests: not when all are shown.
func TestListsEndAtTheirLimit(t *testing.T) {
	w := newWorld(t, false)
	for i := range maxRows + 1 {
		w.post(t, fmt.Sprintf("/%d", i%2), "a", `{"word":"x"}`)
	}
	for _, tt := range []struct {
		in   map[string]any
		n    int
		last uint64
		more bool
	}{
		{map[string]any{}, usualRows, 82, true},
		{map[string]any{"limit": -1}, usualRows, 82, true},
		{map[string]any{"limit": 1}, 1, 101, true},
		{map[string]any{"limit": 1000}, maxRows, 2, true},
		{map[string]any{"limit": 3, "before": 4}, 3, 1, false},
		{map[string]any{"limit": 3, "before": 5}, 3, 2, true},
		{map[string]any{"before": 2}, 1, 1, false},
		{map[string]any{"before": 1}, 0, 0, false},
		{map[string]any{"limit": 2, "before": 5, "filter": "path:/1"}, 2, 2, false},
		{map[string]any{"filter": "path:/2"}, 0, 0, false},
	} {
		got := read[listOut](t, w, "list_requests", tt.in)
		if len(got.Requests) != tt.n || got.More != tt.more || tt.n > 0 && got.Requests[tt.n-1].ID != tt.last {
			t.Errorf("%v: %s, more %v", tt.in, ids(got.Requests), got.More)
		}
	}
	for limit, want := range map[int]int{0: usualRows, 2: 2, 1000: maxRows} {
		if got := read[searchOut](t, w, "search", map[string]any{"text": "WORD", "limit": limit}); len(got.Requests) != want || got.Requests[0].Around != `{"word":"x"}` {
			t.Errorf("search with limit %d: %d", limit, len(got.Requests))
		}
	}
	for text, want := range map[string]int{`"x"`: usualRows, `"word":"X"`: usualRows, "/1": usualRows, "nowhere": 0, "x-any": usualRows, "wo*d": 0, `x\`: 0, "path:/1": 0} {
		if got := read[searchOut](t, w, "search", map[string]any{"text": text}); len(got.Requests) != want || want > 0 && (got.Requests[0].Around != "") != strings.Contains(text, `"`) {
			t.Errorf("search for %s: %+v", text, got)
		}
	}
	w.refused(t, "search", map[string]any{"text": ""}, "empty")
	for _, name := range []string{"list_requests", "wait_for_request"} {
		w.refused(t, name, map[string]any{"filter": "is:duplicate"}, "not for tools")
		w.refused(t, name, map[string]any{"filter": "status:x"}, "filter: ")
	}
}

// What is shown of one request is bounded: its fields, its attempts, its body; only the
// parts that were asked for are there.
func TestPartsOfARequest(t *testing.T) {
	mask, err := redact.New(redact.Config{})
	if err != nil {
		t.Fatal(err)
	}
	v := viewer{mask.Scan()}
	ex := &capture.Exchange{ID: 1, Request: capture.Request{Method: "POST", Target: "/", Body: capture.NewBody([]byte("0123456789"))}}
	for i := range attemptsShown + 1 {
		ex.Attempts = append(ex.Attempts, &capture.Attempt{
			N: i + 1, To: "http://h/?token=hunter2", By: Agent, Signed: true, Cause: capture.CauseReset, Changes: []string{"Host: h"}, At: time.Date(2026, 11, 29, 18, 0, 0, 5, time.FixedZone("", 3600)), Took: 1500 * time.Microsecond, Reply: capture.Reply{Status: 200, Body: capture.NewBody(make([]byte, attemptBody+1))},
		})
	}
	for range maxFields {
		ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: "A", Value: strings.Repeat("v", maxField+1)})
	}
	for _, tt := range []struct {
		parts                       []string
		head, body, reply, attempts bool
	}{
		{nil, true, true, true, true},
		{[]string{"head"}, true, false, false, false},
		{[]string{"body"}, false, true, false, false},
		{[]string{"reply"}, false, false, true, false},
		{[]string{"attempts"}, false, false, false, true},
		{[]string{"attempts", "head"}, true, false, false, true},
	} {
		ex.Reply = capture.Reply{Status: 200}
		got, err := v.request(t.Context(), ex, wanted{tt.parts, 3, 4})
		if err != nil || (got.Head != nil) != tt.head || (got.Body != nil) != tt.body || (got.Reply != nil) != tt.reply || (len(got.AttemptList) > 0) != tt.attempts {
			t.Errorf("%v: %+v, %v", tt.parts, got, err)
		}
	}
	ex.Reply = capture.Reply{}
	got, err := v.request(t.Context(), ex, wanted{nil, 3, 4})
	if err != nil || got.Body.Text != "3456" || got.Body.NextOffset != 7 || got.Reply != nil || len(got.Head.Headers) != maxFields || got.Head.More != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if value := got.Head.Headers[maxFields-1][1]; value != strings.Repeat("v", maxField)+"…" {
		t.Errorf("a long value has %d bytes", len(value))
	}
	if n := len(got.AttemptList); n != attemptsShown || got.AttemptList[0].N != 2 || got.AttemptList[n-1].N != attemptsShown+1 || got.AttemptList[0].TookMS != 1.5 {
		t.Errorf("%d attempts, the first is %+v", n, got.AttemptList[0])
	}
	if a := got.AttemptList[0]; strings.Contains(a.To, "hunter2") || a.By != Agent || !a.Signed || a.Cause != "reset" || !slices.Equal(a.Changes, []string{"Host: h"}) {
		t.Errorf("of an attempt: %+v", a)
	}
	if at := got.AttemptList[0].At; at != "2026-11-29T17:00:00.000000005Z" {
		t.Errorf("an attempt was made at %s", at)
	}
	if body := got.AttemptList[0].Response.Body; body.NextOffset != attemptBody || body.Size != attemptBody+1 {
		t.Errorf("the body of a response ends at %d of %d", body.NextOffset, body.Size)
	}
	ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: "B"})
	if got, err := v.request(t.Context(), ex, wanted{nil, 0, 4}); err != nil || len(got.Head.Headers) != maxFields || got.Head.More != 1 {
		t.Errorf("a field too many: %d, %d more, %v", len(got.Head.Headers), got.Head.More, err)
	}
	ex.Request.Body = capture.ForgottenBody(9)
	if got, err := v.request(t.Context(), ex, wanted{nil, 0, 4}); err != nil || got.Body.Text != "" || got.Head == nil {
		t.Errorf("a body that was evicted: %+v, %v", got, err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	stored := capture.StoredBody(unreadable{}, 1, 9)
	if _, err := v.request(over, &capture.Exchange{Request: capture.Request{Body: stored}}, wanted{nil, 0, 4}); !errors.Is(err, errUnreadable) {
		t.Errorf("a body that cannot be read: %v", err)
	}
	if _, err := v.response(over, &capture.Reply{Status: 200, Body: stored}, 4); !errors.Is(err, errUnreadable) {
		t.Errorf("a response that cannot be read: %v", err)
	}
}

// A comparison lists so many differences, and says how many further ones there are.
func TestMaxDifferences(t *testing.T) {
	w := newWorld(t, false)
	values := func(n int) string {
		var out []string
		for i := range 200 {
			v := "0"
			if i < n {
				v = "1"
			}
			out = append(out, fmt.Sprintf(`"k%d":%s`, i, v))
		}
		return "{" + strings.Join(out, ",") + "}"
	}
	w.post(t, "/x", "a", values(0))
	w.post(t, "/x", "a", values(200))
	w.post(t, "/x", "b", values(200))
	w.post(t, "/x", "a", "\x00\x01")
	w.post(t, "/x", "a", "\x00\x02")
	for _, tt := range []struct {
		old, new, n, more int
		where             string
	}{{1, 1, 0, 0, ""}, {1, 2, 200, 0, "body .k0"}, {1, 3, 200, 1, "header X-Any"}} {
		got := read[compareOut](t, w, "compare_requests", map[string]any{"old": tt.old, "new": tt.new})
		if len(got.Differences) != tt.n || got.More != tt.more || got.Same != (tt.n == 0) || tt.n > 0 && got.Differences[0].Where != tt.where {
			t.Errorf("%d and %d: %d differences, %d more, same %v", tt.old, tt.new, len(got.Differences), got.More, got.Same)
		}
	}
	const binary = "the bodies are binary and differ in 1 rows of 16 bytes"
	if got := read[compareOut](t, w, "compare_requests", map[string]any{"old": 4, "new": 5}); got.Same || !slices.Contains(got.Notes, binary) {
		t.Errorf("binary bodies: %+v", got)
	}
	if got := read[compareOut](t, w, "compare_requests", map[string]any{"old": 1, "new": 2}); slices.ContainsFunc(got.Notes, func(s string) bool { return strings.Contains(s, "binary") }) {
		t.Errorf("bodies of text: %+v", got.Notes)
	}
	for _, in := range []map[string]any{{"old": 9, "new": 1}, {"old": 1, "new": 9}} {
		w.refused(t, "compare_requests", in, "no request #9")
	}
}

// An export is given whole, or not at all.
func TestLargeExports(t *testing.T) {
	w := newWorld(t, false)
	w.post(t, "/x", "a", `"x"`)
	size := len(read[exportOut](t, w, "export_request", map[string]any{"id": 1, "format": "http"}).Text)
	for i, over := range []int{0, 1} {
		w.post(t, "/x", "a", `"x`+strings.Repeat("x", maxBody-size+over)+`"`)
		text, err := w.call(t.Context(), "export_request", map[string]any{"id": i + 2, "format": "http"})
		if over == 0 && (err != nil || len(text) < maxBody) || over == 1 && (err == nil || !strings.Contains(err.Error(), fmt.Sprint(maxBody+1, " bytes"))) {
			t.Errorf("%d bytes above the most: %d bytes, %v", over, len(text), err)
		}
	}
	w.refused(t, "export_request", map[string]any{"id": 1, "format": "nosuch"}, "nosuch")
	w.refused(t, "export_request", map[string]any{"id": 1, "format": "jsonl"}, "keeps secrets")
}

// A resend goes to a target of creel's that is on, and to no other; which one is clear, or
// is asked for.
func TestWhereAnAgentSends(t *testing.T) {
	var got []string
	app := func(name string) string {
		s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = append(got, name+" "+r.URL.Path) }))
		t.Cleanup(s.Close)
		return s.URL
	}
	a, b, c := app("a"), app("b"), app("c")
	w := newWorld(t, true)
	w.post(t, "/b/1", "x", "{}")
	w.post(t, "/else", "x", "{}")
	for _, tt := range []struct {
		targets string // disabled ones begin with -
		id      int
		to      string
		want    string
	}{
		{"", 1, "", "has no target that is on"},
		{"-" + a, 1, "", "has no target that is on"},
		{"-" + a, 1, a, "has no target that is on"},
		{a, 1, "", "a /b/1"},
		{a, 1, a, "a /b/1"},
		{"-" + a + " " + b, 1, a, "is not one of creel's targets: " + b},
		{"-" + a + " " + b, 1, "", "b /b/1"},
		{"/b=" + b + " /c=" + c, 1, "", "b /b/1"},
		{"/b=" + b + " /c=" + c, 1, c, "c /b/1"},
		{"/b=" + b + " /c=" + c, 2, "", "name a target: /b=" + b + ", /c=" + c},
		{"-/b=" + b + " /c=" + c, 2, "", "c /else"},
		{"-/b=" + b + " /c=" + c, 1, "", "c /b/1"},
	} {
		var list []forward.Target
		for spec := range strings.FieldsSeq(tt.targets) {
			to, err := forward.ParseTarget(strings.TrimPrefix(spec, "-"))
			if err != nil {
				t.Fatal(err)
			}
			to.Disabled = strings.HasPrefix(spec, "-")
			list = append(list, to)
		}
		w.engine.Targets.Set(list)
		got = nil
		_, err := w.call(t.Context(), "resend_request", map[string]any{"id": tt.id, "target": tt.to})
		if said := fmt.Sprint(err, got); !strings.Contains(said, tt.want) || len(got) > 1 || (err == nil) != (len(got) == 1) {
			t.Errorf("%s to %q: %s; want %s", tt.targets, tt.to, said, tt.want)
		}
	}
}

// All changes are made before anything is sent; with one that cannot be made, nothing is.
func TestWhatAnAgentChanges(t *testing.T) {
	var got []string
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = append(got, string(b)+" "+r.Header.Get("X-Any")+r.Header.Get("X-New"))
	}))
	defer app.Close()
	w := newWorld(t, true, app.URL)
	w.engine.Targets.Set(nil) // what is posted is not forwarded
	w.post(t, "/x", "any", `{"a":1,"b":2}`)
	to, err := forward.ParseTarget(app.URL)
	if err != nil {
		t.Fatal(err)
	}
	w.engine.Targets.Set([]forward.Target{to})
	type list = []string
	for _, tt := range []struct {
		in   map[string]any
		want string
	}{
		{map[string]any{}, `{"a":1,"b":2} any`},
		{map[string]any{"set": list{"a = 3", "b = 4"}, "headers": list{"X-Any:", "X-New: new"}}, `{"a":3,"b":4} new`},
		{map[string]any{"set": list{"a = 3"}, "sign": "never"}, `{"a":3,"b":2} any`},
		{map[string]any{"set": list{"a = 3"}, "sign": "auto"}, `{"a":3,"b":2} any`},
		{map[string]any{"set": list{"no", "b = 4"}}, ""},
		{map[string]any{"set": list{"a = 3", "no"}}, ""},
		{map[string]any{"headers": list{"no", "X-New: new"}}, ""},
		{map[string]any{"headers": list{"X-New: new", "no"}}, ""},
		{map[string]any{"set": list{"no"}, "headers": list{"X-New: new"}}, ""},
		{map[string]any{"sign": "sometimes"}, ""},
		{map[string]any{"id": 9}, ""},
	} {
		got = nil
		in := map[string]any{"id": 1}
		maps.Copy(in, tt.in)
		_, err := w.call(t.Context(), "resend_request", in)
		if sent := strings.Join(got, ", "); sent != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%v: sent %q, %v", tt.in, sent, err)
		}
	}
	if ex, _ := w.engine.Ring.Get(1); len(ex.Attempts) != 4 || ex.Attempts[0].Edited || !ex.Attempts[1].Edited {
		t.Errorf("%d attempts", len(ex.Attempts))
	}
}

// A held request is answered, or goes on: one of the two.
func TestAgentsDecideAboutHeldRequests(t *testing.T) {
	w := newWorld(t, true)
	match, err := filter.Parse("path:/held", filter.Arrival)
	if err != nil {
		t.Fatal(err)
	}
	w.engine.Replies.Gate.Set(match, true)
	for _, in := range []map[string]any{{}, {"id": 1}, {"id": 1, "reply": "200", "release": true}} {
		w.refused(t, "answer_held", in, "give a reply, or release")
	}
	w.refused(t, "answer_held", map[string]any{"release": true}, "no request is held")
	w.post(t, "/x", "a", "{}")
	for i, tt := range []struct {
		in   map[string]any
		want int
	}{
		{map[string]any{"reply": "422"}, 422},
		{map[string]any{"release": true}, 200},
		{map[string]any{"id": 4, "reply": "404:no"}, 404},
		{map[string]any{"id": 5, "release": true}, 200},
	} {
		id := uint64(i + 2)
		status := make(chan int, 1)
		go func() {
			resp, err := http.Post(w.engine.URL+"/held", "text/plain", nil)
			if err != nil {
				status <- 0
				return
			}
			resp.Body.Close()
			status <- resp.StatusCode
		}()
		if got := read[row](t, w, "wait_for_request", map[string]any{"after": id - 1, "timeout_seconds": 20}); got.State != "held" || got.ID != id {
			t.Fatalf("waited for %+v", got)
		}
		w.refused(t, "answer_held", map[string]any{"reply": "nonsense"}, "nonsense")
		if got := read[answerOut](t, w, "answer_held", tt.in); got.ID != id {
			t.Errorf("%v answered %d", tt.in, got.ID)
		}
		if got := <-status; got != tt.want {
			t.Errorf("%v: the sender got %d", tt.in, got)
		}
	}
}

// A rule that is empty is none; one that is added is counted. A sample is signed
// with the secret that is known; that none is, it says.
func TestRulesAndSamplesOfAgents(t *testing.T) {
	w := newWorld(t, true)
	for _, rule := range []string{"", " \n"} {
		w.refused(t, "make_rule", map[string]any{"rule": rule}, "the rule is empty")
	}
	for rule, want := range map[string]string{
		`forward = ["http://localhost:9"]`:                          "creel has no target that is on",
		`reply = { status = 200, body_file = "/etc/hostname" }`:     "hostname: files may not be read here",
		`reply = { status = 200, template_file = "/etc/hostname" }`: "hostname: files may not be read here",
	} {
		w.refused(t, "make_rule", map[string]any{"rule": "[[rule]]\n" + rule + "\n"}, want)
	}
	if list := w.engine.Replies.Rules.List(); len(list) != 0 {
		t.Errorf("rules: %+v", list)
	}
	to := newWorld(t, true, "http://localhost:9/app")
	to.refused(t, "make_rule", map[string]any{"rule": "[[rule]]\nforward = ['http://localhost:8']\n"}, "is not one of creel's targets")
	to.must(t, "make_rule", map[string]any{"rule": "[[rule]]\nforward = ['http://localhost:9/app']\n"})
	for n := 1; n <= 2; n++ {
		got := read[ruleOut](t, w, "make_rule", map[string]any{"rule": fmt.Sprintf("[[rule]]\nmatch = \"path:/%d\"\nreply = { status = 418 }\n", n)})
		if got.Rules != n || !got.Unsaved { // there is no file
			t.Errorf("%+v", got)
		}
	}
	if got := read[triggerOut](t, w, "trigger_sample", map[string]any{"provider": "stripe"}); got.Status != 200 || !strings.Contains(got.Note, "creel's own") {
		t.Errorf("without a secret: %+v", got)
	}
	sec, err := provider.ParseSecret("stripe=whsec_right_one")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.engine.Providers.AddSecret(sec); err != nil {
		t.Fatal(err)
	}
	if got := read[triggerOut](t, w, "trigger_sample", map[string]any{"provider": "stripe", "event": "customer.subscription.deleted"}); got.Status != 200 || !got.Signed || got.Note != "" {
		t.Errorf("with a secret: %+v", got)
	}
	if ex, ok := w.engine.Ring.Get(2); !ok || ex.Sender.Event != "customer.subscription.deleted" || ex.Signature.Verdict != "valid" {
		t.Errorf("what arrived: %+v", ex)
	}
	w.refused(t, "trigger_sample", map[string]any{"provider": "nosuch"}, "nosuch")
	w.refused(t, "trigger_sample", map[string]any{"provider": "stripe", "event": "nosuch"}, "nosuch")
}

// A prompt names the request with or without #; nothing else than a number names one.
func TestPromptsNameARequest(t *testing.T) {
	w := newWorld(t, false)
	for id, want := range map[string]string{"412": "request 412", "#412": "request 412", "": "", "x": "", "-1": "", "4#12": ""} {
		for _, name := range []string{"why_does_this_signature_fail", "write_a_handler_for_this_event"} {
			r, err := w.GetPrompt(t.Context(), &sdk.GetPromptParams{Name: name, Arguments: map[string]string{"id": id}})
			if (err == nil) != (want != "") || err == nil && !strings.Contains(r.Messages[0].Content.(*sdk.TextContent).Text, want) {
				t.Errorf("%s %q: %v, %v", name, id, r, err)
			}
			if says := fmt.Sprintf("id %q: want a number, such as 412", id); err != nil && !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v, want %s", name, err, says)
			}
		}
	}
	list, err := w.ListPrompts(t.Context(), nil)
	if err != nil || len(list.Prompts) != 2 {
		t.Fatalf("%v %v", list, err)
	}
	for _, p := range list.Prompts {
		if len(p.Arguments) != 1 || p.Arguments[0].Name != "id" || !p.Arguments[0].Required {
			t.Errorf("%s takes %+v", p.Name, p.Arguments)
		}
	}
	w.post(t, "/x", "a", "{}")
	for uri, ok := range map[string]bool{"creel://exchange/1": true, "creel://exchange/2": false, "creel://exchange/x": false} {
		if _, err := w.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: uri}); (err == nil) != ok {
			t.Errorf("%s: %v", uri, err)
		}
	}
}

var errUnreadable = errors.New("the disk does not answer")

// unreadable is a journal whose bodies cannot be read.
type unreadable struct{}

func (unreadable) Body(context.Context, capture.BodyRef) ([]byte, error) { return nil, errUnreadable }
