package mcp

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/provider"
	"creel/capture/redact"
	"creel/capture/sqlite"
)

// An agent that may only read has no tool that changes anything.
func TestAgentsThatOnlyRead(t *testing.T) {
	for _, act := range []bool{false, true} {
		session, leave := connected(t, Config{Act: act})
		defer leave()
		list, err := session.ListTools(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		changes := 0
		for _, tool := range list.Tools {
			if tool.Annotations == nil || !tool.Annotations.ReadOnlyHint {
				changes++
			}
		}
		if len(list.Tools) != 7+changes || !act && changes != 0 || act && changes != 5 {
			t.Errorf("acts %t: %d tools, %d of them change something", act, len(list.Tools), changes)
		}
	}
}

// Without the secrets of the running creel nothing is shown: they would not be masked.
func TestNothingIsShownUnmasked(t *testing.T) {
	w := newWorld(t, false)
	w.post(t, "/x", "a", "{}")
	on, err := w.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ex, err := on.get(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	on.Close()
	on.History = kept{ex}
	on.Check = func(context.Context, *capture.Exchange, provider.Options) (provider.Result, error) {
		return provider.Result{Provider: "stripe"}, nil
	}
	over, cancel := context.WithCancel(t.Context())
	cancel() // the other side cannot be asked
	mask, err := redact.New(redact.Config{})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{w.Config, mask}
	for what, do := range map[string]func() (any, error){
		"list":    func() (any, error) { return s.list(over, on, listIn{}) },
		"get":     func() (any, error) { return s.getRequest(over, on, getIn{ID: 1}) },
		"verify":  func() (any, error) { return s.verify(over, on, verifyIn{ID: 1}) },
		"compare": func() (any, error) { return s.compare(over, on, compareIn{1, 1}) },
		"search":  func() (any, error) { return s.search(over, on, searchIn{Text: "x"}) },
		"export":  func() (any, error) { return s.export(over, on, exportIn{1, "curl"}) },
	} {
		if out, err := do(); err == nil {
			t.Errorf("%s gives %+v", what, out)
		}
	}
}

// broken is a history that cannot be read.
type broken struct{}

func (broken) Select(context.Context, sqlite.Query) iter.Seq2[*capture.Exchange, error] {
	return func(yield func(*capture.Exchange, error) bool) { yield(nil, errUnreadable) }
}

func (broken) Get(context.Context, capture.ID) (*capture.Exchange, error) { return nil, errUnreadable }

// Who asks hears why a history, or a body, cannot be read; all else is there.
func TestWhatCannotBeRead(t *testing.T) {
	var now History = broken{}
	var fails error
	session, leave := connected(t, Config{Act: true, Open: func(context.Context) (*Session, error) {
		return &Session{History: now, Close: func() {}}, fails
	}})
	defer leave()
	w := &world{ClientSession: session}
	calls := map[string]map[string]any{
		"list_requests": {}, "search": {"text": "x"}, "get_request": {"id": 2}, "verify_signature": {"id": 2},
		"compare_requests": {"old": 1, "new": 2}, "export_request": {"id": 2, "format": "curl"},
	}
	for name, in := range calls {
		w.refused(t, name, in, errUnreadable.Error())
	}
	fails = errors.New("no such socket")
	for name, in := range calls {
		w.refused(t, name, in, "no such socket")
	}
	if _, err := session.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: "creel://exchange/1"}); err == nil || !strings.Contains(err.Error(), "no such socket") {
		t.Errorf("a resource: %v", err)
	}
	if _, err := session.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: "creel://exchange/x"}); err == nil || !strings.Contains(err.Error(), "not found") {
		t.Errorf("no resource: %v", err)
	}
	fails, now = nil, kept{
		{ID: 1, Request: capture.Request{Method: "POST", Target: "/x", Body: capture.NewBody([]byte("x"))}},
		{ID: 2, Request: capture.Request{Method: "POST", Target: "/x", Body: capture.StoredBody(unreadable{}, 1, 9)}},
	}
	for _, name := range []string{"get_request", "compare_requests", "export_request"} {
		w.refused(t, name, calls[name], errUnreadable.Error())
	}
	if got := read[listOut](t, w, "list_requests", nil); ids(got.Requests) != "2 1" {
		t.Errorf("listed are %+v", got.Requests)
	}
	if got := read[searchOut](t, w, "search", calls["search"]); len(got.Requests) != 2 || got.Requests[0].Around != "" || got.Requests[1].Around != "x" {
		t.Errorf("found are %+v", got.Requests)
	}
	if err := Serve(t.Context(), Config{Redact: redact.Config{Rules: []redact.Rule{{Name: "x"}}}}, nil); err == nil {
		t.Error("a rule that hides nothing was taken")
	}
}

// A part of a body says when the rest is not decoded.
func TestBodiesThatAreDecodedInPart(t *testing.T) {
	for more, want := range map[int]string{0: "", 1: "there is more than can be decoded"} {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(make([]byte, body.MaxDecoded+more))
		_ = z.Close()
		if p := part(b.Bytes(), nil, 0, 10); p.Note != want || p.Size != body.MaxDecoded {
			t.Errorf("%d more: %d bytes, %q", more, p.Size, p.Note)
		}
	}
}

// A sample that is not answered, and a request that is not all there, are told; nothing is
// sent in its place.
func TestWhatAnAgentCannotSend(t *testing.T) {
	sent := 0
	app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { sent++ }))
	defer app.Close()
	w := newWorld(t, true, app.URL)
	ex := &capture.Exchange{State: capture.StateAnswered, Request: capture.Request{Method: "POST", Target: "/x", Truncated: true, Body: capture.NewBody([]byte("x"))}}
	if err := w.engine.Ring.Apply(t.Context(), capture.Op{Add: ex}); err != nil {
		t.Fatal(err)
	}
	id := w.engine.Ring.Snapshot()[0].ID
	w.refused(t, "resend_request", map[string]any{"id": uint64(id)}, "larger than the limit when it came")
	w.must(t, "make_rule", map[string]any{"rule": "[[rule]]\nfault = 'close'\n"})
	w.refused(t, "trigger_sample", map[string]any{"provider": "stripe"}, "the sample was not answered: ")
	if sent != 0 {
		t.Errorf("%d were sent", sent)
	}
}
