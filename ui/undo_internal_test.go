package ui

import (
	"testing"

	"creel/capture"
)

// What is kept for undo counts with all bodies, not the request's alone: the oldest
// deletions go first, the last one stays.
func TestTrimUndo(t *testing.T) {
	of := func(n int) deletion {
		answer := capture.Reply{Body: capture.NewBody(make([]byte, n))}
		return deletion{kept: []*capture.Exchange{{Reply: answer, Attempts: []*capture.Attempt{{Reply: answer}}}}}
	}
	m := &Model{history: history{deleted: []deletion{of(10 << 20), of(10 << 20), of(20 << 20)}}}
	m.trimUndo()
	if len(m.deleted) != 2 {
		t.Errorf("%d deletions are kept, want 2", len(m.deleted))
	}
}
