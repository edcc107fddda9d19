package engine

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/capture/ring"
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
		Listen: []string{"127.0.0.1:0"}, Bounds: capture.Bounds{Count: 10, Bytes: 1 << 20},
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
	self.Listen = []string{addr}
	u, err := forward.ParseURL("http://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	self.Targets = []forward.Target{{URL: u}}
	if _, err := Open(t.Context(), self); !errors.As(err, new(*TargetError)) || !strings.Contains(fmt.Sprint(errors.Unwrap(err)), "creel's own address") {
		t.Fatalf("its own address as a target: %v, because of %v", err, errors.Unwrap(err))
	}

	c.Listen = []string{addr}
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

// An engine does not open with rules that are wrong; when they become wrong later,
// those before stay in force. A problem and then a notice tell the user.
func TestRulesThatChange(t *testing.T) {
	c := testConfig(t)
	c.Rules.File = filepath.Join(t.TempDir(), "rules.toml")
	write := func(text string) {
		if err := os.WriteFile(c.Rules.File, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("[[rule]]\nnome = 'x'\n")
	var wrong *RulesError
	if _, err := Open(t.Context(), c); !errors.As(err, &wrong) || !errors.As(errors.Unwrap(wrong), new(reply.RuleErrors)) {
		t.Fatalf("opened: %v", err)
	}
	var said []string
	c.Problem = func(s string) { said = append(said, "problem: "+s) }
	c.Notice = func(s string) { said = append(said, "notice: "+s) }
	e := &Engine{config: c, Ring: ring.New(capture.Bounds{})}
	r := reply.NewRules(c.Rules, nil)
	for _, text := range []string{"[[rule]]\nreply = { status = 418 }\n", "[[rule]]\nnome = 'x'\n", "[[rule]]\nreply = { status = 503 }\n"} {
		write(text)
		_ = r.Load() // kept as Err
		e.rulesChanged(r)
	}
	if len(said) != 3 || said[0] != "notice: rules reloaded" || !strings.HasPrefix(said[1], "problem: rules are not reloaded: ") || !strings.Contains(said[1], "nome") || said[2] != said[0] {
		t.Errorf("it said %q", said)
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

// What a handshake needs of the user is told.
func TestWordsAboutHandshakes(t *testing.T) {
	for body, want := range map[string]string{
		`{"Type":"SubscriptionConfirmation","SubscribeURL":"https://evil.example/"}`:                                                                                            "not an address of Amazon SNS",
		`{"Type":"SubscriptionConfirmation","MessageId":"1","Token":"t","TopicArn":"arn:aws:sns:eu-west-1:1:a","SubscribeURL":"https://sns.eu-west-1.amazonaws.com/?Action=x"}`: "creel confirms nothing by itself: open https://sns.eu-west-1.amazonaws.com/?Action=x to confirm",
		`{"verification_token":"secret_abc"}`: "brought the secret of its signatures; it is not stored",
	} {
		c := testConfig(t)
		var reported []string
		c.Notice = func(s string) { reported = append(reported, s) }
		e, err := Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.Post(e.URL, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if len(reported) != 1 || !strings.Contains(reported[0], want) {
			t.Errorf("reported %q, want %q", reported, want)
		}
	}
}

// A ring that is opened with smaller bounds tells how much it lost.
func TestSmallerRing(t *testing.T) {
	c := testConfig(t)
	c.History = filepath.Join(t.TempDir(), "h.db")
	for _, tt := range []struct {
		keep, pins int
		want       string
	}{
		{10, 0, ""},
		{7, 0, "the ring is smaller than before (--keep, --keep-bytes): 3 requests were evicted"},
		{7, 2, ""},
		{2, 0, "the ring is smaller than before (--keep, --keep-bytes): 5 requests were evicted, 1 of them pinned"},
	} {
		reported := ""
		c.Problem = func(s string) { reported += s }
		c.Bounds.Count = tt.keep
		e, err := Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		for range c.Bounds.Count - len(e.Ring.Snapshot()) {
			resp, err := http.Post(e.URL, "text/plain", strings.NewReader("x"))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		}
		yes := true
		for _, ex := range e.Ring.Snapshot()[:tt.pins] {
			if err := e.Ring.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: ex.ID, Pinned: &yes}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		if reported != tt.want {
			t.Errorf("reported %q, want %q", reported, tt.want)
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

// What a target that is down misses is pending; when it is back the user hears of it,
// and what was pending is delivered as soon as the settings ask for it.
func TestTargetThatComesBack(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	target, err := forward.ParseTarget("http://" + ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 100)
	c := testConfig(t)
	c.Targets, c.FlushPending = []forward.Target{target}, true
	c.Problem, c.Notice = func(s string) { said <- "problem: " + s }, func(s string) { said <- s }
	e, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	resp, err := http.Post(e.URL+"/hook", "text/plain", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if list := e.Targets.List(); resp.StatusCode != http.StatusBadGateway || list[0].Pending != 1 {
		t.Errorf("status %d, %d pending", resp.StatusCode, list[0].Pending)
	}
	if ln, err = net.Listen("tcp", ln.Addr().String()); err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 1)
	app := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- r.URL.Path + " " + string(body)
	})}
	defer app.Close()
	go app.Serve(ln)
	deadline := time.After(30 * time.Second)
	for _, want := range []string{"problem: .* is down", ".* is up", `pending for :\d+: 1 sent: 1 x 200`} {
		select {
		case s := <-said:
			if !regexp.MustCompile(want).MatchString(s) {
				t.Errorf("said %q, want %q", s, want)
			}
		case <-deadline:
			t.Fatalf("nothing says %q", want)
		}
	}
	if s := <-got; s != "/hook hello" {
		t.Errorf("the app got %q", s)
	}
}

// A notice tells what was delivered late, if anything was.
func TestNoticeOfWhatWasPending(t *testing.T) {
	for _, tt := range []struct {
		f    forward.Flushed
		says bool
	}{
		{forward.Flushed{}, false},
		{forward.Flushed{Left: 3}, false},
		{forward.Flushed{Sent: 1}, true},
		{forward.Flushed{LeftOut: 1}, true},
	} {
		said := ""
		e := &Engine{config: Config{Notice: func(s string) { said = s }}}
		e.noticeFlushed("http://localhost:3000", tt.f)
		if want := "pending for :3000: " + tt.f.String(); tt.says && said != want || !tt.says && said != "" {
			t.Errorf("%+v: %q", tt.f, said)
		}
	}
}
