package provider

import (
	"cmp"
	"strings"
)

// coinbaseCDP signs twice: v0 the body, v1 also the fields that h lists.
func coinbaseCDP() Scheme {
	return Scheme{
		Provider: "coinbase-cdp", Title: "Coinbase CDP", Names: []string{"coinbase"}, Sig: []string{"X-Hook0-Signature"},
		Tol: 300, read: readCDP, contents: cdpContent, write: writeCDP,
		words: "HMAC-SHA256 of {ts}.{h}.{listed fields}.{body} as v1 and of {ts}.{body} as v0, hex, in X-Hook0-Signature, within 5 min",
		ID:    []string{"h:X-Event-Id", "b:id"}, Event: []string{"h:X-Event-Type", "b:event.type"}, Source: "https://docs.cdp.coinbase.com/webhooks/verify-signatures",
	}
}

func readCDP(s *Scheme, m *message) claim {
	v, ok := m.req.Get(s.Sig[0])
	if !ok {
		return noSignature
	}
	var c claim
	unknown := false
	for _, item := range splitItems(v, ",") {
		k, text, _ := strings.Cut(item, "=")
		switch k {
		case "t":
			c.ts = text
		case "h":
			c.doc = []byte(text)
		case "v0", "v1":
			if raw, err := decode("hex", text); err == nil && len(raw) > 0 {
				c.sigs = append(c.sigs, candidate{text: text, raw: raw, alg: "sha256", item: k})
			}
		default:
			unknown = true
		}
	}
	at, ok := parseTime(c.ts, "s")
	switch {
	case len(c.sigs) == 0 && unknown:
		return c.fail(NoKnown)
	case len(c.sigs) == 0 || !ok:
		return c.fail(Malformed)
	}
	c.at = at
	return c
}

func cdpContent(_ *Scheme, m *message, c *claim, i int, _ string) [][]byte {
	head := c.ts + "."
	if c.sigs[i].item == "v1" {
		var values []string
		for name := range strings.FieldsSeq(string(c.doc)) {
			v, _ := m.req.Get(name)
			values = append(values, v)
		}
		head += string(c.doc) + "." + strings.Join(values, ".") + "."
	}
	return [][]byte{append([]byte(head), m.body...)}
}

func writeCDP(s *Scheme, d *draft, k key, _ string) error {
	m := d.message()
	old := readCDP(s, m)
	list := cmp.Or(string(old.doc), "content-type")
	c := claim{ts: formatTime(d.at, "s"), doc: []byte(list), sigs: []candidate{{item: "v0"}, {item: "v1"}}}
	var sigs [2]string
	for i := range sigs {
		sigs[i] = encode("hex", mac("sha256", k, cdpContent(s, m, &c, i, "")[0]))
	}
	d.set(s.Sig[0], "t="+c.ts+",v0="+sigs[0]+",h="+list+",v1="+sigs[1])
	return nil
}
