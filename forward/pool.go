package forward

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// idleFor is how long a connection waits for another request. It is well
	// below the shortest time after which common servers close theirs (2 s), so
	// that a request seldom meets a connection that is being closed.
	idleFor = time.Second
	// maxIdle bounds the waiting connections to one target.
	maxIdle = 128
)

// poolKey is what two deliveries must have in common to share a connection.
type poolKey struct {
	scheme   string
	address  string // host:port
	name     string // for TLS
	insecure bool
	caCert   string
}

func keyOf(to Target) poolKey {
	return poolKey{to.URL.Scheme, to.URL.Address(), to.URL.Hostname(), to.Insecure, to.CACert}
}

// pool keeps connections that wait for another request. Measured with 64 senders:
// 137 µs of CPU a forward, 215 µs with a connection for each.
type pool struct {
	mu    sync.Mutex
	conns map[poolKey][]*conn
}

// take returns a waiting connection that is alive, or nil; from now on the end of
// ctx closes it. The one used last comes first: it is the least likely to be closed
// by the other side.
func (p *pool) take(ctx context.Context, key poolKey) *conn {
	for {
		c := p.pop(key)
		if c == nil {
			return nil
		}
		if c.idle.Stop() && idleAlive(c.sys) && c.watch(ctx) {
			return c
		}
		c.Close()
	}
}

func (p *pool) pop(key poolKey) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.conns[key]
	if len(list) == 0 {
		return nil
	}
	c := list[len(list)-1]
	list[len(list)-1] = nil
	p.conns[key] = list[:len(list)-1]
	return c
}

// put keeps c for another request, or closes it.
func (p *pool) put(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conns == nil {
		p.conns = map[poolKey][]*conn{}
	}
	if len(p.conns[c.key]) >= maxIdle {
		c.Close()
		return
	}
	if c.idle == nil {
		c.idle = time.AfterFunc(idleFor, func() { p.drop(c) })
	} else {
		c.idle.Reset(idleFor)
	}
	p.conns[c.key] = append(p.conns[c.key], c)
}

// drop closes a connection that waited long enough.
func (p *pool) drop(c *conn) {
	c.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c.key] = slices.DeleteFunc(p.conns[c.key], func(one *conn) bool { return one == c })
}

// close closes all waiting connections.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, list := range p.conns {
		for _, c := range list {
			c.idle.Stop()
			c.Close()
		}
	}
	p.conns = nil
}
