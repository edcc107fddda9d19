package provider

import (
	"context"
	"testing"

	"creel/capture"
)

// FuzzSignatureFields: whatever stands in the fields of a signature and in the
// body, reading it neither panics nor finds it valid.
func FuzzSignatureFields(f *testing.F) {
	for _, v := range vectors(f) {
		ex := v.exchange(f)
		body, _ := ex.Request.Body.Bytes(context.Background())
		for _, h := range ex.Request.Fields[1:] {
			f.Add(h.Value, "1751328000", body)
		}
	}
	s := newSet(f, Config{})
	f.Fuzz(func(t *testing.T, sig, ts string, body []byte) {
		for _, row := range table() {
			if !row.signs() || row.alg() == algToken {
				continue
			}
			req := request(string(body))
			for _, name := range row.Sig {
				req.Fields = append(req.Fields, capture.Field{Name: name, Value: sig})
			}
			for _, name := range row.signedFields() {
				req.Fields = append(req.Fields, capture.Field{Name: name, Value: ts})
			}
			req.Fields = append(req.Fields, capture.Field{Name: "Signature-Input", Value: sig})
			ex := &capture.Exchange{At: clock, Request: *req}
			s.Identify(ex)
			r := unexplained(t, s, row, req, "2b0d8c1e0a6c4d7f9e5b3a1c8f7e6d5c4b3a29180716f5e4d3c2b1a0ffeeddcc")
			if r.Signature.Verdict == capture.Valid {
				t.Errorf("%s: valid", row.Provider)
			}
			s.Handshake(ex)
		}
	})
}

// FuzzFind: looking into any bytes stays within them.
func FuzzFind(f *testing.F) {
	for _, doc := range []string{`{"a":{"b":[1,{"c":"d"}]}}`, `[{"a":1},2]`, `{"a":"\"`, `{"a`, `{`, `[`, `[[`, `{"a":}`, `{"a":[}`, "\\", `"`, `{"":""}`, "{\"\xff\":1}"} {
		f.Add([]byte(doc), "a.b.1.c")
	}
	f.Fuzz(func(t *testing.T, doc []byte, path string) {
		if i, j, ok := find(doc, path); ok && (i < 0 || i >= j || j > len(doc)) {
			t.Errorf("find %q %q: %d to %d of %d", doc, path, i, j, len(doc))
		}
		eachKey(doc, func([]byte) bool { return true })
		jsonStyles(doc, func([]byte, string) bool { return true })
		textRewrites(string(doc), func(string, string) bool { return true })
	})
}
