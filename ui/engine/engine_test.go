package engine

import (
	"errors"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/capture/server"
	"creel/forward"
)

func testConfig(t *testing.T) Config {
	t.Helper()
	set, err := provider.New(provider.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return Config{
		Listen: Listen{Addrs: []string{"127.0.0.1:0"}}, Bounds: capture.Bounds{Count: 10, Bytes: 1 << 20},
		MaxBody: 1 << 16, InflightBytes: 1 << 20, Providers: set, Handshakes: HandshakesAnswer, HoldTimeout: time.Minute,
		Sender:  &forward.Sender{Timeout: time.Minute, ConnectTimeout: time.Minute, MaxAnswer: 1 << 16},
		Problem: func(s string) { t.Error("problem:", s) }, Notice: func(string) {},
	}
}

// An engine replies as it is told, and what it captured is in the history when
// it is opened again.
func TestEngineCapturesAndKeeps(t *testing.T) {
	c := testConfig(t)
	c.History = filepath.Join(t.TempDir(), "h.db")
	c.Standing = &reply.Spec{Statuses: []int{418}}
	e, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(e.URL+"/hook", "text/plain", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 418 {
		t.Errorf("status %d", resp.StatusCode)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if e, err = Open(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	kept := e.Ring.Snapshot()
	if len(kept) != 1 || kept[0].Request.Target != "/hook" || kept[0].Reply.Status != 418 {
		t.Errorf("kept %v", kept)
	}
}

// When an engine cannot open, nothing is left open: the port and the history
// are free.
func TestOpenLeavesNothingOpen(t *testing.T) {
	c := testConfig(t)
	c.History = filepath.Join(t.TempDir(), "h.db")
	first, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	addr := first.Addresses[0]
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	self := c
	self.Listen.Addrs = []string{addr}
	u, err := forward.ParseURL("http://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	self.Targets = []forward.Target{{URL: u}}
	if _, err := Open(t.Context(), self); !errors.As(err, new(*TargetError)) {
		t.Fatalf("its own address as a target: %v", err)
	}

	c.Listen.Addrs = []string{addr}
	again, err := Open(t.Context(), c)
	if err != nil {
		t.Fatalf("after a failed open: %v", err)
	}
	defer again.Close()
	c.History = ""
	if _, err := Open(t.Context(), c); !errors.As(err, new(*server.BusyError)) {
		t.Errorf("a busy port: %v", err)
	}
}

func TestHandshakes(t *testing.T) {
	for _, tt := range []struct {
		mode   Handshakes
		name   string
		status int
	}{
		{HandshakesAnswer, "slack url_verification", 200},
		{HandshakesForward, "slack url_verification", 0},
		{HandshakesOff, "", 0},
	} {
		c := testConfig(t)
		c.Handshakes = tt.mode
		c.Standing = &reply.Spec{Statuses: []int{418}}
		e, err := Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.Post(e.URL, "application/json", strings.NewReader(`{"token":"x","challenge":"abc","type":"url_verification"}`))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		want := tt.status
		if want == 0 {
			want = 418
		}
		if ex := e.Ring.Snapshot()[0]; resp.StatusCode != want || ex.Handshake != tt.name {
			t.Errorf("%s: status %d, handshake %q", tt.mode, resp.StatusCode, ex.Handshake)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The engine has no screen.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for p := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(p, "charm.land/") || strings.HasPrefix(p, "creel/ui/") && p != "creel/ui/engine" || p == "creel/ui" {
			t.Errorf("imports %s", p)
		}
	}
}
