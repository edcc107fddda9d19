package sqlite

import (
	"path/filepath"
	"testing"

	"creel/capture"
)

// BenchmarkCommit writes requests with bodies of 1 KB and the replies to those of
// the commit before, 32 at a time, without syncing: what a request costs beyond
// the disk. With columns it costs about 1.2 times as much as the packed rows of
// version 1, which nobody could query.
func BenchmarkCommit(b *testing.B) {
	s := openTest(b, filepath.Join(b.TempDir(), "h.db"), Capture)
	if err := s.writer.pragma("synchronous = off"); err != nil {
		b.Fatal(err)
	}
	const size = 32
	var before []capture.Op
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		ops := make([]capture.Op, 0, 2*size)
		for range size {
			n++
			ex := typical(n, 1024)
			ex.State, ex.Reply = capture.StateWaiting, capture.Reply{}
			ops = append(ops, capture.Op{Add: ex})
		}
		for _, op := range before {
			ops = append(ops, capture.Op{Reply: &capture.ReplySet{ID: op.Add.ID, State: capture.StateAnswered, Reply: typical(n, 0).Reply}})
		}
		before = mustCommit(b, s, ops...)[:size]
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/request")
}
