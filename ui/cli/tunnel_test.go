//go:build unix

package cli

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"creel/forward/tunnel/tunneltest"
)

// jsonLine is what these tests read of a line of JSON.
type jsonLine struct {
	Type, State, URL, Previous, Remote, Via, Provider, Body string
	LastCaller                                              string `json:"last_caller"`
	PublicURL                                               string `json:"public_url"`
	Exact                                                   bool   `json:"headers_exact"`
	Reserialized                                            bool   `json:"body_reserialized"`
	Signature                                               struct{ Verdict string }
	Reply                                                   struct{ Status int }
}

// nextLine returns the next line that fits.
func nextLine(t *testing.T, lines <-chan string, fits func(*jsonLine) bool) *jsonLine {
	t.Helper()
	var seen bytes.Buffer
	late := time.After(20 * time.Second)
	for {
		select {
		case text, ok := <-lines:
			if !ok {
				t.Fatalf("creel ended after\n%s", &seen)
			}
			seen.WriteString(text)
			l := new(jsonLine)
			if err := json.Unmarshal([]byte(text), l); err != nil {
				t.Fatal(err)
			}
			if fits(l) {
				return l
			}
		case <-late:
			t.Fatalf("not seen; there was\n%s", &seen)
		}
	}
}

// inState fits a line of the tunnel.
func inState(state string) func(*jsonLine) bool {
	return func(l *jsonLine) bool { return l.Type == "tunnel" && l.State == state }
}

func isExchange(l *jsonLine) bool { return l.Type == "exchange" }

// throughSSH starts a creel whose public URL is that of service.
func throughSSH(t *testing.T, service *tunneltest.Service, args ...string) <-chan string {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	t.Setenv("SSH_AUTH_SOCK", "")
	addr := service.Listen(t)
	args = append(args, "--tunnel-accept-new", fmt.Sprintf("--tunnel=ssh://%v", addr))
	cmd, _, lines := listeningLines(t, filepath.Join(t.TempDir(), "history.db"), args...)
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return lines
}

// sendThrough posts through the public side of service, as its proxy would.
func sendThrough(ctx context.Context, service *tunneltest.Service, path, body string, fields map[string]string) (status int, reply string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://amber-fox.lhr.life"+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("X-Forwarded-For", "198.51.100.7")
	req.Header.Set("X-Forwarded-Proto", "https")
	for name, value := range fields {
		req.Header.Set(name, value)
	}
	resp, err := service.Public().Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

// The whole way: a request into the public side of an ssh service, its row with the
// address of the sender, the app's reply back, a Twilio signature over the public URL.
func TestThroughSSH(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, "from the app")
	}))
	defer app.Close()
	service := tunneltest.New(t)
	lines := throughSSH(t, service, "-f", app.URL, "--secret", "twilio=token")
	if up := nextLine(t, lines, inState("up")); up.URL != "https://amber-fox.lhr.life" {
		t.Errorf("up: %+v", up)
	}
	mac := hmac.New(sha1.New, []byte("token"))
	io.WriteString(mac, "https://amber-fox.lhr.life/sms?a=1"+"BodyhiFrom+1")
	status, reply, err := sendThrough(t.Context(), service, "/sms?a=1", "From=%2B1&Body=hi", map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": base64.StdEncoding.EncodeToString(mac.Sum(nil)),
	})
	if err != nil || status != http.StatusCreated || reply != "from the app" {
		t.Fatalf("the sender got %d %q %v", status, reply, err)
	}
	ex := nextLine(t, lines, isExchange)
	if ex.Provider != "twilio" || ex.Signature.Verdict != "valid" || ex.Remote != "198.51.100.7" || ex.PublicURL != "https://amber-fox.lhr.life" || ex.Via != "127.0.0.1" || ex.Exact {
		t.Errorf("captured %+v", ex)
	}
}

// The ssh server dies in the middle of 100 requests, and again; then it comes back
// under another name: what was answered is kept, and each state is announced.
func TestSSHServerDies(t *testing.T) {
	service := tunneltest.New(t)
	var printed atomic.Value
	printed.Store("https://amber-fox.lhr.life")
	service.Print = func(stdout, _ io.Writer) { fmt.Fprintf(stdout, "%s\r\n", printed.Load()) }
	lines := throughSSH(t, service)
	nextLine(t, lines, inState("up"))
	var answered sync.Map
	var senders sync.WaitGroup
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	half := make(chan struct{})
	var once sync.Once
	for i := range 100 {
		senders.Go(func() {
			if i >= 50 { // half of them are under way when it dies
				<-half
			}
			body := fmt.Sprintf("n=%d", i)
			status, _, err := sendThrough(ctx, service, "/hooks/stripe", body, map[string]string{"Stripe-Signature": "t=1,v1=00"})
			if err == nil && status == http.StatusOK {
				answered.Store(body, true)
				once.Do(func() { close(half) })
			}
		})
	}
	kept := map[string]bool{}
	until := func(fits func(*jsonLine) bool) *jsonLine {
		t.Helper()
		return nextLine(t, lines, func(l *jsonLine) bool {
			if isExchange(l) {
				kept[l.Body] = true
			}
			return fits(l)
		})
	}
	<-half
	printed.Store("https://new-name.lhr.life")
	service.Kill()
	until(inState("reconnecting"))
	changed := until(inState("changed"))
	if changed.Previous != "https://amber-fox.lhr.life" || changed.URL != "https://new-name.lhr.life" || changed.LastCaller != "stripe" {
		t.Errorf("changed: %+v", changed)
	}
	until(inState("up"))
	senders.Wait()
	if status, _, err := sendThrough(ctx, service, "/after", "after", nil); err != nil || status != http.StatusOK {
		t.Errorf("after it is back: %d %v", status, err)
	}
	until(func(l *jsonLine) bool { return l.Body == "after" })
	answered.Range(func(body, _ any) bool {
		if !kept[body.(string)] {
			t.Errorf("%s was answered and is not kept", body)
		}
		return true
	})
}

// smee is a relay like smee.io with one channel: it answers senders, and sends on what
// it parsed.
type smee struct{ stream chan []byte }

func (s *smee) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		body, _ := io.ReadAll(r.Body)
		var parsed any
		_ = json.Unmarshal(body, &parsed)
		message := map[string]any{"host": r.Host, "body": parsed, "query": map[string]string{}, "timestamp": 1}
		for name, values := range r.Header {
			message[strings.ToLower(name)] = values[0]
		}
		b, _ := json.Marshal(message)
		s.stream <- b
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	io.WriteString(w, "event: ready\ndata: {}\n\n")
	w.(http.Flusher).Flush()
	for {
		select {
		case b := <-s.stream:
			fmt.Fprintf(w, "data: %s\n\n", b)
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

// What arrives on the channel of a relay is captured, forwarded and marked as written
// anew.
func TestFromRelay(t *testing.T) {
	got := make(chan string, 1)
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- r.URL.Path + " " + string(body)
	}))
	defer app.Close()
	relay := httptest.NewServer(&smee{stream: make(chan []byte)})
	defer relay.Close()
	cmd, _, lines := listeningLines(t, filepath.Join(t.TempDir(), "history.db"), "--from", relay.URL+"/abc", "-f", app.URL+"/hooks", "--secret", "github=s")
	defer cmd.Wait()
	defer cmd.Process.Kill()
	if up := nextLine(t, lines, inState("up")); up.URL != relay.URL+"/abc" {
		t.Errorf("up: %+v", up)
	}
	const body = `{"ref":"refs/heads/main"}`
	mac := hmac.New(sha256.New, []byte("s"))
	io.WriteString(mac, body)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, relay.URL+"/abc", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Github-Event", "push")
	req.Header.Set("X-Github-Delivery", "d1")
	req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	ex := nextLine(t, lines, isExchange)
	if ex.Provider != "github" || ex.Signature.Verdict != "valid" || ex.Body != body || !ex.Reserialized || ex.Exact || ex.PublicURL != relay.URL+"/abc" || ex.Reply.Status != http.StatusOK {
		t.Errorf("captured %+v", ex)
	}
	if at := <-got; at != "/hooks "+body {
		t.Errorf("the app got %q", at)
	}
}
