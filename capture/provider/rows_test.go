package provider

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

func TestTwilioSharedKey(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "twilio", Value: "token"}}})
	for settings, alg := range map[string]string{
		"key=KS1,algorithm=HMAC_SHA256":   "sha256",
		"key=KS1, Algorithm=hmac_sha512":  "sha512",
		"algorithm=HMAC_SHA1":             "sha1",
		"key=KS1,algorithm=HMAC_MD5":      "",
		"key=KS1":                         "",
		"key=algorithm=HMAC_SHA256,x=SHA": "",
	} {
		req := request("B=2&A=1", capture.Field{Name: "Content-Type", Value: "application/x-www-form-urlencoded"},
			capture.Field{Name: "X-Twilio-Webhooks-Signature-Settings", Value: settings})
		sum := mac(alg, key{raw: []byte("token")}, []byte("https://hooks.example.com/hooks/a?x=1A1B2"))
		req.Fields = append(req.Fields, capture.Field{Name: "X-Twilio-Signature", Value: base64.StdEncoding.EncodeToString(sum)})
		r := check(t, s, req, Options{})
		signed, err := s.Sign(t.Context(), req, SignOptions{At: clock})
		if alg == "" {
			if r.Signature.Verdict != capture.Invalid || r.Reason != NoKnown || err == nil {
				t.Errorf("%s: %+v, signing %v", settings, r.Signature, err)
			}
			continue
		}
		if r.Signature.Verdict != capture.Valid || err != nil {
			t.Errorf("%s: %+v, signing %v", settings, r.Signature, err)
			continue
		}
		if d := cmp.Diff(req.Fields, signed.Fields); d != "" {
			t.Errorf("%s: signed with another algorithm: %s", settings, d)
		}
	}
}

// TestPolarSecret: Polar's secret is the key as text, even where it could be
// decoded; the others are decoded.
func TestPolarSecret(t *testing.T) {
	const secret = "cG9sYXI="
	s := newSet(t, Config{Secrets: []Secret{{Provider: "polar", Value: secret}}})
	req := request("{}", capture.Field{Name: "webhook-id", Value: "m"}, capture.Field{Name: "webhook-timestamp", Value: "1751328000"})
	sum := mac("sha256", key{raw: []byte(secret)}, []byte("m.1751328000.{}"))
	req.Fields = append(req.Fields, capture.Field{Name: "webhook-signature", Value: "v1," + base64.StdEncoding.EncodeToString(sum)})
	if r := check(t, s, req, Options{}); r.Signature.Verdict != capture.Valid {
		t.Errorf("configured: %+v", r.Signature)
	}
	if r := check(t, s, req, Options{Provider: "polar", Secret: secret}); r.Signature.Verdict != capture.Valid {
		t.Errorf("given: %+v", r.Signature)
	}
	if r := check(t, s, req, Options{Provider: "openai", Secret: secret}); r.Signature.Verdict != capture.Invalid {
		t.Errorf("openai's: %+v", r.Signature)
	}
	for _, o := range []SignOptions{{At: clock}, {At: clock, Provider: "polar", Secret: secret}} {
		signed, err := s.Sign(t.Context(), req, o)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(req.Fields, signed.Fields); d != "" {
			t.Errorf("signed otherwise: %s", d)
		}
	}
}

func TestSupabaseSecrets(t *testing.T) {
	a, b := "v1,whsec_"+base64.StdEncoding.EncodeToString([]byte("aaaa")), "v1,whsec_"+base64.StdEncoding.EncodeToString([]byte("bbbb"))
	s := newSet(t, Config{Secrets: []Secret{{Provider: "supabase-auth", Value: a + "|" + b}}})
	for _, one := range []string{a, b} {
		req := mustSign(t, s, request("{}"), SignOptions{Provider: "supabase-auth", Secret: one})
		if r := check(t, s, req, Options{}); r.Signature.Verdict != capture.Valid {
			t.Errorf("%s of the list: %+v", one, r.Signature)
		}
		if r := check(t, newSet(t, Config{}), req, Options{Provider: "supabase-auth", Secret: a + "|" + b}); r.Signature.Verdict != capture.Valid {
			t.Errorf("%s of the list that is given: %+v", one, r.Signature)
		}
		if d := cmp.Diff(req.Fields, mustSign(t, s, req, SignOptions{}).Fields); d != "" {
			t.Errorf("%s: renewed with the other: %s", one, d)
		}
	}
	if got := split(Secret{Provider: "slack", Value: "a|b"}); len(got) != 1 {
		t.Errorf("a secret with a bar is parted: %v", got)
	}
}

// TestHubSpotBoth: version 1 and version 3 of one request are both renewed.
func TestHubSpotBoth(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "hubspot", Value: "s"}}})
	for version, content := range map[string]string{"v1": "s[1]", "v2": "sPOSThttps://hooks.example.com/hooks/a?x=1[1]"} {
		req := request("[1]", capture.Field{Name: "X-HubSpot-Signature", Value: "00"}, capture.Field{Name: "X-HubSpot-Signature-Version", Value: version},
			capture.Field{Name: "X-HubSpot-Signature-v3", Value: "AA=="}, capture.Field{Name: "X-HubSpot-Request-Timestamp", Value: "1"})
		got := mustSign(t, s, req, SignOptions{})
		sum := sha256.Sum256([]byte(content))
		if v, _ := got.Get("X-HubSpot-Signature"); v != hex.EncodeToString(sum[:]) {
			t.Errorf("%s is %s", version, v)
		}
		if r := check(t, s, got, Options{}); r.Provider != "hubspot-v3" || r.Signature.Verdict != capture.Valid {
			t.Errorf("%s: %+v", r.Provider, r.Signature)
		}
	}
	// One that is not there is not added.
	req := request("[1]", capture.Field{Name: "X-HubSpot-Signature-v3", Value: "AA=="}, capture.Field{Name: "X-HubSpot-Request-Timestamp", Value: "1"})
	if got := mustSign(t, s, req, SignOptions{}); len(got.Fields) != len(req.Fields) {
		t.Errorf("fields added: %v", got.Fields)
	}
}

func TestPlain(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "plain", Value: "s"}}})
	at := func(after time.Duration) *capture.Exchange {
		body := `{"id":"p","type":"thread.created","timestamp":"2025-06-01T00:00:00Z","webhookMetadata":{"webhookDeliveryAttemptNumber":3,"webhookDeliveryAttemptTimestamp":"` + clock.Add(-after).UTC().Format(time.RFC3339) + `"}}`
		return raw("POST", "/", body, "plain-request-signature: "+hex.EncodeToString(mac("sha256", key{raw: []byte("s")}, []byte(body))))
	}
	for after, want := range map[time.Duration]capture.Verdict{300 * time.Second: capture.Valid, 301 * time.Second: capture.Stale, -301 * time.Second: capture.Stale} {
		ex := at(after)
		if s.Identify(ex); ex.Signature.Verdict != want || ex.Sender.Try != 3 || ex.Sender.Event != "thread.created" {
			t.Errorf("%s: %+v %+v", after, ex.Signature, ex.Sender)
		}
	}
	renewed := mustSign(t, s, &at(time.Hour).Request, SignOptions{})
	body, _ := renewed.Body.Bytes(t.Context())
	if r := check(t, s, renewed, Options{}); r.Signature.Verdict != capture.Valid || !bytes.Contains(body, []byte(`"webhookDeliveryAttemptTimestamp":"2025-07-01T00:00:00.000Z"`)) {
		t.Errorf("renewed: %+v %s", r.Signature, body)
	}
	// Without the time of the attempt, the signature alone counts.
	if r := check(t, s, mustSign(t, s, request("{}"), SignOptions{Provider: "plain"}), Options{}); r.Signature.Verdict != capture.Valid {
		t.Errorf("without a time: %+v", r.Signature)
	}
}

// TestTokenWithoutClaims: one that has none gets those that bind it.
func TestTokenWithoutClaims(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "messagebird", Value: "s"}, {Provider: "qstash", Value: "s"}}})
	for _, claims := range []string{"{}", "{ }", `{"a":1}`} {
		for _, field := range []string{"Upstash-Signature", "MessageBird-Signature-JWT"} {
			token := "eyJhbGciOiJIUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".AAAA"
			ex := &capture.Exchange{At: clock, Request: *mustSign(t, s, request(`{"a":1}`, capture.Field{Name: field, Value: token}), SignOptions{At: clock})}
			if s.Identify(ex); ex.Signature.Verdict != capture.Valid {
				t.Errorf("%s with %s: %+v", field, claims, ex.Signature)
			}
		}
	}
}

// TestNewTokens: a token that is made for a request without one has the claims that
// the provider's own libraries look for.
func TestNewTokens(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "messagebird", Value: "s"}, {Provider: "qstash", Value: "s"}}})
	for _, tt := range []struct{ provider, field, body, iss, hash, has string }{
		{"qstash", "Upstash-Signature", "{}", "Upstash", "body", "RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o"},
		{"qstash", "Upstash-Signature", "", "Upstash", "body", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"},
		{"messagebird", "MessageBird-Signature-JWT", "{}", "MessageBird", "payload_hash", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
		{"messagebird", "MessageBird-Signature-JWT", "", "MessageBird", "payload_hash", ""},
	} {
		v, _ := mustSign(t, s, request(tt.body, capture.Field{Name: tt.field, Value: "x"}), SignOptions{At: clock}).Get(tt.field)
		claims, ok := jwtPart(v, 1)
		if !ok {
			t.Fatalf("%s: %q is no token", tt.provider, v)
		}
		get := func(name string) string { v, _ := jsonString(claims, name); return v }
		now := clock.Unix()
		if get("iss") != tt.iss || get("jti") == "" || get("iat") != fmt.Sprint(now) || get("nbf") != fmt.Sprint(now-5) || get("exp") != fmt.Sprint(now+300) || get(tt.hash) != tt.has {
			t.Errorf("%s with %q: %s", tt.provider, tt.body, claims)
		}
	}
}

func TestMessageBirdToken(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "messagebird", Value: "s"}}})
	hash := func(v string) string { sum := sha256.Sum256([]byte(v)); return hex.EncodeToString(sum[:]) }
	token := func(alg, claims string) *capture.Request {
		content := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"`+alg+`","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
		sum := mac(jwtAlgs[alg], key{raw: []byte("s")}, []byte(content))
		return request("{}", capture.Field{Name: "MessageBird-Signature-JWT", Value: content + "." + base64.RawURLEncoding.EncodeToString(sum)})
	}
	const here = "https://hooks.example.com/hooks/a?x=1"
	claims := func(url, payload string) string {
		return `{"iss":"MessageBird","nbf":1751327999,"exp":1751328060,"jti":"j","url_hash":"` + hash(url) + `"` + payload + `}`
	}
	for _, c := range []struct {
		name, alg, claims string
		want              capture.Verdict
	}{
		{"right", "HS256", claims(here, `,"payload_hash":"`+hash("{}")+`"`), capture.Valid},
		{"512", "HS512", claims(here, `,"payload_hash":"`+hash("{}")+`"`), capture.Valid},
		{"another body", "HS256", claims(here, `,"payload_hash":"`+hash("{ }")+`"`), capture.Invalid},
		{"a body that is not covered", "HS256", claims(here, ""), capture.Invalid},
		{"another URL", "HS256", claims(here+"2", `,"payload_hash":"`+hash("{}")+`"`), capture.Invalid},
		{"expired", "HS256", strings.Replace(claims(here, `,"payload_hash":"`+hash("{}")+`"`), "1751328060", "1751327999", 1), capture.Stale},
	} {
		req := token(c.alg, c.claims)
		r := check(t, s, req, Options{})
		if r.Provider != "messagebird" || r.Signature.Verdict != c.want || r.URL != here {
			t.Errorf("%s: %s %+v %s", c.name, r.Provider, r.Signature, r.URL)
		}
		if r := check(t, s, mustSign(t, s, req, SignOptions{}), Options{}); r.Signature.Verdict != capture.Valid {
			t.Errorf("%s renewed: %+v", c.name, r.Signature)
		}
	}
	get := token("HS256", claims(here, ""))
	get.Method, get.Body = "GET", capture.NewBody(nil)
	if r := check(t, s, get, Options{}); r.Signature.Verdict != capture.Valid {
		t.Errorf("without a body: %+v", r.Signature)
	}
}

// telegramKinds are those of https://core.telegram.org/bots/api#update.
const telegramKinds = "message edited_message channel_post edited_channel_post business_connection business_message edited_business_message " +
	"deleted_business_messages message_reaction message_reaction_count inline_query chosen_inline_result callback_query shipping_query " +
	"pre_checkout_query purchased_paid_media poll poll_answer my_chat_member chat_member chat_join_request chat_boost removed_chat_boost"

func TestEvents(t *testing.T) {
	type test struct{ name, body, field, provider, event, delivery string }
	tests := []test{
		{"quickbooks", `[{"specversion":"1.0","id":"88cd","source":"intuit.x","type":"qbo.customer.created.v1"}]`, "intuit-signature: AA==", "quickbooks", "qbo.customer.created.v1", "88cd"},
		{"cloudevents batch", `[{"specversion":"1.0","id":"1","source":"/s","type":"a.b"},{"id":"2"}]`, "Content-Type: application/cloudevents-batch+json", "cloudevents", "a.b", "/s.1"},
		{"messenger", `{"object":"page","entry":[{"id":"1","messaging":[{"sender":{"id":"1"},"recipient":{"id":"2"},"timestamp":1,"message":{"mid":"m1"}}]}]}`, "X-Hub-Signature-256: sha256=00", "meta", "page.message", "m1"},
		{"WhatsApp status", `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"value":{"statuses":[{"id":"wamid.1","status":"read"}]},"field":"messages"}]}]}`, "X-Hub-Signature-256: sha256=00", "meta", "whatsapp_business_account.statuses", "wamid.1.read"},
		{"messenger echo", `{"object":"page","entry":[{"messaging":[{"sender":{"id":"1"},"message":{"mid":"m1","is_echo":true}}]}]}`, "X-Hub-Signature-256: sha256=00", "meta", "page.message_echo", "m1"},
		{"instagram postback", `{"object":"instagram","entry":[{"messaging":[{"timestamp":1,"postback":{"mid":"p1"}}]}]}`, "X-Hub-Signature-256: sha256=00", "meta", "instagram.postback", "p1"},
		{"instagram comment", `{"object":"instagram","entry":[{"changes":[{"field":"comments"}]}]}`, "X-Hub-Signature-256: sha256=00", "meta", "instagram.comments", ""},
		{"standby", `{"object":"page","entry":[{"standby":[{"sender":{},"read":{"watermark":1}}]}]}`, "X-Hub-Signature-256: sha256=00", "meta", "page.read", ""},
		{"meta without", `{"object":"page","entry":[]}`, "X-Hub-Signature-256: sha256=00", "meta", "page", ""},
	}
	for kind := range strings.FieldsSeq(telegramKinds + " not_yet_known") {
		tests = append(tests, test{kind, `{"update_id":5,"` + kind + `":{"message":1}}`, "X-A: b", "telegram", kind, "5"})
	}
	for _, c := range tests {
		ex := raw("POST", "/", c.body, c.field)
		newSet(t, Config{}).Identify(ex)
		if got := ex.Sender; got.Provider != c.provider || got.Event != c.event || c.delivery != "" && got.Delivery != c.delivery {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	if n := len(strings.Fields(telegramKinds)); n != 23 {
		t.Errorf("%d kinds", n)
	}
}

func TestGitLabBoth(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "gitlab", Value: "plain token"}, {Provider: "gitlab", Value: whsec}}})
	req := mustSign(t, s, request("{}", capture.Field{Name: "X-Gitlab-Event", Value: "Push Hook"}, capture.Field{Name: "X-Gitlab-Token", Value: "plain token"},
		capture.Field{Name: "webhook-id", Value: "w"}, capture.Field{Name: "webhook-signature", Value: "v1,AA=="}), SignOptions{Secret: whsec})
	if r := check(t, s, req, Options{}); r.Provider != "gitlab" || r.Signature.Verdict != capture.Valid || len(r.Received) != 1 {
		t.Errorf("signed: %+v", r)
	}
	req = request("{}", capture.Field{Name: "X-Gitlab-Event", Value: "Push Hook"}, capture.Field{Name: "X-Gitlab-Token", Value: "plain token"})
	if r := check(t, s, req, Options{}); r.Provider != "gitlab" || r.Signature.Verdict != capture.Valid {
		t.Errorf("token: %+v", r)
	}
}

// TestNoDevKeyForCertificates: receivers of SNS and PayPal fetch a certificate,
// so nothing suggests a key of one's own.
func TestNoDevKeyForCertificates(t *testing.T) {
	s := newSet(t, Config{})
	for provider, want := range map[string]bool{"aws-sns": false, "paypal": false, "discord": true, "plaid": true, "stripe": false, "cloudevents": false} {
		row := s.scheme(provider)
		if got := row.takesDevKey(); got != want {
			t.Errorf("%s: %v", provider, got)
		}
		if !row.signs() || row.symmetric() {
			continue
		}
		_, err := s.Sign(t.Context(), request("{}"), SignOptions{Provider: provider})
		if advised := strings.Contains(err.Error(), "development key"); advised != want {
			t.Errorf("%s: %v", provider, err)
		}
		if _, err := s.NewDevKey(provider); (err == nil) != want {
			t.Errorf("%s: made a key: %v", provider, err)
		}
	}
}

// TestSignedURL: the result names the URL that was checked, where it is signed.
func TestSignedURL(t *testing.T) {
	s := newSet(t, Config{PublicURL: "https://public.example.com"})
	for provider, want := range map[string]string{
		"twilio": "https://public.example.com/hooks/a?x=1", "qstash": "https://public.example.com/hooks/a?x=1", "stripe": "", "github": "",
	} {
		req := mustSign(t, s, request("{}"), SignOptions{Provider: provider, Secret: "s"})
		if r := check(t, s, req, Options{Provider: provider}); r.URL != want {
			t.Errorf("%s: %q", provider, r.URL)
		}
	}
}
