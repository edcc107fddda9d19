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
	_, err = w.Write(b)
	return err
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
