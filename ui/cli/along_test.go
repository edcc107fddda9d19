package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestOthersWriteAlong changes the history from other processes while one
// captures: that one sees it within a second, and says so.
func TestOthersWriteAlong(t *testing.T) {
	history := filepath.Join(t.TempDir(), "h.db")
	_, url, lines := listeningLines(t, history)
	for n := range 4 {
		resp, err := http.Post(fmt.Sprintf("%s/%d", url, n+1), "text/plain", strings.NewReader("x"))
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatal(resp, err)
		}
		resp.Body.Close()
		next(t, lines, "exchange")
	}
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	defer app.Close()
	run := func(args ...string) string {
		t.Helper()
		out, err := creelCommand(t, history, args...).Output()
		if err != nil {
			t.Fatalf("creel %v: %v", args, err)
		}
		return string(out)
	}
	run("rm", "1")
	run("pin", "2")
	run("note", "3", "from elsewhere")
	run("resend", "3", "--to", app.URL)
	attempt := next(t, lines, "attempt")
	if attempt["exchange"] != 3.0 || attempt["status"] != 418.0 {
		t.Errorf("the attempt is told as %v", attempt)
	}
	status := func() map[string]any {
		var s map[string]any
		if err := json.Unmarshal([]byte(run("status", "--json")), &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	// What the capturing process counts is what it has seen.
	for start := time.Now(); ; {
		s := status()
		if s["kept"] == 3.0 && s["pinned"] == 1.0 && s["url"] == url {
			break
		}
		if time.Since(start) > 10*time.Second {
			t.Fatalf("status stays %v", s)
		}
	}
	run("clear")
	if out := run("ls"); strings.Count(out, "\n") != 1 || !strings.Contains(out, "#2") {
		t.Errorf("after clear:\n%s", out)
	}
}

// next returns the next line of a type, within ten seconds.
func next(t *testing.T, lines <-chan string, kind string) map[string]any {
	t.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case line, ok := <-lines:
			var m map[string]any
			if !ok || json.Unmarshal([]byte(line), &m) != nil {
				t.Fatalf("no %s: %q", kind, line)
			}
			if m["type"] == kind {
				return m
			}
		case <-late:
			t.Fatalf("no %s", kind)
		}
	}
}
