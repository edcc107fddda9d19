package sqlite

import (
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"
)

// typical is a webhook as most are, with a body of size bytes.
func typical(n, size int) *capture.Exchange {
	return &capture.Exchange{
		At: time.Unix(1_700_000_000, int64(n)), State: capture.StateAnswered,
		Request: capture.Request{
			Method: "POST", Target: "/hooks/stripe?x=1", Host: "127.0.0.1:4665", Proto: "HTTP/1.1",
			Remote: fmt.Sprintf("127.0.0.1:%d", 40000+n%20000), Exact: true, Size: int64(size),
			Body: capture.NewBody([]byte(strings.Repeat("x", size))),
			Fields: []capture.Field{
				{Name: "Host", Value: "127.0.0.1:4665"},
				{Name: "User-Agent", Value: "Stripe/1.0 (+https://stripe.com/docs/webhooks)"},
				{Name: "Content-Type", Value: "application/json; charset=utf-8"},
				{Name: "Accept", Value: "*/*"},
				{Name: "Cache-Control", Value: "no-cache"},
				{Name: "Stripe-Signature", Value: "t=1700000000,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd"},
				{Name: "Content-Length", Value: fmt.Sprint(size)},
			},
		},
		Sender:    capture.Sender{Provider: "stripe", Event: "invoice.paid", Delivery: fmt.Sprintf("evt_%024d", n), Try: 1},
		Signature: capture.Signature{Verdict: capture.Valid},
		Reply:     capture.Reply{Status: 200, By: "default", Took: 412345},
	}
}

// fill writes n typical exchanges to a history, unsynced.
func fill(t testing.TB, path string, n, size int) {
	t.Helper()
	s := openTest(t, path, Capture)
	if err := s.writer.pragma("synchronous = off"); err != nil {
		t.Fatal(err)
	}
	for at := 0; at < n; at += 500 {
		ops := make([]capture.Op, 0, 500)
		for i := range min(500, n-at) {
			ops = append(ops, capture.Op{Add: typical(at+i, size)})
		}
		mustCommit(t, s, ops...)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// heap returns the bytes in use after a collection.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkStart opens a history of 100,000 requests with 1 GB of bodies, of which
// it reads none: it must take less than 2 s and 200 MB of heap.
func BenchmarkStart(b *testing.B) {
	path := filepath.Join(b.TempDir(), "h.db")
	fill(b, path, 100_000, 10_000)
	var used int64
	for b.Loop() {
		before := heap()
		start := time.Now()
		s := openTest(b, path, Capture)
		r, err := ring.Open(b.Context(), capture.Bounds{Count: 1 << 20, Bytes: 4 << 30}, s)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(start).Seconds(), "start-s")
		used = heap() - before
		if s := r.Stats(); s.Kept != 100_000 {
			b.Fatalf("%d are kept", s.Kept)
		}
		r.Close()
		s.Close()
	}
	b.ReportMetric(float64(used)/1e6, "heap-MB")
	b.ReportMetric(float64(used)/100_000, "heap-B/request")
}

// How much garbage there may be is as before once a history is read.
func TestLoadLeavesTheCollectorAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	fill(t, path, 10, 10)
	before := debug.SetGCPercent(123)
	defer debug.SetGCPercent(before)
	s := openTest(t, path, Capture)
	ringtest.Load(t, s)
	if now := debug.SetGCPercent(123); now != 123 {
		t.Errorf("it is %d now, 123 before", now)
	}
}
