package control

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

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
