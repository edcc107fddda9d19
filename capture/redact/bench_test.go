package redact

import (
	"strings"
	"testing"

	"creel/capture"
)

// BenchmarkBody hides values in a body of ordinary JSON. It must beat 10 ms for
// 10 KB and 1 s for 1 MB.
func BenchmarkBody(b *testing.B) {
	event := `{"id":"evt_1NG8Du2eZvKYlo2CUI79vXWy","object":"event","created":1795441026,"data":{"object":{"amount":2000,"currency":"eur","description":"Order 12 for Joe, see https://shop.example.com/orders/12?ref=mail","metadata":{"token":"tok_abcdef123456"}}}},`
	for name, n := range map[string]int{"10KB": 10_000, "1MB": 1_000_000} {
		src := []byte("[" + strings.TrimSuffix(strings.Repeat(event, n/len(event)), ",") + "]")
		fields := []capture.Field{{Name: "Content-Type", Value: "application/json"}}
		r, err := New(Config{})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				r.Scan().Body(fields, src)
			}
		})
	}
}

// BenchmarkText hides values in text that speaks of many issuers. It must beat
// 1 s for 1 MB.
func BenchmarkText(b *testing.B) {
	text := "moved from twitter to discord, the plaid and coinbase cards are in atlassian, see dropbox: okta, snyk; linkedin.\n"
	src := []byte(strings.Repeat(text, 1_000_000/len(text)))
	r, err := New(Config{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		r.Scan().Body(nil, src)
	}
}

// No rule is searched for with what may stand before its keyword, which makes it
// slow and finds nothing else.
func TestShapesBeginWithTheirKeyword(t *testing.T) {
	for i := range shapes() {
		r := &shapes()[i]
		if s := r.compile().String(); strings.Contains(s, "{0,50}?") {
			t.Errorf("%s: %s", r.ID, s)
		}
	}
}
