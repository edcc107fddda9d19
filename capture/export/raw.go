package export

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"creel/capture"
)

var rawWire = Format{Name: "raw", Ext: "http", Help: "the requests as on the wire, one after the other", Exact: true, write: writeRaw}

func writeRaw(w *writer, s *share) error {
	b, err := Raw(w.ctx, &s.Request)
	if err != nil {
		return fmt.Errorf("%v: %w", s.ID, err)
	}
	w.leaveOpenOut() // there is one behind it
	if !endsByItself(b) {
		w.open = &openRaw{s.Name(), b}
		return nil
	}
	_, err = w.Write(b)
	return err
}

// openRaw is a request that does not say where it ends, such as an incomplete one: it
// can be read back as the last one only.
type openRaw struct {
	name string
	raw  []byte
}

// endsByItself reports whether a reader of raw requests finds the one behind it.
func endsByItself(raw []byte) bool {
	next := "GET / HTTP/1.1\r\n\r\n"
	r, rest, err := readRequest(append(raw, next...))
	return err == nil && !r.Incomplete && string(rest) == next
}

// leaveOpenOut leaves out the request that does not say where it ends.
func (w *writer) leaveOpenOut() {
	if w.open != nil {
		w.result.LeftOut = append(w.result.LeftOut, w.open.name)
		w.result.Count--
		w.open = nil
	}
}

// writeOpen writes the request that does not say where it ends, since it is the last
// one. One that cannot be read back at all stands alone or is left out.
func (w *writer) writeOpen() {
	if w.open == nil {
		return
	}
	if _, _, err := readRequest(w.open.raw); err != nil && w.result.Count > 1 {
		w.leaveOpenOut()
		return
	}
	_, _ = w.Write(w.open.raw) // an error stays until Flush
	w.open = nil
}

// Raw returns the request as on the wire: its head and its body, in one chunk
// when it came in chunks, with the trailers. A request without a length has its
// body as it is.
func Raw(ctx context.Context, r *capture.Request) ([]byte, error) {
	body, err := r.Body.Bytes(ctx)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Write(requestHead(r))
	if !r.Chunked || r.Malformed != "" {
		b.Write(body)
		return b.Bytes(), nil
	}
	if !hasChunkedField(r) { // HTTP/2: the head has nothing that ends the body
		h := bytes.TrimSuffix(requestHead(r), []byte("\r\n"))
		b.Reset()
		b.Write(h)
		b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
	}
	if len(body) > 0 {
		fmt.Fprintf(&b, "%x\r\n", len(body))
		b.Write(body)
		b.WriteString("\r\n")
	}
	if r.Incomplete || r.Truncated {
		return b.Bytes(), nil
	}
	b.Write(head("0", r.Trailers))
	return b.Bytes(), nil
}

func hasChunkedField(r *capture.Request) bool {
	te, _ := r.Get("Transfer-Encoding")
	return strings.Contains(strings.ToLower(te), "chunked")
}
