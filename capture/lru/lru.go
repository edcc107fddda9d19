// Package lru keeps the data that was used last, within a number of bytes.
package lru

import (
	"cmp"
	"container/list"
	"sync"
)

const (
	// DefaultLimit is how many bytes a Cache keeps whose Limit is 0.
	DefaultLimit = 32 << 20
	// Overhead is what a piece of data counts beside its bytes: about what it takes.
	Overhead = 160
)

// Cache keeps pieces of data, each under a key, within Limit bytes; those that were
// not used for longest go first. The zero value is ready. It is safe for concurrent
// use.
type Cache[K comparable] struct {
	Limit int // in bytes; 0 is DefaultLimit

	mu    sync.Mutex
	size  int
	order list.List // of piece[K], the last used first
	byKey map[K]*list.Element
}

type piece[K comparable] struct {
	key  K
	data []byte
}

func (p piece[K]) size() int { return len(p.data) + Overhead }

// Get returns what is kept under a key. The bytes must not be changed.
func (c *Cache[K]) Get(key K) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(piece[K]).data, true
}

// Put keeps data under a key, in place of what was there; data that does not fit is
// not kept.
func (c *Cache[K]) Put(key K, data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byKey[key]; ok {
		c.drop(e)
	}
	p, limit := piece[K]{key, data}, cmp.Or(c.Limit, DefaultLimit)
	if p.size() > limit {
		return
	}
	if c.byKey == nil {
		c.byKey = map[K]*list.Element{}
	}
	c.byKey[key] = c.order.PushFront(p)
	for c.size += p.size(); c.size > limit; {
		c.drop(c.order.Back())
	}
}

// Clear drops all.
func (c *Cache[K]) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.size, c.byKey = 0, nil
	c.order.Init()
}

func (c *Cache[K]) drop(e *list.Element) {
	p := c.order.Remove(e).(piece[K])
	delete(c.byKey, p.key)
	c.size -= p.size()
}
