package reply

import (
	"context"
	"maps"
	"slices"
	"sync"

	"creel/capture"
)

// maxKeys is how many deliveries a sequence remembers; a key is about 100 bytes.
const maxKeys = 10_000

// remembered maps the newest delivery keys to values. It is not safe for concurrent use.
type remembered[V any] struct {
	vals  map[string]V
	order []string // oldest first
}

// set puts a value under a key, and forgets the oldest key beyond a number of them.
func (r *remembered[V]) set(key string, v V, most int) {
	if r.vals == nil {
		r.vals = make(map[string]V)
	}
	if _, ok := r.vals[key]; !ok {
		if len(r.order) >= most {
			delete(r.vals, r.order[0])
			r.order = r.order[1:]
		}
		r.order = append(r.order, key)
	}
	r.vals[key] = v
}

func (r *remembered[V]) remove(key string) {
	if i := slices.Index(r.order, key); i >= 0 {
		r.order = slices.Delete(r.order, i, i+1)
		delete(r.vals, key)
	}
}

// place is how far a sequence has come.
type place struct {
	n  int        // from 1; 0 before the first
	of capture.ID // the request that it was given to; 0 when all are counted together
	// serial tells one place that was given from the others.
	serial int
}

// counter counts how often each delivery, or all together, came.
type counter struct {
	mu   sync.Mutex
	all  int
	last place
	keys remembered[int]
}

// next returns how often it was called before: for the delivery of ex, or at all;
// serial is for name, and 0 when all are counted together.
func (c *counter) next(ex *capture.Exchange, together bool) (before, serial int) {
	key := ""
	if !together {
		key = capture.DeliveryKey(context.Background(), ex) // outside of the lock: it may hash a large body
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.all
	if together {
		c.all++
	} else {
		n = c.keys.vals[key]
		c.keys.set(key, n+1, maxKeys)
	}
	c.last = place{n: n + 1, serial: c.last.serial + 1}
	if together {
		return n, 0
	}
	c.last.of = ex.ID
	return n, c.last.serial
}

// name says which request has a place, if it is still the newest: a request gets
// its id while it is replied to.
func (c *counter) name(serial int, rec capture.Recorder) {
	id, err := rec.Committed(context.Background())
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last.serial == serial {
		c.last.of = id
	}
}

// newest returns the newest place that was given.
func (c *counter) newest() place {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

// inherit takes over what another counter has counted.
func (c *counter) inherit(old *counter) {
	old.mu.Lock()
	defer old.mu.Unlock()
	c.all, c.last = old.all, old.last
	c.keys = remembered[int]{maps.Clone(old.keys.vals), slices.Clone(old.keys.order)}
}
