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
	size := func(d deletion) int { return int(d.kept[0].Footprint()) }
	for more, want := range map[int]int{0: 3, 2: 2} { // two bodies: the bound itself is kept
		first, second := of(1000), of(2000)
		third := of((undoBytes - size(first) - size(second) - size(of(0)) + more) / 2)
		m := &Model{history: history{deleted: []deletion{first, second, third}}}
		m.trimUndo()
		if len(m.deleted) != want || size(m.deleted[want-1]) != size(third) {
			t.Errorf("%d bytes, of %d at most: %d deletions are kept, want %d", size(first)+size(second)+size(third), undoBytes, len(m.deleted), want)
		}
	}
}
