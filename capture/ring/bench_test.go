package ring_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/ring"
)

// typical is a webhook as most are, with a body of 1 KB, cut from a larger
// buffer as a server's are.
func typical(n int) *capture.Exchange {
	buf := strings.Repeat("x", 1<<10)
	value := func(s string) string { return (s + buf)[:len(s)] }
	return &capture.Exchange{
		At: time.Unix(1_700_000_000, int64(n)),
		Request: capture.Request{
			Method: "POST", Target: value("/hooks/stripe?x=1"), Host: value("127.0.0.1:4665"), Proto: "HTTP/1.1",
			Remote: fmt.Sprintf("127.0.0.1:%d", 40000+n%20000), Exact: true, Size: 1024,
			Body: capture.NewBody(make([]byte, 1024, 4096)),
			Fields: []capture.Field{
				{Name: "Host", Value: "127.0.0.1:4665"},
				{Name: "User-Agent", Value: "Stripe/1.0"},
				{Name: "Content-Type", Value: "application/json; charset=utf-8"},
				{Name: "Accept", Value: "*/*"},
				{Name: "Cache-Control", Value: "no-cache"},
				{Name: "Stripe-Signature", Value: "t=1700000000,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd"},
				{Name: value("Content-Length"), Value: "1024"},
			},
		},
		Sender:    capture.Sender{Provider: "stripe", Event: value("invoice.paid"), Delivery: value(fmt.Sprintf("evt_%024d", n)), Try: 1},
		Signature: capture.Signature{Verdict: capture.Valid},
	}
}

// full returns a ring of n typical exchanges that were answered.
func full(t testing.TB, n int) *ring.Ring {
	r := ring.New(capture.Bounds{Count: n, Bytes: 1 << 40})
	for i := range n {
		ex := submit(t, r, typical(i))
		r.Record(capture.Op{Reply: &capture.ReplySet{
			ID: ex.ID, State: capture.StateAnswered, Reply: capture.Reply{Status: 200, By: "default", Took: 300_000},
		}})
	}
	return r
}

// TestMemoryPerExchange holds a ring of 100,000 requests with bodies of 1 KB to
// 2.5 KB for each.
func TestMemoryPerExchange(t *testing.T) {
	if testing.Short() {
		t.Skip("250 MB")
	}
	const n = 100_000
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	r := full(t, n)
	each := float64(heap()-before) / n
	t.Logf("%.0f bytes each", each)
	if each > 2500 {
		t.Errorf("%.0f bytes for each exchange", each)
	}
	if s := r.Stats(); float64(s.Bytes)/n < each*0.9 || float64(s.Bytes)/n > each*1.25 {
		t.Errorf("%.0f bytes are counted for each, %.0f are used", float64(s.Bytes)/n, each)
	}
}

// BenchmarkSince is what a screen asks 30 times a second while 3,000 requests a
// second arrive in a full ring of 100,000. It must take less than 1 ms.
func BenchmarkSince(b *testing.B) {
	r := full(b, 100_000)
	rev := r.Since(0).Rev
	for b.Loop() {
		b.StopTimer()
		for n := range 100 {
			submit(b, r, typical(n))
		}
		b.StartTimer()
		d := r.Since(rev)
		if rev = d.Rev; d.Reset || len(d.Changed) != 100 || len(d.Gone) != 100 {
			b.Fatalf("%d changed, %d gone", len(d.Changed), len(d.Gone))
		}
	}
}

// BenchmarkSubmit is a capture into a full ring in memory: it must take less than
// 10 µs.
func BenchmarkSubmit(b *testing.B) {
	r := full(b, 10_000)
	ex := typical(1)
	for b.Loop() {
		submit(b, r, ex)
	}
}
