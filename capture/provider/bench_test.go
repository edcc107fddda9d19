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
// table, with a body of 1 KB: at most 2 µs and one allocation, the delivery id.
func BenchmarkIdentifyUnknown(b *testing.B) {
	s := newSet(b, Config{})
	ex := unknownExchange()
	b.ReportAllocs()
	for b.Loop() {
		ex.Sender = capture.Sender{}
		s.Identify(ex)
	}
}

// BenchmarkIdentifyStripe is the same for one that is signed and checked: at
// most 10 µs.
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
}
