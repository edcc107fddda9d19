package provider

import (
	"cmp"
	"encoding/base64"
	"strings"

	"creel/capture/jsontok"
)

// bareOrPrefixed reads a hex signature that may, but need not, have a prefix.
func bareOrPrefixed(prefix string) func(s *Scheme, m *message) claim {
	return func(s *Scheme, m *message) claim {
		with := *s
		if v, _ := m.req.Get(s.Sig[0]); strings.HasPrefix(v, prefix) {
			with.Prefix = prefix
		}
		return with.readFields(m)
	}
}

// hexOrBase64 reads a signature in either spelling: 64 characters are hex.
func hexOrBase64(s *Scheme, m *message) claim {
	with := *s
	if v, _ := m.req.Get(s.Sig[0]); len(v) != 64 {
		with.Out = "base64"
	}
	return with.readFields(m)
}

// readWebSub reads the algorithm out of the signature's prefix (WebSub section 8).
func readWebSub(s *Scheme, m *message) claim {
	with := *s
	v, _ := m.req.Get(s.Sig[0])
	for _, alg := range []string{"sha1", "sha256", "sha384", "sha512"} {
		if strings.HasPrefix(v, alg+"=") {
			with.Alg, with.Prefix = alg, alg+"="
		}
	}
	with.Prefix = cmp.Or(with.Prefix, "sha256=")
	return with.readFields(m)
}

// writeWebSub keeps the algorithm that the hub uses.
func writeWebSub(s *Scheme, d *draft, k key, _ string) error {
	alg := "sha256"
	if c := readWebSub(s, d.message()); len(c.sigs) > 0 {
		alg = c.sigs[0].alg
	}
	d.set(s.Sig[0], alg+"="+encode("hex", mac(alg, k, d.body)))
	return nil
}

// bodyToken reads a shared token that stands in the body.
func bodyToken(path string) func(s *Scheme, m *message) claim {
	return func(_ *Scheme, m *message) claim {
		v, ok := jsonString(m.body, path)
		if !ok || v == "" {
			return noSignature
		}
		return claim{sigs: []candidate{{text: v, raw: []byte(v), alg: algToken}}}
	}
}

func writeBodyToken(path string) func(s *Scheme, d *draft, k key, secret string) error {
	return func(_ *Scheme, d *draft, _ key, secret string) error {
		return d.setJSON(path, jsontok.Quote(secret))
	}
}

// readBasic reads Basic credentials (RFC 7617) as user:password.
func readBasic(_ *Scheme, m *message) claim {
	v, ok := m.req.Get("Authorization")
	if !ok {
		return noSignature
	}
	if !hasPrefixFold(v, "Basic ") {
		return claim{reason: NoKnown}
	}
	raw, err := decodeBase64(strings.TrimSpace(v[len("Basic "):]))
	if err != nil {
		return claim{reason: Malformed}
	}
	return claim{sigs: []candidate{{text: v, raw: raw, alg: algToken}}}
}

func writeBasic(_ *Scheme, d *draft, _ key, secret string) error {
	d.set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(secret)))
	return nil
}
