package control

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/sqlite"
	"creel/forward"
)

// connKey has the number of the connection of a request.
type connKey struct{}

// clientOf is a client of another side that answers as mux says.
func clientOf(t *testing.T, mux *http.ServeMux) *Client {
	t.Helper()
	mux.HandleFunc("GET /v1/status", func(w http.ResponseWriter, _ *http.Request) { respond(w, Status{Major: Version.Major}, nil) })
	ln, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	var conns atomic.Int64
	srv := &http.Server{Handler: mux, Protocols: &protocols, ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, conns.Add(1))
	}}
	go srv.Serve(ln)
	c, err := Connect(t.Context(), ClientConfig{
		Dial:   func(ctx context.Context) (net.Conn, error) { return Dial(ctx, ln.Addr().String()) },
		Notice: func(string) {}, Problem: func(s string) { t.Log("problem:", s) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); srv.Close() })
	return c
}

// What cannot be answered is refused with why, and changes nothing.
func TestRequestsThatAreRefused(t *testing.T) {
	p := open(t)
	p.post(t, "/1", "x")
	routes := p.server.routes()
	const wantBody = "body: want /v1/exchanges/ID/body?attempt=N"
	for _, tt := range []struct {
		path, body string // without a body it is a GET
		status     int
		says       string
	}{
		{"exchanges?id=1", "", 200, `"target":"/1"`},
		{"exchanges?id=x", "", 422, `id \"x\": want a number`},
		{"exchanges?id=9", "", 410, ""},
		{"exchanges/1/body?attempt=0", "", 200, "x"},
		{"exchanges/x/body?attempt=0", "", 422, wantBody},
		{"exchanges/1/body", "", 422, wantBody},
		{"exchanges/9/body?attempt=0", "", 410, ""},
		{"exchanges/1/body?attempt=1", "", 410, ""},
		{"pause", " ", 200, "{}"}, // all of it left out
		{"record", `{"id":1,"attempt":5}`, 422, "cannot unmarshal"},
		{"record", `{"id":1,"attempt":{}}`, 422, "record: want one attempt"},
		{"record", `{"id":1,"attempt":{"attempts":[{},{}]}}`, 422, "record: want one attempt"},
		{"record", `{"id":9,"attempt":{"attempts":[{}]}}`, 422, "#9"},
		{"resend", `{"id":9}`, 422, "#9"},
		{"resend", `{"id":1,"request":5,"to":{"URL":{"Scheme":"http","Host":"h"}}}`, 422, "cannot unmarshal"},
		{"resend-check", `{"id":9}`, 422, "#9"},
		{"repeat", `{"times":2,"runs":[{"id":9}]}`, 422, "#9"},
		{"next-try", `{"id":9,"spec":{"Statuses":[503]}}`, 422, "#9"},
		{"next-try", `{"id":1,"spec":{"Statuses":[99]}}`, 422, "status 99"},
		{"reply", `{"Statuses":[99]}`, 422, "status 99"},
		{"reply-text", `{"text":"99"}`, 422, "99"},
		{"targets", `[{"URL":{"Scheme":"http","Host":"h"},"CACert":"/nowhere"}]`, 422, "/nowhere"},
		{"rules/remove", `{"at":-1}`, 422, "there is no rule 0"},
		{"providers/check", `{"id":9}`, 422, "#9"},
		{"providers/edited", `{"id":9}`, 422, "#9"},
		{"providers/edited", `{"id":1,"request":5}`, 422, "cannot unmarshal"},
		{"providers/secret", `{"text":"stripe"}`, 422, "secret"},
	} {
		method := http.MethodPost
		if tt.body == "" {
			method = http.MethodGet
		}
		w := httptest.NewRecorder()
		routes.ServeHTTP(w, httptest.NewRequest(method, "/v1/"+tt.path, strings.NewReader(tt.body)))
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) {
			t.Errorf("%s %s: %d %s, want %d %s", tt.path, tt.body, w.Code, w.Body, tt.status, tt.says)
		}
	}
	list := p.engine.Ring.Snapshot()
	if len(list) != 1 || len(list[0].Attempts) != 0 || len(p.engine.Targets.List()) != 0 || p.engine.Replies.Standing.Words() != "200" {
		t.Errorf("something was changed: %+v", list)
	}
	if n := p.server.number(9, list[0].At); n != 0 {
		t.Errorf("what is gone has the attempt %d", n)
	}
}

// Who asks is called what it says, in one line that is not too long.
func TestNamesOfCallers(t *testing.T) {
	long := strings.Repeat("x", maxCaller)
	for says, want := range map[string]string{
		"": "another process", "agent": "agent", long: long, long + "x": "another process", "a\x1b[2Jb": "a␛[2Jb",
	} {
		r := httptest.NewRequest(http.MethodGet, "/v1/status", nil)
		r.Header.Set(callerHeader, says)
		if got := callerOf(r); got != want {
			t.Errorf("%q is called %q, want %q", says, got, want)
		}
	}
}

// An attempt that its caller made by hand is the caller's, whatever it says itself.
func TestRecordedAttemptsAreTheCallers(t *testing.T) {
	p := open(t)
	p.post(t, "/1", "x")
	h := agentOf(t, p).History
	for _, a := range []capture.Attempt{{Resend: true, By: "somebody else"}, {Resend: false}} {
		if _, err := h.Commit(t.Context(), capture.Op{Attempt: &capture.AttemptAdd{ID: 1, Attempt: a}}); err != nil {
			t.Fatal(err)
		}
	}
	ex, _ := p.engine.Ring.Get(1)
	if len(ex.Attempts) != 2 || ex.Attempts[0].By != "agent" || ex.Attempts[1].By != "" {
		t.Errorf("recorded: %+v, %+v", ex.Attempts[0], ex.Attempts[1])
	}
}

// An edited request whose body cannot be read is not sent, least of all the captured
// one in its place.
func TestEditedBodiesThatCannotBeRead(t *testing.T) {
	p := open(t)
	p.post(t, "/1", "x")
	ex := p.engine.Ring.Snapshot()[0]
	broken := capture.StoredBody(noBodies{errors.New("the disk is broken")}, 1, 10)
	edited := ex.Request
	edited.Body = broken
	sent := 0
	x := forward.Resend{Exchange: ex, Request: &edited, Edited: true, To: forward.Target{URL: newApp(t, func(string) { sent++ })}}
	attempt := capture.Op{Attempt: &capture.AttemptAdd{ID: 1, Attempt: capture.Attempt{Body: broken}}}
	for what, do := range map[string]func() error{
		"resend": func() error { _, err := p.Resender.Resend(t.Context(), x); return err },
		"check":  func() error { return p.History.Check(t.Context(), x) },
		"record": func() error { _, err := p.History.Commit(t.Context(), attempt); return err },
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), "the disk is broken") {
			t.Errorf("%s: %v", what, err)
		}
	}
	h := p.Resender.Repeat(t.Context(), forward.Repeat{Runs: []forward.Resend{{Exchange: ex, To: x.To}, x}, Times: 2})
	if want := (forward.Histogram{Total: 4, Ended: true}); h.Total != want.Total || !h.Ended || h.Sent != 0 {
		t.Errorf("repeat: %+v", h)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.problems) != 1 || !strings.Contains(p.problems[0], "the disk is broken") {
		t.Errorf("problems: %q", p.problems)
	}
	if kept, _ := p.engine.Ring.Get(1); sent > 0 || len(kept.Attempts) > 0 {
		t.Errorf("%d were sent, %d attempts", sent, len(kept.Attempts))
	}
}

// What the other side answers wrongly, or in part, is an error, and nothing is made of it.
func TestAnswersThatAreNotUnderstood(t *testing.T) {
	mux := http.NewServeMux()
	answer := ""
	mux.HandleFunc("/v1/", func(w http.ResponseWriter, _ *http.Request) {
		if answer == "" {
			w.WriteHeader(http.StatusTeapot)
		}
		_, _ = io.WriteString(w, answer)
	})
	c := clientOf(t, mux)
	ex := &capture.Exchange{ID: 1}
	list := func() (err error) {
		n := 0
		for ex, e := range c.History.Select(t.Context(), sqlite.Query{}) {
			if n++; e == nil || ex != nil || n > 1 {
				t.Errorf("listed: %v %v", ex, e)
			}
			err = e
		}
		return err
	}
	for what, do := range map[string]func() error{
		"get":    func() error { _, err := c.History.Get(t.Context(), 1); return err },
		"list":   list,
		"ids":    func() error { _, err := c.History.IDs(t.Context()); return err },
		"look":   func() error { return c.Look(t.Context()) },
		"resend": func() error { _, err := c.Resender.Resend(t.Context(), forward.Resend{Exchange: ex}); return err },
		"sample": func() error {
			_, err := c.Providers.Sample(t.Context(), "stripe", provider.SampleOptions{Edit: func(*capture.Request) error { return nil }})
			return err
		},
		"edited": func() error {
			if e := c.Providers.Edited(t.Context(), ex, &capture.Request{}, ex.At); strings.HasPrefix(e.Text, "not known: ") {
				return errors.New(e.Text)
			}
			return nil
		},
		"set reply": func() error { _, err := c.SetReply(t.Context(), "200"); return err },
		"decide":    func() error { _, err := c.Decide(t.Context(), 1, decideRequest{}.Decision); return err },
	} {
		for _, answer = range []string{"", "5x\n", `{"id":1`, "[}\n"} {
			err := do()
			if err == nil || errors.Is(err, capture.ErrEvicted) || answer == "" && !strings.HasSuffix(err.Error(), "418 I'm a teapot") {
				t.Errorf("%s: %q gives %v", what, answer, err)
			}
		}
	}
	for _, answer = range []string{"{}", `{"attempt":5}`, `{"attempt":{}}`, `{"attempt":{"attempts":[{},{}]}}`} {
		if a, err := c.Resender.Resend(t.Context(), forward.Resend{Exchange: ex}); err == nil {
			t.Errorf("%s is the attempt %+v", answer, a)
		}
	}
	if _, err := c.Providers.Sample(t.Context(), "stripe", provider.SampleOptions{}); err == nil {
		t.Error("a sample without a request")
	}
}
