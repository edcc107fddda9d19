package body

import (
	"container/list"
	"context"
	"sync"

	"creel/capture"
)

// cacheBytes is how much decoded content a Cache keeps.
const cacheBytes = 32 << 20

// Cache gives bodies as text for filters, which ask for the same ones again and
// again. It keeps what had to be decoded or fetched, up to 32 MiB, the longest
// unused going first. The zero value is ready. It is safe for concurrent use.
type Cache struct {
	mu    sync.Mutex
	byID  map[capture.ID]*list.Element
	order list.List // of *cached; the latest used first
	bytes int
}

type cached struct {
	id   capture.ID
	text []byte
}

// Text returns the body of a request with its Content-Encoding and charset
// undone, as far as they can be. The bytes must not be changed. The error is
// that of fetching the body.
func (c *Cache) Text(ctx context.Context, ex *capture.Exchange) ([]byte, error) {
	if text, ok := c.get(ex.ID); ok {
		return text, nil
	}
	raw, err := ex.Request.Body.Bytes(ctx)
	if err != nil || len(raw) == 0 {
		return nil, err
	}
	text := Read(raw, ex.Request.Fields).Text
	if ex.ID != 0 && (!ex.Request.Body.InMemory() || !same(text, raw)) {
		c.put(ex.ID, text)
	}
	return text, nil
}

func (c *Cache) get(id capture.ID) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byID[id]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached).text, true
}

func (c *Cache) put(id capture.ID, text []byte) {
	if len(text) > cacheBytes {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byID == nil {
		c.byID = map[capture.ID]*list.Element{}
	}
	if _, ok := c.byID[id]; ok {
		return
	}
	c.byID[id] = c.order.PushFront(&cached{id, text})
	for c.bytes += len(text); c.bytes > cacheBytes; {
		last := c.order.Remove(c.order.Back()).(*cached)
		delete(c.byID, last.id)
		c.bytes -= len(last.text)
	}
}

// same reports whether two slices are the same bytes in memory.
func same(a, b []byte) bool { return len(a) == len(b) && len(a) > 0 && &a[0] == &b[0] }
