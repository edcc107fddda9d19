package cli

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
