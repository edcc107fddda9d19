package engine

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/forward"
)

// A rule forwards to a URL as the target with that URL does, else as the defaults say. With
// a reply of its own, or when senders do not wait, a copy is delivered.
func TestForwardsOfRules(t *testing.T) {
	got := make(chan string, 10)
	newApp := func() string {
		app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got <- r.Host + r.URL.Path + " " + string(body)
			w.WriteHeader(418)
		}))
		t.Cleanup(app.Close)
		return app.URL
	}
	known, other := newApp(), newApp()
	c := testConfig(t)
	c.Rules.File = filepath.Join(t.TempDir(), "rules.toml")
	rules := ""
	for _, rule := range []string{
		"match = 'path:/known'\nforward = ['" + known + "']",
		"match = 'path:/other'\nforward = ['" + other + "']",
		"match = 'path:/copy'\nreply = { status = 201 }\nforward = ['" + known + "']",
	} {
		rules += "[[rule]]\n" + rule + "\n\n"
	}
	if err := os.WriteFile(c.Rules.File, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	target, err := forward.ParseTarget(known)
	if err != nil {
		t.Fatal(err)
	}
	target.Host = "known.example"
	c.Targets, c.Async, c.Defaults = []forward.Target{target}, true, forward.Defaults{KeepHost: true}
	e, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	own := strings.TrimPrefix(e.URL, "http://")
	for _, tt := range []struct {
		path   string
		status int
		want   string
	}{
		{"/known", 418, "known.example/known x"},
		{"/other", 418, own + "/other x"},
		{"/copy", 201, "known.example/copy x"},
		{"/none", 200, "known.example/none x"},
	} {
		resp, err := http.Post(e.URL+tt.path, "text/plain", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		select {
		case text := <-got:
			if resp.StatusCode != tt.status || text != tt.want {
				t.Errorf("%s: %d, the app got %s", tt.path, resp.StatusCode, text)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: nothing was sent", tt.path)
		}
	}
	if list := (forwarder{targets: e.Targets}).of([]string{"ftp://x", known}, &capture.Exchange{}); len(list) != 1 {
		t.Errorf("what is no URL is the target %+v", list)
	}
}

// A web page may post when that is asked for, and only then.
func TestCORS(t *testing.T) {
	for _, on := range []bool{false, true} {
		c := testConfig(t)
		c.CORS = on
		e, err := Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", "https://page.example")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if allowed := resp.Header.Get("Access-Control-Allow-Origin"); (allowed != "") != on {
			t.Errorf("%v: allowed is %q", on, allowed)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}
