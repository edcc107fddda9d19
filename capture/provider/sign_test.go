package provider

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"creel/capture"
	"creel/capture/jsontok"
)

// secretFor is a secret in the spelling of a row.
func secretFor(s *Scheme) string {
	switch s.Key {
	case "base64":
		return s.Strip + base64.StdEncoding.EncodeToString([]byte("a secret of 24 bytes !!!"))
	case "hex":
		return "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
	}
	return "s3cret"
}

// carriers are bodies for the schemes that sign inside of them.
var carriers = map[string]string{
	"mailgun":        `{"signature":{"timestamp":"1","token":"tok","signature":""},"event-data":{"event":"opened","id":"e"},"x":%}`,
	"adyen-standard": `{"notificationItems":[{"NotificationRequestItem":{"pspReference":"p","amount":{"value":1000,"currency":"EUR"},"eventCode":"AUTHORISATION","success":"true","additionalData":{"hmacSignature":""},"x":%}}]}`,
	"braintree":      `bt_signature=pub%7C&bt_payload=@`,
	"linear":         `{"action":"create","webhookTimestamp":1,"x":%}`,
	"ms-graph":       `{"value":[{"subscriptionId":"s","clientState":"","x":%}]}`,
	"figma":          `{"event_type":"PING","passcode":"","x":%}`,
	"chargebee":      `{"event_type":"a","webhook_status":"b","x":%}`,
	"postmark":       `{"RecordType":"Bounce","MessageStream":"outbound","x":%}`,
}

func carry(provider, text string) (body, contentType string) {
	c, ok := carriers[provider]
	switch {
	case !ok:
		return text, "application/json"
	case strings.Contains(c, "@"):
		return strings.Replace(c, "@", url.QueryEscape(text), 1), "application/x-www-form-urlencoded"
	}
	return strings.Replace(c, "%", jsontok.Quote(text), 1), "application/json"
}

// TestSignThenVerify: what creel signs it finds valid, with any body, for every
// scheme whose secret is shared; and one changed byte breaks what is covered.
func TestSignThenVerify(t *testing.T) {
	s := newSet(t, Config{})
	for _, row := range table() {
		if !row.symmetric() {
			continue
		}
		t.Run(row.Provider, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				body, ct := carry(row.Provider, rapid.String().Draw(rt, "body"))
				req := request(body, capture.Field{Name: "Content-Type", Value: ct}, capture.Field{Name: "Content-Length", Value: "0"})
				signed := mustSign(t, s, req, SignOptions{Provider: row.Provider, Secret: secretFor(row)})
				r := check(t, s, signed, Options{Provider: row.Provider, Secret: secretFor(row)})
				if r.Signature.Verdict != capture.Valid {
					rt.Fatalf("%s: %+v\ncontent %q\n%v", row.Provider, r.Signature, r.Content, signed.Fields)
				}
				if r := unexplained(t, s, row, signed, secretFor(row)[1:]+"00"); r.Signature.Verdict == capture.Valid {
					rt.Fatalf("%s: valid with another secret", row.Provider)
				}
			})
		})
	}
}

// TestSignKeepsTheRest: order and spelling of fields, and every byte of the
// body beside the signature, stay.
func TestSignKeepsTheRest(t *testing.T) {
	s := newSet(t, Config{})
	f := func(name, value string) capture.Field { return capture.Field{Name: name, Value: value} }
	for _, c := range []struct {
		name, provider, body string
		fields, want         []capture.Field
		wantBody             string
	}{
		{
			"github renews both", "github", `{}`,
			[]capture.Field{f("x-hub-SIGNATURE", "sha1=0"), f("X-Hub-Signature-256", "sha256=0"), f("X-GitHub-Event", "push")},
			[]capture.Field{f("x-hub-SIGNATURE", "sha1=*"), f("X-Hub-Signature-256", "sha256=*"), f("X-GitHub-Event", "push")},
			`{}`,
		},
		{
			"stripe writes one version", "stripe", `{}`,
			[]capture.Field{f("stripe-signature", "t=1,v1=00,v1=11,v0=22"), f("B", "2")},
			[]capture.Field{f("stripe-signature", "t=1751328000,v1=*"), f("B", "2")},
			`{}`,
		},
		{
			"linear edits the time alone", "linear", "{ \"webhookTimestamp\" :  12 ,\"a\":1e2, \"a\":\"\\/\" }\n",
			[]capture.Field{f("Linear-Signature", "00"), f("content-length", "7")},
			[]capture.Field{f("Linear-Signature", "*"), f("content-length", "59")},
			"{ \"webhookTimestamp\" :  1751328000000 ,\"a\":1e2, \"a\":\"\\/\" }\n",
		},
		{
			"svix keeps the id", "svix", `{}`,
			[]capture.Field{f("svix-id", "msg_1"), f("svix-timestamp", "1"), f("svix-signature", "v1,a v1,b")},
			[]capture.Field{f("svix-id", "msg_1"), f("svix-timestamp", "1751328000"), f("svix-signature", "v1,*")},
			`{}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := request(c.body, c.fields...)
			got := mustSign(t, s, req, SignOptions{Provider: c.provider, Secret: secretFor(s.scheme(c.provider))})
			body, _ := got.Body.Bytes(context.Background())
			if d := cmp.Diff(c.wantBody, string(body)); d != "" {
				t.Errorf("body: %s", d)
			}
			for i, w := range c.want {
				g := got.Fields[i+1]
				head, _, _ := strings.Cut(w.Value, "*")
				if g.Name != w.Name || !strings.HasPrefix(g.Value, head) || g.Value == c.fields[i].Value && strings.Contains(w.Value, "*") {
					t.Errorf("field %d is %v, want %v", i, g, w)
				}
			}
			if len(got.Fields) != len(c.want)+1 {
				t.Errorf("%d fields, want %d", len(got.Fields), len(c.want)+1)
			}
			if d := cmp.Diff(c.fields, req.Fields[1:]); d != "" {
				t.Errorf("the request that was given changed: %s", d)
			}
		})
	}
}

func TestSignRefuses(t *testing.T) {
	s := newSet(t, Config{})
	ctx := context.Background()
	if _, err := s.Sign(ctx, request("{}"), SignOptions{Provider: "discord"}); !errors.Is(err, ErrAsymmetric) {
		t.Errorf("discord: %v", err)
	}
	if _, err := s.Sign(ctx, request("{}"), SignOptions{Provider: "discord", Secret: strings.Repeat("ab", 32)}); !errors.Is(err, ErrAsymmetric) {
		t.Errorf("discord with its public key: %v", err)
	}
	spki := "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="
	if _, err := s.Sign(ctx, request("{}"), SignOptions{Provider: "rfc9421", Secret: spki}); !errors.Is(err, ErrAsymmetric) {
		t.Errorf("rfc9421 with a public key: %v", err)
	}
	if _, err := s.Sign(ctx, request("{}"), SignOptions{Provider: "svix", Secret: "whsec_not base64"}); err == nil || errors.Is(err, ErrAsymmetric) {
		t.Errorf("svix with a bad secret: %v", err)
	}
	if _, err := s.Sign(ctx, request("{}"), SignOptions{Provider: "stripe"}); !errors.Is(err, ErrNoSecret) {
		t.Errorf("stripe: %v", err)
	}
	if _, err := s.Sign(ctx, request("{}"), SignOptions{Provider: "strpie", Secret: "s"}); err == nil || !strings.Contains(err.Error(), "did you mean stripe?") {
		t.Errorf("strpie: %v", err)
	}
	if _, err := s.Sign(ctx, request("{}"), SignOptions{Secret: "s"}); err == nil {
		t.Error("an unknown sender was signed")
	}
}

// TestAdyenItems: every item of a notification is signed and checked.
func TestAdyenItems(t *testing.T) {
	item := `{"NotificationRequestItem":{"pspReference":"p%","amount":{"value":1,"currency":"EUR"},"eventCode":"REFUND","success":"true","additionalData":{"hmacSignature":""}}}`
	body := `{"notificationItems":[` + strings.Replace(item, "%", "1", 1) + "," + strings.Replace(item, "%", "2", 1) + `]}`
	o := Options{Provider: "adyen-standard", Secret: strings.Repeat("0A", 32)}
	signed := mustSign(t, newSet(t, Config{}), request(body), SignOptions{Provider: o.Provider, Secret: o.Secret})
	if r := check(t, newSet(t, Config{}), signed, o); r.Signature.Verdict != capture.Valid {
		t.Errorf("%+v", r.Signature)
	}
	b, _ := signed.Body.Bytes(context.Background())
	signed.Body = capture.NewBody(bytes.Replace(b, []byte(`"p2"`), []byte(`"p3"`), 1))
	if r := check(t, newSet(t, Config{}), signed, o); r.Signature.Verdict != capture.Invalid || !strings.Contains(r.Explanation, "item 2") {
		t.Errorf("second item changed: %+v", r.Signature)
	}
}

func TestDevKey(t *testing.T) {
	s := newSet(t, Config{})
	for _, name := range []string{"discord", "telnyx", "sendgrid", "bridge", "plaid"} {
		k, err := s.NewDevKey(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		signed := mustSign(t, s, request(`{"a":1}`), SignOptions{Provider: name, Secret: k.Secret.Value})
		with := newSet(t, Config{Secrets: []Secret{k.Secret}})
		edited := *signed
		edited.Body = capture.NewBody([]byte(`{"a":2}`))
		if e := with.Edited(context.Background(), &capture.Exchange{At: clock, Request: *signed, Sender: capture.Sender{Provider: name}}, &edited, clock); e.State != EditRenewed {
			t.Errorf("%s: %+v with a development key", name, e)
		}
		want := capture.NoSecret
		if name == "plaid" { // the signature fits, the hash that it covers does not
			want = capture.Invalid
		}
		if r := check(t, with, &edited, Options{Provider: name}); r.Signature.Verdict != want || want == capture.NoSecret && r.Expected != "" {
			t.Errorf("%s: %+v of what the provider may have signed, with a development key alone", name, r.Signature)
		}
		both := newSet(t, Config{Secrets: []Secret{k.Secret, {Provider: name, Value: k.Public}}})
		if r := check(t, both, &edited, Options{Provider: name}); r.Signature.Verdict != capture.Invalid {
			t.Errorf("%s: %+v with both halves", name, r.Signature)
		}
		if r := check(t, s, signed, Options{Provider: name, Secret: k.Public}); r.Signature.Verdict != capture.Valid {
			t.Errorf("%s: %+v with the public half %s", name, r.Signature, k.Public)
		}
	}
	for _, name := range []string{"stripe", "aws-sns", "strava"} {
		if _, err := s.NewDevKey(name); err == nil {
			t.Errorf("%s: got a key", name)
		}
	}
}

func TestEdited(t *testing.T) {
	plain := newSet(t, Config{})
	with := newSet(t, Config{Secrets: []Secret{{Provider: "stripe", Value: "s"}, {Provider: "square", Value: "s"}, {Provider: "discord", Value: strings.Repeat("ab", 32)}}})
	stripe := mustSign(t, plain, request(`{"a":1}`), SignOptions{Provider: "stripe", Secret: "s"})
	discord := request(`{"a":1}`, capture.Field{Name: "X-Signature-Ed25519", Value: strings.Repeat("cd", 64)}, capture.Field{Name: "X-Signature-Timestamp", Value: "1"})
	square := mustSign(t, plain, request(`{"a":1}`), SignOptions{Provider: "square", Secret: "s"})
	elsewhere := *square
	elsewhere.Host, elsewhere.TLS = "localhost:3000", false
	edit := func(r *capture.Request) *capture.Request {
		c := *r
		c.Body = capture.NewBody([]byte(`{"a":2}`))
		return &c
	}
	for _, c := range []struct {
		name     string
		set      *Set
		was, now *capture.Request
		at       time.Time
		want     Edit
	}{
		{"untouched", with, stripe, stripe, clock, Edit{State: EditValid, Provider: "stripe", Text: "valid"}},
		{"edited", with, stripe, edit(stripe), clock, Edit{State: EditRenewed, Provider: "stripe", Text: "broken by this edit, renewed on send (stripe, now)"}},
		{"old", with, stripe, stripe, clock.Add(time.Hour), Edit{State: EditRenewed, Provider: "stripe", Text: "expired, renewed on send (stripe, now)"}},
		{"no secret", plain, stripe, edit(stripe), clock, Edit{State: EditBroken, Provider: "stripe", Text: "broken by this edit, cannot be renewed: no secret known for stripe"}},
		{"no secret, untouched", plain, stripe, stripe, clock, Edit{State: EditUnknown, Provider: "stripe", Text: "untouched, but not checked: no secret known for stripe"}},
		{"asymmetric", plain, discord, edit(discord), clock, Edit{State: EditBroken, Provider: "discord", Text: "broken by this edit, cannot be renewed: asymmetric"}},
		{"asymmetric with key", with, discord, edit(discord), clock, Edit{State: EditBroken, Provider: "discord", Text: "not valid when it came, cannot be renewed: asymmetric"}},
		{"to another host", with, square, &elsewhere, clock, Edit{State: EditValid, Provider: "square", Text: "valid"}},
		{"unsigned", with, request("{}"), request("{}"), clock, Edit{State: EditUnsigned, Provider: "", Text: "not signed"}},
	} {
		ex := &capture.Exchange{At: clock, Request: *c.was}
		c.set.Identify(ex)
		c.want.Renewable = c.want.State == EditValid || c.want.State == EditRenewed
		if got := c.set.Edited(context.Background(), ex, c.now, c.at); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// With --sign always a valid signature is renewed too, and no other edit changes.
func TestEditAlways(t *testing.T) {
	for _, c := range []struct{ was, want Edit }{
		{Edit{State: EditValid, Provider: "stripe", Renewable: true}, Edit{State: EditRenewed, Provider: "stripe", Text: "valid, renewed on send all the same (stripe, now)", Renewable: true}},
		{Edit{State: EditValid, Provider: "discord", Text: "valid"}, Edit{State: EditValid, Provider: "discord", Text: "valid"}},
		{Edit{State: EditBroken, Renewable: true}, Edit{State: EditBroken, Renewable: true}},
	} {
		if got := c.was.Always(); got != c.want {
			t.Errorf("%+v, want %+v", got, c.want)
		}
	}
}

func TestNeedsResign(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "stripe", Value: "s"}, {Provider: "github", Value: "s"}}})
	for _, c := range []struct {
		provider string
		after    time.Duration
		want     bool
	}{{"stripe", time.Minute, false}, {"stripe", time.Hour, true}, {"github", time.Hour, false}} {
		ex := &capture.Exchange{At: clock, Request: *mustSign(t, s, request("{}"), SignOptions{Provider: c.provider})}
		if c.provider == "github" {
			ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: "X-GitHub-Event", Value: "push"})
		}
		s.Identify(ex)
		if got := s.NeedsResign(context.Background(), ex, clock.Add(c.after)); got != c.want || ex.Signature.Verdict != capture.Valid {
			t.Errorf("%s after %s: %v (%+v)", c.provider, c.after, got, ex.Signature)
		}
	}
}

func TestPublicURLCanBeSet(t *testing.T) {
	s, err := New(Config{PublicURL: "https://a.example"})
	if err != nil {
		t.Fatal(err)
	}
	for url, ok := range map[string]bool{"https://b.example/hooks": true, "http://b.example": true, "": true, "b.example": false, "ftp://b": false, "https://": false} {
		was := s.PublicURL()
		if err := s.SetPublicURL(url); (err == nil) != ok {
			t.Errorf("%q: %v", url, err)
		}
		if want := map[bool]string{true: url, false: was}[ok]; s.PublicURL() != want {
			t.Errorf("%q: it is %q", url, s.PublicURL())
		}
	}
}

// A signed request does not keep the head that arrived, which has the old signature or none.
func TestSignedHead(t *testing.T) {
	req := request("{}", capture.Field{Name: "X-GitHub-Event", Value: "ping"})
	req.Head = []byte("POST /hooks/a?x=1 HTTP/1.1\r\nHost: hooks.example.com\r\nX-GitHub-Event:ping\r\n\r\n")
	signed := mustSign(t, newSet(t, Config{}), req, SignOptions{Provider: "github", Secret: "x"})
	if _, ok := signed.Get("X-Hub-Signature-256"); !ok || signed.Head != nil || req.Head == nil {
		t.Errorf("%+v, head %q", signed.Fields, signed.Head)
	}
}
