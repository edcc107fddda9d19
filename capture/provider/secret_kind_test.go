package provider

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"creel/capture"
)

func TestSecretKind(t *testing.T) {
	s := newSet(t, Config{})
	for name, want := range map[string]SecretKind{
		"stripe": SharedSecret, "clerk": SharedSecret, "github": SharedSecret, "discord": PublicKey, "plaid": PublicKey, "sendgrid": PublicKey,
		"aws-sns": Certificate, "paypal": Certificate, "gitlab": Token, "telegram": Token, "figma": Token, "chargebee": Credentials,
		"notion": VerificationToken, "meta": SharedSecret, "rfc9421": SharedSecret,
	} {
		if about, ok := s.About(name); !ok || about.Asks != want {
			t.Errorf("%s: %q, want %q", name, about.Asks, want)
		}
	}
}

func TestCheckSecret(t *testing.T) {
	s := newSet(t, Config{})
	p256 := "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
	dev, err := privateKey(algEd25519)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, value, want string }{
		{"discord", strings.Repeat("ab", 32), ""},
		{"discord", dev, ""},
		{"discord", "zz", "not a public key"},
		{"discord", strings.Repeat("ab", 31), "not a public key"},
		{"discord", p256, "another kind of key: Discord signs with Ed25519"},
		{"sendgrid", p256, ""},
		{"sendgrid", strings.Repeat("ab", 32), "another kind of key"},
		{"plaid", "{", "JWK"},
		{"aws-sns", p256, "RSA"},
		{"paypal", "zz", "webhook_id"},
		{"svix", whsec, ""},
		{"svix", "whsec_###", "not base64"},
		{"svix", "whsec_", "nothing is left"},
		{"svix", "whpk_" + "JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=", ""},
		{"svix", "whpk_###", "not a public key"},
		{"polar", "polar_whs_#", ""},
		{"supabase-auth", "v1," + whsec + "|v1," + whsec, ""},
		{"supabase-auth", "v1," + whsec + "|v1,whsec_###", "not base64"},
		{"adyen", "zz", "not hex"},
		{"airtable", "###", "not base64"},
		{"gitlab", "any text", ""},
		{"stripe", "anything", ""},
		{"stripe", " \n", "it is empty"},
		{"meta-verify", "v", ""},
		{"meta-verify", "", "it is empty"},
		{"chargebee", "u:p", ""},
		{"chargebee", "p", "user:password"},
		{"gihtub", "s", "did you mean github"},
		{"gihtub-verify", "s", "not known"},
	} {
		err := s.CheckSecret(Secret{Provider: c.name, Value: c.value})
		if got := err == nil; got != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: %v, want %q", c.name, c.value, err, c.want)
		}
		if err != nil && len(c.value) > 3 && strings.Contains(err.Error(), c.value) {
			t.Errorf("%s: the error shows the secret: %v", c.name, err)
		}
		if added := s.AddSecret(Secret{Provider: c.name, Value: c.value}); (added == nil) != (err == nil) {
			t.Errorf("%s %q: added: %v", c.name, c.value, added)
		}
	}
}

func TestTokenDiffers(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "gitlab", Value: "right"}, {Provider: "chargebee", Value: "u:p"}}})
	for _, ex := range []*capture.Exchange{
		raw("POST", "/", "{}", "X-Gitlab-Token: wrong"),
		raw("POST", "/", `{"event_type":"a","webhook_status":"b"}`, "Authorization: Basic dTpx"),
	} {
		if s.Identify(ex); ex.Signature.Verdict != capture.Invalid || !strings.Contains(ex.Signature.Explanation, "the token differs") {
			t.Errorf("%+v", ex.Signature)
		}
	}
}

// A secret in a file is all of it but the ends of its last line, and no longer than one can be.
func TestSecretsInFiles(t *testing.T) {
	dir := t.TempDir()
	for i, tt := range []struct {
		text, want string
		ok         bool
	}{
		{"s", "s", true},
		{" s\n", " s", true},
		{"a\r\nb\r\n\n", "a\r\nb", true},
		{strings.Repeat("s", maxSecret), strings.Repeat("s", maxSecret), true},
		{strings.Repeat("s", maxSecret+1), "", false},
		{"\n", "", false},
		{"", "", false},
	} {
		name := filepath.Join(dir, strconv.Itoa(i))
		if err := os.WriteFile(name, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := NewSecret("stripe", "file:"+name); got.Value != tt.want || (err == nil) != tt.ok {
			t.Errorf("%d bytes in %s: %d bytes, %v", len(tt.text), name, len(got.Value), err)
		}
	}
	t.Setenv("CREEL_TEST_EMPTY", "")
	for _, value := range []string{"", "env:CREEL_TEST_EMPTY", "env:", "file:" + dir} {
		if got, err := NewSecret("stripe", value); err == nil || !strings.HasPrefix(err.Error(), "secret stripe: ") {
			t.Errorf("%s: %v, %v", value, got, err)
		}
	}
}
