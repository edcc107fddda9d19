package provider

import (
	"sync"

	"creel/capture"
)

// maxTries is how many deliveries are remembered to count their tries.
const maxTries = 8192

// tries counts how often a delivery came. The oldest are evicted first. The
// zero value is ready; it is safe for concurrent use.
type tries struct {
	mu    sync.Mutex
	seen  map[capture.DeliveryID]int
	order []capture.DeliveryID // a ring of the keys, oldest at next
	next  int
}

// count counts one more try of the delivery and returns its number, from one.
func (t *tries) count(key capture.DeliveryID) int {
	t.mu.Lock()
	defer t.mu.Unlock()

	if n, ok := t.seen[key]; ok {
		t.seen[key] = n + 1
		return n + 1
	}
	if t.seen == nil {
		t.seen = map[capture.DeliveryID]int{}
	}
	if len(t.order) < maxTries {
		t.order = append(t.order, key)
	} else {
		delete(t.seen, t.order[t.next])
		t.order[t.next] = key
		t.next = (t.next + 1) % maxTries
	}
	t.seen[key] = 1
	return 1
}
