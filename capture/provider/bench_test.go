package provider

import (
	"bytes"
	"testing"
	"time"

	"creel/capture"
)

func unknownExchange() *capture.Exchange {
	body := append([]byte(`{"id":"x-1","payload":{"text":"`), bytes.Repeat([]byte("lorem ipsum "), 80)...)
	body = append(body, `"},"kind":"note"}`...)
	return &capture.Exchange{At: time.Unix(1751328000, 0), Request: capture.Request{
		Method: "POST", Target: "/hook?x=1", Host: "localhost:4665", Body: capture.NewBody(body),
		Fields: []capture.Field{
			{Name: "Host", Value: "localhost:4665"},
			{Name: "User-Agent", Value: "curl/8.5.0"},
			{Name: "Accept", Value: "*/*"},
			{Name: "Content-Type", Value: "application/json"},
			{Name: "Content-Length", Value: "1010"},
			{Name: "X-Request-Id", Value: "abc"},
			{Name: "Accept-Encoding", Value: "gzip"},
			{Name: "X-Forwarded-For", Value: "10.0.0.1"},
		},
	}}
}

// BenchmarkIdentifyUnknown is the capture path for a sender that is not in the
// table, with a body of 1 KB.
func BenchmarkIdentifyUnknown(b *testing.B) {
	s := newSet(b, Config{})
	ex := unknownExchange()
	b.ReportAllocs()
	for b.Loop() {
		ex.Sender = capture.Sender{}
		s.Identify(ex)
	}
	atMost(b, 3*time.Microsecond)
}

// atMost prints what one operation must not take, and what of it this took.
func atMost(b *testing.B, limit time.Duration) {
	took := float64(b.Elapsed()) / float64(b.N)
	b.ReportMetric(took/float64(limit), "of-the-limit")
	b.Logf("%.1f µs; at most %s", took/1000, limit)
}

// TestIdentifyAllocates: recognising a sender makes nothing; the one string that
// is made for an unknown sender is the delivery id that its request has not.
func TestIdentifyAllocates(t *testing.T) {
	s := newSet(t, Config{})
	for _, c := range []struct {
		name   string
		change func(r *capture.Request)
		want   float64
	}{
		{"without an id", func(*capture.Request) {}, 1},
		{"with an id", func(r *capture.Request) {
			r.Fields = append(r.Fields, capture.Field{Name: "Idempotency-Key", Value: "k"})
		}, 0},
		{"a known sender that does not sign", func(r *capture.Request) {
			r.Fields = append(r.Fields, capture.Field{Name: "X-GitHub-Event", Value: "push"}, capture.Field{Name: "X-GitHub-Delivery", Value: "d"})
		}, 0},
		{"a GET", func(r *capture.Request) { r.Method, r.Body = "GET", capture.NewBody(nil) }, 0},
		{"a form", func(r *capture.Request) {
			r.Fields = append(r.Fields, capture.Field{Name: "Idempotency-Key", Value: "k"})
			r.Fields[3].Value, r.Body = "application/x-www-form-urlencoded", capture.NewBody([]byte("a=1&b=%20"))
		}, 0},
	} {
		ex := unknownExchange()
		c.change(&ex.Request)
		got := testing.AllocsPerRun(200, func() {
			ex.Sender = capture.Sender{}
			s.Identify(ex)
		})
		if got > c.want && !raceEnabled {
			t.Errorf("%s: %v allocations, want %v", c.name, got, c.want)
		}
		if got := testing.AllocsPerRun(200, func() { s.Handshake(ex) }); got > 0 && !raceEnabled {
			t.Errorf("%s: %v allocations to see that it is no handshake", c.name, got)
		}
	}
}

// BenchmarkIdentifyStripe is the same for one that is signed and checked.
func BenchmarkIdentifyStripe(b *testing.B) {
	s := newSet(b, Config{Secrets: []Secret{{Provider: "stripe", Value: "whsec_test_secret"}}})
	var ex *capture.Exchange
	for _, v := range vectors(b) {
		if v.ID == "stripe-1" {
			ex = v.exchange(b)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		ex.Sender = capture.Sender{}
		s.Identify(ex)
	}
	atMost(b, 10*time.Microsecond)
}
