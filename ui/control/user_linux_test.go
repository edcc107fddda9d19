package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// askAs names the socket that this test binary asks for its status, in place of
// testing.
const askAs = "CREEL_TEST_ASK"

func TestMain(m *testing.M) {
	if path := os.Getenv(askAs); path != "" {
		fmt.Println(ask(path))
		return
	}
	os.Exit(m.Run())
}

// ask asks as any program would that does not look whose socket it is.
func ask(path string) string {
	client := http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("unix", path)
	}}}
	resp, err := client.Get("http://creel/v1/status")
	if err != nil {
		return "refused: " + err.Error()
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return "answered: " + string(b)
}

// Another user gets no answer, even where the modes of files would let it.
func TestAnotherUserIsRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can start a program as another user")
	}
	p := open(t)
	dir, err := os.MkdirTemp("", "creel-user-") // the test's own directories are closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	program := filepath.Join(dir, "ask")
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, self, 0o755); err != nil {
		t.Fatal(err)
	}
	as := func(uid uint32, path string) string {
		cmd := exec.Command(program)
		cmd.Env, cmd.Dir = []string{askAs + "=" + path}, dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	const nobody = 65534
	if got := as(nobody, p.path); !strings.Contains(got, "permission denied") {
		t.Errorf("another user: %s", got)
	}
	open := filepath.Join(dir, "open.sock")
	ln, err := net.Listen("unix", open)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o666); err != nil {
		t.Fatal(err)
	}
	second := &Server{Engine: p.engine}
	served := make(chan error, 1)
	go func() { served <- second.Serve(peerListener{ln}) }()
	if got := as(nobody, open); !strings.HasPrefix(got, "refused") || strings.Contains(got, "permission denied") {
		t.Errorf("another user on an open socket: %s", got)
	}
	if got := as(0, open); !strings.HasPrefix(got, "answered") {
		t.Errorf("the same user: %s", got)
	}
	second.Close()
	<-served
}

// Sockets are in a directory that is closed to others, whatever it was before; one of
// another user's is none.
func TestSocketsAreInADirectoryOfOnesOwn(t *testing.T) {
	for _, mode := range []os.FileMode{0o700, 0o710, 0o701, 0o755, 0o777} {
		dir := filepath.Join(t.TempDir(), "creel")
		if err := errors.Join(os.Mkdir(dir, mode), os.Chmod(dir, mode)); err != nil {
			t.Fatal(err)
		}
		ln, err := Listen(dir)
		if err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]os.FileMode{dir: 0o700, ln.Addr().String(): 0o600} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
				t.Errorf("the directory was %o: %s: %v, %v", mode, path, info.Mode(), err)
			}
		}
		ln.Close()
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can give a directory away")
	}
	dir := t.TempDir()
	if err := os.Chown(dir, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if ln, err := Listen(dir); err == nil || !strings.Contains(err.Error(), "belongs to another user") {
		t.Errorf("in another's directory: %v, %v", ln, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Whose connection it is that ended cannot be said: it is nobody's.
func TestWhoIsGoneIsRefused(t *testing.T) {
	ln, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c, err := net.Dial("unix", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := checkPeer(c); err != nil {
		t.Error(err)
	}
	c.Close()
	if checkPeer(c) == nil {
		t.Error("a connection that is closed has a user")
	}
}
