package forward

import (
	"context"
	"sync"

	"creel/capture"
)

// notes is a Recorder that keeps what it is told.
type notes struct {
	mu       sync.Mutex
	attempts []capture.Attempt
	pending  []string
	added    chan struct{} // receives after each attempt
}

func newNotes() *notes { return &notes{added: make(chan struct{}, 100)} }

func (n *notes) Committed(context.Context) (capture.ID, error) { return 1, nil }

func (n *notes) SetState(context.Context, capture.State) {}

func (n *notes) AddAttempt(a *capture.Attempt) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.attempts = append(n.attempts, *a)
	n.added <- struct{}{}
}

func (n *notes) SetMeta(m capture.Meta) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if m.Pending != nil {
		n.pending = *m.Pending
	}
}

func (n *notes) seen() ([]capture.Attempt, []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.attempts, n.pending
}
