package forward

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"creel/capture"
)

// failure is why a delivery got no whole response: the word and the error.
type failure struct {
	cause capture.Cause
	err   error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// protocolError is a response that is not HTTP.
func protocolError(format string, args ...any) *failure {
	return &failure{capture.CauseProtocol, fmt.Errorf("response: "+format, args...)}
}

// errTimeout ends a delivery that took longer than a limit.
var errTimeout = errors.New("timeout")

// tooLong is errTimeout with what took so long.
type tooLong struct {
	what  string
	limit time.Duration
}

func (t tooLong) Error() string { return fmt.Sprintf("%v: %s within %s", errTimeout, t.what, t.limit) }
func (t tooLong) Unwrap() error { return errTimeout }

// stage is how far a delivery had come; errors mean different things in each.
type stage uint8

const (
	stageDial stage = iota
	stageTLS        // TLS
	stageExchange
)

// classify finds the one word for an error. The end of ctx explains whatever
// error it led to.
func classify(ctx context.Context, at stage, err error) *failure {
	if cause := context.Cause(ctx); cause != nil {
		if errors.Is(cause, errTimeout) || errors.Is(cause, context.DeadlineExceeded) {
			return &failure{capture.CauseTimeout, cause}
		}
		return &failure{capture.CauseCanceled, fmt.Errorf("ended before the response was there: %w", cause)}
	}
	if known, ok := errors.AsType[*failure](err); ok {
		return known
	}
	return &failure{word(at, err), err}
}

func word(at stage, err error) capture.Cause {
	var dns *net.DNSError
	var network net.Error
	switch {
	case errors.As(err, &dns):
		return capture.CauseDNS
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded),
		errors.As(err, &network) && network.Timeout():
		return capture.CauseTimeout
	case at == stageDial:
		return capture.CauseRefused
	case at == stageTLS:
		return capture.CauseTLS
	}
	return capture.CauseReset
}

// ended says what it means that a connection ended while a response was awaited.
func ended(err error, got string) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &failure{capture.CauseReset, fmt.Errorf("response: the connection was closed %s: %w", got, io.ErrUnexpectedEOF)}
	}
	return fmt.Errorf("response: %s: %w", got, err)
}
