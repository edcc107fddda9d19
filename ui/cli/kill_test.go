package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// creelCommand is creel as a process of its own, with a history of its own.
func creelCommand(t *testing.T, history string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Args = append([]string{"creel"}, args...)
	dir := filepath.Dir(history)
	cmd.Env = append(os.Environ(), "CREEL_HISTORY="+history, "XDG_RUNTIME_DIR=", "XDG_STATE_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	return cmd
}

// listening starts creel listen and returns it with its URL once it is ready.
func listening(t *testing.T, history string, args ...string) (*exec.Cmd, string) {
	t.Helper()
	cmd, url, lines := listeningLines(t, history, args...)
	go func() { // it is never kept waiting by its reader
		for range lines {
		}
	}()
	return cmd, url
}

// listeningLines is listening with what it prints after it is ready.
func listeningLines(t *testing.T, history string, args ...string) (*exec.Cmd, string, <-chan string) {
	t.Helper()
	cmd := creelCommand(t, history, append([]string{"listen", "--json", "-l", "127.0.0.1:0"}, args...)...)
	var talk bytes.Buffer
	cmd.Stderr = &talk
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	r := bufio.NewReaderSize(out, 1<<20)
	line, err := r.ReadString('\n')
	var ready struct{ URL string }
	if err != nil || json.Unmarshal([]byte(line), &ready) != nil {
		t.Fatalf("not ready: %q, %v\n%s", line, err, &talk)
	}
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			lines <- line
		}
	}()
	return cmd, ready.URL, lines
}

// load is senders that note what they were told is kept.
type load struct {
	client http.Client
	mu     sync.Mutex
	acked  map[string]bool
	sent   int
}

// send posts until the other end is gone.
func (l *load) send(url, name string) {
	for n := 0; ; n++ {
		id := fmt.Sprintf("%s-%d", name, n)
		l.mu.Lock()
		l.sent++
		l.mu.Unlock()
		resp, err := l.client.Post(url+"/"+id, "text/plain", strings.NewReader(strings.Repeat(id+"\n", 40)))
		if err != nil {
			return
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			l.mu.Lock()
			l.acked[id] = true
			l.mu.Unlock()
		}
	}
}

// TestKill kills creel in the middle of a burst, again and again: what it
// acknowledged is in the history afterwards, exactly once.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("ten processes")
	}
	history := filepath.Join(t.TempDir(), "h.db")
	l := load{acked: map[string]bool{}}
	l.client.Transport = &http.Transport{MaxIdleConnsPerHost: 16}
	for round := range 10 {
		cmd, url := listening(t, history, "--keep", "1000000", "--keep-bytes", "1GiB")
		var senders sync.WaitGroup
		for s := range 16 {
			senders.Go(func() { l.send(url, fmt.Sprintf("%d-%d", round, s)) })
		}
		time.Sleep(time.Duration(20+rand.IntN(150)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		senders.Wait()
		_ = cmd.Wait()
	}
	kept := inHistory(t, history)
	for id := range l.acked {
		if kept[id] != 1 {
			t.Errorf("%s was acknowledged and is there %d times", id, kept[id])
		}
	}
	for id, n := range kept {
		if n != 1 {
			t.Errorf("%s is there %d times", id, n)
		}
	}
	if bad, _ := filepath.Glob(history + ".bad*"); len(bad) > 0 {
		t.Errorf("a kill was taken for damage: %v", bad)
	}
	t.Logf("%d sent, %d acknowledged, %d kept", l.sent, len(l.acked), len(kept))
}

// inHistory counts the requests in a history by their path, and checks that each
// has its own body.
func inHistory(t *testing.T, history string) map[string]int {
	t.Helper()
	out, err := creelCommand(t, history, "ls", "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]int{}
	for line := range bytes.Lines(out) {
		var ex struct{ Target, Body string }
		if err := json.Unmarshal(line, &ex); err != nil {
			t.Fatal(err)
		}
		id := strings.TrimPrefix(ex.Target, "/")
		kept[id]++
		if want := strings.Repeat(id+"\n", 40); ex.Body != want {
			t.Errorf("%s has the body %q", id, ex.Body)
		}
	}
	return kept
}

// TestOneCaptures starts a second creel on the same history: it is refused with
// one line that says who has it, and nothing is lost.
func TestOneCaptures(t *testing.T) {
	history := filepath.Join(t.TempDir(), "h.db")
	cmd, url := listening(t, history)
	second := creelCommand(t, history, "listen", "-l", "127.0.0.1:0")
	var talk bytes.Buffer
	second.Stderr = &talk
	err := second.Run()
	if code := second.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit code %d, %v", code, err)
	}
	want := fmt.Sprintf("history in use by creel (pid %d) at %s: use --ephemeral or --history FILE; creel attach opens its screen", cmd.Process.Pid, url)
	if got := talk.String(); !strings.Contains(got, want) || strings.Count(strings.TrimSpace(got), "\n") != 0 {
		t.Errorf("it said %q, not %q", got, want)
	}
	l := load{acked: map[string]bool{}}
	resp, err := l.client.Post(url+"/x", "text/plain", strings.NewReader(strings.Repeat("x\n", 40)))
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
	if kept := inHistory(t, history); kept["x"] != 1 {
		t.Errorf("kept %v", kept)
	}
}
