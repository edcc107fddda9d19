package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/sqlite"
)

// fronts are three ways to the same application: straight, through
// httputil.ReverseProxy, and through creel as it runs, which syncs each request to
// its history before it is answered.
type fronts struct{ direct, proxy, creel string }

func openFronts(b *testing.B) fronts {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, "ok")
	}))
	b.Cleanup(app.Close)
	u, err := url.Parse(app.URL)
	if err != nil {
		b.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(u) },
		Transport: &http.Transport{MaxIdleConnsPerHost: 128},
	})
	b.Cleanup(proxy.Close)
	p := &program{opts: newOptions(), env: func(string) (string, bool) { return "", false }, stdout: os.Stdout, stderr: os.Stderr, out: os.Stdout, errs: os.Stderr}
	p.opts.history, p.opts.forward.values = filepath.Join(b.TempDir(), "h.db"), []string{app.URL}
	e, err := p.openEngine(b.Context(), capturing{freePort: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { e.Close() })
	host := func(s string) string { return strings.TrimPrefix(s, "http://") }
	return fronts{host(app.URL), host(proxy.URL), host(e.URL)}
}

// benchRequest is a webhook with a body of 1 KB.
func benchRequest(addr string) []byte {
	body := strings.Repeat("x", 1024)
	return fmt.Appendf(nil, "POST /hooks/stripe?x=%%2F HTTP/1.1\r\nHost: %s\r\nUser-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\n"+
		"Content-Type: application/json; charset=utf-8\r\nAccept: */*\r\nContent-Length: %d\r\n\r\n%s", addr, len(body), body)
}

// sender sends the same request again and again on one connection.
type benchSender struct {
	c   net.Conn
	r   *bufio.Reader
	req []byte
}

func newBenchSender(b *testing.B, addr string) *benchSender {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	return &benchSender{c, bufio.NewReader(c), benchRequest(addr)}
}

func (s *benchSender) send() error {
	if _, err := s.c.Write(s.req); err != nil {
		return err
	}
	resp, err := http.ReadResponse(s.r, nil)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %s", resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// hammer sends n requests on 64 connections, as fast as they go.
func hammer(b *testing.B, addr string, n int64) time.Duration {
	var left atomic.Int64
	left.Store(n)
	var senders sync.WaitGroup
	start := time.Now()
	for range 64 {
		s := newBenchSender(b, addr)
		senders.Go(func() {
			defer s.c.Close()
			for left.Add(-1) >= 0 {
				if err := s.send(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	senders.Wait()
	return time.Since(start)
}

// BenchmarkForward sends on 64 connections, in turns, in one run. creel/proxy,
// the rate of creel over that of httputil.ReverseProxy, which keeps nothing, must
// be at least 0.85.
func BenchmarkForward(b *testing.B) {
	f := openFronts(b)
	const turn = 2000
	addrs := []string{f.direct, f.proxy, f.creel}
	took := make([]time.Duration, len(addrs))
	for _, addr := range addrs {
		hammer(b, addr, turn)
	}
	n := 0
	b.ResetTimer()
	for b.Loop() {
		n += turn
		for i, addr := range addrs {
			took[i] += hammer(b, addr, turn)
		}
	}
	for i, name := range []string{"direct/s", "proxy/s", "creel/s"} {
		b.ReportMetric(float64(n)/took[i].Seconds(), name)
	}
	b.ReportMetric(took[1].Seconds()/took[2].Seconds(), "creel/proxy")
}

// pace sends 500 requests a second for a while, each at its time whatever became
// of those before, and returns how long they took from that time.
func pace(b *testing.B, addr string, n int) []time.Duration {
	const conns = 64
	took := make([]time.Duration, n)
	work := make(chan int, n)
	start := time.Now().Add(10 * time.Millisecond)
	due := func(i int) time.Time { return start.Add(time.Duration(i) * 2 * time.Millisecond) }
	var senders sync.WaitGroup
	for range conns {
		s := newBenchSender(b, addr)
		senders.Go(func() {
			defer s.c.Close()
			for i := range work {
				if err := s.send(); err != nil {
					b.Error(err)
					return
				}
				took[i] = time.Since(due(i))
			}
		})
	}
	for i := range n {
		time.Sleep(time.Until(due(i)))
		work <- i
	}
	close(work)
	senders.Wait()
	return took
}

func p99(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)*99/100]
}

// commits measures n commits of one request each, to a history of their own.
func commits(b *testing.B, n int) []time.Duration {
	s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "c.db"), sqlite.Options{Role: sqlite.Capture})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	took := make([]time.Duration, n)
	for i := range took {
		ex := &capture.Exchange{At: time.Now(), Request: capture.Request{
			Method: "POST", Target: "/hooks/stripe", Proto: "HTTP/1.1", Body: capture.NewBody(make([]byte, 1024)), Size: 1024,
		}}
		start := time.Now()
		if _, err := s.Commit(context.Background(), capture.Op{Add: ex}); err != nil {
			b.Fatal(err)
		}
		took[i] = time.Since(start)
	}
	return took
}

// BenchmarkForwardPaced sends 500 requests a second straight and through creel,
// in one run. What creel adds to the 99th percentile, added-p99-ms, must be at
// most allowed-p99-ms: 2 ms and that of one commit.
func BenchmarkForwardPaced(b *testing.B) {
	f := openFronts(b)
	var direct, through, commit []time.Duration
	for b.Loop() {
		direct = append(direct, pace(b, f.direct, 1000)...)
		through = append(through, pace(b, f.creel, 1000)...)
		commit = append(commit, commits(b, 500)...)
	}
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	b.ReportMetric(ms(p99(direct)), "direct-p99-ms")
	b.ReportMetric(ms(p99(through)), "creel-p99-ms")
	b.ReportMetric(ms(p99(through)-p99(direct)), "added-p99-ms")
	b.ReportMetric(ms(2*time.Millisecond+p99(commit)), "allowed-p99-ms")
}
