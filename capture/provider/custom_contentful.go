package provider

import (
	"crypto/sha256"
	"fmt"
	"sort"
	"strings"
)

// contentful signs method, path, the fields it lists, and the body.
func contentful() Scheme {
	return Scheme{
		Provider: "contentful", Title: "Contentful", Detect: []string{"X-Contentful-Topic"}, orDetect: []string{"x-contentful-signature"},
		Sig: []string{"x-contentful-signature"}, contents: contentfulContent, TS: "h:x-contentful-timestamp", TSUnit: "ms", Tol: 30, path: true,
		words: "HMAC-SHA256 of method, path, listed fields and body, hex, in x-contentful-signature, within 30 s",
		ID:    []string{"h:X-Contentful-Idempotency-Key"}, Event: []string{"h:X-Contentful-Topic"},
		Deadline: 30, Source: "https://www.contentful.com/developers/docs/webhooks/request-verification/",
	}
}

func contentfulContent(_ *Scheme, m *message, _ *claim, _ int, _ string) [][]byte {
	list, _ := m.req.Get("x-contentful-signed-headers")
	var fields []string
	for _, name := range splitItems(strings.ToLower(list), ",") {
		v, _ := m.req.Get(name)
		fields = append(fields, name+":"+strings.TrimSpace(v))
	}
	// The query is escaped, and then the whole is once more.
	target, q, ok := strings.Cut(m.req.Target, "?")
	if ok {
		target += "?" + escape(q, "-_.!~*'()")
	}
	head := m.req.Method + "\n" + escape(target, "-_.!~*'();,/?:@&=+$#") + "\n" + strings.Join(fields, ";") + "\n"
	return [][]byte{append([]byte(head), m.body...)}
}

// escape percent-escapes all but letters, digits and what is kept.
func escape(s, kept string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(kept, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// messageBird is the older scheme of MessageBird: time, sorted query, hash of
// the body.
func messageBird() Scheme {
	return Scheme{
		Provider: "messagebird", Title: "MessageBird", Sig: []string{"MessageBird-Signature"},
		Out: "base64", contents: messageBirdContent, TS: "h:MessageBird-Request-Timestamp", path: true,
		words: "HMAC-SHA256 of time, sorted query and SHA-256 of the body, base64, in MessageBird-Signature",
		ID:    []string{"b:id", "p:id"}, Event: []string{"b:type", "p:status"}, Source: "https://developers.messagebird.com/api/#verifying-http-requests",
	}
}

func messageBirdContent(_ *Scheme, m *message, c *claim, _ int, _ string) [][]byte {
	pairs := strings.Split(m.req.Query(), "&")
	sort.Strings(pairs)
	sum := sha256.Sum256(m.body)
	return [][]byte{append([]byte(c.ts+"\n"+strings.Join(pairs, "&")+"\n"), sum[:]...)}
}
