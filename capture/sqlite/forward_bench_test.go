package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"creel/capture"
)

// BenchmarkCommitForwarded is BenchmarkCommit with requests that were forwarded: each
// comes with an attempt whose response has 1 KB, one in eight attempts comes later, as
// those do that are still under way, and the reply is the response. The oldest are
// evicted.
func BenchmarkCommitForwarded(b *testing.B) {
	s := openTest(b, filepath.Join(b.TempDir(), "h.db"), Capture)
	if err := s.writer.pragma("synchronous = off"); err != nil {
		b.Fatal(err)
	}
	const size, kept = 32, 4096
	var before []capture.Op
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		var evict, ops []capture.Op
		for i := range size {
			n++
			ex := typical(n, 1024)
			ex.State, ex.Reply = capture.StateWaiting, capture.Reply{}
			if i%8 != 0 {
				ex.Attempts = []*capture.Attempt{forwarded(ex)}
			}
			ops = append(ops, capture.Op{Add: ex})
		}
		for i := range before {
			op := before[(i*13)%size] // in the order in which they were answered
			ex, a := op.Add, forwarded(op.Add)
			if len(ex.Attempts) == 0 {
				ops = append(ops, capture.Op{Attempt: &capture.AttemptAdd{ID: ex.ID, Attempt: *a}})
			} else {
				a = ex.Attempts[0]
			}
			ops = append(ops, capture.Op{Reply: &capture.ReplySet{ID: ex.ID, State: capture.StateAnswered, Reply: a.Reply}})
		}
		if n > kept {
			var ids []capture.ID
			for id := n - kept - size; id < n-kept; id++ {
				ids = append(ids, capture.ID(id))
			}
			evict = []capture.Op{{Evict: ids}}
		}
		before = mustCommit(b, s, append(evict, ops...)...)[len(evict):][:size]
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/request")
}

// forwarded is an attempt that was responded to with 1 KB.
func forwarded(ex *capture.Exchange) *capture.Attempt {
	return &capture.Attempt{
		N: 1, At: ex.At, To: "http://127.0.0.1:3000/hooks/stripe?x=1", Method: "POST", Target: ex.Request.Target, SameBody: true,
		Fields: ex.Request.Fields, Proto: "HTTP/1.1", FirstByte: time.Millisecond, Took: time.Millisecond,
		Reply: capture.Reply{Status: 200, Body: capture.NewBody(make([]byte, 1024)), Took: time.Millisecond, Fields: []capture.Field{
			{Name: "Content-Type", Value: "application/json"}, {Name: "Date", Value: "Mon, 23 Nov 2026 13:37:00 GMT"}, {Name: "Content-Length", Value: "1024"},
		}},
	}
}
