package provider

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"creel/capture"
)

// TestSamples: each sample is recognised as its provider's, names an event and
// a delivery, carries valid JSON where it says so, and is valid when signed.
func TestSamples(t *testing.T) {
	ctx := context.Background()
	plain := newSet(t, Config{})
	all := plain.Samples()
	providers := map[string]bool{}
	for _, info := range all {
		providers[info.Provider] = true
		t.Run(info.Provider+"/"+info.Event, func(t *testing.T) {
			row := plain.scheme(info.Provider)
			set := newSet(t, Config{})
			if row.signs() && row.symmetric() {
				if err := set.AddSecret(Secret{Provider: info.Provider, Value: secretFor(row)}); err != nil {
					t.Fatal(err)
				}
			}
			req, signed, err := set.Sample(ctx, info.Provider, SampleOptions{Event: info.Event, Now: clock, Rand: rand.Reader, URL: "https://hooks.example.com"})
			if err != nil {
				t.Fatal(err)
			}
			req.Host, req.TLS = "hooks.example.com", true
			body, _ := req.Body.Bytes(ctx)
			if ct, _ := req.Get("Content-Type"); strings.Contains(ct, "json") && !json.Valid(body) {
				t.Errorf("not JSON: %s", body)
			}
			if n, _ := req.Get("Content-Length"); n != strconv.Itoa(len(body)) {
				t.Errorf("Content-Length %s of %d", n, len(body))
			}
			ex := &capture.Exchange{At: clock, Request: *req}
			set.Identify(ex)
			if ex.Sender.Provider != info.Provider || ex.Sender.Event == "" || ex.Sender.Delivery == "" {
				t.Errorf("recognised as %+v", ex.Sender)
			}
			want := capture.Unsigned
			if signed {
				want = capture.Valid
			}
			if signed != (row.signs() && row.symmetric()) || ex.Verdict.Verdict != want {
				t.Errorf("signed %v: %+v", signed, ex.Verdict)
			}
			for _, f := range req.Fields {
				if strings.ContainsAny(f.Name+f.Value, "‹{}\r") {
					t.Errorf("left over: %v", f)
				}
			}
		})
	}
	if len(providers) < 25 {
		t.Errorf("samples of %d providers, want 25", len(providers))
	}
}

func TestSampleChoice(t *testing.T) {
	ctx := context.Background()
	s := newSet(t, Config{})
	for _, c := range []struct{ provider, event, want string }{
		{"stripe", "", "invoice.paid"},
		{"github", "", "push"},
		{"shopify", "orders/create", "orders/create"},
		{"clerk", "user.created", "user.created"},
		{"gitlab", "push hook", "Push Hook"},
		{"hubspot", "", "contact.creation"},
	} {
		req, _, err := s.Sample(ctx, c.provider, SampleOptions{Event: c.event, Rand: rand.Reader})
		if err != nil {
			t.Errorf("%s %s: %v", c.provider, c.event, err)
			continue
		}
		ex := &capture.Exchange{At: clock, Request: *req}
		s.Identify(ex)
		if ex.Sender.Event != c.want {
			t.Errorf("%s %s: event %q, want %q", c.provider, c.event, ex.Sender.Event, c.want)
		}
	}
	for _, c := range []struct{ provider, event, want string }{
		{"strip", "", "did you mean stripe?"}, {"stripe", "nope", "there is invoice.paid"}, {"x", "", "no sample of x"},
	} {
		if _, _, err := s.Sample(ctx, c.provider, SampleOptions{Event: c.event, Rand: rand.Reader}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v, want %q", c.provider, c.event, err, c.want)
		}
	}
	if _, _, err := s.Sample(ctx, "stripe", SampleOptions{Rand: bytes.NewReader(nil)}); err == nil {
		t.Error("no random bytes, no error")
	}
	stop := errors.New("no")
	if _, _, err := s.Sample(ctx, "stripe", SampleOptions{Rand: rand.Reader, Edit: func(*capture.Request) error { return stop }}); !errors.Is(err, stop) {
		t.Errorf("edit: %v", err)
	}
}
