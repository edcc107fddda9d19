//go:build !windows

package cli

import (
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSecondHangup ends creel as a terminal does that is closed: with SIGHUP
// from the kernel and another from the shell, while a request is being read. It
// must finish that one, and keep the reply.
func TestSecondHangup(t *testing.T) {
	t.Parallel()
	history := filepath.Join(t.TempDir(), "history.db")
	cmd, url := listening(t, history)
	body, more := io.Pipe()
	req, err := http.NewRequest(http.MethodPost, url+"/slow", body)
	if err != nil {
		t.Fatal(err)
	}
	// Nothing of the body is sent before creel has the request in hand.
	req.Header.Set("Expect", "100-continue")
	client := http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
	status := make(chan int, 1)
	go func() {
		resp, err := client.Do(req)
		if err != nil {
			status <- 0
			return
		}
		resp.Body.Close()
		status <- resp.StatusCode
	}()
	if _, err := more.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		refused(t, url) // the signal has been taken
	}
	if _, err := more.Write([]byte(" and half")); err != nil {
		t.Fatal(err)
	}
	more.Close()
	if got := <-status; got != http.StatusOK {
		t.Errorf("the sender was answered %d", got)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("creel ended with %v", err)
	}
	out, err := creelCommand(t, history, "ls").Output()
	if err != nil || !strings.Contains(string(out), "200") {
		t.Errorf("kept: %q, %v", out, err)
	}
}

// refused waits until nobody listens at url.
func refused(t *testing.T, url string) {
	t.Helper()
	for {
		c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			return
		}
		c.Close()
		if t.Context().Err() != nil {
			t.Fatal("creel goes on listening")
		}
	}
}
