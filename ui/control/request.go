package control

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"creel/capture"
	"creel/capture/words"
)

func (c *Client) get(ctx context.Context, path string) (*http.Response, error) {
	return c.do(ctx, http.MethodGet, path, nil)
}

// do makes a request. A response that is no success is an error.
func (c *Client) do(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://creel/v1/"+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set(callerHeader, c.by)
	if _, ok := body.(endedBody); ok {
		req.Header.Set(endsHeader, "1")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if inner := (*url.Error)(nil); errors.As(err, &inner) {
			err = inner.Err // the URL means nothing to a user
		}
		return nil, fmt.Errorf("the running creel: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusGone {
		return nil, capture.ErrEvicted
	}
	var e errorResponse
	_ = json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&e)
	return nil, errors.New(cmp.Or(e.Error, resp.Status))
}

func get[Out any](ctx context.Context, c *Client, path string) (Out, error) {
	return decode[Out](c.get(ctx, path))
}

func decode[Out any](resp *http.Response, err error) (out Out, _ error) {
	if err != nil {
		return out, err
	}
	defer resp.Body.Close()
	return out, json.NewDecoder(resp.Body).Decode(&out)
}

// post does a verb: JSON in, JSON out. While the link is lost it fails without waiting.
func post[Out any](ctx context.Context, c *Client, name string, in any) (Out, error) {
	return send[Out](ctx, c, name, in, func(b []byte) io.Reader { return bytes.NewReader(b) })
}

func send[Out any](ctx context.Context, c *Client, name string, in any, reader func([]byte) io.Reader) (out Out, err error) {
	if since, lost := c.Lost(); lost != nil {
		pid, _ := c.Process()
		return out, fmt.Errorf("pid %d on %s has not been heard for %s", pid, c.Status.Host, words.Duration(time.Since(since)))
	}
	body, err := json.Marshal(in)
	if err != nil {
		return out, err
	}
	return decode[Out](c.do(ctx, http.MethodPost, name, reader(body)))
}

// act does a verb that gives nothing back.
func (c *Client) act(ctx context.Context, name string, in any) error {
	_, err := post[nothing](ctx, c, name, in)
	return err
}

// now does a verb that answers at once.
func now[Out any](c *Client, name string, in any) (out Out, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), verbTimeout)
	defer cancel()
	return post[Out](ctx, c, name, in)
}

// change does a verb that answers at once, and brings in what it changed.
func (c *Client) change(name string, in any) error {
	if _, err := now[nothing](c, name, in); err != nil {
		return err
	}
	return c.lookNow()
}

func (c *Client) lookNow() error {
	ctx, cancel := context.WithTimeout(context.Background(), verbTimeout)
	defer cancel()
	return c.Look(ctx)
}

// endsHeader says that the body of a verb stays open until it is to be ended.
const endsHeader = "Creel-Ends"

// endTime is how long the other side may take to end what it does and respond.
const endTime = 5 * time.Second

// await does a verb that takes its time. When ctx ends, the other side ends it and responds.
func await[Out any](ctx context.Context, c *Client, name string, in any) (Out, error) {
	waits, giveUp := context.WithCancelCause(context.WithoutCancel(ctx))
	defer giveUp(nil)
	r, w := io.Pipe()
	defer w.Close()
	stop := context.AfterFunc(ctx, func() {
		w.Close()
		time.AfterFunc(endTime, func() { giveUp(errors.New("the running creel did not respond after the interrupt")) })
	})
	defer stop()
	out, err := send[Out](waits, c, name, in, func(b []byte) io.Reader { return endedBody{io.MultiReader(bytes.NewReader(b), r), r} })
	if cause := context.Cause(waits); cause != nil {
		err = cause
	}
	return out, err
}

// endedBody is the body of a verb that ends when what was begun is to be ended.
type endedBody struct {
	io.Reader
	io.Closer
}

// untilEnded is the context of a verb: it ends with the body of a request that says so.
func untilEnded(r *http.Request) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(r.Context())
	if r.Header.Get(endsHeader) != "" {
		go func() {
			defer cancel()
			_, _ = io.Copy(io.Discard, r.Body)
		}()
	}
	return ctx, cancel
}

// order is a verb of which nothing is awaited.
type order struct {
	name string
	in   any
}

// later does a verb of which nothing is awaited, after those before it; what goes
// wrong is a problem.
func (c *Client) later(name string, in any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.orders = append(c.orders, order{name, in})
	if len(c.orders) == 1 {
		go c.doOrders()
	}
}

func (c *Client) doOrders() {
	for more := true; more; {
		c.mu.Lock()
		o, last := c.orders[0], len(c.orders) == 1
		c.mu.Unlock()
		if _, err := now[json.RawMessage](c, o.name, o.in); err != nil {
			c.problem(err.Error())
		}
		if last { // before what was set is shown no more, that is heard which has become of it
			_ = c.lookNow() // a lost link is reported by Follow
		}
		c.mu.Lock()
		c.orders = c.orders[1:]
		if more = len(c.orders) > 0; !more {
			c.set = nil
		}
		c.mu.Unlock()
	}
	c.mirror.Notify()
}
