package nats

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"creel/capture"
	"creel/capture/ring"
)

func benchTeam(b *testing.B) (connect func() *Team) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: b.TempDir(), NoLog: true, NoSigs: true})
	if err != nil {
		b.Fatal(err)
	}
	s.Start()
	b.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(20 * time.Second) {
		b.Fatal("the server does not start")
	}
	connect = func() *Team {
		team, err := Connect(Address{Server: s.ClientURL(), Space: "shop"}, Access{}, "bench")
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(team.Close)
		return team
	}
	if err := connect().Init(b.Context(), Limits{Messages: 10_000_000, Bytes: 4 << 30}); err != nil {
		b.Fatal(err)
	}
	return connect
}

func benchNode(b *testing.B, team *Team) *ring.Ring {
	r := ring.New(capture.Bounds{Count: 1 << 20, Bytes: 1 << 30})
	o := &Outbox{Team: team, Ring: r, Position: Position{Node: "n"}, Problem: func(s string) { b.Log(s) }}
	done := make(chan struct{})
	go func() { o.Run(b.Context()); close(done) }()
	b.Cleanup(func() { <-done })
	return r
}

func benchReader(b *testing.B, team *Team) *Reader {
	r, err := Open(b.Context(), team, func(s string) { b.Log(s) })
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(r.Close)
	return r
}

// From a row of one node to the mirror of another: the median must be below 100 ms.
func BenchmarkRowToOtherScreen(b *testing.B) {
	connect := benchTeam(b)
	r, seen := benchNode(b, connect()), benchReader(b, connect())
	watch := seen.Mirror.Watch(b.Context())
	var all []time.Duration
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		if _, err := r.Submit(request(fmt.Sprintf("/%d", i), []byte("body"))).Wait(b.Context()); err != nil {
			b.Fatal(err)
		}
		for seen.Mirror.Stats().Kept <= i {
			<-watch
		}
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "ms-median")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "ms-p99")
}

// What one node publishes until another has it in its mirror: at least 5,000 in a second.
func BenchmarkPublish(b *testing.B) {
	connect := benchTeam(b)
	r, seen := benchNode(b, connect()), benchReader(b, connect())
	watch := seen.Mirror.Watch(b.Context())
	body := []byte(`{"id":"evt_1","type":"invoice.paid"}`)
	n, began := 0, time.Now()
	for b.Loop() {
		if _, err := r.Submit(request("/x", body)).Wait(b.Context()); err != nil {
			b.Fatal(err)
		}
		n++
	}
	for seen.Mirror.Stats().Kept < n {
		<-watch
	}
	b.ReportMetric(float64(n)/time.Since(began).Seconds(), "requests/s")
}
