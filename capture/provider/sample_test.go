package provider

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

// What samples are filled with looks as it does at the providers.
func TestShapesOfIDs(t *testing.T) {
	now := time.Date(2026, 11, 29, 1, 2, 3, 4_000_000, time.UTC)
	for name, want := range map[string]string{
		"id": `[0-9A-Za-z]{24}`, "id2": `[0-9A-Za-z]{24}`, "idb": `[0-9A-Za-z]{24}`, "ID": `[0-9A-Z]{11}`, "ID16": `[0-9A-Z]{16}`,
		"uuid": `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}`, "uuid5": `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}`,
		"ulid": `01[0-9a-z]{24}`, "ULID": `01[0-9A-Z]{24}`, "digits": `[1-9][0-9]{11}`, "digits9": `[1-9][0-9]{8}`,
		"hex": `[0-9a-f]{40}`, "hex3": `[0-9a-f]{40}`, "hex24": `[0-9a-f]{24}`, "hex32": `[0-9a-f]{32}`, "hex50": `[0-9a-f]{50}`, "hex64": `[0-9a-f]{64}`,
		"unix": `1795914123`, "ms": `1795914123004`, "rfc3339": `2026-11-29T01:02:03Z`, "local": `2026-11-29T01:02:03`,
		"rfc3339ms": `2026-11-29T01:02:03\.004Z`, "httpdate": `Sun, 29 Nov 2026 01:02:03 GMT`, "signature": ``,
	} {
		for _, random := range []io.Reader{rand.Reader, bytes.NewReader(make([]byte, 100))} { // zeros, too
			f := &filler{now: now, rand: random, made: map[string]string{}}
			if got, err := f.make(name); err != nil || !regexp.MustCompile("^"+want+"$").MatchString(got) {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
	}
	for _, name := range []string{"id", "uuid", "ID", "ulid", "ULID", "digits", "hex", "ID16", "hex64", "digits9"} {
		f := &filler{rand: strings.NewReader(""), made: map[string]string{}}
		if _, err := f.make(name); err == nil {
			t.Errorf("%s is made of nothing", name)
		}
	}
	if _, err := (&filler{}).make("nosuch"); err == nil {
		t.Error("an unknown one is made")
	}
}

// TestSamples: each sample is recognised as its provider's, names an event and
// a delivery, carries valid JSON where it says so, and is valid when signed.
// Without a secret it differs from that in the signature alone.
func TestSamples(t *testing.T) {
	plain := newSet(t, Config{})
	providers := map[string]bool{}
	for _, info := range plain.Samples() {
		providers[info.Provider] = true
		row := plain.scheme(info.Provider)
		t.Run(info.Provider+"/"+info.Event, func(t *testing.T) {
			bare := testSample(t, plain, info)
			want := capture.NoSecret
			if !row.signs() {
				want = capture.Unsigned
			}
			if bare.Signature.Verdict != want {
				t.Errorf("without a secret: %+v, want %s", bare.Signature, want)
			}
			if !row.signs() || !row.symmetric() {
				return
			}
			signed := testSample(t, newSet(t, Config{Secrets: []Secret{{Provider: info.Provider, Value: secretFor(row)}}}), info)
			if signed.Signature.Verdict != capture.Valid {
				t.Errorf("with a secret: %+v", signed.Signature)
			}
			if d := cmp.Diff(names(signed.Request.Fields), names(bare.Request.Fields)); d != "" {
				t.Errorf("fields with (-) and without (+) a secret: %s", d)
			}
		})
	}
	if len(providers) < 25 {
		t.Errorf("samples of %d providers, want 25", len(providers))
	}
}

// testSample makes a sample with what the set knows, and looks at it.
func testSample(t *testing.T, set *Set, info SampleInfo) *capture.Exchange {
	t.Helper()
	ctx := context.Background()
	target, err := set.SamplePath(info.Provider, info.Event)
	if err != nil {
		t.Fatal(err)
	}
	s, err := set.Sample(ctx, info.Provider, SampleOptions{Event: info.Event, Now: clock, Rand: rand.Reader, URL: "https://hooks.example.com" + target})
	if err != nil {
		t.Fatal(err)
	}
	if row := set.scheme(info.Provider); (s.Note == "") != (set.canSign(info.Provider) || !row.signs()) {
		t.Errorf("note %q", s.Note)
	}
	req := s.Request
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
	for _, f := range req.Fields {
		if f.Value == "" || strings.ContainsAny(f.Name+f.Value, "{}\r") {
			t.Errorf("left over: %v", f)
		}
	}
	return ex
}

func names(fields []capture.Field) (all []string) {
	for _, f := range fields {
		all = append(all, f.Name)
	}
	return all
}

func TestSampleChoice(t *testing.T) {
	ctx := context.Background()
	s := newSet(t, Config{})
	for _, c := range []struct{ provider, event, want string }{
		{"stripe", "", "invoice.paid"},
		{"github", "", "push"},
		{"shopify", "orders/create", "orders/create"},
		{"clerk", "user.created", "user.created"},
		{"clerk", "", "user.created"},
		{"resend", "", "email.delivered"},
		{"gitlab", "push hook", "Push Hook"},
		{"hubspot", "", "contact.creation"},
	} {
		made, err := s.Sample(ctx, c.provider, SampleOptions{Event: c.event, Rand: rand.Reader})
		if err != nil {
			t.Errorf("%s %s: %v", c.provider, c.event, err)
			continue
		}
		ex := &capture.Exchange{At: clock, Request: *made.Request}
		s.Identify(ex)
		if ex.Sender.Event != c.want {
			t.Errorf("%s %s: event %q, want %q", c.provider, c.event, ex.Sender.Event, c.want)
		}
	}
	for _, c := range []struct{ provider, event, want string }{
		{"strip", "", "did you mean stripe?"}, {"stripe", "nope", "there is invoice.paid"}, {"x", "", "no sample of x"},
	} {
		if _, err := s.Sample(ctx, c.provider, SampleOptions{Event: c.event, Rand: rand.Reader}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v, want %q", c.provider, c.event, err, c.want)
		}
	}
	if _, err := s.Sample(ctx, "stripe", SampleOptions{Rand: bytes.NewReader(nil)}); err == nil {
		t.Error("no random bytes, no error")
	}
	stop := errors.New("no")
	if _, err := s.Sample(ctx, "stripe", SampleOptions{Rand: rand.Reader, Edit: func(*capture.Request) error { return stop }}); !errors.Is(err, stop) {
		t.Errorf("edit: %v", err)
	}
}
