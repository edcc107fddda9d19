package tunnel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"mime"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"creel/capture/jsontok"
)

// message is a request as a relay tells it.
type message struct {
	query  string
	host   string
	fields [][2]string // without those that only concern the connection
	body   []byte
	// reserialized says that body is what the relay made of the parsed body, not what
	// the sender sent.
	reserialized bool
}

// parseMessage reads the data of an event: an object with the header fields in lower
// case, and beside them the body as JSON (body, smee.io) or as bytes (bodyB, gosmee),
// query and timestamp. Any other event is none of a request: ok is false.
func parseMessage(data []byte) (m *message, ok bool) {
	if !json.Valid(data) {
		return nil, false
	}
	var raw []byte
	m = &message{}
	for name, value := range members(data) {
		switch name {
		case "bodyB":
			var b []byte
			if json.Unmarshal(value, &b) == nil {
				m.body, ok = b, true
			}
		case "body":
			raw = value
		case "query":
			m.query = encodeQuery(value)
		case "host":
			m.host = texts(value)[0]
		case "timestamp":
		default:
			m.add(name, value)
		}
	}
	if !ok && raw != nil {
		m.reserialized, ok = true, true
		m.body = m.spell(raw)
	}
	return m, ok
}

// notRelayed are fields of the connection to the relay, and those that creel sets.
var notRelayed = map[string]bool{
	"connection": true, "keep-alive": true, "proxy-connection": true, "te": true, "trailer": true, "transfer-encoding": true,
	"upgrade": true, "expect": true, "content-length": true,
}

func (m *message) add(name string, value []byte) {
	if notRelayed[strings.ToLower(name)] || !httpguts.ValidHeaderFieldName(name) {
		return
	}
	for _, v := range texts(value) {
		if httpguts.ValidHeaderFieldValue(v) {
			m.fields = append(m.fields, [2]string{name, v})
		}
	}
}

// spell writes a body that the relay had parsed: as a form where it was one, else as
// the relay wrote it. A Content-Encoding that is no longer true is dropped.
func (m *message) spell(raw []byte) []byte {
	m.fields = slices.DeleteFunc(m.fields, func(f [2]string) bool { return strings.EqualFold(f[0], "content-encoding") })
	form := false
	for _, f := range m.fields {
		if strings.EqualFold(f[0], "content-type") {
			kind, _, _ := mime.ParseMediaType(f[1])
			form = kind == "application/x-www-form-urlencoded"
		}
	}
	if form {
		return []byte(encodeQuery(raw))
	}
	return raw
}

// request is the message as a request on the wire.
func (m *message) request() []byte {
	target := "/"
	if m.query != "" {
		target += "?" + m.query
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\n", target)
	host := m.host
	if !httpguts.ValidHostHeader(host) {
		host = ""
	}
	fmt.Fprintf(&b, "host: %s\r\n", host)
	for _, f := range m.fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f[0], f[1])
	}
	fmt.Fprintf(&b, "content-length: %d\r\n\r\n", len(m.body))
	b.Write(m.body)
	return b.Bytes()
}

// members yields the members of a JSON object in their order.
func members(object []byte) iter.Seq2[string, []byte] {
	return func(yield func(name string, value []byte) bool) {
		for c := range jsontok.Children(object) {
			if c.Name.Kind == jsontok.Name && !yield(jsontok.Unquote(object[c.Name.Off:c.Name.End]), object[c.Off:c.End]) {
				return
			}
		}
	}
}

// texts are a JSON value as texts: the items of a list, else the value alone. A string
// is decoded, any other value as it is written.
func texts(value []byte) (list []string) {
	if value[0] == '[' {
		for c := range jsontok.Children(value) {
			list = append(list, jsontok.Text(value[c.Off:c.End]))
		}
	}
	if list == nil {
		return []string{jsontok.Text(value)}
	}
	return list
}

// encodeQuery writes an object as a query, or as a form.
func encodeQuery(object []byte) string {
	var b strings.Builder
	for name, value := range members(object) {
		for _, v := range texts(value) {
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			b.WriteString(url.QueryEscape(name) + "=" + url.QueryEscape(v))
		}
	}
	return b.String()
}
