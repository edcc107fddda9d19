package provider

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

// A private key of another kind than a provider's signs nothing, and so does a shared secret
// where the request asks for the signature of a private key.
func TestSignWithAnotherKind(t *testing.T) {
	s := newSet(t, Config{})
	ed, err := privateKey(algEd25519)
	if err != nil {
		t.Fatal(err)
	}
	p256, err := privateKey(algES256)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range table() {
		if !asymmetric(row.alg()) {
			continue
		}
		key := ed
		if row.alg() == algEd25519 {
			key = p256
		}
		req := request(`{"Signature":"","SignatureVersion":"1","Timestamp":""}`)
		if _, err := s.Sign(t.Context(), req, SignOptions{Provider: row.Provider, Secret: "hook\n" + key}); !errors.Is(err, ErrAsymmetric) {
			t.Errorf("%s: %v", row.Provider, err)
		}
	}
	enc := base64.RawURLEncoding.EncodeToString
	token := enc([]byte(`{"alg":"ES256"}`)) + "." + enc([]byte("{}")) + ".AAAA"
	if _, err := s.Sign(t.Context(), request("{}", capture.Field{Name: "Upstash-Signature", Value: token}), SignOptions{Secret: "s"}); !errors.Is(err, ErrAsymmetric) {
		t.Errorf("a shared secret for ES256: %v", err)
	}
}

// Where a request carries the signatures of several schemes of its sender, all are renewed;
// where one cannot be, none is.
func TestSignAlongside(t *testing.T) {
	schemes := []Scheme{
		{Provider: "acme", Title: "Acme", Sig: []string{"X-Acme-Signature"}},
		{Provider: "acme-time", Title: "Acme with a time", Names: []string{"acme"}, Sig: []string{"X-Acme-Time-Signature"}, Template: "{h:X-Acme-Zone}{ts}{body}", TS: "b:at"},
		{Provider: "acme-token", Title: "Acme's token", Names: []string{"acme"}, Sig: []string{"X-Acme-Token"}, Alg: algToken},
		{Provider: "acme-key", Names: []string{"acme"}, Sig: []string{"X-Acme-Key"}, Alg: algEd25519},
		{Provider: "acme-v1", Names: []string{"acme"}, Detect: []string{"X-Acme-Version: 1"}, Sig: []string{"X-Acme-V1"}},
		{Provider: "other", Sig: []string{"X-Other-Signature"}},
	}
	s := newSet(t, Config{Schemes: schemes})
	f := func(name, value string) capture.Field { return capture.Field{Name: name, Value: value} }
	zone := f("X-Acme-Zone", "a")
	hash := func(text string) string { return encode("hex", mac("sha256", key{raw: []byte("s")}, []byte(text))) }
	const before, after = `{"at":1}`, `{"at":1751328000}`
	for _, tt := range []struct {
		name, body string
		fields     []capture.Field
		want       []string // the values of the fields; nil: it fails
		wrong      string
	}{
		{"alone", before, nil, []string{}, ""},
		{"with the token", before, []capture.Field{f("X-Acme-Token", "00")}, []string{"s"}, ""},
		{"with the time", before, []capture.Field{zone, f("X-Acme-Time-Signature", "00")}, []string{"a", hash("a1751328000" + after)}, ""},
		{"with the time, which the body has no place for", "{}", []capture.Field{zone, f("X-Acme-Time-Signature", "00")}, nil, "sign Acme with a time: the body has no at"},
		{"with the time, but not what is signed with it", before, []capture.Field{f("X-Acme-Time-Signature", "00")}, nil, "X-Acme-Zone, which is not there"},
		{"of another version", before, []capture.Field{f("X-Acme-V1", "00"), f("X-Acme-Version", "2")}, []string{"00", "2"}, ""},
		{"of that version", before, []capture.Field{f("X-Acme-V1", "00"), f("X-Acme-Version", "1")}, []string{hash(before), "1"}, ""},
		{"of a private key", before, []capture.Field{f("X-Acme-Key", "00")}, []string{"00"}, ""},
		{"of another sender", before, []capture.Field{f("X-Other-Signature", "00")}, []string{"00"}, ""},
	} {
		req := request(tt.body, append([]capture.Field{f("X-Acme-Signature", "00")}, tt.fields...)...)
		signed, err := s.Sign(t.Context(), req, SignOptions{Provider: "acme", Secret: "s", At: clock})
		if tt.want == nil {
			if err == nil || signed != nil || !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("%s: %+v, %v, want %s", tt.name, signed, err, tt.wrong)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		got := []string{}
		for _, field := range signed.Fields[2:] {
			got = append(got, field.Value)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
		if v := signed.Fields[1].Value; v != hash(string(signed.Body)) {
			t.Errorf("%s: the signature itself is %s of %s", tt.name, v, signed.Body)
		}
	}
}

// A new event has a new id in the first of the fields that hold one, a retry the old one; an
// id that is signed is made where there is none.
func TestSignNewID(t *testing.T) {
	s := newSet(t, Config{Schemes: []Scheme{{Provider: "acme", Sig: []string{"X-Acme-Signature"}, ID: []string{"b:id", "h:X-A+h:X-B", "h:X-B", "h:X-C"}}}})
	for _, tt := range []struct {
		provider, fields string // each of the fields has the value evt_1
		again, renewed   string // which of them are there after signing, with ! where the value is another
	}{
		{"github", "X-GitHub-Event X-GitHub-Delivery", "X-GitHub-Event X-GitHub-Delivery", "X-GitHub-Event !X-GitHub-Delivery"},
		{"github", "X-GitHub-Event", "X-GitHub-Event", "X-GitHub-Event"},
		{"svix", "svix-id", "svix-id", "!svix-id"},
		{"svix", "", "!svix-id", "!svix-id"},
		{"bitbucket", "X-Request-UUID X-Request-Id", "X-Request-UUID X-Request-Id", "!X-Request-UUID X-Request-Id"},
		{"bitbucket", "X-Request-Id", "X-Request-Id", "!X-Request-Id"},
		{"acme", "X-A X-B X-C", "X-A X-B X-C", "X-A !X-B X-C"},
		{"acme", "X-A X-C", "X-A X-C", "X-A !X-C"},
		{"acme", "X-A", "X-A", "X-A"},
	} {
		for newID, want := range map[bool]string{false: tt.again, true: tt.renewed} {
			req := request("{}")
			for name := range strings.FieldsSeq(tt.fields) {
				req.Fields = append(req.Fields, capture.Field{Name: name, Value: "evt_1"})
			}
			row := s.scheme(tt.provider)
			signed := mustSign(t, s, req, SignOptions{Provider: tt.provider, Secret: secretFor(row), NewID: newID})
			var got []string
			for _, f := range signed.Fields[1:] {
				switch {
				case f.Name == row.Sig[0] || "h:"+f.Name == row.TS:
				case f.Value == "evt_1":
					got = append(got, f.Name)
				default:
					got = append(got, "!"+f.Name)
				}
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s with %q, a new id %v: %q, want %q", tt.provider, tt.fields, newID, got, want)
			}
		}
	}
}

// The signature is put into the fields that are there for it, else into the first; a field
// that repeats it is not added.
func TestFieldsThatAreSigned(t *testing.T) {
	s := newSet(t, Config{})
	for _, tt := range []struct{ provider, fields, want string }{
		{"docusign", "", "X-DocuSign-Signature-1"},
		{"docusign", "X-DocuSign-Signature-3", "X-DocuSign-Signature-3"},
		{"docusign", "X-DocuSign-Signature-4 X-DocuSign-Signature-2", "X-DocuSign-Signature-4 X-DocuSign-Signature-2"},
		{"gitea", "", "X-Gitea-Signature"},
		{"gitea", "X-Hub-Signature", "X-Hub-Signature X-Gitea-Signature"},
		{"gitea", "X-Hub-Signature-256 X-Gitea-Signature X-Gogs-Signature", "X-Hub-Signature-256 X-Gitea-Signature X-Gogs-Signature"},
	} {
		req := request("{}")
		for name := range strings.FieldsSeq(tt.fields) {
			req.Fields = append(req.Fields, capture.Field{Name: name, Value: "old"})
		}
		var got []string
		for _, f := range mustSign(t, s, req, SignOptions{Provider: tt.provider, Secret: "s"}).Fields[1:] {
			if got = append(got, f.Name); f.Value == "old" {
				t.Errorf("%s with %q: %s is not renewed", tt.provider, tt.fields, f.Name)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s with %q: %q, want %q", tt.provider, tt.fields, got, tt.want)
		}
	}
}

// A time in the body is written as the scheme writes it: a number, or a string.
func TestTimesInTheBody(t *testing.T) {
	for unit, want := range map[string]string{
		"": `{"at":1751328000}`, "s": `{"at":1751328000}`, "ms": `{"at":1751328000000}`,
		"rfc3339": `{"at":"2025-07-01T00:00:00.000Z"}`, "http-date": `{"at":"Tue, 01 Jul 2025 00:00:00 GMT"}`,
	} {
		s := newSet(t, Config{Schemes: []Scheme{{Provider: "acme", Sig: []string{"X-Acme-Signature"}, TS: "b:at", TSUnit: unit}}})
		req := request(`{"at":0}`, capture.Field{Name: "Content-Length", Value: "8"})
		signed, err := s.Sign(t.Context(), req, SignOptions{Provider: "acme", Secret: "s", At: clock})
		if err != nil || string(signed.Body) != want || !signed.Edited {
			t.Errorf("%s: %+v, %v", unit, signed, err)
			continue
		}
		r := signed.Apply(req)
		if length, _ := r.Get("Content-Length"); length != strconv.Itoa(len(want)) || r.Size != int64(len(want)) {
			t.Errorf("%s: Content-Length %s, size %d of %d", unit, length, r.Size, len(want))
		}
		if r := check(t, s, r, Options{Secret: "s"}); r.Signature.Verdict != capture.Valid || !r.At.Equal(clock) {
			t.Errorf("%s: %+v at %s", unit, r.Signature, r.At)
		}
	}
}

// A request is signed for now unless another time is given.
func TestSignForNow(t *testing.T) {
	s := newSet(t, Config{})
	before := time.Now().Unix()
	signed, err := s.Sign(t.Context(), request("{}"), SignOptions{Provider: "slack", Secret: "s"})
	after := time.Now().Unix()
	if err != nil {
		t.Fatal(err)
	}
	v, _ := signed.Apply(request("{}")).Get("X-Slack-Request-Timestamp")
	if at, err := strconv.ParseInt(v, 10, 64); err != nil || at < before || at > after {
		t.Errorf("%s is not from %d to %d", v, before, after)
	}
}

// What is not there to be signed, or cannot be signed, is refused with what can be done.
func TestSignRefusesWithWhy(t *testing.T) {
	s := newSet(t, Config{Secrets: []Secret{{Provider: "github", Value: "s"}}})
	gone := request("{}", capture.Field{Name: "X-GitHub-Event", Value: "push"})
	gone.Body = capture.ForgottenBody(2)
	for _, tt := range []struct {
		req *capture.Request
		o   SignOptions
		why string
	}{
		{gone, SignOptions{}, "sign: "},
		{request("{}"), SignOptions{Provider: "github", Captured: &capture.Exchange{Request: *gone}}, "sign GitHub: "},
		{request("{}"), SignOptions{}, "name the provider"},
		{request("{}"), SignOptions{Provider: "strava", Secret: "s"}, "Strava does not sign"},
		{request("{}"), SignOptions{Provider: "stripe"}, "--secret stripe=VALUE"},
		{request("{}"), SignOptions{Provider: "discord"}, "creel sign --dev-key"},
		{request("{}"), SignOptions{Provider: "aws-sns"}, "fetch the certificate of AWS SNS"},
		{request("no JSON"), SignOptions{Provider: "linear", Secret: "s"}, "webhookTimestamp"},
	} {
		signed, err := s.Sign(t.Context(), tt.req, tt.o)
		if err == nil || signed != nil || !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%+v: %+v, %v, want %s", tt.o, signed, err, tt.why)
		}
	}
}

// Of the keys that are known for a provider the private half signs, wherever it stands among them.
func TestPrivateHalfSigns(t *testing.T) {
	plain := newSet(t, Config{})
	k, err := plain.NewDevKey("discord")
	if err != nil {
		t.Fatal(err)
	}
	public := Secret{Provider: "discord", Value: k.Public}
	for _, secrets := range [][]Secret{{k.Secret, public}, {public, k.Secret}} {
		signed := mustSign(t, newSet(t, Config{Secrets: secrets}), request("{}"), SignOptions{Provider: "discord"})
		if r := check(t, plain, signed, Options{Provider: "discord", Secret: k.Public}); r.Signature.Verdict != capture.Valid {
			t.Errorf("%+v", r.Signature)
		}
	}
}
