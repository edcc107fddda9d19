package forward

import (
	"hash/maphash"
	"strings"
	"sync"

	"creel/capture"
)

// loops finds requests that creel forwarded and that came back to it, through a
// tunnel for instance. Nothing is added to what is sent: a request has come
// back when it is addressed to the host of a target to which one with the same
// method and body is on its way right now.
type loops struct {
	seed maphash.Seed

	mu     sync.Mutex
	onWay  map[loopKey]int
	byHost map[string]int
}

type loopKey struct {
	host, method string
	body         uint64
}

func newLoops() *loops {
	return &loops{seed: maphash.MakeSeed(), onWay: map[loopKey]int{}, byHost: map[string]int{}}
}

// enter notes that a request is on its way to a host; leave takes that back.
func (l *loops) enter(host, method string, body []byte) (leave func()) {
	key := loopKey{strings.ToLower(host), method, maphash.Bytes(l.seed, body)}
	l.count(key, 1)
	return func() { l.count(key, -1) }
}

func (l *loops) count(key loopKey, by int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.onWay[key] += by; l.onWay[key] == 0 {
		delete(l.onWay, key)
	}
	if l.byHost[key.host] += by; l.byHost[key.host] == 0 {
		delete(l.byHost, key.host)
	}
}

// returned reports whether a request that arrived is one that is on its way,
// and to which host.
func (l *loops) returned(req *capture.Request, body []byte) (host string, yes bool) {
	forwarded, _ := req.Get("X-Forwarded-Host")
	for _, host := range []string{req.Host, forwarded} {
		host = strings.ToLower(host)
		if host == "" || !l.towards(host) {
			continue
		}
		key := loopKey{host, req.Method, maphash.Bytes(l.seed, body)}
		l.mu.Lock()
		n := l.onWay[key]
		l.mu.Unlock()
		if n > 0 {
			return host, true
		}
	}
	return "", false
}

// towards saves the look at the body when nothing is on its way to that host.
func (l *loops) towards(host string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.byHost[host] > 0
}
