package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A screen that captures nothing shows what a node of the team receives, its app replies
// to it, and it ends without a question: the team has the requests.
func TestScreenThatOnlyLooks(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
	t.Cleanup(app.Close)
	history, team := filepath.Join(t.TempDir(), "history.db"), startNATS(t)
	if out, err := creelCommand(t, history, "team", "init", team).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	_, url := listening(t, history, "--team", team, "--team-who", "web")

	p := openPTY(t)
	cmd := creelCommand(t, filepath.Join(t.TempDir(), "none.db"), "--team", team, "--team-who", "ana", "--no-capture", "--answer", "/stripe="+app.URL)
	onPTY(t, p, cmd)
	p.shows(t, "not capturing")
	p.shows(t, "/stripe → ana's")
	for path, want := range map[string]int{"/stripe/hook": http.StatusAccepted, "/other": http.StatusOK} {
		resp, err := http.Post(url+path, "text/plain", strings.NewReader("hello"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, resp.StatusCode, want)
		}
		p.shows(t, path)
	}
	if _, err := io.WriteString(p.master, "q"); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Errorf("it does not end:\n%s", p.text())
	}
}
