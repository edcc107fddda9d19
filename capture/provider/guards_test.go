package provider

import (
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"creel/capture"
)

// TestSignatureLengths: a signature of any length neither panics nor proves.
func TestSignatureLengths(t *testing.T) {
	for _, alg := range []string{algES256, algECDSA, algEd25519, algRSA256, algRSA1} {
		signer, err := generate(alg)
		if err != nil {
			t.Fatal(err)
		}
		k := key{pub: signer.Public(), sign: signer}
		right, err := sign(alg, k, []byte("x"))
		if err != nil || !proves(alg, k, []byte("x"), right) {
			t.Fatalf("%s: %v", alg, err)
		}
		for _, n := range []int{0, 1, 31, 32, 63, len(right) - 1, len(right) + 1} {
			if proves(alg, k, []byte("x"), append(right[:min(n, len(right)):min(n, len(right))], make([]byte, max(0, n-len(right)))...)) {
				t.Errorf("%s: %d bytes prove", alg, n)
			}
		}
		if alg == algES256 && proves(alg, k, []byte("x"), append(append(right[:32:32], 0), right[32:]...)) {
			t.Error("a longer spelling of the same numbers proves")
		}
		if _, is := k.pub.(*ecdsa.PublicKey); is && proves(algEd25519, k, []byte("x"), right) {
			t.Errorf("%s proves another algorithm", alg)
		}
	}
	if proves("sha256", key{}, []byte("x"), mac("sha256", key{}, []byte("x"))) {
		t.Error("an empty secret proves")
	}
}

// TestTwoSecrets: whichever matches decides, and signs again; of none the first.
func TestTwoSecrets(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "github", Value: "a"}, {Provider: "github", Value: "b"}}})
	for _, secret := range []string{"a", "b"} {
		req := mustSign(t, s, request("{}", capture.Field{Name: "X-GitHub-Event", Value: "push"}), SignOptions{Secret: secret})
		ex := &capture.Exchange{At: clock, Request: *req}
		if s.Identify(ex); ex.Signature.Verdict != capture.Valid {
			t.Errorf("%s: %+v", secret, ex.Signature)
		}
		edited := *req
		edited.Body = capture.NewBody([]byte("{ }"))
		got, _ := mustSign(t, s, &edited, SignOptions{Captured: ex}).Get("X-Hub-Signature-256")
		if want := "sha256=" + hex.EncodeToString(mac("sha256", key{raw: []byte(secret)}, []byte("{ }"))); got != want {
			t.Errorf("%s: signed with the other", secret)
		}
	}
	other := mustSign(t, s, request("{}", capture.Field{Name: "X-GitHub-Event", Value: "push"}), SignOptions{Secret: "c"})
	got, _ := mustSign(t, s, other, SignOptions{}).Get("X-Hub-Signature-256")
	if got != "sha256="+hex.EncodeToString(mac("sha256", key{raw: []byte("a")}, []byte("{}"))) {
		t.Error("not signed with the first")
	}
}

// TestToleranceIsInclusive: exactly at the tolerance is valid, one second more
// is stale, in both directions.
func TestToleranceIsInclusive(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "stripe", Value: "s"}}})
	for age, want := range map[time.Duration]capture.Verdict{
		300 * time.Second: capture.Valid, 301 * time.Second: capture.Stale, -300 * time.Second: capture.Valid, -301 * time.Second: capture.Stale,
		300*time.Second + 999*time.Millisecond: capture.Valid,
	} {
		ex := &capture.Exchange{At: clock.Add(age), Request: *mustSign(t, s, request("{}"), SignOptions{Provider: "stripe"})}
		if s.Identify(ex); ex.Signature.Verdict != want {
			t.Errorf("%s: %+v", age, ex.Signature)
		}
	}
}

// TestNoHandshakeOfAPart: what did not come whole is answered as any other.
func TestNoHandshakeOfAPart(t *testing.T) {
	s := newSet(t, Config{})
	for name, change := range map[string]func(*capture.Request){
		"truncated": func(r *capture.Request) { r.Truncated = true }, "incomplete": func(r *capture.Request) { r.Incomplete = true },
		"malformed": func(r *capture.Request) { r.Malformed = "x" }, "whole": func(*capture.Request) {},
	} {
		ex := raw("POST", "/", `{"challenge":"c"}`)
		change(&ex.Request)
		if _, ok := s.Handshake(ex); ok != (name == "whole") {
			t.Errorf("%s: %v", name, ok)
		}
	}
	ex := raw("GET", "/?challenge=abc", "")
	if _, ok := s.Handshake(ex); !ok {
		t.Error("it is no handshake")
	}
	ex.Request.Body = capture.ForgottenBody(5)
	if _, ok := s.Handshake(ex); ok {
		t.Error("one whose body is gone is a handshake")
	}
	pad := `","p":"` + strings.Repeat("x", maxHandshakeBody)
	if _, ok := s.Handshake(raw("POST", "/", `{"type":"url_verification","challenge":"c`+pad+`"}`)); ok {
		t.Error("a body over the limit is a handshake")
	}
	if _, ok := s.Handshake(raw("PUT", "/", `{"challenge":"c"}`)); ok {
		t.Error("a PUT is a handshake")
	}
}

// A handshake's body may be as large as the limit, and no larger.
func TestLargestHandshakes(t *testing.T) {
	s := newSet(t, Config{})
	for _, body := range []string{
		`{"challenge":"c"}`, `{"verification_token":"t"}`, `{"type":"url_verification","challenge":"c"}`,
		`{"Type":"SubscriptionConfirmation","SubscribeURL":""}`,
		`[{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"5"}}]`,
	} {
		largest := body + strings.Repeat(" ", maxHandshakeBody-len(body))
		if _, ok := s.Handshake(raw("POST", "/", largest)); !ok {
			t.Errorf("%s of %d bytes is none", body, len(largest))
		}
		if h, ok := s.Handshake(raw("POST", "/", largest+" ")); ok {
			t.Errorf("%s of %d bytes is %s", body, len(largest)+1, h.Name)
		}
	}
	intent := `{"events":[]}` + strings.Repeat(" ", maxHandshakeBody-len(`{"events":[]}`))
	for body, want := range map[string]bool{intent: true, intent + " ": false} {
		if _, ok := s.Handshake(raw("POST", "/", body, "x-xero-signature: AA==")); ok != want {
			t.Errorf("an intent to receive of %d bytes: %v", len(body), ok)
		}
	}
}

// TestFieldTwice: of a field that is given twice the first counts, and is renewed.
func TestFieldTwice(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "github", Value: "s"}}})
	right := "sha256=" + hex.EncodeToString(mac("sha256", key{raw: []byte("s")}, []byte("{}")))
	for i, values := range [][2]string{{right, "sha256=00"}, {"sha256=00", right}} {
		ex := raw("POST", "/", "{}", "X-GitHub-Event: push", "X-Hub-Signature-256: "+values[0], "X-Hub-Signature-256: "+values[1])
		want := [...]capture.Verdict{capture.Valid, capture.Invalid}[i]
		if s.Identify(ex); ex.Signature.Verdict != want {
			t.Errorf("%d: %+v", i, ex.Signature)
		}
		got := mustSign(t, s, &ex.Request, SignOptions{})
		if got.Fields[1].Value != right || got.Fields[2].Value != values[1] {
			t.Errorf("%d: %v", i, got.Fields)
		}
	}
}

// TestTimes: what is no time is refused, at each end.
func TestTimes(t *testing.T) {
	for text, want := range map[string]bool{
		"0": true, "-1": false, strconv.Itoa(1 << 53): true, strconv.Itoa(1<<53 + 1): false, "": false, "1.5": false, " 1": false,
	} {
		if _, ok := parseTime(text, "s"); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
}

// TestSignaturesOfAnything: whatever stands where a signature does, and however little of
// what it covers is there, with a secret and without, it is not valid, and nothing fails.
func TestSignaturesOfAnything(t *testing.T) {
	s := newSet(t, Config{})
	for _, row := range table() {
		if !row.signs() {
			continue
		}
		for _, sig := range []string{"", "x", "t=1,v1=aa", "v1,YQ==", "sha256=61", "a.b.c", `keyId="a",signature="YQ=="`, "sig1=:YQ==:"} {
			for _, body := range []string{"", "{", `{"signature":"YQ=="}`, "a=b"} {
				req := request(body)
				for _, name := range append(row.signedFields(), row.Sig...) {
					req.Fields = append(req.Fields, capture.Field{Name: name, Value: sig})
				}
				for _, secret := range []string{"", "none"} {
					r, err := s.Check(t.Context(), &capture.Exchange{At: clock, Request: *req}, Options{Provider: row.Provider, Secret: secret})
					if err != nil || r.Signature.Verdict == capture.Valid {
						t.Errorf("%s %q %q, secret %q: %+v, %v", row.Provider, sig, body, secret, r.Signature, err)
					}
				}
			}
		}
	}
}

// TestSignedContentThatIsNotThere: a signature over what a request does not have cannot be
// checked without a secret either.
func TestSignedContentThatIsNotThere(t *testing.T) {
	s := newSet(t, Config{})
	for _, components := range []string{`"x-none"`, `"@nonsense"`, `"content-digest" "@query-param";name="none"`, ``} {
		req := request("{}", capture.Field{Name: "Signature-Input", Value: "sig1=(" + components + ");created=1751328000"}, capture.Field{Name: "Signature", Value: "sig1=:YQ==:"})
		if r := check(t, s, req, Options{Provider: "rfc9421"}); r.Signature.Verdict == capture.Valid || r.Signature.Verdict == capture.Unsigned {
			t.Errorf("%s: %+v", components, r.Signature)
		}
	}
}

// TestNewIDs: a new id has the shape of the old one, and nothing else of it.
func TestNewIDs(t *testing.T) {
	const digits = `[0-9a-f]`
	for old, want := range map[string]string{
		"msg_2abc": "msg_" + digits + "{24}", "evt_1_2": "evt_" + digits + "{24}", "12345678_x": "12345678_" + digits + "{24}",
		"123456789_x": "msg_" + digits + "{24}", "abc": "msg_" + digits + "{24}", "": "msg_" + digits + "{24}",
		"72d3162e-cc78-11e3-81ab-4c9367dc0958": digits + "{8}-" + digits + "{4}-4" + digits + "{3}-a" + digits + "{3}-" + digits + "{12}",
		"72d3162ecc7811e381ab4c9367dc09580000": "msg_" + digits + "{24}",
		"a-b-c-d-e":                            "msg_" + digits + "{24}",
	} {
		got := newID(old)
		if !regexp.MustCompile("^"+want+"$").MatchString(got) || got == newID(old) {
			t.Errorf("%q: %q, want %s", old, got, want)
		}
	}
}

// TestSecretsOfPaths: a secret with a path holds there and below, one without everywhere.
func TestSecretsOfPaths(t *testing.T) {
	for _, tt := range []struct {
		path, target string
		want         bool
	}{
		{"", "/a", true},
		{"", "*", true},
		{"", "example.com:443", true},
		{"/", "*", true},
		{"/", "/a", true},
		{"/a", "/a", true},
		{"/a", "/a/b?c", true},
		{"/a", "/a?x", true},
		{"/a", "/ab", false},
		{"/a", "/", false},
		{"/a/", "/a", true},
		{"/a/", "/a/b", true},
		{"/a", "*", false},
	} {
		if got := (&Secret{Path: tt.path}).covers(tt.target); got != tt.want {
			t.Errorf("%q covers %q: %v", tt.path, tt.target, got)
		}
	}
}

// TestExpectedOfKeys: what no secret of ours can have made is not expected of it.
func TestExpectedOfKeys(t *testing.T) {
	s := newSet(t, Config{})
	for name, secret := range map[string]string{"discord": strings.Repeat("ab", 32), "svix": "whsec_no base64!", "github": "s"} {
		row := s.scheme(name)
		req := request("{}")
		for _, field := range append(row.signedFields(), row.Sig...) {
			req.Fields = append(req.Fields, capture.Field{Name: field, Value: "1751328000"})
		}
		x := &mismatch{s: row, m: &message{req: req, body: []byte("{}"), now: clock}, checking: checking{budget: checkBudget}}
		if got := x.expected(Secret{Provider: name, Value: secret}); (len(got) > 0) != (name == "github") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A signed token that is not there is no signature; one that is no token, or is signed in
// a way its sender does not use, is a wrong one.
func TestTokensThatAreNone(t *testing.T) {
	token := func(head, claims string) string {
		enc := base64.RawURLEncoding.EncodeToString
		return enc([]byte(head)) + "." + enc([]byte(claims)) + "." + enc([]byte("x"))
	}
	s := newSet(t, Config{})
	for name, field := range map[string]string{"qstash": "Upstash-Signature", "netlify": "X-Webhook-Signature", "plaid": "Plaid-Verification"} {
		row := s.scheme(name)
		for value, want := range map[string]claim{
			"":                                {absent: true, reason: Missing},
			"x":                               {reason: Malformed},
			"a.b.c":                           {reason: Malformed},
			token(`{"alg":"none"}`, `{}`):     {reason: NoKnown},
			token(`{"alg":"HS256"}`, `{"a":`): {reason: Malformed},
		} {
			m := &message{req: &capture.Request{Method: "POST", Target: "/"}}
			if value != "" {
				m.req.Fields = []capture.Field{{Name: field, Value: value}}
			}
			if got := row.readClaim(m); got.absent != want.absent || got.reason != want.reason {
				t.Errorf("%s %q: absent %v, %q; want %v, %q", name, value, got.absent, got.reason, want.absent, want.reason)
			}
		}
	}
}
