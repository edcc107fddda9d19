package nats

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"creel/capture"
	"creel/capture/ring"
)

// benchTeam starts servers, one or a cluster, and makes the team's ring on all of them.
func benchTeam(b *testing.B, servers int) (connect func() *Team) {
	ports := make([]int, servers)
	var routes []*url.URL
	for i := range servers {
		ports[i] = freePort(b)
		routes = append(routes, &url.URL{Scheme: "nats", Host: fmt.Sprint("127.0.0.1:", ports[i])})
	}
	var all []*server.Server
	for i := range servers {
		o := &server.Options{
			Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: b.TempDir(), NoLog: true, NoSigs: true, ServerName: fmt.Sprint("s", i),
		}
		if servers > 1 {
			o.Cluster, o.Routes = server.ClusterOpts{Name: "bench", Host: "127.0.0.1", Port: ports[i]}, routes
		}
		s, err := server.NewServer(o)
		if err != nil {
			b.Fatal(err)
		}
		s.Start()
		b.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		all = append(all, s)
	}
	for _, s := range all {
		if !s.ReadyForConnections(20 * time.Second) {
			b.Fatal("a server does not start")
		}
	}
	connect = func() *Team {
		team, err := Connect(Address{Server: all[0].ClientURL(), Space: "shop"}, Access{}, "bench")
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(team.Close)
		return team
	}
	limits, team := Limits{Messages: 10_000_000, Bytes: 4 << 30, Replicas: servers}, connect()
	err := team.Init(b.Context(), limits)
	for wait := time.Now().Add(30 * time.Second); err != nil && time.Now().Before(wait); err = team.Init(b.Context(), limits) {
		time.Sleep(200 * time.Millisecond) // no leader yet
	}
	if err != nil {
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
	connect := benchTeam(b, 1)
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

// What one node publishes until another has it in its mirror: at least 5,000 in a second,
// on one server and on three that replicate.
func BenchmarkPublish(b *testing.B) {
	for _, servers := range []int{1, 3} {
		b.Run(fmt.Sprint("servers=", servers), func(b *testing.B) {
			connect := benchTeam(b, servers)
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
		})
	}
}
