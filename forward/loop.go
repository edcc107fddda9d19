package forward

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"creel/capture"
)

// loops finds requests that creel forwarded and that came back to it, through a
// tunnel for instance. Nothing is added to what is sent: a request has come
// back when it is addressed to the host of a target to which one with the same
// method and body is on its way right now.
type loops struct {
	mu    sync.Mutex
	onWay map[string][]*onWay // by host, in lower case
}

// onWay is a request on its way.
type onWay struct {
	method string
	body   []byte
	at     int // in the list of its host
}

func newLoops() *loops { return &loops{onWay: map[string][]*onWay{}} }

// enter notes that a request is on its way to a host, in lower case, until leave.
func (l *loops) enter(host, method string, body []byte) *onWay {
	w := &onWay{method: method, body: body}
	l.mu.Lock()
	defer l.mu.Unlock()
	w.at = len(l.onWay[host])
	l.onWay[host] = append(l.onWay[host], w)
	return w
}

func (l *loops) leave(host string, w *onWay) {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.onWay[host]
	last := list[len(list)-1]
	list[w.at], last.at = last, w.at
	list[len(list)-1] = nil
	if list = list[:len(list)-1]; len(list) > 0 {
		l.onWay[host] = list
	} else {
		delete(l.onWay, host)
	}
}

// returned reports whether a request that arrived is one that is on its way,
// and to which host.
func (l *loops) returned(req *capture.Request, body []byte) (host string, yes bool) {
	forwarded, _ := req.Get("X-Forwarded-Host")
	for _, host := range [...]string{req.Host, forwarded} {
		host = strings.ToLower(host)
		for _, w := range l.towards(host) {
			if w.method == req.Method && bytes.Equal(w.body, body) {
				return host, true
			}
		}
	}
	return "", false
}

// towards is what is on its way to a host. Large bodies are compared outside of
// the lock.
func (l *loops) towards(host string) []*onWay {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.onWay[host])
}
