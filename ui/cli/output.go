package cli

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"time"
)

const (
	// readWithin is how long after a signal the reader of an output has for what
	// is left. It is shorter than the time in which creel promises to end.
	readWithin = 4 * time.Second
	// lastWrite is how long a write may take when that time is over.
	lastWrite = 100 * time.Millisecond
)

var errNotRead = errors.New("nothing reads it: what was left is not printed")

// output is an output of the process. A write waits for a reader that has
// stopped, but not longer than readWithin after a signal, since creel could not
// be ended otherwise. After a write that was given up, none is tried again.
type output struct {
	file   *os.File
	giveUp <-chan struct{}
	gaveUp *atomic.Bool
}

type ioResult struct {
	n   int
	err error
}

// newOutputs returns the outputs of a process that ctx ends.
func newOutputs(ctx context.Context, stdout, stderr *os.File) (out, err output) {
	giveUp := make(chan struct{})
	context.AfterFunc(ctx, func() {
		time.AfterFunc(readWithin, func() { close(giveUp) })
	})
	return output{stdout, giveUp, new(atomic.Bool)}, output{stderr, giveUp, new(atomic.Bool)}
}

// Write implements io.Writer. After errNotRead the bytes are still in use.
func (o output) Write(b []byte) (int, error) {
	if o.gaveUp.Load() {
		return 0, errNotRead
	}
	written := make(chan ioResult, 1)
	go func() {
		n, err := o.file.Write(b)
		written <- ioResult{n, err}
	}()
	select {
	case r := <-written:
		return r.n, r.err
	case <-o.giveUp:
	}
	select {
	case r := <-written:
		return r.n, r.err
	case <-time.After(lastWrite):
		o.gaveUp.Store(true)
		return 0, errNotRead
	}
}
