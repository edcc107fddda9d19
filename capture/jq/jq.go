// Package jq runs jq expressions over bodies. An expression that does not end is
// stopped: each run has a limit of time and of output.
package jq

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/itchyny/gojq"
)

// Query is an expression made ready. It may be used by several goroutines.
type Query struct{ code *gojq.Code }

// Parse makes an expression ready.
func Parse(expression string) (*Query, error) {
	q, err := gojq.Parse(expression)
	if err != nil {
		return nil, err
	}
	code, err := gojq.Compile(q)
	if err != nil {
		return nil, err
	}
	return &Query{code}, nil
}

// Values yields the JSON values of a body, one after the other; a byte order mark
// before them is passed over. It ends after an error.
func Values(body []byte) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		in := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
		in.UseNumber()
		for {
			var v any
			err := in.Decode(&v)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				err = fmt.Errorf("the body is not JSON: %w", err)
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// Limits bound a run.
type Limits struct {
	Time   time.Duration
	Output int // bytes of all results
}

// Run yields what the expression gives for the values, as JSON. It ends after an
// error, one of values among them, and at a limit, which is an error, too.
func (q *Query) Run(ctx context.Context, values iter.Seq2[any, error], l Limits) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		ctx, cancel := context.WithTimeout(ctx, l.Time)
		defer cancel()
		size := 0
		for v, err := range values {
			if err != nil {
				yield(nil, err)
				return
			}
			results := q.code.RunWithContext(ctx, v)
			for result, more := results.Next(); more; result, more = results.Next() {
				out, err := marshal(result, l)
				if size += len(out); err == nil && size > l.Output {
					err = fmt.Errorf("stopped after %d bytes of results", size-len(out))
				}
				if err != nil {
					yield(nil, err)
					return
				}
				if !yield(out, nil) {
					return
				}
			}
		}
	}
}

// marshal is a result as JSON; one that is an error is returned as the error.
func marshal(result any, l Limits) ([]byte, error) {
	err, failed := result.(error)
	switch {
	case failed && errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("stopped after %v", l.Time)
	case failed:
		return nil, err
	}
	return gojq.Marshal(result)
}
