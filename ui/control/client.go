package control

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/provider"
	"creel/capture/ring"
	"creel/forward"
)

// Client stands for the engine of another process. It is safe for concurrent use.
type Client struct {
	// Status is what the other side said when it was connected to.
	Status Status
	parts

	by      string
	dial    func(context.Context) (net.Conn, error)
	conns   conns
	http    *http.Client
	mirror  *ring.Mirror
	known   *provider.Set // what is known of senders, without secrets
	notice  func(string)
	problem func(string)

	mu      sync.Mutex
	facts   facts
	set     *[]forward.Status // the targets as they were set last; nil when the facts have it
	heard   time.Time         // when the last line came
	pid     int               // of the other side: another one may have taken its place
	started time.Time         // and when it was
	epoch   string
	rev     capture.Rev
	onlyNew bool  // nothing of before is wanted
	lost    error // why nothing is heard; nil while it is
	ready   chan struct{}
	orders  []order // the first one is being done
}

// ClientConfig says how to reach another creel.
type ClientConfig struct {
	// Dial connects to the socket, or to something that passes it on.
	Dial func(context.Context) (net.Conn, error)
	// By is what the other side calls this one; empty for "pid 812".
	By string
	// Notice and Problem must be set: they get a line of what happens there, from any goroutine.
	Notice, Problem func(string)
}

// Connect asks which creel answers, and agrees on the version.
func Connect(ctx context.Context, c ClientConfig) (*Client, error) {
	set, err := provider.New(provider.Config{})
	if err != nil {
		return nil, err
	}
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true) // many requests over one connection
	client := &Client{
		by: cmp.Or(c.By, fmt.Sprintf("pid %d", os.Getpid())), dial: c.Dial, notice: c.Notice, problem: c.Problem, mirror: ring.NewMirror(), known: set, ready: make(chan struct{}),
		http: &http.Client{Transport: &http.Transport{Protocols: &protocols}},
	}
	client.parts = partsOf(client)
	client.http.Transport.(*http.Transport).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return client.conns.add(c.Dial(ctx))
	}
	if client.Status, err = get[Status](ctx, client, "status"); err != nil {
		return nil, err
	}
	client.pid, client.started = client.Status.PID, client.Status.Started
	return client, client.Status.check()
}

// Process is the process number of the other side, which another creel may have
// replaced, and when that was started.
func (c *Client) Process() (pid int, started time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pid, c.started
}

// VersionError says that the other side speaks another protocol, and who is older.
type VersionError struct{ text string }

func (e *VersionError) Error() string { return e.text }

// check refuses another major version of the protocol, and says who is older.
func (s *Status) check() error {
	switch {
	case s.Major == Version.Major:
		return nil
	case s.Major > Version.Major:
		return &VersionError{fmt.Sprintf("creel %s with pid %d speaks a newer protocol (%d, here %d): update this creel", s.Version, s.PID, s.Major, Version.Major)}
	}
	return &VersionError{fmt.Sprintf("creel %s with pid %d speaks an older protocol (%d, here %d): update and restart that one", s.Version, s.PID, s.Major, Version.Major)}
}

// Problem reports what went wrong on this side.
func (c *Client) Problem(text string) { c.problem(text) }

// Close ends the connections.
func (c *Client) Close() { c.conns.close() }

// The times of a connection.
const (
	// silence is how long nothing may be heard before the link counts as lost.
	silence = 4 * aliveTime
	// verbTimeout is how long a verb that answers at once may take.
	verbTimeout = 3 * time.Second
	retryTime   = time.Second
)

// Follow brings in what changes there until ctx ends. It connects again when the link is lost.
func (c *Client) Follow(ctx context.Context) {
	for ctx.Err() == nil {
		err := c.follow(ctx)
		c.conns.close() // what is left of them may hang
		c.mu.Lock()
		c.lost = err
		c.mu.Unlock()
		c.mirror.Notify()
		select {
		case <-time.After(retryTime):
		case <-ctx.Done():
		}
	}
}

// FollowNew is Follow, but for what was there before.
func (c *Client) FollowNew(ctx context.Context) {
	c.mu.Lock()
	c.onlyNew = true
	c.mu.Unlock()
	c.Follow(ctx)
}

// Ready is closed when everything that was there has been heard once.
func (c *Client) Ready() <-chan struct{} { return c.ready }

// Lost returns since when nothing has been heard, and why; a nil error while the link is up.
func (c *Client) Lost() (since time.Time, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard, c.lost
}

func (c *Client) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c.mu.Lock()
	url := fmt.Sprintf("changes?after=%d&epoch=%s", c.rev, c.epoch)
	if c.onlyNew && c.epoch == "" {
		url = "changes?after=now"
	}
	c.mu.Unlock()
	quiet := time.AfterFunc(silence, func() { cancel(errors.New("nothing is heard")) })
	defer quiet.Stop()
	resp, err := c.get(ctx, url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if c.begin(resp.Header.Get(epochHeader)) {
		if err := c.meet(ctx); err != nil {
			return err
		}
	}
	r := bufio.NewReaderSize(resp.Body, 64<<10)
	var b batch
	for {
		data, err := r.ReadBytes('\n')
		if err != nil {
			if cause := context.Cause(ctx); cause != nil {
				err = cause
			}
			return err
		}
		quiet.Reset(silence)
		if err := c.take(data, &b); err != nil {
			return err
		}
	}
}

// begin takes the epoch of a stream, and reports whether it is that of another process
// than before. The revisions of one mean nothing to the other.
func (c *Client) begin(epoch string) (other bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	other = epoch != c.epoch && c.epoch != ""
	if epoch != c.epoch {
		c.epoch, c.rev, c.facts.Seq = epoch, 0, 0
	}
	return other
}

// meet asks who the process is that is reached in the place of another one.
func (c *Client) meet(ctx context.Context) error {
	s, err := get[Status](ctx, c, "status")
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.pid, c.started = s.PID, s.Started
	c.mu.Unlock()
	return s.check()
}

// batch is what was heard since the last revision.
type batch struct {
	changed       []*capture.Exchange
	gone, deleted []capture.ID
}

func (c *Client) take(data []byte, b *batch) error {
	c.mu.Lock()
	c.heard, c.lost = time.Now(), nil
	c.mu.Unlock()
	if one, ok := bytes.CutPrefix(data, exchangeBegins); ok { // spares reading it twice
		ex, err := export.ReadFeedLine(bytes.TrimSuffix(one, exchangeEnds), c.stored)
		if err != nil {
			return fmt.Errorf("an exchange is not understood: %w", err)
		}
		b.changed = append(b.changed, ex)
		return nil
	}
	var l line
	if err := json.Unmarshal(data, &l); err != nil {
		return fmt.Errorf("a line is not understood: %w", err)
	}
	switch {
	case l.Ends:
		return io.EOF
	case l.Gone != nil:
		b.gone, b.deleted = append(b.gone, l.Gone...), append(b.deleted, l.Deleted...)
	case l.Facts != nil: // the first ones come after all that was there
		c.hearFacts(*l.Facts)
		c.mirror.Notify()
		select {
		case <-c.ready:
		default:
			close(c.ready)
		}
	case l.Notice != "":
		c.notice(l.Notice)
	case l.Problem != "":
		c.problem(l.Problem)
	case l.Rev != 0 || l.Whole: // nothing that is kept is a whole, too
		c.mirror.Update(b.changed, b.gone, b.deleted, l.Whole)
		*b = batch{}
		c.mu.Lock()
		c.rev = l.Rev
		c.mu.Unlock()
	}
	return nil
}

// The bits of a body's name: the attempt, and whether it came back.
const (
	refAttemptBits = 22
	refResponseBit = 1
)

// stored is a body that is read from the other side when it is wanted.
func (c *Client) stored(part export.BodyPart, size int64) capture.Body {
	ref := int64(part.ID)<<(refAttemptBits+1) | int64(part.Attempt)<<1
	if part.Response {
		ref |= refResponseBit
	}
	return capture.StoredBody(c, capture.BodyRef(ref), size)
}

// Body reads a body from the other side.
func (c *Client) Body(ctx context.Context, ref capture.BodyRef) ([]byte, error) {
	id, n := int64(ref)>>(refAttemptBits+1), int64(ref)>>1&(1<<refAttemptBits-1)
	resp, err := c.get(ctx, fmt.Sprintf("exchanges/%d/body?attempt=%d&response=%s", id, n, strconv.FormatBool(ref&refResponseBit != 0)))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

// hearFacts takes facts over unless they are older: those that come on two ways overtake each other.
func (c *Client) hearFacts(f facts) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.Seq >= c.facts.Seq {
		c.facts = f
	}
}

func (c *Client) heardFacts() facts {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.facts
	if c.set != nil {
		f.Targets = *c.set // what was told meanwhile may be from before
	}
	return f
}

// conns are the connections of a client. It is safe for concurrent use.
type conns struct {
	mu   sync.Mutex
	made []net.Conn // since close; those that ended are among them
}

func (l *conns) add(c net.Conn, err error) (net.Conn, error) {
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.made = append(l.made, c)
	return c, nil
}

func (l *conns) close() {
	l.mu.Lock()
	made := l.made
	l.made = nil
	l.mu.Unlock()
	for _, c := range made {
		_ = c.Close()
	}
}
