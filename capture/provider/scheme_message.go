package provider

import (
	"bytes"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/jsontok"
)

// message is a request as a scheme looks at it: with its body at hand and the
// URL that the sender believes it calls.
type message struct {
	req  *capture.Request
	body []byte
	// urls are the spellings of the URL that count as right, best first.
	urls []string
	now  time.Time
	// named says that the provider was given rather than recognised.
	named bool

	doc     []byte // the JSON of the body, or of its form field payload
	docDone bool

	verifyWord known // the body holds verifyWord
}

// known is what was found out about a message: nothing yet, no, or yes.
type known uint8

const (
	unknown known = iota
	no
	yes
)

// verifyWord is in the handshakes of Slack and Zoom.
const verifyWord = "url_v"

// hasVerifyWord looks once. It looks for the underscore: bytes.Contains, which looks for the
// u, takes three times as long for the usual JSON: 0.5 µs for 1 KB.
func (m *message) hasVerifyWord() bool {
	if m.verifyWord == unknown {
		m.verifyWord = no
		const before = len(verifyWord) - len("_v")
		for at := 0; ; at++ {
			i := bytes.IndexByte(m.body[at:], '_')
			if i < 0 {
				break
			}
			if at += i; at >= before && bytes.HasPrefix(m.body[at-before:], []byte(verifyWord)) {
				m.verifyWord = yes
				break
			}
		}
	}
	return m.verifyWord == yes
}

// get returns the value of a reference: see Scheme; "k:name" is the name of a key
// of the body that is there.
func (m *message) get(ref string) (string, bool) {
	if len(ref) < 2 || ref[1] != ':' {
		return "", false
	}
	name := ref[2:]
	switch ref[0] {
	case 'h':
		return m.req.Get(name)
	case 'b':
		return jsonString(m.json(), name)
	case 'p':
		return m.param(name)
	case 'k':
		_, _, ok := find(m.json(), name)
		return name, ok
	}
	return "", false
}

// json is the document of the body: the body itself, or what a form carries in
// its field payload, as GitHub and Slack do.
func (m *message) json() []byte {
	if m.docDone {
		return m.doc
	}
	m.docDone = true
	m.doc = m.body
	// curl calls all that it sends a form, unless a type is given.
	if i := jsontok.SkipSpace(m.body, 0); m.isForm() && i < len(m.body) && m.body[i] != '{' && m.body[i] != '[' {
		v, _ := formValue(m.body, "payload")
		m.doc = []byte(v)
	}
	return m.doc
}

// peekLimit is how much of a body is looked at to name what it is.
const peekLimit = 1 << 20

// peek is the message with no more of its body than is looked at to name it.
func (m *message) peek() *message {
	if len(m.body) <= peekLimit {
		return m
	}
	return m.withBody(m.body[:peekLimit])
}

func (m *message) isForm() bool {
	ct, ok := m.req.Get("Content-Type")
	if !ok {
		return bytes.HasPrefix(m.body, []byte("payload="))
	}
	return hasPrefixFold(ct, "application/x-www-form-urlencoded")
}

func (m *message) param(name string) (string, bool) {
	if m.isForm() {
		if v, ok := formValue(m.body, name); ok {
			return v, true
		}
	}
	return formValue([]byte(m.req.Query()), name)
}

func (m *message) url() string {
	if len(m.urls) == 0 {
		return ""
	}
	return m.urls[0]
}

// formValue returns the first value of a field of a urlencoded form. It decodes
// that value only.
func formValue(body []byte, name string) (string, bool) {
	for len(body) > 0 {
		var pair []byte
		pair, body, _ = bytes.Cut(body, []byte("&"))
		k, v, _ := bytes.Cut(pair, []byte("="))
		if string(k) != name {
			if bytes.IndexByte(k, '%') < 0 {
				continue
			}
			if dec, err := url.QueryUnescape(string(k)); err != nil || dec != name {
				continue
			}
		}
		dec, err := url.QueryUnescape(string(v))
		return dec, err == nil
	}
	return "", false
}

// formConcat is the form's fields, sorted bytewise by name, as name+value;
// several values of one name are sorted, and each counts once.
func formConcat(body []byte) string {
	form, err := url.ParseQuery(string(body))
	if err != nil && len(form) == 0 {
		return ""
	}
	var b strings.Builder
	for _, n := range slices.Sorted(maps.Keys(form)) {
		for _, v := range slices.Compact(slices.Sorted(slices.Values(form[n]))) {
			b.WriteString(n)
			b.WriteString(v)
		}
	}
	return b.String()
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
