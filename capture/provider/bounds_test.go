package provider

import (
	"encoding/base64"
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
