package server

import (
	"bytes"
	"time"

	"creel/capture"
)

// headKept is how much of an unclaimed head is kept for its row, and the largest
// buffer that is kept for the next head.
const headKept = 64 << 10

// tee keeps the head of each request that is read from a connection until a handler
// claims it. It follows the framing of HTTP/1 as net/http reads it, so it knows where
// each head begins. It is not safe for concurrent use.
type tee struct {
	heads []teedHead // complete and not claimed, oldest first
	part  []byte     // of the head that is arriving
	at    time.Time  // when the first byte of part was read
	last  teedHead   // the newest one, for the next: senders repeat themselves
	body  framing    // what follows the newest head
	ended time.Time  // when the newest request was read whole
	lost  bool       // where the next request begins is not known
}

// teedHead is one head that was read.
type teedHead struct {
	head
	raw   string
	at    time.Time // when its first byte was read
	whole bool      // the body was read, too
}

// observe takes what was read and returns what net/http is to get: the empty lines
// before a request are left out of p (RFC 9112 section 2.2), because net/http refuses
// them.
func (t *tee) observe(p []byte) []byte {
	now := time.Now()
	for rest := p; len(rest) > 0 && !t.lost; {
		switch {
		case t.body.open():
			n, ok := t.body.skip(rest)
			rest = rest[n:]
			t.lost = !ok
			if !t.body.open() {
				t.end(now)
			}
		case len(t.part) == 0 && (rest[0] == '\r' || rest[0] == '\n'):
			left := copy(rest, bytes.TrimLeft(rest, "\r\n"))
			p, rest = p[:len(p)-len(rest)+left], rest[:left]
		default:
			rest = rest[t.addHead(rest, now):]
		}
	}
	return p
}

// addHead adds the beginning of b to the head that is arriving and returns how much
// of b belongs to it.
func (t *tee) addHead(b []byte, now time.Time) int {
	had := len(t.part)
	if had == 0 {
		t.at = now
	}
	t.part = append(t.part, b...)
	end := capture.HeadEnd(t.part, max(0, had-2))
	if end < 0 {
		return len(b)
	}
	if string(t.part[:end]) != t.last.raw {
		raw := string(t.part[:end])
		t.last = teedHead{head: parseHead(raw), raw: raw}
	}
	h := t.last
	h.at = t.at
	if t.part = t.part[:0]; cap(t.part) > headKept {
		t.part, t.last = nil, teedHead{}
	}
	t.heads = append(t.heads, h)
	var ok bool
	if t.body, ok = h.framing(); !ok {
		t.lost = true
	} else if !t.body.open() {
		t.end(now)
	}
	return end - had
}

// end notes that the newest request was read whole.
func (t *tee) end(now time.Time) {
	t.ended = now
	if n := len(t.heads); n > 0 {
		t.heads[n-1].whole = true
	}
}

// claim removes the oldest head and returns it.
func (t *tee) claim() (h teedHead, ok bool) {
	if len(t.heads) == 0 {
		return teedHead{}, false
	}
	h = t.heads[0]
	n := copy(t.heads, t.heads[1:])
	t.heads[n] = teedHead{}
	t.heads = t.heads[:n]
	return h, true
}

// between reports whether all that was read belongs to whole requests.
func (t *tee) between() bool { return !t.lost && !t.body.open() && len(t.part) == 0 }

// stop gives up: what follows is no HTTP/1, or the connection ends.
func (t *tee) stop() { *t = tee{lost: true} }
