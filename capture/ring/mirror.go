package ring

import (
	"math"

	"creel/capture"
)

// Mirror is a ring that another process captures into: what it reports is put
// here, to be read like any ring. Nothing is evicted by bounds of its own. It is
// safe for concurrent use.
type Mirror struct{ *Ring }

// NewMirror returns an empty mirror.
func NewMirror() *Mirror {
	return &Mirror{New(capture.Bounds{Count: math.MaxInt, Bytes: math.MaxInt64})}
}

// Update puts in what changed and takes out what is gone, and of that what a user
// deleted, at once. With whole set the changes are everything there is.
func (m *Mirror) Update(changed []*capture.Exchange, gone, deleted []capture.ID, whole bool) {
	r := m.Ring
	r.mu.Lock()
	if whole {
		here := map[capture.ID]bool{}
		for _, ex := range changed {
			here[ex.ID] = true
		}
		for _, ex := range r.snapshot() {
			if !here[ex.ID] {
				r.drop(ex.ID)
			}
		}
	}
	for _, ex := range changed {
		r.newest = max(r.newest, ex.ID)
		r.set(ex)
	}
	for _, id := range deleted {
		r.delete(id)
	}
	for _, id := range gone {
		r.drop(id)
	}
	r.mu.Unlock()
	r.Notify()
}
