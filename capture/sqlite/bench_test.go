package sqlite

import (
	"bufio"
	"database/sql/driver"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/server"
)

const benchConns = 64

// BenchmarkDurable compares captures that are synced before they are answered
// with the least that could do so: a net/http handler that appends the body to a
// table, sharing commits, and the same with as many bytes more as the head has,
// which creel keeps, too. 64 connections, bodies of 1 KB, in turns, in one run.
// creel/bodies must be at least 0.85; creel/bare, against the one that keeps as
// much, says how much of what is missing are the heads.
func BenchmarkDurable(b *testing.B) {
	bare, same, creel := benchBare(b, 0), benchBare(b, headBytes), benchCreel(b)
	const turn = 4000
	var tookBare, tookSame, tookCreel time.Duration
	benchLoad(b, bare, turn)
	benchLoad(b, same, turn)
	benchLoad(b, creel, turn)
	n := 0
	b.ResetTimer()
	for b.Loop() {
		n += turn
		tookBare += benchLoad(b, bare, turn)
		tookSame += benchLoad(b, same, turn)
		tookCreel += benchLoad(b, creel, turn)
	}
	perSecond := func(d time.Duration) float64 { return float64(n) / d.Seconds() }
	b.ReportMetric(perSecond(tookBare), "bare/s")
	b.ReportMetric(perSecond(tookCreel), "creel/s")
	b.ReportMetric(tookBare.Seconds()/tookCreel.Seconds(), "creel/bodies")
	b.ReportMetric(tookSame.Seconds()/tookCreel.Seconds(), "creel/bare")
}

// BenchmarkBare and BenchmarkCreel are the sides of BenchmarkDurable, for
// profiles.
func BenchmarkBare(b *testing.B) {
	addr := benchBare(b, headBytes)
	for b.Loop() {
		benchLoad(b, addr, 4000)
	}
}

func BenchmarkCreel(b *testing.B) {
	addr := benchCreel(b)
	const turn = 4000
	for b.Loop() {
		benchLoad(b, addr, turn)
	}
	b.ReportMetric(float64(b.N)*turn/b.Elapsed().Seconds(), "creel/s")
}

// benchLoad sends n requests on 64 connections and returns how long that took.
func benchLoad(b *testing.B, addr string, n int) time.Duration {
	b.Helper()
	body := strings.Repeat("x", 1024)
	req := []byte("POST /hooks/stripe?x=1 HTTP/1.1\r\nHost: " + addr + "\r\nUser-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\n" +
		"Content-Type: application/json; charset=utf-8\r\nAccept: */*\r\nCache-Control: no-cache\r\n" +
		"Stripe-Signature: t=1700000000,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd\r\n" +
		fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)) + body)
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	start := time.Now()
	for range benchConns {
		wg.Go(func() {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				b.Error(err)
				return
			}
			defer c.Close()
			r := bufio.NewReader(c)
			for left.Add(-1) >= 0 {
				if _, err := c.Write(req); err != nil {
					b.Error(err)
					return
				}
				resp, err := http.ReadResponse(r, nil)
				if err != nil || resp.StatusCode != 200 {
					b.Error(resp, err)
					return
				}
				io.Copy(io.Discard, resp.Body)
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

func serveBench(b *testing.B, serve func(net.Listener)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go serve(l)
	return l.Addr().String()
}

func benchCreel(b *testing.B) string {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "h.db"), Options{Role: Capture})
	if err != nil {
		b.Fatal(err)
	}
	r, err := ring.Open(b.Context(), capture.Bounds{}, s)
	if err != nil {
		b.Fatal(err)
	}
	srv := &server.Server{Ring: r}
	b.Cleanup(func() { srv.Shutdown(b.Context()); r.Close(); s.Close() })
	return serveBench(b, func(l net.Listener) { srv.Serve(l) })
}

// headBytes is how long the head of a request of benchLoad is.
const headBytes = 325

// benchBare keeps the body of each request and so many bytes more.
func benchBare(b *testing.B, more int) string {
	path := filepath.Join(b.TempDir(), "bare.db")
	if _, err := create(path); err != nil {
		b.Fatal(err)
	}
	c, err := dial(path, "journal_mode = wal", "synchronous = full")
	if err != nil {
		b.Fatal(err)
	}
	if err := c.script("CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB)"); err != nil {
		b.Fatal(err)
	}
	type one struct {
		body []byte
		done chan error
	}
	queue := make(chan one, benchConns)
	go func() {
		for first := range queue {
			batch := []one{first}
			for len(queue) > 0 && len(batch) < 256 {
				batch = append(batch, <-queue)
			}
			err := c.tx("BEGIN IMMEDIATE", func() error {
				for _, o := range batch {
					if err := c.exec("INSERT INTO t (body) VALUES (?)", driver.Value(o.body)); err != nil {
						return err
					}
				}
				return nil
			})
			for _, o := range batch {
				o.done <- err
			}
		}
		c.close()
	}()
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			body = append(body, make([]byte, more)...)
			o := one{body, make(chan error, 1)}
			queue <- o
			err = <-o.done
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})}
	b.Cleanup(func() { srv.Shutdown(b.Context()); close(queue) })
	return serveBench(b, func(l net.Listener) { srv.Serve(l) })
}
