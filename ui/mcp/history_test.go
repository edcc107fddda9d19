package mcp

import (
	"context"
	"iter"
	"slices"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"creel/capture"
	"creel/capture/sqlite"
	"creel/forward"
)

// kept is a history that no creel captures into.
type kept []*capture.Exchange

func (k kept) Get(_ context.Context, id capture.ID) (*capture.Exchange, error) {
	for _, ex := range k {
		if ex.ID == id {
			return ex, nil
		}
	}
	return nil, capture.ErrEvicted
}

func (k kept) Select(_ context.Context, q sqlite.Query) iter.Seq2[*capture.Exchange, error] {
	return func(yield func(*capture.Exchange, error) bool) {
		list := slices.Clone(k)
		if q.NewestFirst {
			slices.Reverse(list)
		}
		for _, ex := range list {
			if !yield(ex, nil) {
				return
			}
		}
	}
}

// Without a creel that runs, what was captured is read, and what has to be done by one is
// refused with what to do.
func TestWithoutARunningCreel(t *testing.T) {
	history := kept{
		{ID: 1, Request: capture.Request{Method: "POST", Target: "/one", Body: capture.NewBody([]byte("hello"))}},
		{ID: 2, Request: capture.Request{Method: "POST", Target: "/two", Body: capture.NewBody([]byte("hello you"))}},
	}
	var now History
	session, leave := connected(t, Config{Act: true, Open: func(context.Context) (*Session, error) {
		return &Session{History: now, Close: func() {}}, nil
	}})
	defer leave()
	w := &world{ClientSession: session}

	if got := read[listOut](t, w, "list_requests", map[string]any{}); len(got.Requests) != 0 || got.More {
		t.Errorf("nothing was captured, and listed are %+v", got)
	}
	w.refused(t, "get_request", map[string]any{"id": 1}, "nothing was captured yet")

	now = history
	if got := read[listOut](t, w, "list_requests", map[string]any{}); ids(got.Requests) != "2 1" {
		t.Errorf("listed are %+v", got.Requests)
	}
	if got := read[searchOut](t, w, "search", map[string]any{"text": "you"}); len(got.Requests) != 1 {
		t.Errorf("found are %+v", got)
	}
	w.refused(t, "get_request", map[string]any{"id": 3}, "no request #3")
	w.refused(t, "get_request", map[string]any{"id": 1, "parts": []string{"head", "heads"}}, `part "heads": it is one of head, body, reply, attempts`)
	for part, want := range map[string]string{"head": `"/one"`, "body": "hello", "reply": `"id":1`, "attempts": `"id":1`} {
		if got := w.must(t, "get_request", map[string]any{"id": 1, "parts": []string{part}}); !strings.Contains(got, want) {
			t.Errorf("the part %s has no %s: %s", part, want, got)
		}
	}
	for name, in := range map[string]map[string]any{
		"wait_for_request": {}, "resend_request": {"id": 1}, "trigger_sample": {"provider": "stripe"}, "set_reply": {"reply": "500"},
		"answer_held": {"release": true}, "make_rule": {"rule": "[[rule]]"},
	} {
		w.refused(t, name, in, "no creel is running: start one")
	}
	if _, err := session.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: "creel://exchange/2"}); err != nil {
		t.Error(err)
	}
}

// The lines in which two bodies differ are told with how.
func TestDifferentLines(t *testing.T) {
	session, leave := connected(t, Config{Open: func(context.Context) (*Session, error) {
		return &Session{Close: func() {}, History: kept{
			{ID: 1, Request: capture.Request{Method: "POST", Target: "/", Body: capture.NewBody([]byte("a\nb\nc\n"))}},
			{ID: 2, Request: capture.Request{Method: "POST", Target: "/", Body: capture.NewBody([]byte("a\nc\nd\n"))}},
		}}, nil
	}})
	defer leave()
	w := &world{ClientSession: session}
	got := w.must(t, "compare_requests", map[string]any{"old": 1, "new": 2})
	for _, want := range []string{`"old":"b"`, `"new":"d"`, `"where":"body line"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if strings.Contains(got, `"old":"d"`) || strings.Contains(got, `"new":"b"`) {
		t.Error(got)
	}
}

// The text around a hit is that of the charset of the body.
func TestSearchInAnotherCharset(t *testing.T) {
	w := newWorld(t, false)
	w.post(t, "/", "a", "\xff\xfe{\x00\"\x00c\x00a\x00f\x00\xe9\x00\"\x00}\x00")
	got := read[searchOut](t, w, "search", map[string]any{"text": "café"})
	if len(got.Requests) != 1 || !strings.Contains(got.Requests[0].Around, `{"café"}`) {
		t.Errorf("%+v", got)
	}
}

// What senders get is set, and put back by an empty text.
func TestSetReply(t *testing.T) {
	w := newWorld(t, true)
	if got := read[replyOut](t, w, "set_reply", map[string]any{"reply": "503:busy"}); !strings.Contains(got.SendersGet, "503") {
		t.Errorf("%+v", got)
	}
	w.post(t, "/", "a", "{}")
	if got := read[replyOut](t, w, "set_reply", map[string]any{}); !strings.Contains(got.SendersGet, "200") {
		t.Errorf("%+v", got)
	}
	w.post(t, "/", "a", "{}")
	list := w.engine.Ring.Snapshot()
	if a, b := list[0].Reply.Status, list[1].Reply.Status; a != 503 || b != 200 {
		t.Errorf("senders got %d and %d", a, b)
	}
	to, err := forward.ParseTarget("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	w.engine.Targets.Set([]forward.Target{to})
	if got := read[replyOut](t, w, "set_reply", map[string]any{"reply": "503"}); got.Unused != to.Label() {
		t.Errorf("%+v, while %s is on", got, to.Label())
	}
	w.refused(t, "set_reply", map[string]any{"reply": "x"}, "x")
	w.refused(t, "make_rule", map[string]any{"rule": "nonsense"}, "")
}
