package tunnel

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"path"
	"sync/atomic"
	"time"
)

const (
	// maxMessage bounds a message of a relay: the largest body that creel takes
	// unless told otherwise, in base64.
	maxMessage = 48 << 20
	// maxRelayed is how many requests of a relay are answered at one time; then
	// reading waits.
	maxRelayed = 64
	// replyTimeout is how long a request of a relay may stay without a reply. The
	// sender was answered by the relay already.
	replyTimeout = 10 * time.Minute
	// quietTimeout ends a stream that has stopped to ping: smee.io pings every 30 s.
	quietTimeout = 75 * time.Second
)

// relaySession takes the requests that a relay such as smee.io or gosmee received on
// a channel, as server-sent events. A relay answers its senders itself.
type relaySession struct {
	channel string // its URL; after a redirect the one that it led to
	client  *http.Client
	conns   *queue
	// reserialized is whether the newest message had a body that the relay had
	// parsed. A relay does so with all or with none.
	reserialized *atomic.Bool
	waiting      chan struct{} // a place for each request that is being answered
}

func newRelay(channel string, conns *queue, reserialized *atomic.Bool) *relaySession {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ForceAttemptHTTP2 = false // a connection for the stream alone, which is kept alive
	transport.DialContext = (&net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: keepAliveEvery, Interval: keepAliveEvery, Count: 2}}).DialContext
	return &relaySession{channel, &http.Client{Transport: transport}, conns, reserialized, make(chan struct{}, maxRelayed)}
}

func (r *relaySession) run(ctx context.Context, announce func(string), vouch func()) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	resp, err := r.subscribe(ctx)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	announce(r.channel)
	vouch()
	quiet := time.AfterFunc(quietTimeout, func() { end(errors.New("the relay has stopped to ping")) })
	quiet.Stop() // until it is known to ping
	defer quiet.Stop()
	err = eachEvent(resp.Body, func(event string, data []byte) {
		if event == "ping" {
			quiet.Reset(quietTimeout)
		}
		if m, ok := parseMessage(data); ok {
			r.deliver(ctx, m)
		}
	})
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return fmt.Errorf("%v: %w", r.conns.addr, err)
}

// subscribe opens the stream of the channel. gosmee has it under /events/.
func (r *relaySession) subscribe(ctx context.Context) (*http.Response, error) {
	resp, err := r.get(ctx, r.channel)
	if err != nil {
		return nil, err
	}
	if isStream(resp) {
		channel := *resp.Request.URL // smee.io/new leads to a new one
		channel.User = nil
		r.channel = channel.String()
		return resp, nil
	}
	_ = resp.Body.Close()
	u := *resp.Request.URL
	u.Path = path.Join("/", path.Dir(u.Path), "events", path.Base(u.Path))
	events, err := r.get(ctx, u.String())
	if err != nil {
		return nil, err
	}
	if isStream(events) {
		return events, nil
	}
	_ = events.Body.Close()
	err = fmt.Errorf("%s answers %s, and not with a stream of events: is it a channel of smee.io or gosmee?", r.channel, resp.Status)
	if resp.StatusCode >= http.StatusInternalServerError || resp.StatusCode == http.StatusTooManyRequests {
		return nil, err
	}
	return nil, &Failure{Err: err, Permanent: true}
}

func (r *relaySession) get(ctx context.Context, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("User-Agent", "creel (as gosmee)") // old servers of gosmee give others a page
	return r.client.Do(req)
}

func isStream(r *http.Response) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return r.StatusCode == http.StatusOK && kind == "text/event-stream"
}

// deliver lets the server take a request, and drops the reply.
func (r *relaySession) deliver(ctx context.Context, m *message) {
	select {
	case r.waiting <- struct{}{}:
	case <-ctx.Done():
		return
	}
	r.reserialized.Store(m.reserialized)
	client, server := net.Pipe()
	go func() {
		defer func() { <-r.waiting }()
		defer client.Close()
		_ = client.SetDeadline(time.Now().Add(replyTimeout))
		_, _ = client.Write(m.request()) // what fails here fails when the reply is read
		if resp, err := http.ReadResponse(bufio.NewReader(client), nil); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
		}
	}()
	r.conns.put(&relayConn{server, r.conns.addr})
}

// relayConn is a connection on which a relay's request comes.
type relayConn struct {
	net.Conn
	relay net.Addr
}

// LocalAddr names the relay.
func (c *relayConn) LocalAddr() net.Addr { return c.relay }

// RemoteAddr names the relay: who sent to it is not known.
func (c *relayConn) RemoteAddr() net.Addr { return c.relay }

// eachEvent calls f with each server-sent event of r until r ends, which is an error.
func eachEvent(r io.Reader, f func(event string, data []byte)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxMessage)
	event, data := "", []byte(nil)
	for lines.Scan() {
		field, value, _ := bytes.Cut(lines.Bytes(), []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(field) {
		case "":
			if len(lines.Bytes()) == 0 {
				f(event, bytes.TrimSuffix(data, []byte("\n")))
				event, data = "", nil
			}
		case "event":
			event = string(value)
		case "data":
			if len(data)+len(value) > maxMessage {
				return errTooLong
			}
			data = append(append(data, value...), '\n')
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return errTooLong
	case err != nil:
		return err
	}
	return errors.New("the relay closed the connection")
}

var errTooLong = fmt.Errorf("a message of more than %d MiB was dropped", maxMessage>>20)
