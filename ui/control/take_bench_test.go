package control

import (
	"context"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/ring"
)

// What a screen does for each request: at 1,000 a second, ten screens on a machine
// must stay below half a core together, which is 50 µs each.
func BenchmarkTake(b *testing.B) {
	ex := &capture.Exchange{
		ID: 1, At: time.Now(), State: capture.StateAnswered,
		Request: capture.Request{
			Method: "POST", Target: "/hook", Host: "127.0.0.1:1", Proto: "HTTP/1.1", Remote: "127.0.0.1:5555",
			Fields: []capture.Field{{Name: "Host", Value: "127.0.0.1:9751"}, {Name: "User-Agent", Value: "Go-http-client/1.1"}, {Name: "Content-Length", Value: "1024"}, {Name: "Content-Type", Value: "application/json"}, {Name: "Accept-Encoding", Value: "gzip"}},
			Head:   []byte("POST /hook HTTP/1.1\r\nHost: 127.0.0.1:9751\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: 1024\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n"),
			Body:   capture.NewBody([]byte(strings.Repeat(`{"a":1234567890}`, 64))), Size: 1024,
		},
		Reply: capture.Reply{Status: 200, By: "default"},
	}
	text, err := export.FeedLine(context.Background(), []byte(`{"exchange":`), ex, inlineBody)
	if err != nil {
		b.Fatal(err)
	}
	text = append(text, exchangeEnds...)
	c := &Client{mirror: ring.NewMirror(), ready: make(chan struct{}), notice: func(string) {}, problem: func(string) {}}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		var all batch
		if err := c.take(text, &all); err != nil {
			b.Fatal(err)
		}
	}
}
