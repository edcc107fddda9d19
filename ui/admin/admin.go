// Package admin tells programs how a capturing creel is: whether it runs, whether it
// can keep what comes, and its figures in the text format of Prometheus. It has a port
// of its own and shows nothing that was captured, except the names of senders and the
// hosts of targets.
package admin

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"creel/capture"
	"creel/capture/ring"
	"creel/forward/tunnel"
)

// maxTargets bounds the targets that have a figure of their own: a resend may go anywhere.
const maxTargets = 100

// Config is what the endpoints report about.
type Config struct {
	Ring   *ring.Ring
	Held   func() int // requests whose senders wait for the user
	Tunnel func() tunnel.Status
	// Waiting is how many exchanges the team does not have yet, and why not; nil without a team.
	Waiting func() (int, error)
	// TeamAck has senders wait for the team's ring.
	TeamAck bool
}

// Admin counts, and serves what it counted. It is safe for concurrent use.
type Admin struct {
	config Config
	set    *metrics.Set
	mu     sync.Mutex
	hosts  map[string]bool // those that have a figure
}

// New returns an Admin that has counted nothing yet.
func New(c Config) *Admin {
	metrics.ExposeMetadata(true) // the types, for all sets
	a := &Admin{config: c, set: metrics.NewSet(), hosts: map[string]bool{}}
	a.set.RegisterMetricsWriter(a.writeState)
	return a
}

// Exchange counts an exchange whose reply is decided.
func (a *Admin) Exchange(ex *capture.Exchange) error {
	a.set.GetOrCreateCounter(fmt.Sprintf("creel_requests_total{provider=%q,status=%q}", ex.Sender.Provider, status(ex))).Inc()
	return nil
}

func status(ex *capture.Exchange) string {
	if ex.State != capture.StateAnswered {
		return "none"
	}
	return fmt.Sprint(ex.Reply.Status)
}

// Attempt counts an attempt.
func (a *Admin) Attempt(_ capture.ID, t *capture.Attempt) error {
	target := a.target(t.To)
	a.set.GetOrCreatePrometheusHistogram(fmt.Sprintf("creel_forward_seconds{target=%q}", target)).Update(t.Took.Seconds())
	if t.Failed() {
		a.set.GetOrCreateCounter(fmt.Sprintf("creel_forward_failures_total{target=%q}", target)).Inc()
	}
	return nil
}

// target is scheme and host of a URL, which has no secrets; those that come after
// maxTargets others are "other".
func (a *Admin) target(to string) string {
	u, err := url.Parse(to)
	if err != nil {
		return "other"
	}
	host := (&url.URL{Scheme: u.Scheme, Host: u.Host}).String()
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.hosts[host] && len(a.hosts) == maxTargets {
		return "other"
	}
	a.hosts[host] = true
	return host
}

// writeState writes the figures that are read where they are kept.
func (a *Admin) writeState(w io.Writer) {
	s := a.config.Ring.Stats()
	gauge := func(name string, n int64) { metrics.WriteGaugeUint64(w, "creel_"+name, uint64(max(n, 0))) }
	gauge("ring_requests", int64(s.Kept))
	gauge("ring_requests_max", int64(s.Bounds.Count))
	gauge("ring_bytes", s.Bytes)
	gauge("ring_bytes_max", s.Bounds.Bytes)
	gauge("pinned", int64(s.Pinned))
	gauge("pending", int64(s.Pending))
	gauge("held", int64(a.config.Held()))
	gauge("history_writable", one(s.Err == nil))
	metrics.WriteCounterUint64(w, "creel_evicted_total", s.Evicted)
	metrics.WriteCounterUint64(w, "creel_commits_total", s.Commits)
	metrics.WriteCounterFloat64(w, "creel_commit_seconds_total", s.CommitTime.Seconds())
	if a.config.Waiting != nil {
		n, err := a.config.Waiting()
		gauge("team_waiting", int64(n))
		gauge("team_up", one(err == nil))
	}
	if t := a.config.Tunnel(); t.State != "" {
		gauge("tunnel_up", one(t.State == tunnel.Up))
	}
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// Handler serves /healthz, /readyz and /metrics.
func (a *Admin) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", a.ready)
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		a.set.WritePrometheus(w)
		metrics.WriteProcessMetrics(w)
	})
	return mux
}

// ready says 503 while senders get that, too: the history or the team's ring takes nothing.
func (a *Admin) ready(w http.ResponseWriter, _ *http.Request) {
	if err := a.config.Ring.Stats().Err; err != nil {
		http.Error(w, "the history cannot be written: "+err.Error(), http.StatusServiceUnavailable)
		return
	}
	if a.config.TeamAck {
		if _, err := a.config.Waiting(); err != nil {
			http.Error(w, "the team's ring takes nothing: "+err.Error(), http.StatusServiceUnavailable)
			return
		}
	}
	fmt.Fprintln(w, "ready")
}

// Serve serves on listeners until ctx ends.
func (a *Admin) Serve(ctx context.Context, listeners ...net.Listener) {
	s := &http.Server{Handler: a.Handler(), ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second}
	var serving sync.WaitGroup
	for _, l := range listeners {
		serving.Go(func() { _ = s.Serve(l) })
	}
	<-ctx.Done()
	_ = s.Close()
	serving.Wait()
}
