package provider

import (
	"crypto/ed25519"
	"encoding/base64"
	"strconv"
	"testing"

	"creel/capture"
)

// TestStandardWebhooksWithAPublicKey: signatures of version v1a are Ed25519, alone or
// beside others.
func TestStandardWebhooksWithAPublicKey(t *testing.T) {
	private := ed25519.NewKeyFromSeed([]byte("a seed of thirty-two bytes .....")[:ed25519.SeedSize])
	public := base64.StdEncoding.EncodeToString(private.Public().(ed25519.PublicKey))
	s := newSet(t, Config{Secrets: []Secret{{Provider: "standard-webhooks", Value: "whpk_" + public}}})
	const body = `{"type":"a"}`
	at := strconv.FormatInt(clock.Unix(), 10)
	old := strconv.FormatInt(clock.Unix()-301, 10)
	sign := func(ts string) string {
		return "v1a," + base64.StdEncoding.EncodeToString(ed25519.Sign(private, []byte("msg_1."+ts+"."+body)))
	}
	for _, tt := range []struct {
		name, sig, ts, body string
		verdict             capture.Verdict
		reason              capture.Reason
	}{
		{"alone", sign(at), at, body, capture.Valid, ""},
		{"behind another version", "v9,AAAA " + sign(at), at, body, capture.Valid, ""},
		{"behind one that is none", "v1a,### " + sign(at), at, body, capture.Valid, ""},
		{"before one that is none", sign(at) + " v1a,###", at, body, capture.Valid, ""},
		{"another body", sign(at), at, body + " ", capture.Invalid, Mismatch},
		{"another time", sign(at), old, body, capture.Invalid, Mismatch},
		{"too old", sign(old), old, body, capture.Stale, Tolerance},
		{"another version alone", "v9,AAAA", at, body, capture.Invalid, NoKnown},
	} {
		req := request(tt.body, capture.Field{Name: "webhook-id", Value: "msg_1"},
			capture.Field{Name: "webhook-timestamp", Value: tt.ts}, capture.Field{Name: "webhook-signature", Value: tt.sig})
		if got := check(t, s, req, Options{}).Signature; got.Verdict != tt.verdict || got.Reason != tt.reason {
			t.Errorf("%s: %+v, want %s %s", tt.name, got, tt.verdict, tt.reason)
		}
	}
}
