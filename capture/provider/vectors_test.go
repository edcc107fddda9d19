package provider

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	"creel/capture"
)

// vector is one known answer of testdata/signature-vectors.json.
type vector struct {
	ID, Provider, Method, URL string
	Headers                   map[string]string
	BodyBase64                string `json:"body_base64"`
	Secret                    json.RawMessage
	Now                       int64
	Valid                     bool
	Note                      string
	Reason                    capture.Reason
}

func vectors(t testing.TB) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/signature-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// secret is the secret as it is given to --secret: a string, or JSON as it is.
func (v *vector) secret() string {
	var s string
	if json.Unmarshal(v.Secret, &s) == nil {
		return s
	}
	return string(v.Secret)
}

func (v *vector) exchange(t testing.TB) *capture.Exchange {
	t.Helper()
	u, err := url.Parse(v.URL)
	if err != nil {
		t.Fatal(err)
	}
	body, err := base64.StdEncoding.DecodeString(v.BodyBase64)
	if err != nil {
		t.Fatal(err)
	}
	req := capture.Request{Method: v.Method, Target: u.RequestURI(), Host: u.Host, Proto: "HTTP/1.1", TLS: u.Scheme == "https", Exact: true, Body: capture.NewBody(body), Size: int64(len(body))}
	req.Fields = append(req.Fields, capture.Field{Name: "Host", Value: u.Host})
	for _, name := range slices.Sorted(maps.Keys(v.Headers)) {
		if name != "Host" {
			req.Fields = append(req.Fields, capture.Field{Name: name, Value: v.Headers[name]})
		}
	}
	return &capture.Exchange{At: time.Unix(v.Now, 0), Request: req}
}

func newSet(t testing.TB, c Config) *Set {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestVectorsWithTheProviderTold(t *testing.T) {
	s := newSet(t, Config{})
	for _, v := range vectors(t) {
		r, err := s.Check(context.Background(), v.exchange(t), Options{Provider: v.Provider, Secret: v.secret()})
		if err != nil {
			t.Errorf("%s: %v", v.ID, err)
			continue
		}
		if got := r.Signature.Verdict == capture.Valid; got != v.Valid || r.Reason != v.Reason {
			t.Errorf("%s (%s): %s %q, want valid %v %q: %s\ncontent %q\nexpected %s\nreceived %s", v.ID, v.Note, r.Signature.Verdict, r.Reason, v.Valid, v.Reason, r.Explanation, r.Content, r.Expected, r.Received)
		}
	}
}

// TestVectorsOnArrival is the matrix: every vector against every row. The row it
// is for recognises it, no other does, and its own secret decides.
func TestVectorsOnArrival(t *testing.T) {
	for _, v := range vectors(t) {
		s := newSet(t, Config{Secrets: []Secret{{Provider: v.Provider, Value: v.secret()}}})
		ex := v.exchange(t)
		s.Identify(ex)
		sender := v.Provider
		if v.Headers["X-Gitlab-Event"] != "" {
			sender = "gitlab" // by its signing token, which is a Standard Webhooks secret
		}
		if ex.Sender.Provider != sender {
			t.Errorf("%s (%s): recognised as %q", v.ID, v.Note, ex.Sender.Provider)
			continue
		}
		want := capture.Invalid
		switch {
		case v.Valid:
			want = capture.Valid
		case v.Reason == Tolerance:
			want = capture.Stale
		}
		if ex.Signature.Verdict != want || ex.Signature.Reason != v.Reason {
			t.Errorf("%s (%s): %+v, want %s %s", v.ID, v.Note, ex.Signature, want, v.Reason)
		}
	}
}

// TestVectorsWithAllSecrets has the secrets of all valid vectors configured at
// once: what was valid with its own stays so.
func TestVectorsWithAllSecrets(t *testing.T) {
	s := newSet(t, Config{})
	all := vectors(t)
	for _, v := range all {
		if v.Valid {
			if err := s.AddSecret(Secret{Provider: v.Provider, Value: v.secret()}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, v := range all {
		ex := v.exchange(t)
		if s.Identify(ex); v.Valid && ex.Signature.Verdict != capture.Valid {
			t.Errorf("%s: %+v", v.ID, ex.Signature)
		}
	}
}
