package server

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// BenchmarkCapture compares creel in memory with the least that any capture
// server can do: net/http and the body in a slice. 64 connections, 1 KB bodies.
// creel's requests per second must be at least 0.85 of the bare handler's. The
// metric "ratio" says what they are: the median over many short rounds in turns,
// so that what else the machine does hits both.
func BenchmarkCapture(b *testing.B) {
	bare := dial(b, serveBare(b))
	creel := dial(b, start(b, &Server{Problem: func(text string) { b.Error(text) }}))
	const round = 2000
	for range 2 * 10000 / round { // until both rings are full
		load(b, bare, round)
		load(b, creel, round)
	}
	var ratios []float64
	var tBare, tCreel time.Duration
	for b.Loop() {
		x, y := load(b, bare, round), load(b, creel, round)
		ratios = append(ratios, x.Seconds()/y.Seconds())
		tBare += x
		tCreel += y
	}
	slices.Sort(ratios)
	n := float64(len(ratios) * round)
	b.ReportMetric(n/tBare.Seconds(), "bare/s")
	b.ReportMetric(n/tCreel.Seconds(), "creel/s")
	b.ReportMetric(ratios[len(ratios)/2], "ratio")
}

// serveBare keeps the newest 10,000 bodies.
func serveBare(b *testing.B) string {
	var mu sync.Mutex
	ring := make([][]byte, 10000)
	next := 0
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		mu.Lock()
		ring[next%len(ring)] = body
		next++
		mu.Unlock()
	})}
	go srv.Serve(l)
	b.Cleanup(func() { srv.Shutdown(context.Background()) })
	return l.Addr().String()
}

// dial opens 64 connections.
func dial(b *testing.B, addr string) []net.Conn {
	conns := make([]net.Conn, 64)
	for i := range conns {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { c.Close() })
		conns[i] = c
	}
	return conns
}

// load sends total requests over connections as fast as they are answered.
func load(b *testing.B, conns []net.Conn, total int) time.Duration {
	request := []byte("POST /stripe HTTP/1.1\r\nHost: localhost:4665\r\nUser-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\n" +
		"Accept: */*\r\nContent-Type: application/json; charset=utf-8\r\nStripe-Signature: t=1795441026,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd\r\n" +
		"Content-Length: 1024\r\n\r\n" + string(bytes.Repeat([]byte("x"), 1024)))
	var wg sync.WaitGroup
	began := time.Now()
	for _, c := range conns {
		wg.Go(func() {
			buf := make([]byte, 4096)
			for range total / len(conns) {
				if _, err := c.Write(request); err != nil {
					b.Error(err)
					return
				}
				n, err := c.Read(buf)
				if err != nil || !bytes.HasPrefix(buf[:n], []byte("HTTP/1.1 200")) {
					b.Errorf("answer %q: %v", buf[:n], err)
					return
				}
			}
		})
	}
	wg.Wait()
	return time.Since(began)
}
