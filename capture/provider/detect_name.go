package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"creel/capture"
	"creel/capture/jsontok"
)

// Names that are longer are no names.
const maxName = 256

// hashLimit is the size up to which a body names its own delivery.
const hashLimit = 1 << 20

// name fills in event, delivery and try of a request of this scheme.
func (s *Scheme) name(m *message, to *capture.Sender) {
	to.Provider = s.Provider
	to.Event = m.first(s.Event)
	if s.event != nil {
		to.Event = s.event(m)
	}
	to.Delivery = m.first(s.ID)
	if len(s.Attempt) == 0 {
		return
	}
	attempt := m.first(s.Attempt)
	if n, err := strconv.Atoi(attempt); err == nil && n >= 0 && n < 1<<20 {
		to.Try = n
		if s.attemptFrom0 {
			to.Try++
		}
	}
	if to.Try == 0 && s.attemptFrom0 && attempt == "" && to.Delivery != "" {
		to.Try = 1 // such senders mark the retries only
	}
}

// first is the value of the first reference that is there.
func (m *message) first(refs []string) string {
	for _, r := range refs {
		if v := m.joined(r); v != "" && len(v) <= maxName {
			return v
		}
	}
	return ""
}

// joined is a reference, or several joined by +: the first must be there.
func (m *message) joined(ref string) string {
	head, rest, more := strings.Cut(ref, "+")
	v, ok := m.get(head)
	if !ok {
		return ""
	}
	for more && v != "" {
		head, rest, more = strings.Cut(rest, "+")
		if w, ok := m.get(head); ok && w != "" {
			v += "." + w
		}
	}
	return v
}

// guess names a request of an unknown sender: the event from a field that is
// called so, or from the usual keys of a body; the delivery from an idempotency
// key, or from a hash of what was sent. Both are empty for what is no event:
// requests without a body.
func (d *detector) guess(m *message, seen *mask, to *capture.Sender) {
	for i := range m.req.Fields {
		f := &m.req.Fields[i]
		switch {
		case len(f.Value) > maxName || f.Value == "":
		case to.Event == "" && namesEvent(f.Name):
			to.Event = f.Value
		case to.Delivery == "" && (strings.EqualFold(f.Name, "Idempotency-Key") || strings.EqualFold(f.Name, "X-Event-Id") || strings.EqualFold(f.Name, "X-Webhook-Id")):
			to.Delivery = f.Value
		}
	}
	for i, k := range eventKeys {
		if to.Event == "" && seen.bit(uint16(i)) {
			to.Event = scalar(m.body[:min(len(m.body), peekLimit)], k)
		}
	}
	if to.Delivery == "" && len(m.body) > 0 && len(m.body) <= hashLimit {
		to.Delivery = hashOfSent(m)
	}
}

// scalar is the text of a string or number at the top of the body.
func scalar(body []byte, key string) string {
	i, j, ok := find(body, key)
	if !ok || body[i] == '{' || body[i] == '[' || j-i > maxName {
		return ""
	}
	return jsontok.Text(body[i:j])
}

// namesEvent reports whether a field is called after an event or a topic, and
// not after something about it.
func namesEvent(name string) bool {
	for i := 0; i+5 <= len(name); i++ {
		if c := name[i] | 0x20; c != 'e' && c != 't' {
			continue
		}
		w := name[i : i+5]
		if strings.EqualFold(w, "event") || strings.EqualFold(w, "topic") {
			tail := name[i+5:]
			return tail == "" || strings.EqualFold(tail, "-type") || strings.EqualFold(tail, "-name") || strings.EqualFold(tail, "-key")
		}
	}
	return false
}

// hashOfSent names a delivery by what was sent: method, path and body.
func hashOfSent(m *message) string {
	h := sha256.New()
	var head [512]byte
	b := append(head[:0], m.req.Method...)
	b = append(b, ' ')
	b = append(b, m.req.Path()...)
	b = append(b, '\n')
	h.Write(b)
	h.Write(m.body)
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	out := make([]byte, 0, 39)
	out = append(out, hashed...)
	return string(hex.AppendEncode(out, sum[:16]))
}

// hashed begins the delivery ids that were made from what was sent.
const hashed = "sha256:"
