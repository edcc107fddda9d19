package cli

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// errGone is the error of writing to a reader that has gone.
var errGone = errors.New("the reader has gone")

// goneReader takes so many writes, then none.
type goneReader struct{ takes, n int }

func (g *goneReader) Write(b []byte) (int, error) {
	if g.n++; g.n > g.takes {
		return 0, errGone
	}
	return len(b), nil
}

// inProcess is creel with these arguments in this process: it prints to w, its files
// are in dir.
func inProcess(t *testing.T, dir string, w io.Writer, args ...string) *program {
	t.Helper()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { null.Close() })
	env := map[string]string{
		"HOME": dir, "XDG_STATE_HOME": dir, "XDG_CONFIG_HOME": dir, "CREEL_HISTORY": filepath.Join(dir, "history.db"), "LC_ALL": "C.UTF-8",
	}
	p := offline()
	p.args, p.variables = args, nil
	p.env = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	p.stdin, p.stdout, p.stderr = null, null, null
	p.out, p.errs = w, io.Discard
	return p
}

// startNATS starts a NATS server and returns the URL of a team there, whose ring is not
// made yet.
func startNATS(t *testing.T) string {
	t.Helper()
	s, err := runNATS(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	return s.ClientURL() + "/shop"
}

// runNATS starts a NATS server with JetStream that stores in dir.
func runNATS(dir string) (*server.Server, error) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: dir, NoLog: true, NoSigs: true})
	if err != nil {
		return nil, err
	}
	if s.Start(); !s.ReadyForConnections(20 * time.Second) {
		return nil, errors.New("the NATS server does not start")
	}
	return s, nil
}

// Whatever a command prints, it fails when that cannot be written: at its first line
// and at every later one.
func TestWhatCannotBeWritten(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer app.Close()
	dir := t.TempDir()
	team := startNATS(t)
	if err := inProcess(t, dir, io.Discard, "team", "init", team).execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, url := listening(t, filepath.Join(dir, "history.db"), app.URL)
	for _, body := range []string{"one", "two"} {
		resp, err := http.Post(url+"/x", "text/plain", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	rules := filepath.Join(dir, "rules.toml")
	if err := os.WriteFile(rules, []byte("[[rule]]\nmatch = 'path:/a'\nreply = { status = 500 }\n[[rule]]\nmatch = 'path:/b'\nreply = { status = 501 }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	testWriteErrors(t, func(w io.Writer, args []string) *program { return inProcess(t, dir, w, args...) },
		"status", "status --json", "reply", "reply --json", "hold", "hold --json", "target ls", "target ls --json",
		"ls", "ls --json", "ls --no-body --json", "show 1", "show 1 --body", "show 1 --raw", "show 1 --json",
		"stats", "stats --json", "stats --format csv", "stats --format markdown",
		"export", "export --format curl", "export --redact-report", "resend 1 2 --to "+app.URL, "resend 1 --json -n 2 --to "+app.URL,
		"trigger stripe --secret stripe=x --to "+app.URL, "trigger stripe --json -n 2 --secret stripe=x --to "+app.URL,
		"sign 1 --provider stripe --secret stripe=x",
		"verify 1 --provider stripe --secret x", "verify 1 --json --provider stripe --secret x",
		"providers", "providers --json", "providers stripe", "rules check "+rules, "wait --json --timeout 1ns",
		"team status "+team, "team doctor "+team, "team init "+team, "skill", "doctor", "doctor --json", "keys", "man", "completion bash", "completion zsh", "version", "help filters", "help", "ls --help", "help resend", "help json --schema")
}

// testWriteErrors runs commands whose n-th write fails: they must fail, too.
func testWriteErrors(t *testing.T, command func(w io.Writer, args []string) *program, lines ...string) {
	t.Helper()
	for _, line := range lines {
		run := func(takes int) (writes int, err error) {
			w := &goneReader{takes: takes}
			err = command(w, strings.Fields(line)).execute(t.Context())
			return w.n, err
		}
		writes, err := run(1 << 30)
		if writes == 0 {
			t.Errorf("creel %s prints nothing: %v", line, err)
		}
		tries := []int{0, 1, 2, 3, 4, writes - 1}
		slices.Sort(tries)
		for _, takes := range slices.Compact(tries) {
			if takes < 0 || takes >= writes {
				continue
			}
			if _, err := run(takes); !errors.Is(err, errGone) {
				t.Errorf("creel %s: write %d of %d cannot be done: %v", line, takes+1, writes, err)
			}
		}
	}
}
