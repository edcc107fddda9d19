package provider

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"creel/capture"
)

// A signature is shown as it came where it is written as its scheme writes it, however
// that is spelled; where it is not, it is shown as the scheme would write it.
func TestSignaturesAsTheyAreShown(t *testing.T) {
	raw := []byte{0x69, 0xb7, 0x1d} // "abcd" in base64
	for _, tt := range []struct{ out, text, want string }{
		{"", "69b71d", "69b71d"},
		{"hex", "69B71D", "69B71D"},
		{"", "abcd", "69b71d"}, // hex of other bytes
		{"", "no", "69b71d"},
		{"base64", "abcd", "abcd"},
		{"base64", "69b71d", "abcd"}, // base64 of other bytes
		{"base64", "###", "abcd"},
		{"base64url", "abcd", "abcd"},
		{"base64url", "69b71d", "abcd"},
	} {
		if got := (&Scheme{Out: tt.out}).spelled(&candidate{text: tt.text, raw: raw}); got != tt.want {
			t.Errorf("%s as %q: %s, want %s", tt.text, tt.out, got, tt.want)
		}
	}
	if got := (&Scheme{Out: "base64"}).spelled(&candidate{text: "+/8", raw: []byte{0xfb, 0xff}}); got != "+/8" {
		t.Errorf("without its padding: %s", got)
	}
}

// What a result shows of a signature can be compared with the one that is expected:
// it has the same prefix and encoding.
func TestReceivedAndExpected(t *testing.T) {
	sum := mac("sha256", key{raw: []byte("s")}, []byte("{}"))
	hex, upper, base64 := hex.EncodeToString(sum), strings.ToUpper(hex.EncodeToString(sum)), base64.StdEncoding.EncodeToString(sum)
	for _, tt := range []struct {
		provider, field string
		received        []string
		expected        string
	}{
		{"github", "X-Hub-Signature-256: sha256=" + hex, []string{"sha256=" + hex}, "sha256=" + hex},
		{"github", "X-Hub-Signature-256: sha256=" + upper, []string{"sha256=" + upper}, "sha256=" + hex},
		{"smartsheet", "Smartsheet-Hmac-SHA256: " + hex, []string{hex}, hex},
		{"smartsheet", "Smartsheet-Hmac-SHA256: " + base64, []string{hex}, hex},
		{"mollie", "X-Mollie-Signature: sha256=" + hex, []string{hex}, hex},
		{"pagerduty", "X-PagerDuty-Signature: v1=" + upper + ",v1=" + hex, []string{upper, hex}, hex},
		{"shopify", "X-Shopify-Hmac-Sha256: " + strings.TrimRight(base64, "="), []string{strings.TrimRight(base64, "=")}, base64},
		{"gitlab", "X-Gitlab-Token: s", nil, ""},
	} {
		ex := raw("POST", "/", "{}", tt.field)
		r := check(t, newSet(t, Config{}), &ex.Request, Options{Provider: tt.provider, Secret: "s"})
		if r.Signature.Verdict != capture.Valid || !slices.Equal(r.Received, tt.received) || r.Expected != tt.expected {
			t.Errorf("%s: %s, received %q, expected %q; want %q, %q", tt.field, r.Signature.Verdict, r.Received, r.Expected, tt.received, tt.expected)
		}
	}
}

// Of several secrets the one that fits decides, also where the signature that it fits does
// not cover the body.
func TestSecretThatFitsDecides(t *testing.T) {
	secrets := []Secret{{Provider: "twilio", Value: "a"}, {Provider: "twilio", Value: "b"}, {Provider: "twilio", Value: "c"}}
	s := newSet(t, Config{Secrets: secrets})
	req := request(`{"a":1}`, capture.Field{Name: "Content-Type", Value: "application/json"})
	req.Target = "/hooks/a?bodySHA256=00"
	for _, sec := range secrets {
		signed := mustSign(t, s, req, SignOptions{Provider: "twilio", Secret: sec.Value})
		if r := check(t, s, signed, Options{}); r.Signature.Verdict != capture.Valid || len(r.Received) != 1 || r.Received[0] != r.Expected {
			t.Errorf("%s: %+v, received %q, expected %q", sec.Value, r.Signature, r.Received, r.Expected)
		}
		signed.Body = capture.NewBody([]byte(`{"a":2}`))
		if r := check(t, s, signed, Options{}); r.Signature.Verdict != capture.Invalid || r.Reason != Mismatch || !strings.Contains(r.Explanation, "the signature of the URL is right") {
			t.Errorf("%s with another body: %+v", sec.Value, r.Signature)
		}
	}
}

// Of several secrets of which none fits the first is the one whose signature is expected.
func TestExpectedOfTheFirstSecret(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "github", Value: "a"}, {Provider: "github", Value: "b"}, {Provider: "github", Value: "c"}}})
	ex := raw("POST", "/", "{}", "X-GitHub-Event: push", "X-Hub-Signature-256: sha256="+strings.Repeat("00", 32))
	want := "sha256=" + hex.EncodeToString(mac("sha256", key{raw: []byte("a")}, []byte("{}")))
	if r := check(t, s, &ex.Request, Options{}); r.Reason != Mismatch || r.Expected != want || string(r.Content) != "{}" {
		t.Errorf("%+v, expected %s of %q", r.Signature, r.Expected, r.Content)
	}
}

// A secret that is no key of the scheme is named as the reason, and nothing is expected of it.
func TestSecretThatIsNoKey(t *testing.T) {
	for _, tt := range []struct{ provider, secret, field, why string }{
		{"svix", "whsec_not base64", "svix-signature: v1,AAAA", "not base64"},
		{"discord", "zz", "X-Signature-Ed25519: " + strings.Repeat("cd", 64), "not a public key"},
	} {
		ex := raw("POST", "/", "{}", tt.field, "svix-id: m", "svix-timestamp: 1751328000", "X-Signature-Timestamp: 1")
		r := check(t, newSet(t, Config{}), &ex.Request, Options{Provider: tt.provider, Secret: tt.secret})
		if r.Signature.Verdict != capture.Invalid || r.Reason != Mismatch || !strings.Contains(r.Explanation, tt.why) || r.Expected != "" {
			t.Errorf("%s: %+v, expected %q", tt.provider, r.Signature, r.Expected)
		}
	}
}

// The secret of a signature over the secret itself is not in what a result shows.
func TestSecretIsNotShown(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "hubspot", Value: "s3cret"}}})
	for _, known := range []*Set{s, newSet(t, Config{})} {
		for _, provider := range []string{"hubspot-v1", "hubspot-v2"} {
			req := request("[1]", capture.Field{Name: "X-HubSpot-Signature", Value: "00"}, capture.Field{Name: "X-HubSpot-Signature-Version", Value: provider[len("hubspot-"):]})
			signed := mustSign(t, s, req, SignOptions{Provider: provider})
			r := check(t, known, signed, Options{})
			if want := map[bool]capture.Verdict{true: capture.Valid, false: capture.NoSecret}[known == s]; r.Signature.Verdict != want {
				t.Errorf("%s: %+v", provider, r.Signature)
			}
			if !strings.HasPrefix(string(r.Content), hidden) || !strings.HasSuffix(string(r.Content), "[1]") || strings.Contains(string(r.Content), "s3cret") {
				t.Errorf("%s: the content is %q", provider, r.Content)
			}
		}
	}
}

// A request that has no signature is called wrong where one was to be expected: where its
// sender was named, or a secret is known.
func TestUnsignedRequests(t *testing.T) {
	plain, known := newSet(t, Config{}), newSet(t, Config{Secrets: []Secret{{Provider: "github", Value: "s"}}})
	for _, tt := range []struct {
		name   string
		set    *Set
		o      Options
		reason capture.Reason
	}{
		{"recognised", plain, Options{}, ""},
		{"named", plain, Options{Provider: "github"}, Missing},
		{"with a secret", known, Options{}, Missing},
		{"with a secret that is given", plain, Options{Secret: "s"}, Missing},
	} {
		ex := raw("POST", "/", "{}", "X-GitHub-Event: push")
		r := check(t, tt.set, &ex.Request, tt.o)
		if r.Signature.Verdict != capture.Unsigned || r.Reason != tt.reason || strings.Contains(r.Explanation, "X-Hub-Signature-256") != (tt.reason != "") || r.CanSign != true || r.HasTime {
			t.Errorf("%s: %+v", tt.name, r)
		}
	}
}

// A signature over a field that is not there names it, with a secret and without, and shows
// nothing as signed or expected.
func TestSignedFieldThatIsMissing(t *testing.T) {
	schemes := []Scheme{
		{Provider: "acme", Title: "Acme", Sig: []string{"X-Acme-Signature"}, Template: "{secret}{h:X-Acme-Zone}{body}"},
		{Provider: "plain", Title: "Acme", Sig: []string{"X-Plain-Signature"}, Template: "{h:X-Acme-Zone}{body}"},
	}
	known := newSet(t, Config{Schemes: schemes, Secrets: []Secret{{Provider: "acme", Value: "s"}, {Provider: "plain", Value: "s"}}})
	for _, field := range []string{"X-Acme-Signature: 00", "X-Plain-Signature: 00"} {
		ex := raw("POST", "/", "{}", field)
		r := check(t, known, &ex.Request, Options{})
		if r.Signature.Verdict != capture.Invalid || r.Reason != Missing || r.Explanation != "Acme signs with X-Acme-Zone, which is not there" || r.Expected != "" || r.Content != nil {
			t.Errorf("%s: %+v, expected %q of %q", field, r.Signature, r.Expected, r.Content)
		}
		r = check(t, newSet(t, Config{Schemes: schemes}), &ex.Request, Options{})
		if r.Signature.Verdict != capture.NoSecret || r.Content != nil || r.CanSign != true {
			t.Errorf("%s without a secret: %+v of %q", field, r.Signature, r.Content)
		}
	}
}

// Nothing is expected of a public key, and what it signs is shown.
func TestNothingIsExpectedOfAPublicKey(t *testing.T) {
	s := newSet(t, Config{})
	k, err := s.NewDevKey("discord")
	if err != nil {
		t.Fatal(err)
	}
	ex := raw("POST", "/", "{}", "X-Signature-Ed25519: "+strings.Repeat("cd", 64), "X-Signature-Timestamp: 1")
	r := check(t, s, &ex.Request, Options{Provider: "discord", Secret: k.Public})
	if r.Signature.Verdict != capture.Invalid || r.Expected != "" || string(r.Content) != "1{}" || r.CanSign || !r.DevKey || r.URL != "" {
		t.Errorf("%+v", r)
	}
}

// A signature that cannot be read is reported as one of an unknown version, or as not
// written as its scheme writes it, with how that is. What is missing is named.
func TestSignaturesThatCannotBeRead(t *testing.T) {
	const version, written = "no signature of a version that ", "the signature is not written as "
	for _, tt := range []struct{ provider, fields, want string }{
		{"stripe", "Stripe-Signature: t=1,v0=aa", version + "Stripe is known to use: Stripe-Signature: t=<time>,v1=<hex>"},
		{"stripe", "Stripe-Signature: t=1,v1=zz", written + "Stripe writes it: Stripe-Signature: t=<time>,v1=<hex>"},
		{"pagerduty", "X-PagerDuty-Signature: v2=aa", version + "PagerDuty is known to use: X-PagerDuty-Signature: v1=<hex>"},
		{"github", "X-Hub-Signature-256: sha3=aa", version + "GitHub is known to use: X-Hub-Signature-256: sha256=<hex>"},
		{"github", "X-Hub-Signature-256: sha256=zz", written + "GitHub writes it: X-Hub-Signature-256: sha256=<hex>"},
		{"shopify", "X-Shopify-Hmac-Sha256: #", written + "Shopify writes it: X-Shopify-Hmac-Sha256: <base64>"},
		{"mollie", "X-Mollie-Signature: #", written + "Mollie writes it: HMAC-SHA256 of {body}, hex, in X-Mollie-Signature"},
		{"slack", "X-Slack-Signature: v0=00", "Slack signs with X-Slack-Request-Timestamp, which is not there"},
		{"slack", "X-Slack-Request-Timestamp: 1", "Slack signs with X-Slack-Signature, which is not there"},
		{"slack", "", "Slack signs with X-Slack-Signature and X-Slack-Request-Timestamp, which is not there"},
		{"figma", "", "Figma's signature is not there"},
	} {
		var fields []string
		if tt.fields != "" {
			fields = []string{tt.fields}
		}
		ex := raw("POST", "/", "{}", fields...)
		if r := check(t, newSet(t, Config{}), &ex.Request, Options{Provider: tt.provider, Secret: "s"}); r.Explanation != tt.want {
			t.Errorf("%s: %s, want %s", tt.fields, r.Explanation, tt.want)
		}
	}
}
