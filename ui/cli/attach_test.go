//go:build !windows

package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A program that is a connection ends with its last words.
func TestProgramAsAConnection(t *testing.T) {
	for words, want := range map[string]string{"": io.EOF.Error(), "one\nno route to host\n": "sh: no route to host"} {
		c, err := dialProgram([]string{"sh", "-c", `read line; printf "$1" >&2; echo "got $line"`, "sh", words})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, "hello\n"); err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(c)
		if line, err := r.ReadString('\n'); line != "got hello\n" || err != nil {
			t.Errorf("%q, %v", line, err)
		}
		if err := c.(*programConn).cmd.Wait(); err != nil { // all it says was read
			t.Error(err)
		}
		if _, err := c.Read(make([]byte, 1)); words != "" && (err == nil || err.Error() != want) {
			t.Errorf("at the end of one that says %q: %v, want %s", words, err, want)
		}
		for _, addr := range []string{c.LocalAddr().String(), c.RemoteAddr().String()} {
			if addr != "sh" {
				t.Errorf("its address is %s", addr)
			}
		}
		if got := c.RemoteAddr().Network(); got != "program" {
			t.Errorf("its network is %s", got)
		}
	}
	if _, err := dialProgram([]string{filepath.Join(t.TempDir(), "none")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a program that is not there: %v", err)
	}
}

// Closing the connection ends the program, also one that reads no more.
func TestClosedProgramEnds(t *testing.T) {
	c, err := dialProgram([]string{"sleep", "300"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if c.(*programConn).cmd.ProcessState == nil {
		t.Error("the program still runs")
	}
}

// dial-stdio is a connection to the creel that runs: it ends when either side does.
func TestDialStdio(t *testing.T) {
	history := filepath.Join(t.TempDir(), "h.db")
	if out, err := creelCommand(t, history, "dial-stdio").CombinedOutput(); err == nil || !strings.Contains(string(out), "no creel is running") {
		t.Errorf("without a creel: %s, %v", out, err)
	}
	creel, _ := listening(t, history)
	for _, end := range []string{"the program that asks", "creel"} {
		cmd := creelCommand(t, history, "dial-stdio")
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		over := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		defer over.Stop()
		if _, err := io.WriteString(in, "GET /v1/status HTTP/1.1\r\nHost: creel\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(out)
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		var status struct{ PID int }
		if err := json.NewDecoder(resp.Body).Decode(&status); err != nil || status.PID != creel.Process.Pid {
			t.Errorf("it is connected to pid %d, want %d: %v", status.PID, creel.Process.Pid, err)
		}
		if end == "creel" {
			err = creel.Process.Signal(os.Interrupt)
		} else {
			err = in.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("when %s ended: %v", end, err)
		}
	}
}
