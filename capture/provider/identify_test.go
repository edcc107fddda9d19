package provider

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

func TestTable(t *testing.T) {
	for _, r := range table() {
		if r.Title == "" || r.Words() == "" || !strings.HasPrefix(r.Source, "https://") {
			t.Errorf("%s: title %q, words %q, source %q", r.Provider, r.Title, r.Words(), r.Source)
		}
		if r.signs() && r.read == nil && len(r.Sig) == 0 {
			t.Errorf("%s: no signature field", r.Provider)
		}
	}
	if _, err := newDetector(table()); err != nil {
		t.Error(err)
	}
}

func discord(body string) *capture.Exchange {
	return raw("POST", "/", body, "X-Signature-Ed25519: 00", "X-Signature-Timestamp: 1")
}

// TestIdentify names what providers.md says of events, deliveries and tries.
func TestIdentify(t *testing.T) {
	for _, c := range []struct {
		name string
		ex   *capture.Exchange
		want capture.Sender
	}{
		{"github with action", raw("POST", "/", `{"action":"opened"}`, "x-github-event: issues", "X-GitHub-Delivery: d"), capture.Sender{Provider: "github", Event: "issues.opened", Delivery: "d", Try: 1}},
		{"github form", raw("POST", "/", `payload=%7B%22action%22%3A%22closed%22%7D`, "Content-Type: application/x-www-form-urlencoded", "X-GitHub-Event: issues", "X-GitHub-Delivery: d"), capture.Sender{Provider: "github", Event: "issues.closed", Delivery: "d", Try: 1}},
		{"gitea before github", raw("POST", "/", `{}`, "X-GitHub-Event: push", "X-Gogs-Event: push", "X-Gitea-Event: push", "X-Gitea-Delivery: d"), capture.Sender{Provider: "gitea", Event: "push", Delivery: "d", Try: 1}},
		{"forgejo before gitea", raw("POST", "/", `{}`, "X-GitHub-Event: push", "X-Gitea-Event: push", "X-Forgejo-Event: push", "X-Forgejo-Delivery: d"), capture.Sender{Provider: "forgejo", Event: "push", Delivery: "d", Try: 1}},
		{"json called a form", raw("POST", "/", `{"action":"closed"}`, "Content-Type: application/x-www-form-urlencoded", "X-GitHub-Event: issues", "X-GitHub-Delivery: d"), capture.Sender{Provider: "github", Event: "issues.closed", Delivery: "d", Try: 1}},
		{"slack retry", raw("POST", "/", `{"type":"event_callback","event_id":"Ev1","event":{"type":"message"}}`, "X-Slack-Signature: v0=00", "X-Slack-Request-Timestamp: 1", "X-Slack-Retry-Num: 2"), capture.Sender{Provider: "slack", Event: "message", Delivery: "Ev1", Try: 3}},
		{"slack first", raw("POST", "/", `{"type":"event_callback","event_id":"Ev1","event":{"type":"message"}}`, "X-Slack-Signature: v0=00"), capture.Sender{Provider: "slack", Event: "message", Delivery: "Ev1", Try: 1}},
		{"bitbucket", raw("POST", "/", `{}`, "X-Event-Key: repo:push", "X-Request-UUID: r", "X-Attempt-Number: 2"), capture.Sender{Provider: "bitbucket", Event: "repo:push", Delivery: "r", Try: 2}},
		{"jira", raw("POST", "/", `{"webhookEvent":"jira:issue_created"}`, "X-Atlassian-Webhook-Identifier: i", "X-Atlassian-Webhook-Retry: 1"), capture.Sender{Provider: "jira", Event: "jira:issue_created", Delivery: "i", Try: 2}},
		{"stripe unsigned", raw("POST", "/", `{"id":"evt_1","object":"event","livemode":false,"pending_webhooks":1,"type":"invoice.paid"}`), capture.Sender{Provider: "stripe", Event: "invoice.paid", Delivery: "evt_1", Try: 1}},
		{"twilio", raw("POST", "/", `MessageSid=SM1&MessageStatus=sent`, "Content-Type: application/x-www-form-urlencoded", "X-Twilio-Signature: AA=="), capture.Sender{Provider: "twilio", Event: "sent", Delivery: "SM1.sent", Try: 1}},
		{"intercom", raw("POST", "/", `{"topic":"user.created","id":"n"}`, "X-Hub-Signature: sha1=00"), capture.Sender{Provider: "intercom", Event: "user.created", Delivery: "n", Try: 1}},
		{"websub", raw("POST", "/", `<feed/>`, "X-Hub-Signature: sha256=00", "X-Event-Id: w"), capture.Sender{Provider: "websub", Delivery: "w", Try: 1}},
		{"clickup", raw("POST", "/", `{"webhook_id":"w","event":"taskCreated","history_items":[{"id":"h"}]}`, "X-Signature: 00"), capture.Sender{Provider: "clickup", Event: "taskCreated", Delivery: "h", Try: 1}},
		{"gitlab signing token", raw("POST", "/", `{}`, "X-Gitlab-Event: Push Hook", "webhook-id: w", "webhook-signature: v1,AA==", "webhook-timestamp: 1"), capture.Sender{Provider: "gitlab", Event: "Push Hook", Delivery: "w", Try: 1}},
		{"hubspot", raw("POST", "/", `[{"eventId":1,"subscriptionType":"contact.creation","attemptNumber":1}]`, "X-HubSpot-Signature-v3: AA==", "X-HubSpot-Request-Timestamp: 1"), capture.Sender{Provider: "hubspot-v3", Event: "contact.creation", Delivery: "1", Try: 2}},
		{"telegram", raw("POST", "/", `{"update_id":5,"callback_query":{}}`), capture.Sender{Provider: "telegram", Event: "callback_query", Delivery: "5", Try: 1}},
		{"square retry", raw("POST", "/", `{"type":"payment.created","event_id":"e"}`, "x-square-hmacsha256-signature: AA==", "square-retry-number: 1"), capture.Sender{Provider: "square", Event: "payment.created", Delivery: "e", Try: 2}},
		{"discord ping", discord(`{"type":1,"id":"1"}`), capture.Sender{Provider: "discord", Event: "ping", Delivery: "1", Try: 1}},
		{"discord command", discord(`{"type":2,"id":"1","data":{"name":"hello"}}`), capture.Sender{Provider: "discord", Event: "application_command.hello", Delivery: "1", Try: 1}},
		{"discord component", discord(`{"type":3,"id":"1","data":{"custom_id":"c"}}`), capture.Sender{Provider: "discord", Event: "message_component", Delivery: "1", Try: 1}},
		{"discord of a kind to come", discord(`{"type":9,"id":"1","data":{"name":"hello"}}`), capture.Sender{Provider: "discord", Event: "signature check", Delivery: "1", Try: 1}},
		{"discord event", discord(`{"type":1,"id":"1","event":{"type":"APPLICATION_AUTHORIZED"}}`), capture.Sender{Provider: "discord", Event: "APPLICATION_AUTHORIZED", Delivery: "1", Try: 1}},
		{"cloudevents", raw("POST", "/", `{}`, "ce-id: 1", "ce-source: /s", "ce-type: t"), capture.Sender{Provider: "cloudevents", Event: "t", Delivery: "/s.1", Try: 1}},
		{"strava", raw("POST", "/", `{"aspect_type":"create","object_type":"activity","object_id":9,"event_time":7,"subscription_id":1}`), capture.Sender{Provider: "strava", Event: "activity.create", Delivery: "9.create.7", Try: 1}},
		{"a handshake without an event", raw("POST", "/", `{}`, "X-Hook-Secret: s", "Idempotency-Key: k"), capture.Sender{Provider: "asana", Event: "X-Hook-Secret", Delivery: "k", Try: 1}},
		{"unknown with fields", raw("POST", "/", `{"type":"ignored"}`, "X-Acme-Event: thing.done", "Idempotency-Key: k"), capture.Sender{Event: "thing.done", Delivery: "k"}},
		{"unknown with body", raw("POST", "/h?x", `{"n":1,"event":"a.b"}`), capture.Sender{Event: "a.b", Delivery: "sha256:8a8b1b2b" /* the prefix is replaced below */}},
		{"unknown without body", raw("GET", "/health", ""), capture.Sender{}},
		{"an object is no event", raw("POST", "/h", `{"event":{"a":1},"action":"go"}`, "Idempotency-Key: k"), capture.Sender{Event: "go", Delivery: "k"}},
		{"a field about an event is none", raw("POST", "/h", `{"action":"go"}`, "X-Event-Time: 5", "Idempotency-Key: k"), capture.Sender{Event: "go", Delivery: "k"}},
	} {
		s := newSet(t, Config{})
		s.Identify(c.ex)
		got := c.ex.Sender
		if strings.HasPrefix(c.want.Delivery, hashed) && strings.HasPrefix(got.Delivery, hashed) && len(got.Delivery) == 39 {
			got.Delivery = c.want.Delivery
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func TestTriesAreCounted(t *testing.T) {
	s := newSet(t, Config{})
	old := raw("POST", "/", `{"type":"t","id":"evt_1"}`, "Stripe-Signature: t=1,v1=00")
	old.Sender = capture.Sender{Provider: "stripe", Delivery: "evt_1", Try: 1}
	s.Seen(old)
	for want := 2; want < 5; want++ {
		ex := raw("POST", "/", `{"type":"t","id":"evt_1"}`, "Stripe-Signature: t=1,v1=00")
		if s.Identify(ex); ex.Sender.Try != want {
			t.Errorf("try %d, want %d", ex.Sender.Try, want)
		}
	}
	for range 2 * maxTries {
		ex := raw("POST", "/", `{"type":"t","id":"`+time.Now().String()+`"}`, "Stripe-Signature: t=1,v1=00")
		s.Identify(ex)
	}
	if len(s.tries.seen) > maxTries || len(s.tries.order) > maxTries {
		t.Errorf("%d remembered, want at most %d", len(s.tries.seen), maxTries)
	}
}

func TestReasons(t *testing.T) {
	const slackTS = "X-Slack-Request-Timestamp: 1751328000"
	for _, c := range []struct {
		name     string
		ex       *capture.Exchange
		provider string
		secrets  string
		verdict  capture.Verdict
		reason   capture.Reason
	}{
		{"no secret", raw("POST", "/", "{}", "X-Slack-Signature: v0=00", slackTS), "", "", capture.NoSecret, ""},
		{"unsigned github", raw("POST", "/", "{}", "X-GitHub-Event: push"), "", "", capture.Unsigned, ""},
		{"unsigned github, secret known", raw("POST", "/", "{}", "X-GitHub-Event: push"), "", "github", capture.Unsigned, Missing},
		{"a handshake has nothing to sign with", raw("POST", "/", "{}", "X-Hook-Secret: s"), "", "asana", capture.Unsigned, ""},
		{"no time", raw("POST", "/", "{}", "X-Slack-Signature: v0=00"), "", "slack", capture.Invalid, Missing},
		{"bad time", raw("POST", "/", "{}", "X-Slack-Signature: v0=00", "X-Slack-Request-Timestamp: soon"), "", "slack", capture.Invalid, Malformed},
		{"bad hex", raw("POST", "/", "{}", "X-Slack-Signature: v0=zz", slackTS), "", "slack", capture.Invalid, Malformed},
		{"no prefix", raw("POST", "/", "{}", "X-Hub-Signature-256: abcdef", "X-GitHub-Event: push"), "", "github", capture.Invalid, Malformed},
		{"other version", raw("POST", "/", "{}", "X-Slack-Signature: v9=00", slackTS), "", "slack", capture.Invalid, NoKnown},
		{"stripe without v1", raw("POST", "/", "{}", "Stripe-Signature: t=1751328000,v0=00"), "", "stripe", capture.Invalid, NoKnown},
		{"stripe without t", raw("POST", "/", "{}", "Stripe-Signature: v1=00"), "", "stripe", capture.Invalid, Malformed},
		{"stripe garbage", raw("POST", "/", "{}", "Stripe-Signature: garbage"), "", "stripe", capture.Invalid, Malformed},
		{"stripe empty", raw("POST", "/", "{}", "Stripe-Signature: "), "", "stripe", capture.Invalid, Malformed},
		{"jwt garbage", raw("POST", "/", "{}", "Upstash-Signature: a.b"), "", "qstash", capture.Invalid, Malformed},
		{"jwt none", raw("POST", "/", "{}", "Upstash-Signature: eyJhbGciOiJub25lIn0.e30."), "", "qstash", capture.Invalid, NoKnown},
		{"token differs", raw("POST", "/", "{}", "X-Gitlab-Token: b"), "", "gitlab", capture.Invalid, Mismatch},
		{"mailgun, bad hex", raw("POST", "/", `{"signature":{"timestamp":"1751328000","token":"t","signature":"zz"},"event-data":{"event":"e"}}`), "mailgun", "mailgun", capture.Invalid, Malformed},
		{"mailgun, bad time", raw("POST", "/", `{"signature":{"timestamp":"soon","token":"t","signature":"00"},"event-data":{"event":"e"}}`), "mailgun", "mailgun", capture.Invalid, Malformed},
		{"mailgun without a token", raw("POST", "/", `{"signature":{"timestamp":"1751328000","signature":"00"},"event-data":{"event":"e"}}`), "mailgun", "mailgun", capture.Invalid, Malformed},
		{"mailgun, another signature", raw("POST", "/", `{"signature":{"timestamp":"1751328000","token":"t","signature":"00"},"event-data":{"event":"e"}}`), "mailgun", "mailgun", capture.Invalid, Mismatch},
		{"standard without id", raw("POST", "/", "{}", "webhook-signature: v1,AA==", "webhook-timestamp: 1751328000"), "standard-webhooks", "standard-webhooks", capture.Invalid, Missing},
	} {
		s := newSet(t, Config{})
		if c.secrets != "" {
			row := s.scheme(c.secrets)
			if err := s.AddSecret(Secret{Provider: c.secrets, Value: secretFor(row)}); err != nil {
				t.Fatal(err)
			}
		}
		r := check(t, s, &c.ex.Request, Options{Provider: c.provider})
		if r.Signature.Verdict != c.verdict || r.Reason != c.reason || r.Signature.Verdict == capture.Invalid && c.reason != Mismatch && r.Explanation == "" {
			t.Errorf("%s: %+v, want %s %q", c.name, r.Signature, c.verdict, c.reason)
		}
	}
}

func TestSecrets(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CREEL_TEST_SECRET", "from the environment")
	for spec, want := range map[string]Secret{
		"stripe=whsec_a=b":             {Provider: "stripe", Value: "whsec_a=b"},
		"stripe@/hooks/stripe=s":       {Provider: "stripe", Path: "/hooks/stripe", Value: "s"},
		"github=env:CREEL_TEST_SECRET": {Provider: "github", Value: "from the environment"},
		"github=file:" + file:          {Provider: "github", Value: "from a file"},
	} {
		if got, err := ParseSecret(spec); err != nil || got != want {
			t.Errorf("%s: %#v, %v", spec, got, err)
		}
	}
	for _, spec := range []string{"stripe", "=x", "stripe=", "stripe@hooks=s", "stripe=env:CREEL_TEST_NONE", "stripe=file:/nonexistent"} {
		if got, err := ParseSecret(spec); err == nil {
			t.Errorf("%s: %v", spec, got)
		}
	}
	if _, err := New(Config{Secrets: []Secret{{Provider: "gihtub", Value: "topsecret"}}}); err == nil || !strings.Contains(err.Error(), "github") || strings.Contains(err.Error(), "topsecret") {
		t.Errorf("gihtub: %v", err)
	}
}

func TestPinnedSecrets(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "stripe", Path: "/a", Value: "for a"}, {Provider: "stripe", Value: "for all"}, {Provider: "acme", Path: "/acme", Value: "acme"}}, Schemes: []Scheme{{Provider: "acme", Detect: []string{"X-Acme"}, Sig: []string{"X-Sig"}}}})
	at := func(target, secret string) *capture.Exchange {
		req := request("{}")
		req.Target = target
		return &capture.Exchange{At: clock, Request: *mustSign(t, s, req, SignOptions{Provider: "stripe", Secret: secret})}
	}
	for _, c := range []struct {
		target, secret string
		want           capture.Verdict
	}{
		{"/a", "for a", capture.Valid},
		{"/a/b?x=1", "for a", capture.Valid},
		{"/a", "for all", capture.Invalid},
		{"/ab", "for all", capture.Valid},
		{"/ab", "for a", capture.Invalid},
		{"/", "for all", capture.Valid},
	} {
		ex := at(c.target, c.secret)
		if s.Identify(ex); ex.Signature.Verdict != c.want {
			t.Errorf("%s with %q: %+v", c.target, c.secret, ex.Signature)
		}
	}
	// A pin tells who sends, where nothing else does.
	req := request("{}")
	req.Target = "/%61cme"
	ex := &capture.Exchange{At: clock, Request: *mustSign(t, s, req, SignOptions{Provider: "acme"})}
	if s.Identify(ex); ex.Sender.Provider != "acme" || ex.Signature.Verdict != capture.Valid {
		t.Errorf("pinned: %+v %+v", ex.Sender, ex.Signature)
	}
}

func TestOwnScheme(t *testing.T) {
	own := Scheme{
		Provider: "acme", Detect: []string{"X-Acme-Topic"}, Sig: []string{"X-Acme-Signature"}, Alg: "sha512", Out: "base64",
		Item: ";", KV: ":", Field: "a1", Template: "{method}|{url}|{ts}|{h:X-Nonce}|{body}", TS: "f:at", TSUnit: "ms", Tol: 10,
		Event: []string{"h:X-Acme-Topic"}, ID: []string{"b:meta.id"}, Deadline: 7,
	}
	s := newSet(t, Config{Schemes: []Scheme{own}, Secrets: []Secret{{Provider: "acme", Value: "k"}}, PublicURL: "https://public.example.com"})
	req := request(`{"meta":{"id":"m1"}}`, capture.Field{Name: "X-Acme-Topic", Value: "fish"}, capture.Field{Name: "X-Nonce", Value: "n"})
	ex := &capture.Exchange{At: clock, Request: *mustSign(t, s, req, SignOptions{Provider: "acme"})}
	s.Identify(ex)
	if d := cmp.Diff(capture.Sender{Provider: "acme", Event: "fish", Delivery: "m1", Try: 1}, ex.Sender); d != "" || ex.Signature.Verdict != capture.Valid {
		t.Errorf("%s %+v", d, ex.Signature)
	}
	r := check(t, s, &ex.Request, Options{})
	if want := "POST|https://public.example.com/hooks/a?x=1|1751328000000|n|" + `{"meta":{"id":"m1"}}`; string(r.Content) != want {
		t.Errorf("content %q", r.Content)
	}
	if s.Limit("acme") != 7*time.Second {
		t.Errorf("limit %s", s.Limit("acme"))
	}
	for _, c := range []struct {
		change func(*Scheme)
		want   string
	}{
		{func(s *Scheme) { s.Provider = "" }, "a name"},
		{func(s *Scheme) { s.Alg = "md5" }, `alg: "md5" is not one of`},
		{func(s *Scheme) { s.Key = "rot13" }, "key:"},
		{func(s *Scheme) { s.Template = "{bdy}" }, "{bdy}"},
		{func(s *Scheme) { s.Template = "{body" }, "has no }"},
		{func(s *Scheme) { s.TSUnit = "h" }, "ts_unit:"},
		{func(s *Scheme) { s.Sig = nil }, "sig:"},
		{func(s *Scheme) { s.Detect = []string{""} }, "names nothing"},
		{func(s *Scheme) { s.TS = "when" }, "ts:"},
	} {
		bad := own
		c.change(&bad)
		if err := bad.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

func TestPublicURLs(t *testing.T) {
	for _, c := range []struct {
		public, target string
		want           []string
	}{
		{"https://a.example", "/x?y", []string{"https://a.example/x?y"}},
		{"a.example", "/x", []string{"https://a.example/x"}},
		{"https://a.example/x?y", "/x?y", []string{"https://a.example/x?y"}},
		{"https://a.example/x?y", "/z?a", []string{"https://a.example/x?y", "https://a.example/z?a"}},
		{"https://a.example?y", "/z", []string{"https://a.example?y", "https://a.example/z"}},
		{"https://a.example/x", "/x?y", []string{"https://a.example/x?y", "https://a.example/x"}},
		{"https://a.example/h", "/h/x", []string{"https://a.example/h", "https://a.example/h/x", "https://a.example/h/h/x"}},
		{"https://a.example/h/", "/x", []string{"https://a.example/h/", "https://a.example/x", "https://a.example/h/x"}},
		{"https://a.example", "/", []string{"https://a.example/", "https://a.example"}},
	} {
		if d := cmp.Diff(c.want, publicURLs(c.public, c.target)); d != "" {
			t.Errorf("%s %s: %s", c.public, c.target, d)
		}
	}
}

// TestSetIsShared uses a set from many goroutines; it is for the race detector.
func TestSetIsShared(t *testing.T) {
	s := newSet(t, Config{})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 50 {
				ex := raw("POST", "/a", `{"type":"t","id":"evt_`+strconv.Itoa(n)+`","created":`+strconv.Itoa(n)+`}`, "Stripe-Signature: t=1,v1=00")
				s.Identify(ex)
				s.Handshake(ex)
				if err := s.AddSecret(Secret{Provider: "stripe", Value: strconv.Itoa(i)}); err != nil {
					t.Error(err)
				}
				s.HasSecret("stripe")
			}
		})
	}
	wg.Wait()
	if n := len(*s.secrets.Load()); n != 8 {
		t.Errorf("%d secrets, want 8", n)
	}
}

// TestLargeBodies: only the beginning of a body is looked at to name it, and a
// body that is not whole is not called badly signed without a word.
func TestLargeBodies(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "stripe", Value: "s"}}})
	body := `{"id":"evt_1","type":"big","pad":"` + strings.Repeat("x", 3<<20) + `","zzz":1}`
	ex := &capture.Exchange{At: clock, Request: *mustSign(t, s, request(body), SignOptions{Provider: "stripe"})}
	if s.Identify(ex); ex.Sender.Event != "big" || ex.Signature.Verdict != capture.Valid {
		t.Errorf("%+v %+v", ex.Sender, ex.Signature)
	}
	ex.Request.Body, ex.Request.Truncated = capture.NewBody([]byte(body[:64<<10])), true
	if s.Identify(ex); ex.Signature.Verdict != capture.Invalid || !strings.Contains(ex.Signature.Explanation, "not complete") {
		t.Errorf("%+v", ex.Signature)
	}
}

// TestNobodyIsMistaken: what anybody may send is nobody's.
func TestNobodyIsMistaken(t *testing.T) {
	s := newSet(t, Config{})
	for _, ex := range []*capture.Exchange{
		raw("POST", "/", `{"type":"a","id":1,"event":"b","data":{"object":{}}}`),
		raw("POST", "/", `{"object":"event","type":"x"}`),
		raw("POST", "/", `{"token":"t","timestamp":1,"signature":"s"}`),
		raw("POST", "/", `{"version":"1.2","application_id":"app"}`),
		raw("POST", "/", `{"value":[1,2],"message":{"id":1},"table":"t","schema":"s"}`),
		raw("POST", "/", `{"event_type":"a"}`),
		raw("POST", "/", `{"source":"me","id":"1","specification":"x"}`),
		raw("POST", "/", `{"challenge":"c","answer":"d"}`),
		raw("POST", "/", `[{"id":1},{"id":2}]`),
		raw("POST", "/", `id=42&name=x`, "Content-Type: application/x-www-form-urlencoded"),
		raw("POST", "/", `id=42`, "Content-Type: application/x-www-form-urlencoded"),
		raw("POST", "/", `{}`, "Authorization: Bearer abc", "X-Request-Id: 1", "X-Event: e"),
		raw("POST", "/", `{}`, "X-Signature-Version: 2", "X-Signature-Method: a", "Signature-Timestamp: 1", "X-Signature: ", "Content-Digest: d"),
		raw("GET", "/?code=1&state=2", ""),
		raw("GET", "/?challenge_id=3", ""),
		raw("POST", "/", "\x00\xff{\"object\""),
	} {
		if s.Identify(ex); ex.Sender.Provider != "" || ex.Signature.Verdict != capture.Unsigned {
			body, _ := ex.Request.Body.Bytes(t.Context())
			t.Errorf("%s %s %v taken for %s (%s)", ex.Request.Target, body, ex.Request.Fields, ex.Sender.Provider, ex.Signature.Verdict)
		}
	}
}

// TestUnknownSignature: a request with a signature of a sender that is not known
// is not called unsigned.
func TestUnknownSignature(t *testing.T) {
	s := newSet(t, Config{})
	for _, c := range []struct{ field, body string }{
		{"Signature: keyId=1", "{}"},
		{"X-Signature: abc", "{}"},
		{"x-acme-signature-v2: abc", "{}"},
		{"X-Acme-SIGNATURE: abc", ""},
		{"Webhook-Signature: v1,abc", "{}"},
		{"X-Acme-Hmac-Sha256: abc", "{}"},
		{"X-Acme-Sig: abc", "{}"},
		{"X-Acme-Hmac: abc", `{"specversion":"1.0","source":"s","id":"1"}`}, // of CloudEvents, which are not signed
		{"X-JWS-Signature: a.b.c", "{}"},
		{"X-Ca-Sign: abc", "{}"},
		{"AcmeSignature: abc", "{}"},
		{"x_acme_signature: abc", "{}"},
		{"Authorization: HMAC-SHA256 Credential=a&Signature=b", "{}"},
		{"Authorization: Signature keyId=1", "{}"},
	} {
		name, _, _ := strings.Cut(c.field, ":")
		ex := raw("POST", "/", c.body, c.field)
		s.Identify(ex)
		v := ex.Signature
		if v.Verdict != capture.NoSecret || v.Reason != NoKnown || !strings.Contains(v.Explanation, "unknown signature") || !strings.Contains(v.Explanation, name) {
			t.Errorf("%s: %+v", c.field, v)
		}
		if r := check(t, s, &ex.Request, Options{}); r.Signature != v {
			t.Errorf("%s: checked as %+v, identified as %+v", c.field, r.Signature, v)
		}
	}
}
