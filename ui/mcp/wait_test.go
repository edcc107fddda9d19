package mcp

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/ui/control"
)

// Of what is there already the first that matches is found, and only after the one that
// is named.
func TestWaitFindsWhatIsThere(t *testing.T) {
	w := newWorld(t, false)
	for _, target := range []string{"/a", "/b", "/a", "/c"} {
		w.post(t, target, "x", "{}")
	}
	for _, tt := range []struct {
		after  int
		filter string
		want   uint64
	}{{1, "", 2}, {1, "path:/a", 3}, {2, "path:/c", 4}, {3, "", 4}} {
		got := read[row](t, w, "wait_for_request", map[string]any{"after": tt.after, "filter": tt.filter, "timeout_seconds": 20})
		if got.ID != tt.want {
			t.Errorf("after %d %s: %d", tt.after, tt.filter, got.ID)
		}
	}
}

// What was there before is not waited for, even when it changes; nor is what does not match.
func TestWaitPassesOver(t *testing.T) {
	w := newWorld(t, false)
	w.post(t, "/wanted", "old", "{}")
	got := make(chan string, 1)
	go func() {
		text, err := w.call(t.Context(), "wait_for_request", map[string]any{"filter": "path:/wanted", "timeout_seconds": 20})
		got <- fmt.Sprint(text, err)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for i := 0; ; i++ { // until it waits
		note := fmt.Sprint(i)
		if err := w.engine.Ring.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: 1, Note: &note}}); err != nil {
			t.Fatal(err)
		}
		w.post(t, "/other", "x", "{}")
		w.post(t, "/wanted", "new", "{}")
		select {
		case text := <-got:
			if !strings.Contains(text, `"target":"/wanted"`) || strings.Contains(text, `"id":1,`) {
				t.Error(text)
			}
			return
		case <-ctx.Done():
			t.Fatal("it still waits")
		case <-time.After(20 * time.Millisecond): // what is posted is read, too
		}
	}
}

// Nobody waits for ever, and who has waited is told how long.
func TestHowLongIsWaited(t *testing.T) {
	w := newWorld(t, false)
	on, err := w.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer on.Close()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for seconds, want := range map[int]string{-1: "within 30s:", 0: "within 30s:", 1: "within 1s:", 7: "within 7s:", 300: "within 5m0s:", 301: "within 5m0s:"} {
		if _, err := (&server{Config: w.Config}).wait(over, on, waitIn{Timeout: seconds}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d: %v, want %s", seconds, err, want)
		}
	}
}

// What came is not shown when it cannot be masked: then who waited hears why.
func TestWhatCameIsNotShownUnmasked(t *testing.T) {
	w := newWorld(t, false)
	w.post(t, "/x", "a", "{}")
	w.post(t, "/y", "a", "{}")
	ln, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/providers/secrets-in", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = io.WriteString(w, `{"error":"the secrets are not given"}`)
	})
	mux.Handle("/", &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: "creel"}) },
		Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return control.Dial(ctx, w.socket)
		}},
		FlushInterval: -1, // at once
	})
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	srv := &http.Server{Handler: mux, Protocols: &protocols}
	go srv.Serve(ln)
	defer srv.Close()
	c, err := control.Connect(t.Context(), control.ClientConfig{
		Dial:   func(ctx context.Context) (net.Conn, error) { return control.Dial(ctx, ln.Addr().String()) },
		Notice: func(string) {}, Problem: func(string) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s := &server{Config: w.Config}
	got, err := s.wait(t.Context(), &Session{History: c.History, Running: c}, waitIn{After: 1, Filter: "path:/y", Timeout: 20})
	if err == nil || !strings.HasSuffix(err.Error(), "the secrets are not given") {
		t.Errorf("%+v, %v", got, err)
	}
}
