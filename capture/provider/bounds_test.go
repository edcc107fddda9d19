package provider

import (
	"encoding/base64"
	"io"
	"strings"
	"testing"
	"time"

	"creel/capture"
)

// TestTokenNotYet: a token counts from its nbf on, to the second.
func TestTokenNotYet(t *testing.T) {
	for after, want := range map[time.Duration]bool{-time.Second: false, 0: false, time.Second: true} {
		c := claim{from: clock.Add(after)}
		if _, late := new(Scheme).late(&c, clock); late != want {
			t.Errorf("nbf %v from now: late is %v", after, late)
		}
		c = claim{until: clock.Add(-after)}
		if _, late := new(Scheme).late(&c, clock); late != want {
			t.Errorf("exp %v from now: late is %v", -after, late)
		}
	}
}

// TestTimeOfAResult: a result has a time where the scheme signs one, and an age then.
func TestTimeOfAResult(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "github", Value: "s"}, {Provider: "stripe", Value: "s"}}})
	for provider, want := range map[string]bool{"github": false, "stripe": true} {
		req := mustSign(t, s, request("{}"), SignOptions{Provider: provider, At: clock})
		r := check(t, s, req, Options{Provider: provider, Now: clock.Add(7 * time.Second)})
		if r.HasTime != want || want && r.Age != 7*time.Second || !want && r.Age != 0 {
			t.Errorf("%s: %v %v", provider, r.HasTime, r.Age)
		}
	}
}

// TestTimeInABodyThatHasNone: what signs a time in its body is not signed without
// a place for that.
func TestTimeInABodyThatHasNone(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "linear", Value: "s"}}})
	for _, body := range []string{"no JSON", `{"action":"update"}`} {
		_, err := s.Sign(t.Context(), request(body, capture.Field{Name: "Linear-Event", Value: "Issue"}), SignOptions{Provider: "linear"})
		if err == nil || !strings.Contains(err.Error(), "webhookTimestamp") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestTokenForNoURL: without a URL the claim that would name it stays.
func TestTokenForNoURL(t *testing.T) {
	claims := string((&jwtRule{url: "sub"}).renew(&draft{at: clock}, []byte(`{"sub":"https://a.example/"}`)))
	if claims != `{"sub":"https://a.example/"}` {
		t.Error(claims, base64.RawURLEncoding.EncodeToString([]byte(claims)))
	}
}

// TestTokenWithoutIat: a claim that a token does not need is not added to one that
// came without it.
func TestTokenWithoutIat(t *testing.T) {
	for iat, want := range map[int]string{0: `{"a":1}`, 300: `{"a":1,"iat":1751328000}`} {
		if got := string((&jwtRule{iat: iat}).renew(&draft{at: clock}, []byte(`{"a":1}`))); got != want {
			t.Errorf("iat within %d: %s, want %s", iat, got, want)
		}
	}
}

// TestItemsOfASignature: an item that has no version makes the field malformed,
// unless there is another; an empty one is passed over.
func TestItemsOfASignature(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "stripe", Value: "s"}}})
	for field, want := range map[string]capture.Reason{"t=1751328000,v1": Malformed, "t=1751328000,": Malformed, "t=1751328000,v0=aa": NoKnown, "v1,t=1751328000,v0=aa": Malformed} {
		r := check(t, s, request("{}", capture.Field{Name: "Stripe-Signature", Value: field}), Options{})
		t.Log(field, r.Signature)
		if r.Signature.Reason != want {
			t.Errorf("%s: %q, want %q", field, r.Signature.Reason, want)
		}
	}
}

// TestMaskedSignature: what an export masked is not checked, and not called wrong, whatever
// is known.
func TestMaskedSignature(t *testing.T) {
	known := []Secret{{Provider: "stripe", Value: "s"}, {Provider: "github", Value: "s"}, {Provider: "gitlab", Value: "s"}}
	for _, s := range []*Set{newSet(t, Config{}), newSet(t, Config{Secrets: known})} {
		for _, field := range []string{
			"Stripe-Signature: ***", "X-Hub-Signature-256: ***", "X-Hub-Signature-256: sha256=***", "X-Gitlab-Token: ***",
		} {
			ex := raw("POST", "/", `{"type":"x"}`, "X-GitHub-Event: push", "X-Gitlab-Event: Push Hook", field)
			s.Identify(ex)
			if v := ex.Signature; v.Verdict != capture.NoSecret || !strings.Contains(v.Explanation, "masked") {
				t.Errorf("%s: %s, %q", field, v.Verdict, v.Explanation)
			}
		}
	}
}

// What is escaped by Contentful is all but letters, digits and what is kept.
func TestEscape(t *testing.T) {
	if got, want := escape("azAZ09/:@[`{ ~%\xe9-", "-"), "azAZ09%2F%3A%40%5B%60%7B%20%7E%25%E9-"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A field is called after a signature when a word of its name is one, at its end or before
// something that is not about it.
func TestNamesOfSignatures(t *testing.T) {
	for name, want := range map[string]bool{
		"Signature": true, "x-signature": true, "AcmeSignature": true, "X_SIG": true, "X-Hmac": true, "X-Sign": true, "X-Hmac-SHA256": true, "X-Sig-2": true,
		"X-Design": false, "Design": false, "X-Assign": false, "Resig": false, "XSignature": false, "X-Signed": false, "X-Signs": false, "X-Shmac": false, "": false, "X-": false,
	} {
		if got := namesSignature(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

// A certificate is the sender's only when it comes from the sender.
func TestHostsOfCertificates(t *testing.T) {
	for url, want := range map[string][2]bool{ // SNS, PayPal
		"https://sns.eu-west-1.amazonaws.com/a.pem":         {true, false},
		"https://sns.cn-north-1.amazonaws.com.cn/a.pem":     {true, false},
		"http://sns.eu-west-1.amazonaws.com/a.pem":          {false, false},
		"https://sns.eu-west-1.amazonaws.com.evil.example/": {false, false},
		"https://evil.example/sns.eu-west-1.amazonaws.com":  {false, false},
		"https://api.paypal.com/v1/certs/a":                 {false, true},
		"https://paypal.com/a":                              {false, true},
		"http://api.paypal.com/v1/certs/a":                  {false, false},
		"https://evilpaypal.com/a":                          {false, false},
		"https://paypal.com.evil.example/a":                 {false, false},
		"":                                                  {false, false},
	} {
		body := `{"SigningCertURL":"` + url + `"}`
		m := &message{req: request(body, capture.Field{Name: "PAYPAL-CERT-URL", Value: url}), body: []byte(body)}
		if got := [2]bool{snsCertHost(m, nil, key{}) == "", payPalCertHost(m, nil, key{}) == ""}; got != want {
			t.Errorf("%s: SNS, PayPal %v, want %v", url, got, want)
		}
	}
	if why := payPalCertHost(&message{req: request("{}")}, nil, key{}); why != "" {
		t.Errorf("without the field: %s", why)
	}
}

// A value of a form is put in its place, all else as it was, or at the end.
func TestReplaceForm(t *testing.T) {
	for form, want := range map[string]string{
		"a=1&b=2&a=3": "a=x+%26y&b=2&a=3", "b=%zz&a": "b=%zz&a=x+%26y", "b=2": "b=2&a=x+%26y", "aa=1": "aa=1&a=x+%26y",
	} {
		if got := string(replaceForm([]byte(form), "a", "x &y")); got != want {
			t.Errorf("%s: %s, want %s", form, got, want)
		}
	}
}

// How long a provider waits is known of some.
func TestLimits(t *testing.T) {
	s := newSet(t, Config{})
	for name, want := range map[string]time.Duration{"gitlab": 10 * time.Second, "slack": 3 * time.Second, "none-such": 0, "": 0} {
		if got := s.Limit(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// A sample goes to the path that is asked for, and leaves out what is not wanted.
func TestOptionsOfASample(t *testing.T) {
	s := newSet(t, Config{})
	random := func() io.Reader { return strings.NewReader(strings.Repeat("abcdefgh", 1000)) }
	got, err := s.Sample(t.Context(), "github", SampleOptions{Now: clock, Rand: random(), Target: "/x?y=1", Unsigned: true})
	if err != nil || got.Request.Target != "/x?y=1" || got.Signed || got.Note != "" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, f := range got.Request.Fields {
		if strings.HasPrefix(strings.ToLower(f.Name), "x-hub-signature") {
			t.Errorf("it has %s", f.Name)
		}
	}
	if got, err = s.Sample(t.Context(), "github", SampleOptions{Now: clock, Rand: random()}); err != nil || !got.Signed || !strings.Contains(got.Note, "creel's own") {
		t.Errorf("%+v, %v", got, err)
	}
}

// A signature that was changed on its way is found again.
func TestDamageOnTheWay(t *testing.T) {
	hub, plain := &Scheme{Prefix: "sha256="}, &Scheme{Out: "base64"}
	for _, tt := range []struct {
		s         *Scheme
		got, want string
		why       string
	}{
		{hub, "abcdef", "sha256=abcdef", "sha256= is missing in front of it"},
		{hub, `"sha256=abcdef"`, "sha256=abcdef", "quotes or white space"},
		{hub, "sha256=ABCDEF", "sha256=abcdef", "upper and lower case"},
		{plain, "ABCDEF", "abcdef", ""},
		{plain, "a b/c=", "a+b/c=", "its + became a space"},
		{plain, "a%2Bb%2Fc%3D", "a+b/c=", "percent-encoded"},
		{plain, "a+b/c=", "another", ""},
	} {
		if got := damage(tt.got, tt.want, tt.s); (got == "") != (tt.why == "") || !strings.Contains(got, tt.why) {
			t.Errorf("%s of %s: %q, want %q", tt.got, tt.want, got, tt.why)
		}
	}
}
