package provider

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"creel/capture/jsontok"
)

// lookAt bounds how much of a body is looked at to recognise its sender.
const lookAt = 64 << 10

// condition is one part of Detect.
type condition struct {
	kind   byte   // 'h' field, 'b' JSON value, 'f' form field
	name   string // of the field, or the path
	value  string
	prefix bool // value is a prefix
}

func (s *Scheme) compileDetect() error {
	for i, way := range [][]string{s.Detect, s.orDetect} {
		all, err := s.conditions(way)
		if err != nil {
			return err
		}
		s.detect[i] = all
	}
	return nil
}

func (s *Scheme) conditions(way []string) ([]condition, error) {
	var all []condition
	for _, d := range way {
		c := condition{kind: 'h', name: d}
		if rest, ok := strings.CutPrefix(d, "body:"); ok {
			c.kind = 'b'
			c.name, c.value, _ = strings.Cut(rest, "=")
		} else if rest, ok := strings.CutPrefix(d, "form:"); ok {
			c.kind = 'f'
			c.name, c.value, _ = strings.Cut(rest, "=")
		} else if name, v, ok := strings.Cut(d, ": "); ok {
			c.name, c.value, c.prefix = name, v, true
		}
		if c.name == "" {
			return nil, s.wrong("detect", fmt.Sprintf("%q names nothing", d))
		}
		all = append(all, c)
	}
	return all, nil
}

// key is what the one pass over a request looks for.
func (c *condition) key() string {
	switch c.kind {
	case 'b':
		top, _, _ := strings.Cut(c.name, ".")
		return "b:" + top
	case 'f':
		return "f:" + c.name
	}
	return strings.ToLower(c.name)
}

// holds reports whether the condition is met by the request.
func (c *condition) holds(m *message) bool {
	var v string
	var ok bool
	switch c.kind {
	case 'b':
		if c.value == "" {
			_, _, ok = find(m.json(), c.name)
			return ok
		}
		v, ok = jsonString(m.json(), c.name)
	case 'f':
		v, ok = formValue(m.body, c.name)
	default:
		v, ok = m.req.Get(c.name)
	}
	if c.prefix {
		return ok && strings.HasPrefix(v, c.value)
	}
	return ok && (c.value == "" || v == c.value)
}

// maxKeys is how many different fields the rows may be recognised by.
const maxKeys = 384

type mask [maxKeys / 64]uint64

func (m *mask) set(bit uint16)    { m[bit/64] |= 1 << (bit % 64) }
func (m *mask) bit(b uint16) bool { return m[b/64]&(1<<(b%64)) != 0 }
func (m *mask) empty() bool       { return *m == mask{} }

func (m *mask) has(want *mask) bool {
	for i := range m {
		if m[i]&want[i] != want[i] {
			return false
		}
	}
	return true
}

// eventKeys are where senders that are not known put the name of the event.
var eventKeys = [...]string{"type", "event_type", "event", "topic", "action"}

// handshakeKeys are the members that are all there is in a handshake.
var handshakeKeys = [...]string{"b:challenge", "b:verification_token"}

// detector recognises the sender of a request. It is not changed once made.
type detector struct {
	bits map[string]uint16 // lower-case field names, "b:" JSON keys, "f:" form keys
	// The rows known by a field, and the rows known by the body alone.
	byField, byBody []detectRow
}

type detectRow struct {
	scheme *Scheme
	way    []condition
	need   mask // its keys that the pass over the request sees
}

func newDetector(rows []*Scheme) (*detector, error) {
	d := &detector{bits: map[string]uint16{}}
	for i, k := range eventKeys {
		d.bits["b:"+k] = uint16(i)
	}
	for _, k := range handshakeKeys {
		d.bits[k] = uint16(len(d.bits))
	}
	for way := range 2 {
		for _, s := range rows {
			if err := d.add(s, s.detect[way]); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

func (d *detector) add(s *Scheme, way []condition) error {
	r := detectRow{scheme: s, way: way}
	byField := slices.ContainsFunc(way, func(c condition) bool { return c.kind == 'h' })
	for i := range way {
		if byField && way[i].kind != 'h' {
			continue // looked at when the fields fit
		}
		k := way[i].key()
		bit, ok := d.bits[k]
		if !ok {
			bit = uint16(len(d.bits))
			d.bits[k] = bit
		}
		if bit >= maxKeys {
			return fmt.Errorf("scheme %s: detect: over %d different fields", s.Provider, maxKeys)
		}
		r.need.set(bit)
	}
	switch {
	case byField:
		d.byField = append(d.byField, r)
	case len(way) > 0:
		d.byBody = append(d.byBody, r)
	}
	return nil
}

// sender returns the scheme of who sent the request; nil when unknown, and then
// the keys that were seen.
func (d *detector) sender(m *message) (*Scheme, mask) {
	var seen mask
	for i := range m.req.Fields {
		d.seeField(m.req.Fields[i].Name, &seen)
	}
	if s := match(d.byField, m, &seen); s != nil {
		return s, seen
	}
	d.seeBody(m, &seen)
	return match(d.byBody, m, &seen), seen
}

// hasHandshakeKey reports whether the pass over a request met a key of a handshake.
func (d *detector) hasHandshakeKey(seen *mask) bool {
	for _, k := range handshakeKeys {
		if seen.bit(d.bits[k]) {
			return true
		}
	}
	return false
}

func match(rows []detectRow, m *message, seen *mask) *Scheme {
	if seen.empty() {
		return nil
	}
	for i := range rows {
		if seen.has(&rows[i].need) && rows[i].fits(m) {
			return rows[i].scheme
		}
	}
	return nil
}

func (r *detectRow) fits(m *message) bool {
	for i := range r.way {
		if !r.way[i].holds(m) {
			return false
		}
	}
	return r.scheme.is == nil || r.scheme.is(m)
}

func (d *detector) seeField(name string, seen *mask) {
	var buf [64]byte
	if len(name) > len(buf) {
		return
	}
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		buf[i] = c
	}
	d.see(buf[:len(name)], seen)
}

func (d *detector) see(word []byte, seen *mask) {
	if bit, ok := d.bits[string(word)]; ok {
		seen.set(bit)
	}
}

// seeBody looks for the keys at the top of the body: those of a JSON object, of
// the first object of an array, or of a form.
func (d *detector) seeBody(m *message, seen *mask) {
	b := m.body[:min(len(m.body), lookAt)]
	i := jsontok.SkipSpace(b, 0)
	if i >= len(b) {
		return
	}
	switch {
	case b[i] == '{':
		eachKey(b[i:], func(key []byte) bool {
			d.seeKey('b', key, seen)
			return true
		})
	case b[i] == '[':
		d.see([]byte("b:0"), seen)
	case m.isForm():
		for pair := range bytes.SplitSeq(b, []byte("&")) {
			key, _, _ := bytes.Cut(pair, []byte("="))
			d.seeKey('f', key, seen)
		}
	}
}

func (d *detector) seeKey(kind byte, key []byte, seen *mask) {
	word := [34]byte{kind, ':'}
	if n := 2 + copy(word[2:], key); n == 2+len(key) {
		d.see(word[:n], seen)
	}
}
