package provider

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/golden"
)

// What is known of each provider is what the file says: a row that changes by accident
// shows. Look at the difference after -update.
func TestWhatIsKnownOfEachProvider(t *testing.T) {
	var b bytes.Buffer
	s := newSet(t, Config{})
	for _, i := range s.Providers() {
		line, err := json.Marshal(i)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(line)
		b.WriteByte('\n')
		about, ok := s.About(i.Name)
		if about.Scheme == i.Scheme {
			about.Samples = i.Samples // listed once for each provider
			if diff := cmp.Diff(i, about); diff != "" || !ok {
				t.Error(diff)
			}
		}
	}
	golden.File(t, "known.jsonl", b.String())
	if _, ok := s.About("nobody"); ok || s.Known("github") != nil || s.Known("nobody") == nil {
		t.Error("who is known")
	}
	for name, want := range map[string][]string{"http-signature": {"rfc9421"}, "rfc9421": nil, "nobody": nil} {
		if got := GoingBy(name); !slices.Equal(got, want) {
			t.Errorf("%s is another name of %q", name, got)
		}
	}
	if !slices.Equal(OtherNames("rfc9421"), []string{"http-signature"}) || !SignsURL("twilio") || SignsURL("github") {
		t.Error("other names, or who signs the URL")
	}
}

// Why a signature that is right is too late, or too early.
func TestLateness(t *testing.T) {
	s := &Scheme{Title: "Acme", Tol: 300}
	now := time.Unix(10_000, 0)
	for _, tt := range []struct {
		until time.Time
		age   time.Duration
		want  string
	}{
		{time.Time{}, 10 * time.Minute, "the signature is right, but 10 min old: Acme allows 5 min"},
		{time.Time{}, 0, "the signature is right, but 0 s old: Acme allows 5 min"},
		{time.Time{}, -10 * time.Minute, "the signature is right, but its time is 10 min ahead: Acme allows 5 min"},
		{now.Add(-time.Minute), 10 * time.Minute, "the signature is right, but it expired 1 min ago"},
		{now, 10 * time.Minute, "the signature is right, but 10 min old: Acme allows 5 min"},
		{now.Add(time.Minute), 10 * time.Minute, "the signature is right, but 10 min old: Acme allows 5 min"},
	} {
		got := s.lateness(&claim{until: tt.until}, tt.age, now)
		if got != tt.want {
			t.Errorf("%v old, until %v: %s", tt.age, tt.until, got)
		}
	}
}

// The values of the components that a message signature covers (RFC 9421 section 2).
func TestMessageComponents(t *testing.T) {
	s := newSet(t, Config{PublicURL: "https://Example.com:8443"})
	ex := &capture.Exchange{At: clock, Request: capture.Request{
		Method: "POST", Target: "/a/b?x=1&y=a%20b", Host: "h", Proto: "HTTP/1.1",
		Fields: []capture.Field{{Name: "X-A", Value: " 1 "}, {Name: "x-a", Value: "2"}},
	}}
	req := mustSign(t, s, &ex.Request, SignOptions{Provider: "rfc9421", Secret: "c2VjcmV0", At: clock})
	components := map[string]string{
		`"@method"`: "POST", `"@authority"`: "example.com:8443", `"@scheme"`: "https", `"@target-uri"`: "https://Example.com:8443/a/b?x=1&y=a%20b",
		`"@request-target"`: "/a/b?x=1&y=a%20b", `"@path"`: "/a/b", `"@query"`: "?x=1&y=a%20b", `"@query-param";name="y"`: "a+b", `"x-a"`: "1, 2", `"none"`: "",
	}
	var names []string
	for name := range components {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, f := range req.Fields {
		if f.Name == "Signature-Input" {
			req.Fields[i].Value = "sig1=(" + strings.Join(names, " ") + `);created=1;expires=2;alg="hmac-sha256";nonce="a;b,c"`
		}
	}
	signed := mustSign(t, s, req, SignOptions{Provider: "rfc9421", Secret: "c2VjcmV0", At: clock})
	r := check(t, s, signed, Options{Provider: "rfc9421", Secret: "c2VjcmV0", Now: clock})
	if r.Signature.Verdict != capture.Valid {
		t.Errorf("%+v", r.Signature)
	}
	var want strings.Builder
	for _, name := range names {
		fmt.Fprintf(&want, "%s: %s\n", name, components[name])
	}
	want.WriteString(`"@signature-params": (` + strings.Join(names, " ") + fmt.Sprintf(`);created=%d;expires=%d;alg="hmac-sha256";nonce="a;b,c"`, clock.Unix(), clock.Unix()+300))
	if diff := cmp.Diff(want.String(), string(r.Content)); diff != "" {
		t.Error(diff)
	}
}

// Message signatures with each algorithm are made and proved, and the digest that they cover
// is that of the body.
func TestMessageAlgorithms(t *testing.T) {
	for alg, name := range map[string]string{"": "", algEd25519: "ed25519", algES256: "ecdsa-p256-sha256", algRSA256: "rsa-v1_5-sha256"} {
		secret, public := "c2VjcmV0", "c2VjcmV0"
		if alg != "" {
			signer, err := generate(alg)
			if err != nil {
				t.Fatal(err)
			}
			secret, public = privatePEM(t, signer), publicJWK(t, signer)
		}
		for _, digest := range []string{"sha-256", "sha-512"} {
			input := `sig1=("content-digest")`
			if name != "" {
				input += `;alg="` + name + `"`
			}
			s := newSet(t, Config{})
			req := request("{}", capture.Field{Name: "Content-Digest", Value: digest + "=:eA==:"}, capture.Field{Name: "Signature-Input", Value: input}, capture.Field{Name: "Signature", Value: "sig1=:eA==:"})
			signed := mustSign(t, s, req, SignOptions{Provider: "rfc9421", Secret: secret, At: clock})
			verdict := func() capture.Signature {
				return check(t, s, signed, Options{Provider: "rfc9421", Secret: public, Now: clock}).Signature
			}
			if got := verdict(); got.Verdict != capture.Valid {
				t.Errorf("%s, %s: %+v", name, digest, got)
			}
			signed.Body = capture.NewBody([]byte("[]"))
			if got := verdict(); got.Verdict != capture.Invalid || !strings.Contains(got.Explanation, "Content-Digest is not the digest of this body") {
				t.Errorf("%s, %s: another body: %+v", name, digest, got)
			}
		}
	}
}

func privatePEM(t *testing.T, k crypto.Signer) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return "-----BEGIN PRIVATE KEY-----\n" + base64.StdEncoding.EncodeToString(der) + "\n-----END PRIVATE KEY-----\n"
}

func publicJWK(t *testing.T, k crypto.Signer) string {
	t.Helper()
	b64 := base64.RawURLEncoding.EncodeToString
	fields := map[string]string{}
	switch p := k.Public().(type) {
	case ed25519.PublicKey:
		fields = map[string]string{"kty": "OKP", "crv": "Ed25519", "x": b64(p)}
	case *rsa.PublicKey:
		fields = map[string]string{"kty": "RSA", "n": b64(p.N.Bytes()), "e": b64(big.NewInt(int64(p.E)).Bytes())}
	case *ecdsa.PublicKey:
		point, err := p.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		fields = map[string]string{"kty": "EC", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])}
	}
	out, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Public keys that are none are refused, and those of another form are read.
func TestFormsOfPublicKeys(t *testing.T) {
	rsaKey, err := generate(algRSA256)
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(rsaKey.Public().(*rsa.PublicKey)))
	edKey, err := generate(algEd25519)
	if err != nil {
		t.Fatal(err)
	}
	raw := edKey.Public().(ed25519.PublicKey)
	for _, text := range []string{
		pkcs1, "-----BEGIN RSA PUBLIC KEY-----\n" + pkcs1 + "\n-----END RSA PUBLIC KEY-----", fmt.Sprintf("%x", []byte(raw)), base64.StdEncoding.EncodeToString(raw), "whpk_" + base64.StdEncoding.EncodeToString(raw),
		publicJWK(t, rsaKey), publicJWK(t, edKey), privatePEM(t, edKey),
	} {
		if k, err := publicKey(text); err != nil || k.pub == nil {
			t.Errorf("%.60s: %v", text, err)
		}
	}
	for _, text := range []string{
		"", "secret!", "c2VjcmV0", "{", `{"kty":"RSA","n":"AQAB","e":"AQAB"}`, `{"kty":"OKP","x":"AQAB"}`, `{"kty":"EC","crv":"P-256","x":"AQAB","y":"AQAB"}`, `{"kty":"EC","crv":"P-384","x":"AQAB","y":"AQAB"}`,
		strings.Replace(publicJWK(t, rsaKey), `"e":"AQAB"`, `"e":"AQABAQABAQAB"`, 1), strings.Replace(publicJWK(t, rsaKey), `"e":"AQAB"`, `"e":""`, 1),
	} {
		if k, err := publicKey(text); err == nil {
			t.Errorf("%.60s: %T", text, k.pub)
		}
	}
}

// What has no signature, or of nobody that is known, says so.
func TestRequestsOfNobody(t *testing.T) {
	s := newSet(t, Config{})
	for _, tt := range []struct {
		req  *capture.Request
		o    Options
		want string
	}{
		{request("{}"), Options{}, "there is no signature of a known provider"},
		{request("{}"), Options{Provider: "nobody"}, "nobody"},
		{request("{}"), Options{Provider: "event-grid"}, "does not sign"},
	} {
		r, err := s.Check(t.Context(), &capture.Exchange{At: clock, Request: *tt.req}, tt.o)
		if text := r.Signature.Explanation + fmt.Sprint(err); !strings.Contains(text, tt.want) {
			t.Errorf("%+v: %s", tt.o, text)
		}
	}
	bad := &capture.Exchange{At: clock, Request: *request("{}", capture.Field{Name: "X-Hub-Signature-256", Value: "sha256=aa"}, capture.Field{Name: "X-GitHub-Event", Value: "push"})}
	bad.Request.Malformed = "two blanks"
	if s.Identify(bad); bad.Sender.Provider != "" || bad.Signature.Verdict != capture.Unsigned {
		t.Errorf("a malformed one: %+v %+v", bad.Sender, bad.Signature)
	}
}

func TestLacks(t *testing.T) {
	for reason, want := range map[capture.Reason]string{NoKnown: "unknown signature", "": "no secret", Malformed: "no secret"} {
		if got := Lacks(capture.Signature{Verdict: capture.NoSecret, Reason: reason}); got != want {
			t.Errorf("%q: %q, want %q", reason, got, want)
		}
	}
}
