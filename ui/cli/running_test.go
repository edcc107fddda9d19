package cli

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/provider"
	"creel/ui/control"
)

// otherCreel listens where a creel of this user would, and returns the arguments of
// a program that looks there.
func otherCreel(t *testing.T) (net.Listener, *program, *os.File) {
	t.Helper()
	dir := t.TempDir()
	ln, err := control.Listen(filepath.Join(dir, "creel"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	stderr, err := os.Create(filepath.Join(dir, "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stderr.Close() })
	p := newProgram()
	p.errs = stderr
	p.env = func(name string) (string, bool) { return dir, name == "XDG_RUNTIME_DIR" }
	return ln, p, stderr
}

func messages(t *testing.T, f *os.File) string {
	t.Helper()
	b, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A creel that hangs keeps nobody waiting for long, and is named.
func TestACreelThatHangsIsLeftOut(t *testing.T) {
	ln, p, stderr := otherCreel(t)
	go func() {
		for {
			if _, err := ln.Accept(); err != nil {
				return
			}
		}
	}()
	began := time.Now()
	all, err := p.findRunning(t.Context())
	if err != nil || len(all) != 0 || time.Since(began) > askTime+5*time.Second {
		t.Errorf("%v %v after %v", all, err, time.Since(began))
	}
	if got := messages(t, stderr); !strings.Contains(got, "does not answer") {
		t.Errorf("it says %q", got)
	}
}

// One of another version is named, with what to do.
func TestACreelOfAnotherVersionIsNamed(t *testing.T) {
	ln, p, stderr := otherCreel(t)
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Protocols: &protocols, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"major":99,"version":"9.9","pid":5}`)
	})}
	go server.Serve(ln)
	defer server.Close()
	all, err := p.findRunning(t.Context())
	if err != nil || len(all) != 0 {
		t.Errorf("%v %v", all, err)
	}
	if got := messages(t, stderr); !strings.Contains(got, "creel 9.9 with pid 5 speaks a newer protocol (99, here 1): update this creel") {
		t.Errorf("it says %q", got)
	}
}

// A secret that was given to a running creel is in no export for others of it, and
// does not leave it where it stands in nothing.
func TestExportsHideWhatARunningCreelKnows(t *testing.T) {
	history := filepath.Join(t.TempDir(), "h.db")
	_, url := listening(t, history)
	for _, target := range []string{"/blue-Horse_17/x", "/y"} {
		if status := <-posted(t, url+target); status != http.StatusOK {
			t.Fatal(status)
		}
	}
	sockets, err := control.Running(t.Context(), control.Dir("", filepath.Join(filepath.Dir(history), "creel")))
	if err != nil || len(sockets) != 1 {
		t.Fatal(sockets, err)
	}
	c, err := control.Connect(t.Context(), control.ClientConfig{
		Dial:   func(ctx context.Context) (net.Conn, error) { return control.Dial(ctx, sockets[0]) },
		Notice: func(string) {}, Problem: func(string) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	run := func(args ...string) string {
		t.Helper()
		out, err := creelCommand(t, history, args...).Output()
		if err != nil {
			t.Fatalf("creel %v: %v", args, err)
		}
		return string(out)
	}
	hidden := [][]string{{"export", "--format", "curl"}, {"export", "1", "--format", "curl"}, {"stats"}}
	for _, args := range hidden {
		if out := run(args...); !strings.Contains(out, "blue-Horse_17") {
			t.Errorf("%v: it is hidden before it is secret: %s", args, out)
		}
	}
	for _, text := range []string{"stripe=blue-Horse_17", "github=not-there-17"} {
		sec, err := provider.ParseSecret(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Providers.AddSecret(t.Context(), sec); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range hidden {
		if out := run(args...); strings.Contains(out, "Horse") {
			t.Errorf("%v shows it: %s", args, out)
		}
	}
	if out := run("export", "--format", "curl", "--with-secrets"); !strings.Contains(out, "blue-Horse_17") {
		t.Errorf("it is hidden with --with-secrets: %s", out)
	}
	for list, want := range map[*capture.Exchange]string{nil: "blue-Horse_17", {ID: 2}: ""} {
		var of []*capture.Exchange
		if list != nil {
			of = append(of, list)
		}
		if got, err := c.Providers.SecretsIn(t.Context(), of); err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q %v, want %q", got, err, want)
		}
	}
	// Where it cannot be asked, nothing is exported.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := &program{opts: newOptions(), env: func(string) (string, bool) { return "", false }}
	if _, err := p.redactionOf(ctx, runningOnly(c), selection{}, false); err == nil {
		t.Error("no error where the running creel cannot be asked")
	}
	if _, err := p.redactionOf(ctx, runningOnly(c), selection{}, true); err != nil {
		t.Errorf("with secrets: %v", err)
	}
}

func runningOnly(c *control.Client) *history { return &history{running: c} }

// A creel that was killed leaves its socket: the next command removes it, and no
// running creel is found there.
func TestTheSocketOfAKilledCreelIsRemoved(t *testing.T) {
	history := filepath.Join(t.TempDir(), "h.db")
	cmd, _ := listening(t, history)
	dir := control.Dir("", filepath.Join(filepath.Dir(history), "creel"))
	socket := filepath.Join(dir, strconv.Itoa(cmd.Process.Pid)+".sock")
	if _, err := os.Stat(socket); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil { // SIGKILL
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if _, err := os.Stat(socket); err != nil {
		t.Fatalf("it removes its socket itself: %v", err)
	}
	if out, err := creelCommand(t, history, "status", "--json").Output(); err != nil || !strings.Contains(string(out), `"running":[]`) {
		t.Errorf("%s %v", out, err)
	}
	if _, err := os.Stat(socket); err == nil {
		t.Error("the socket is still there")
	}
}
