package server

import (
	"bytes"
	"time"

	"creel/capture"
)

const (
	// tailBytes is how much of what follows a head is kept: as much as net/http
	// reads ahead of the body (its buffer), which is where the next head of a
	// pipelining sender is found.
	tailBytes = 4 << 10
	// preface begins an HTTP/2 connection without TLS (RFC 9113 section 3.4).
	preface = "PRI * HTTP/2.0\r\n"
	// peeked is how much net/http reads at first to look for the preface.
	peeked = len("PRI * HTTP/2.0")
)

func (c *conn) notPreface(room int) bool {
	if c.started || c.off {
		return false
	}
	if room > peeked {
		c.started = true
		return false
	}
	return len(c.head) > 0 && !bytes.HasPrefix([]byte(preface), c.head)
}

// see takes what was read.
func (c *conn) see(b []byte) {
	if c.off {
		return
	}
	if c.whole {
		c.past += int64(len(b))
		c.keepTail(b)
		return
	}
	if len(c.head) == 0 {
		// Empty lines before a request are skipped (RFC 9112 section 2.2).
		if b = bytes.TrimLeft(b, "\r\n"); len(b) == 0 {
			return
		}
		c.at = time.Now()
	}
	from := max(0, len(c.head)-2)
	c.head = append(c.head, b...)
	end := capture.HeadEnd(c.head, from)
	if end < 0 {
		return
	}
	rest := c.head[end:]
	c.head = c.head[:end]
	c.whole = true
	c.past = int64(len(rest))
	c.tail = c.tail[:0]
	c.keepTail(rest)
	if string(c.head[:min(end, len(preface))]) == preface {
		c.blind()
	}
}

func (c *conn) keepTail(b []byte) {
	if len(c.tail)+len(b) > 2*tailBytes {
		if len(b) >= tailBytes {
			c.tail = c.tail[:0]
			b = b[len(b)-tailBytes:]
		} else {
			keep := c.tail[max(0, len(c.tail)-tailBytes+len(b)):]
			c.tail = append(c.tail[:0], keep...)
		}
	}
	c.tail = append(c.tail, b...)
}

// begin is called when a handler starts on a request with a body of n bytes on
// the wire, or -1 when that is not known. It reports whether all of it is here,
// which of a connection that is not looked at is not known.
func (c *conn) begin(n int64) (here bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serving, c.claimed = true, false
	return !c.off && n >= 0 && c.whole && c.past >= n
}

// claim cuts off the head of the request that a handler has now read whole, and
// begins the next one. bodyBytes is the length of its body on the wire, or -1
// when that is not known (chunked). It must be called before the answer is
// written, because the first byte of the next request may come any time later.
// The head may be that of another request when it is not sure.
func (c *conn) claim(bodyBytes int64) (head string, at time.Time, sure bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.claimed = true
	if c.off {
		return "", time.Time{}, false
	}
	if c.whole {
		head = string(c.head)
	}
	at, sure = c.at, !c.doubt
	c.doubt = c.doubt || bodyBytes < 0
	ahead := 0
	if n := c.past - bodyBytes; bodyBytes >= 0 && n > 0 && n <= int64(len(c.tail)) {
		ahead = int(n)
	}
	next := c.tail[len(c.tail)-ahead:]
	c.forget()
	if ahead > 0 {
		c.see(bytes.Clone(next))
	}
	return head, at, sure
}

// forget starts afresh.
func (c *conn) forget() {
	c.whole, c.past, c.at = false, 0, time.Time{}
	c.head, c.tail = c.head[:0], c.tail[:0]
	if cap(c.head) > headKept {
		c.head = nil
	}
}

// blind stops looking: what follows is no head.
func (c *conn) blind() {
	c.off = true
	c.head, c.tail = nil, nil
}

// leave says that the connection ends after this answer, and that the rest of
// the body may follow.
func (c *conn) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.blind()
}

// rest is called when an answer is out and the connection waits for the next
// request.
func (c *conn) rest() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serving, c.claimed = false, false
	c.idle.Store(c.wrote.UnixNano())
}

// refusal reports whether p begins an answer of 400 or above.
func refusal(p []byte) bool {
	const status = len("HTTP/1.1 ")
	return len(p) > status && string(p[:7]) == "HTTP/1." && (p[status] == '4' || p[status] == '5')
}

// unused reports whether nothing has come yet.
func (c *conn) unused() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.off && !c.serving && !c.claimed && len(c.head) == 0 && c.refused == ""
}

func (c *conn) unclaimed() unclaimed {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.serving && !c.claimed {
		return unclaimed{}
	}
	return unclaimed{
		head:   string(c.head[:min(len(c.head), headKept)]),
		whole:  c.whole,
		at:     c.at,
		answer: c.refused,
	}
}
