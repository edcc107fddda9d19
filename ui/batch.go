package ui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"creel/capture"
	"creel/capture/safe"
	"creel/forward"
)

// batch counts what came of several requests that are resent with one key.
type batch struct {
	waits map[capture.ID]bool
	n     int
	came  map[string]int // by status or cause
	left  []safe.Text    // what became of those that are not in it
}

func newBatch(list []forward.Resend, left []safe.Text) batch {
	b := batch{waits: map[capture.ID]bool{}, n: len(list), came: map[string]int{}, left: left}
	for _, x := range list {
		b.waits[x.Exchange.ID] = true
	}
	return b
}

// without takes one out of which no attempt came.
func (b *batch) without(id capture.ID) {
	if b.waits[id] {
		delete(b.waits, id)
		b.n--
	}
}

// report counts an attempt of the batch and says how far that is: "3 resent: 2 x 200, 1 x 500".
func (b *batch) report(id capture.ID, a *capture.Attempt) (safe.Text, bool) {
	if !b.waits[id] {
		return safe.Text{}, false
	}
	delete(b.waits, id)
	b.came[a.Outcome()]++
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(b.came)) {
		parts = append(parts, fmt.Sprintf("%d x %s", b.came[name], name))
	}
	words := strings.Join(parts, ", ")
	if left := len(b.waits); left > 0 {
		return safe.Linef("%d of %d resent: %s", b.n-left, b.n, words), true
	}
	done := safe.Linef("%d resent: %s", b.n, words)
	return safe.Join(safe.Const("; "), append([]safe.Text{done}, b.left...)...), true
}
