package provider

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

// The URLs that may have been signed instead are tried with the host, the port, the scheme,
// the slash and the query changed, each once.
func TestURLsThatMayHaveBeenSigned(t *testing.T) {
	r := request("{}", capture.Field{Name: "X-Forwarded-Host", Value: "outer.example, inner"})
	r.Target = "/a?b=c"
	const slash, host, called = "with the slash at its end the other way", "with the host that the proxy names", "with the host that it called"
	for was, want := range map[string][]wrongURL{
		"https://[::1]:8080/a?b=c": {
			{"http://[::1]:8080/a?b=c", "http instead of https"},
			{"https://[::1]:8080/a/?b=c", slash},
			{"http://[::1]:8080/a/?b=c", "http, and " + slash},
			{"https://[::1]/a?b=c", "without the port"},
			{"http://[::1]/a?b=c", "http and without the port"},
			{"https://[::1]:443/a?b=c", "with port 443"},
			{"http://[::1]:443/a?b=c", "http with port 443"},
			{"https://[::1]:8080/a", "without the query"},
			{"http://[::1]:8080/a", "http, and without the query"},
		},
		"http://h.example/a/": {
			{"https://h.example/a/", "https instead of http"},
			{"http://h.example/a", slash},
			{"https://h.example/a", "https, and " + slash},
			{"http://h.example/a/", "without the port"},
			{"https://h.example/a/", "https and without the port"},
			{"http://h.example:443/a/", "with port 443"},
			{"https://h.example:443/a/", "https with port 443"},
			{"http://h.example/a/", "without the query"},
			{"https://h.example/a/", "https, and without the query"},
		},
	} {
		want = append(want,
			wrongURL{"https://outer.example/a?b=c", host}, wrongURL{"http://outer.example/a?b=c", host},
			wrongURL{"https://hooks.example.com/a?b=c", called}, wrongURL{"http://hooks.example.com/a?b=c", called})
		if d := cmp.Diff(want, wrongURLs(&message{req: r}, was), cmp.AllowUnexported(wrongURL{})); d != "" {
			t.Errorf("%s: %s", was, d)
		}
	}
	if all := wrongURLs(&message{req: r}, "://"); all != nil {
		t.Errorf("of no URL: %v", all)
	}
}

// A digest of the body counts when it is covered and of a kind that is known.
func TestDigestsOfTheBody(t *testing.T) {
	const body = "hello"
	of256, of512 := sha256.Sum256([]byte(body)), sha512.Sum512([]byte(body))
	is256 := "sha-256=:" + base64.StdEncoding.EncodeToString(of256[:]) + ":"
	is512 := "sha-512=:" + base64.StdEncoding.EncodeToString(of512[:]) + ":"
	const covered = `sig1=("content-digest");keyid="a"`
	for _, tt := range []struct {
		input, digest, body string
		ok                  bool
	}{
		{covered, is256, body, true},
		{covered, is512, body, true},
		{covered, is256 + ", " + is512, body, true},
		{covered, "md5=:AAAA:", body, true},
		{covered, "", body, true},
		{covered, is256, body + "x", false},
		{covered, is512, body + "x", false},
		{covered, "md5=:AAAA:, " + is512, body + "x", false},
		{covered, "sha-256=:###:", body, false},
		{`sig1=("@method");keyid="a"`, is256, body + "x", true},
	} {
		m := &message{req: request(tt.body, capture.Field{Name: "Signature-Input", Value: tt.input}, capture.Field{Name: "Content-Digest", Value: tt.digest}), body: []byte(tt.body)}
		if why := contentDigest(m, nil, key{}); (why == "") != tt.ok {
			t.Errorf("%s, %s of %q: %q", tt.input, tt.digest, tt.body, why)
		}
	}
}

// A secret that looks like a public key is one; any other is shared.
func TestEitherKey(t *testing.T) {
	public := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public().(ed25519.PublicKey)
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	jwk := `{"kty":"OKP","crv":"Ed25519","x":"` + base64.RawURLEncoding.EncodeToString(public) + `"}`
	for _, secret := range []string{text, "\n" + text, jwk, " " + jwk} {
		if k, err := eitherKey(secret); err != nil || !public.Equal(k.pub) || k.raw != nil {
			t.Errorf("%q: %+v, %v", secret, k, err)
		}
	}
	for _, secret := range []string{" s3cret ", "", base64.StdEncoding.EncodeToString(public)} {
		if k, err := eitherKey(secret); err != nil || k.pub != nil || string(k.raw) != secret {
			t.Errorf("%q: %+v, %v", secret, k, err)
		}
	}
	for _, secret := range []string{"{", "{}", "-----BEGIN PUBLIC KEY-----\n"} {
		if k, err := eitherKey(secret); err == nil {
			t.Errorf("%q: %+v", secret, k)
		}
	}
}

// A token has the claims that are in its second part.
func TestClaimsOfAToken(t *testing.T) {
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"aud":"x"}`))
	for v, want := range map[string]bool{
		"Bearer e30." + claims + ".c2ln": true, "e30." + claims + ".c2ln": true, "Bearer e30.e30.c2ln": false, "Bearer e30": false, "Bearer e30.###.c2ln": false, "": false,
	} {
		m := &message{req: request("", capture.Field{Name: "Authorization", Value: v})}
		if got := hasClaim("Authorization", "aud")(m); got != want {
			t.Errorf("%s: %v", v, got)
		}
	}
}

// The signature of SNS is of one of two versions.
func TestVersionsOfSNS(t *testing.T) {
	for body, want := range map[string]capture.Reason{
		`{"Signature":"c2ln","SignatureVersion":"1"}`: "", `{"Signature":"c2ln","SignatureVersion":"2"}`: "",
		`{"Signature":"c2ln","SignatureVersion":"3"}`: NoKnown, `{"Signature":"c2ln"}`: NoKnown,
		`{"Signature":"###","SignatureVersion":"1"}`: Malformed, `{"Signature":"","SignatureVersion":"1"}`: Malformed,
	} {
		c := readSNS(nil, &message{req: request(body), body: []byte(body)})
		if c.reason != want || (want == "") != (len(c.sigs) == 1) {
			t.Errorf("%s: %q, %d signatures", body, c.reason, len(c.sigs))
		}
	}
	alg := func(version string) string {
		body := `{"Signature":"c2ln","SignatureVersion":"` + version + `"}`
		return readSNS(nil, &message{req: request(body), body: []byte(body)}).sigs[0].alg
	}
	if alg("1") != algRSA1 || alg("2") != algRSA256 {
		t.Errorf("1 is %s, 2 is %s", alg("1"), alg("2"))
	}
}

// Of the rows of one name that is meant which the request fits.
func TestRowsOfOneName(t *testing.T) {
	s := newSet(t, Config{})
	for field, want := range map[string]string{"webhook-signature: v1,AAAA": "webhook-signature", "X-Gitlab-Token: t": "X-Gitlab-Token"} {
		ex := raw("POST", "/", "{}", "webhook-id: a", "webhook-timestamp: 1", field)
		m := &message{req: &ex.Request, body: []byte("{}")}
		if got := s.variant(s.scheme("gitlab"), "gitlab", m); len(got.Sig) != 1 || got.Sig[0] != want {
			t.Errorf("%s: %v of %s", field, got.Sig, got.Provider)
		}
	}
}

// The signatures of a message are found by their labels, however the list is parted.
func TestSignaturesOfLabels(t *testing.T) {
	for signature, want := range map[string]string{
		"a=:YQ==:, b=:Yg==:": "a YQ== b Yg==", "a=:YQ==:,b=:Yg==:": "a YQ== b Yg==", "b=:Yg==: ,\ta=:YQ==:": "a YQ== b Yg==",
		"b=:Yg==:": "b Yg==", "a=:YQ==:;x=1, b=:Yg==:;y=2": "a YQ== b Yg==", "aa=:YQ==:, ab=:Yg==:": "",
		"a=:YQ==, b=:Yg==:": "b Yg==", "a=::, b=:Yg==:": "b Yg==", "a=:#:, b=:Yg==:": "b Yg==", "a=YQ==, b=:Yg==:": "b Yg==", "": "",
	} {
		m := &message{req: request("{}", capture.Field{Name: "Signature-Input", Value: `a=("@method");created=1, b=();created=2`}, capture.Field{Name: "Signature", Value: signature})}
		c := readMessageSignature(nil, m)
		var got []string
		for _, sig := range c.sigs {
			got = append(got, sig.item, sig.text)
		}
		if strings.Join(got, " ") != want || (c.reason == Malformed) != (want == "") || c.absent {
			t.Errorf("%s: %q, %q, want %q", signature, got, c.reason, want)
		}
	}
}

// The signatures of Coinbase: v0 covers the body, v1 the fields that h lists, too. Either is enough.
func TestSignaturesOfCoinbase(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "coinbase", Value: "s"}}})
	sign := func(content string) string {
		return encode("hex", mac("sha256", key{raw: []byte("s")}, []byte(content)))
	}
	const now, body = "1751328000", "{}"
	v0, v1, none := sign(now+"."+body), sign(now+".x-b x-a x-none.2.1.."+body), sign(now+".."+"."+body)
	for field, want := range map[string]capture.Reason{
		"t=" + now + ",v0=" + v0:                                   "",
		"t=" + now + ", v0=" + v0 + ", h=x-b x-a x-none, v1=" + v1: "",
		"t=" + now + ",h=x-b x-a x-none,v1=" + v1:                  "",
		"t=" + now + ",v1=" + none:                                 "",
		"t=" + now + ",v0=00,h=x-b x-a x-none,v1=" + v1:            "",
		"t=" + now + ",v0=" + v0 + ",h=x-b,v1=00":                  "",
		"t=" + now + ",v0=zz,v1=,h=x-b x-a x-none,v1=" + v1:        "",
		"t=" + now + ",v9=00,v0=" + v0:                             "",
		"t=" + now + ",h=x-a x-b x-none,v1=" + v1:                  Mismatch,
		"t=" + now + ",v0=" + v1 + ",v1=" + v0:                     Mismatch,
		"t=1751327699,v0=" + sign("1751327699."+body):              Tolerance,
		"t=1751327700,v0=" + sign("1751327700."+body):              "",
		"t=" + now + ",v9=00":                                      NoKnown,
		"t=" + now + ",h=x-a":                                      Malformed,
		"t=" + now + ",v0=zz":                                      Malformed,
		"t=now,v0=" + v0:                                           Malformed,
		"v0=" + v0:                                                 Malformed,
		"":                                                         NoKnown,
	} {
		ex := raw("POST", "/", body, "X-A: 1", "X-B: 2", "X-Hook0-Signature: "+field)
		if s.Identify(ex); ex.Signature.Reason != want || (want == "") != (ex.Signature.Verdict == capture.Valid) {
			t.Errorf("%s: %+v, want %q", field, ex.Signature, want)
		}
	}
	for was, want := range map[string]string{
		"t=1,h=x-b x-a x-none,v1=00": "t=" + now + ",v0=" + v0 + ",h=x-b x-a x-none,v1=" + v1,
		"v9=00":                      "t=" + now + ",v0=" + v0 + ",h=content-type,v1=" + sign(now+".content-type.text/plain."+body),
	} {
		ex := raw("POST", "/", body, "X-A: 1", "X-B: 2", "Content-Type: text/plain", "X-Hook0-Signature: "+was)
		if got, _ := mustSign(t, s, &ex.Request, SignOptions{}).Get("X-Hook0-Signature"); got != want {
			t.Errorf("%s: signed as %s, want %s", was, got, want)
		}
	}
}

// A JWK is taken for a public key when it is one of a kind that is known, and whole.
func TestKeysOfJWKs(t *testing.T) {
	enc := base64.RawURLEncoding.EncodeToString
	ec, err := generate(algES256)
	if err != nil {
		t.Fatal(err)
	}
	point, err := ec.Public().(*ecdsa.PublicKey).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	x, y := enc(point[1:33]), enc(point[33:])
	n := func(bytes int) string { return enc(append([]byte{0x80}, make([]byte, bytes-1)...)) }
	for doc, want := range map[string]bool{
		`{"kty":"EC","crv":"P-256","x":"` + x + `","y":"` + y + `"}`:        true,
		`{"kty":"EC","crv":"P-256","x":"` + y + `","y":"` + x + `"}`:        false,
		`{"kty":"EC","crv":"P-384","x":"` + x + `","y":"` + y + `"}`:        false,
		`{"kty":"EC","crv":"P-256","x":"` + x + `"}`:                        false,
		`{"kty":"EC","crv":"P-256","x":"AA` + x + `","y":"` + y + `"}`:      false,
		`{"kty":"EC","crv":"P-256","x":"` + x + `","y":"AA` + y + `"}`:      false,
		`{"kty":"OKP","crv":"Ed25519","x":"` + enc(make([]byte, 32)) + `"}`: true,
		`{"kty":"OKP","crv":"Ed25519","x":"` + enc(make([]byte, 31)) + `"}`: false,
		`{"kty":"OKP","crv":"Ed448","x":"` + enc(make([]byte, 57)) + `"}`:   false,
		`{"kty":"RSA","n":"` + n(128) + `","e":"AQAB"}`:                     true,
		`{"kty":"RSA","n":"` + n(256) + `","e":"AQAAAQ"}`:                   true,
		`{"kty":"RSA","n":"` + n(127) + `","e":"AQAB"}`:                     false,
		`{"kty":"RSA","n":"` + n(256) + `"}`:                                false,
		`{"kty":"RSA","n":"` + n(256) + `","e":"AQAAAAE"}`:                  false,
		`{"kty":"oct","k":"AAAA"}`:                                          false,
		`{"kty":"OKP","x":5}`:                                               false,
		`{}`:                                                                false,
	} {
		if k, err := publicKey(doc); (err == nil) != want || (k.pub != nil) != want {
			t.Errorf("%s: %v, %v", doc, k.pub, err)
		}
	}
}

// Of a form that is partly broken the rest counts; names may be escaped, and of a name that
// is given twice each value counts once.
func TestFormsThatAreSigned(t *testing.T) {
	for form, want := range map[string]string{
		"b=2&a=1": "a1b2", "a=2&a=1&a=2": "a1a2", "a=1&%zz=2": "a1", "%zz=2": "", "": "", "a": "a", "%61=x+y%26": "ax y&",
	} {
		if got := formConcat([]byte(form)); got != want {
			t.Errorf("%s: %q, want %q", form, got, want)
		}
	}
	for form, want := range map[string]string{
		"a=1": "1", "b=0&%61=1": "1", "b=0&a=1&a=2": "1", "%zz=0&a=1": "1", "%62=0&a=1": "1", "aa=0&a=1": "1", "a=x+y%26": "x y&", "a": "", "a=": "",
	} {
		if got, ok := formValue([]byte(form), "a"); got != want || !ok {
			t.Errorf("a of %s: %q, %v, want %q", form, got, ok, want)
		}
	}
	for _, form := range []string{"", "b=1", "A=1", "a=%zz", "%zz=1"} {
		if got, ok := formValue([]byte(form), "a"); ok {
			t.Errorf("a of %s: %q", form, got)
		}
	}
}

// A token in the body counts when there is one.
func TestTokensInTheBody(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "figma", Value: "tok"}}})
	for body, want := range map[string]capture.Verdict{
		`{"event_type":"PING","passcode":"tok"}`: capture.Valid, `{"event_type":"PING","passcode":"tik"}`: capture.Invalid,
		`{"event_type":"PING","passcode":""}`: capture.Unsigned, `{"event_type":"PING"}`: capture.Unsigned,
	} {
		if r := check(t, s, request(body), Options{Provider: "figma"}); r.Signature.Verdict != want || r.Received != nil || r.Expected != "" {
			t.Errorf("%s: %+v, received %q, expected %q", body, r.Signature, r.Received, r.Expected)
		}
	}
}
