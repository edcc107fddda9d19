package body

import (
	"context"

	"creel/capture"
	"creel/capture/lru"
)

// Cache gives bodies as text for filters, which ask for the same ones again and
// again. It keeps what had to be decoded or fetched, up to 32 MiB, the longest
// unused going first. The zero value is ready. It is safe for concurrent use.
type Cache struct{ kept lru.Cache[capture.ID] }

// Text returns the body of a request with its Content-Encoding and charset
// undone, as far as they can be. The bytes must not be changed. The error is
// that of fetching the body.
func (c *Cache) Text(ctx context.Context, ex *capture.Exchange) ([]byte, error) {
	if text, ok := c.kept.Get(ex.ID); ok {
		return text, nil
	}
	raw, err := ex.Request.Body.Bytes(ctx)
	if err != nil || len(raw) == 0 {
		return nil, err
	}
	text := Read(raw, ex.Request.Fields).Text
	if ex.ID != 0 && (!ex.Request.Body.InMemory() || !capture.NewBody(text).Same(capture.NewBody(raw))) {
		c.kept.Put(ex.ID, text)
	}
	return text, nil
}
