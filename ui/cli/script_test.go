package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"creel":         func() { os.Exit(offline().run()) },
		"creel-failing": func() { os.Exit(failing()) },
	})
}

// offline is a program that tests no public URL through the internet.
func offline() *program {
	p := newProgram()
	p.selfTest = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("no such host")
	})}
	return p
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestScripts drives creel as its users do. Beside testscript's own commands
// there are those of scriptCommands.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds:                scriptCommands(),
		Setup:               scriptSetup,
	})
}

func scriptSetup(e *testscript.Env) error {
	e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, "state"))
	e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "config"))
	e.Setenv("XDG_RUNTIME_DIR", filepath.Join(e.WorkDir, "run"))
	e.Setenv("TERM", "xterm")
	if testing.CoverMode() != "" && e.Getenv("GOCOVERDIR") == "" { // without it each process warns
		dir := filepath.Join(e.WorkDir, "cover")
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
		e.Setenv("GOCOVERDIR", dir)
	}
	e.Values[processes{}] = &started{byName: map[string]*startedProcess{}}
	return nil
}

func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"start":  start,
		"end":    end,
		"app":    app,
		"nats":   natsServer,
		"post":   post,
		"get":    get,
		"until":  until,
		"same":   same,
		"bodies": bodies,
		"code":   code,
		"lines":  lines,
		"wire":   wire,
		"schema": schema,
	}
}

type processes struct{}

type started struct{ byName map[string]*startedProcess }

type startedProcess struct {
	cmd  *exec.Cmd
	done chan error
}

// start NAME ARGS... runs creel in the background until end, its output in
// NAME.out and NAME.err. With --json it waits for the ready line and sets NAME
// to the URL, and NAME_admin to that of --admin.
func start(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: start NAME ARGS...")
	}
	name := args[0]
	cmd := exec.Command("creel", args[1:]...)
	cmd.Path = filepath.Join(strings.SplitN(ts.Getenv("PATH"), string(os.PathListSeparator), 2)[0], "creel")
	cmd.Err = nil
	cmd.Dir = ts.MkAbs(".")
	for _, v := range []string{"PATH", "HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "TMPDIR", "GOCOVERDIR", "CREEL_REPLY", "CREEL_FORWARD", "CREEL_SECRET"} {
		if val := ts.Getenv(v); val != "" {
			cmd.Env = append(cmd.Env, v+"="+val)
		}
	}
	stdout, err := os.Create(ts.MkAbs(name + ".out"))
	ts.Check(err)
	stderr, err := os.Create(ts.MkAbs(name + ".err"))
	ts.Check(err)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	ts.Check(cmd.Start())
	p := &startedProcess{cmd: cmd, done: make(chan error, 1)}
	go func() { p.done <- cmd.Wait(); close(p.done) }()
	ts.Value(processes{}).(*started).byName[name] = p
	ts.Defer(func() { _ = cmd.Process.Kill(); <-p.done })
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) {
		var ready struct{ URL, Admin string }
		line, _, ok := bytes.Cut([]byte(ts.ReadFile(name+".out")), []byte("\n"))
		if ok && json.Unmarshal(line, &ready) == nil && ready.URL != "" {
			ts.Setenv(name, ready.URL)
			ts.Setenv(name+"_admin", ready.Admin)
			return
		}
		select {
		case <-p.done:
			ts.Fatalf("creel ended: %s", ts.ReadFile(name+".err"))
		case <-time.After(10 * time.Millisecond):
		}
	}
	ts.Fatalf("creel is not ready")
}

// end NAME [SIGNAL] ends what start began, and fails unless it exits 0.
func end(ts *testscript.TestScript, neg bool, args []string) {
	p := ts.Value(processes{}).(*started).byName[args[0]]
	sig := syscall.SIGTERM
	if len(args) > 1 {
		sig = map[string]syscall.Signal{"INT": syscall.SIGINT, "HUP": syscall.SIGHUP, "KILL": syscall.SIGKILL}[args[1]]
	}
	ts.Check(p.cmd.Process.Signal(sig))
	select {
	case err := <-p.done:
		if (err != nil) != neg {
			ts.Fatalf("creel ended with %v: %s", err, ts.ReadFile(args[0]+".err"))
		}
	case <-time.After(10 * time.Second):
		ts.Fatalf("creel did not end")
	}
}

// app NAME STATUS [BODY [DELAY]] receives requests until the script ends: the n-th body
// is in NAME.n, its head in NAME.n.head. NAME is set to its URL.
func app(ts *testscript.TestScript, neg bool, args []string) {
	name := args[0]
	status, err := strconv.Atoi(args[1])
	ts.Check(err)
	var mu sync.Mutex
	n := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		n++
		n := n
		mu.Unlock()
		var head bytes.Buffer
		fmt.Fprintf(&head, "%s %s\nHost: %s\n", r.Method, r.RequestURI, r.Host)
		_ = r.Header.Write(&head)
		_ = os.WriteFile(ts.MkAbs(fmt.Sprintf("%s.%d.head", name, n)), bytes.ReplaceAll(head.Bytes(), []byte("\r"), nil), 0o600)
		_ = os.WriteFile(ts.MkAbs(fmt.Sprintf("%s.%d", name, n)), body, 0o600)
		if len(args) > 3 {
			after, err := time.ParseDuration(args[3])
			ts.Check(err)
			select {
			case <-time.After(after):
			case <-r.Context().Done():
				return
			}
		}
		w.WriteHeader(status)
		if len(args) > 2 {
			_, _ = io.WriteString(w, args[2])
		}
	}))
	ts.Defer(srv.Close)
	ts.Setenv(name, srv.URL)
}

// nats NAME runs a NATS server with JetStream until the script ends. NAME is set to the URL
// of a team's ring in it.
func natsServer(ts *testscript.TestScript, neg bool, args []string) {
	s, err := runNATS(ts.MkAbs("nats"))
	ts.Check(err)
	ts.Defer(func() { s.Shutdown(); s.WaitForShutdown() })
	ts.Setenv(args[0], s.ClientURL()+"/shop")
}

// post URL FILE [NAME:VALUE...] sends the file; the answer's status and body
// are standard output.
func post(ts *testscript.TestScript, neg bool, args []string) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, args[0], strings.NewReader(ts.ReadFile(args[1])))
	ts.Check(err)
	for _, h := range args[2:] {
		name, value, _ := strings.Cut(h, ":")
		req.Header.Set(name, strings.TrimSpace(value))
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if neg != (err != nil) {
		ts.Fatalf("post: %v", err)
	}
	if err != nil {
		return
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%d %s\n", res.StatusCode, body)
}

// get URL prints the answer's status and body.
func get(ts *testscript.TestScript, neg bool, args []string) {
	_, _ = io.WriteString(ts.Stdout(), fetch(ts, args[0]))
}

func fetch(ts *testscript.TestScript, url string) string {
	res, err := http.Get(url)
	ts.Check(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	return fmt.Sprintf("%d %s\n", res.StatusCode, body)
}

// wire URL FILE writes a file to a connection as it is, \r and \xHH undone, and
// prints what comes back.
func wire(ts *testscript.TestScript, neg bool, args []string) {
	c, err := net.Dial("tcp", strings.TrimPrefix(args[0], "http://"))
	ts.Check(err)
	defer c.Close()
	text := regexp.MustCompile(`\\x[0-9a-f]{2}`).ReplaceAllStringFunc(ts.ReadFile(args[1]), func(s string) string {
		n, _ := strconv.ParseUint(s[2:], 16, 8)
		return string([]byte{byte(n)})
	})
	_, err = io.WriteString(c, strings.ReplaceAll(text, "\n", "\r\n"))
	ts.Check(err)
	ts.Check(c.(*net.TCPConn).CloseWrite())
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	answer, _ := io.ReadAll(c)
	_, _ = ts.Stdout().Write(answer)
}

// until REGEXP COMMAND ARGS... runs a command until its output matches.
func until(ts *testscript.TestScript, neg bool, args []string) {
	re, err := regexp.Compile(args[0])
	ts.Check(err)
	var out string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		switch args[1] {
		case "file":
			b, _ := os.ReadFile(ts.MkAbs(args[2]))
			out = string(b)
		case "get":
			out = fetch(ts, args[2])
		default:
			_ = ts.Exec(args[1], args[2:]...)
			out = ts.ReadFile("stdout")
		}
		if re.MatchString(out) != neg {
			return
		}
	}
	ts.Fatalf("no match of %s in %q", args[0], out)
}

// same FILE FILE compares bytes by their SHA-256.
func same(ts *testscript.TestScript, neg bool, args []string) {
	a, b := sha256.Sum256([]byte(ts.ReadFile(args[0]))), sha256.Sum256([]byte(ts.ReadFile(args[1])))
	if (a == b) == neg {
		ts.Fatalf("%s and %s: same is %v", args[0], args[1], a == b)
	}
}

// code N COMMAND ARGS... fails unless the command exits with N.
func code(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, not %d: %s", got, want, ts.ReadFile("stderr"))
	}
}

// lines NAME LINE... sets a variable to several lines.
func lines(ts *testscript.TestScript, neg bool, args []string) {
	ts.Setenv(args[0], strings.Join(args[1:], "\n"))
}

// bodies writes the files odd.1, odd.2, ... and sets ODD to their numbers.
func bodies(ts *testscript.TestScript, neg bool, args []string) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	list := []string{
		"", "x", "a\x00b\x00", "\xff\xfe\xc3", "a\r\nb\rc\n", "end\n", "end\n\n", "{\"a\": 1e2, \"b\":\"\\/\"}\n", string(all),
		"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcbH\xcd\xc9\xc9\x07\x00\x86\xa6\x106\x05\x00\x00\x00",
		"\x1b]52;c;eA==\x07\u202e\u2028", strings.Repeat(string(all), 30<<20/256),
	}
	for i, b := range list {
		ts.Check(os.WriteFile(ts.MkAbs(fmt.Sprintf("odd.%d", i+1)), []byte(b), 0o600))
	}
}
