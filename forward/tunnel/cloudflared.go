package tunnel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"creel/capture/lazy"
	"creel/capture/words"
)

// cloudflared makes a quick tunnel of Cloudflare's, without an account.
type cloudflared struct {
	file string
	port int // where it sends requests
	// http2 is set once QUIC did not work: cloudflared does not fall back itself.
	http2 bool
	tries int // in a row that the service refused with a passing fault

	quicTimeout time.Duration // how long a connection over QUIC may take to register
}

const company = "Cloudflare"

// The times of cloudflared.
const (
	defaultQUICTimeout = 8 * time.Second
	// limitedDelay is when a service that limits new tunnels is asked again.
	limitedDelay = 4 * time.Minute
)

func newCloudflared(port int) (*cloudflared, error) {
	file, err := lookUp("cloudflared", "get it from your package manager, or use --tunnel ssh://localhost.run, which needs nothing installed")
	if err != nil {
		return nil, err
	}
	return &cloudflared{file: file, port: port, quicTimeout: defaultQUICTimeout}, nil
}

var (
	quickURL    = lazy.Regexp(`https://[a-z0-9-]+\.trycloudflare\.com`)
	metricsAddr = lazy.Regexp(`[Ss]tarting metrics server on (127\.0\.0\.1:\d+)`)
	errNoQUIC   = errors.New("QUIC does not get through here: connecting with HTTP/2")
)

// cloudflaredRun is what one run of the program says.
type cloudflaredRun struct {
	announce   func(string)
	vouch      func()
	end        context.CancelCauseFunc
	registered atomic.Bool
	failure    atomic.Pointer[Failure]
	ready      chan string // the address of its metrics
}

func (c *cloudflared) run(ctx context.Context, announce func(string), vouch func()) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	r := &cloudflaredRun{vouch: vouch, end: end, ready: make(chan string, 1)}
	r.announce = func(url string) {
		announce(url)
		if !c.http2 {
			time.AfterFunc(c.quicTimeout, func() {
				if !r.registered.Load() {
					end(errNoQUIC)
				}
			})
		}
	}
	go r.watchReady(ctx)
	args := []string{
		"tunnel", "--no-autoupdate", "--metrics", "127.0.0.1:0", "--output", "json",
		"--url", "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)),
	}
	if c.http2 {
		args = append(args, "--protocol", "http2")
	}
	err := runProgram(ctx, r.line, c.file, args...)
	if errors.Is(err, errNoQUIC) {
		c.http2 = true
		return &Failure{Err: err, After: time.Millisecond}
	}
	if r.registered.Load() {
		c.tries = 0
	}
	if f := r.failure.Load(); f != nil && ctx.Err() == nil {
		return c.retry(f)
	}
	return err
}

// retry sets when a fault of the service is tried again.
func (c *cloudflared) retry(f *Failure) error {
	if f.After == 0 {
		c.tries++
		if c.tries > 3 {
			return &Failure{Err: fmt.Errorf("%w: the service is not well: try again later", f.Err), After: limitedDelay}
		}
		return &Failure{Err: f.Err, After: time.Duration(c.tries) * 2 * time.Second}
	}
	return f
}

// line reads a line of the program's output: JSON, or text where it is older.
func (r *cloudflaredRun) line(line string) {
	bad := strings.Contains(line, `"level":"error"`) || strings.Contains(line, " ERR ")
	switch {
	case strings.Contains(line, "Registered tunnel connection"):
		r.works()
	case strings.Contains(line, "429 Too Many Requests"), strings.Contains(line, "error code: 1015"):
		r.failure.Store(&Failure{After: limitedDelay, Err: fmt.Errorf("%s limits new tunnels: next try in %s", company, words.Duration(limitedDelay))})
	case strings.Contains(line, "invalid UUID length: 0"):
		r.failure.Store(&Failure{Err: fmt.Errorf("%s made no tunnel (invalid UUID length: 0)", company)})
	case strings.Contains(line, "Failed to dial a quic connection"):
		if !r.registered.Load() { // later it connects again by itself, with the same URL
			r.end(errNoQUIC)
		}
	}
	if m := metricsAddr().FindStringSubmatch(line); m != nil {
		replace(r.ready, m[1])
	}
	if url := quickURL().FindString(line); url != "" && !bad && url != "https://api.trycloudflare.com" {
		r.announce(url)
	}
}

func (r *cloudflaredRun) works() {
	r.registered.Store(true)
	r.failure.Store(nil) // what was wrong before is over
	r.vouch()
}

// watchReady asks the program itself whether it is connected.
func (r *cloudflaredRun) watchReady(ctx context.Context) {
	var addr string
	select {
	case addr = <-r.ready:
	case <-ctx.Done():
		return
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	client := &http.Client{Timeout: probeTimeout}
	for !r.registered.Load() {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/ready", nil)
		if err != nil {
			return
		}
		if resp, err := client.Do(req); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				r.works()
				return
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}
