// Package jq runs jq expressions over bodies. An expression that does not end is
// stopped: each run has a limit of time and of output.
package jq

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/big"
	"time"

	"github.com/itchyny/gojq"

	"creel/capture/words"
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
	Output int    // bytes of all results
	Memory uint64 // bytes beside the values; 0 is half a gigabyte
}

// Run yields what the expression gives for the values, as JSON. It ends after an
// error, one of values among them, and at a limit, which is an error, too. At the
// end of ctx or of the time it ends also where the expression is in a function that
// does not: values may then still be read for a while.
func (q *Query) Run(ctx context.Context, values iter.Seq2[any, error], l Limits) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		ctx, stop := context.WithCancelCause(ctx)
		defer stop(nil)
		ctx, cancel := context.WithTimeoutCause(ctx, l.Time, fmt.Errorf("stopped after %v", l.Time))
		defer cancel()
		l.Memory = cmp.Or(l.Memory, maxMemory)
		r := &run{ctx: ctx, limits: l, results: make(chan result), gone: make(chan struct{})}
		defer close(r.gone)
		go r.over(q.code, values)
		for result := range r.wait(stop) {
			if !yield(result.json, result.err) || result.err != nil {
				return
			}
		}
	}
}

// marshal is a result as JSON, when there is room for it behind the results before;
// one that is an error is returned as the error.
func marshal(result any, l Limits, before int) ([]byte, error) {
	if err, failed := result.(error); failed {
		return nil, err
	}
	left := l.Output - before
	if rest(result, left, maxDepth) >= 0 {
		out, err := gojq.Marshal(result)
		if err != nil || len(out) <= left {
			return out, err
		}
	}
	if before == 0 {
		return nil, fmt.Errorf("the result is too large: over %s", words.Size(int64(l.Output)))
	}
	return nil, fmt.Errorf("stopped after %d bytes of results", before)
}

// maxDepth bounds the arrays in each other that are written: each takes some of the
// stack.
const maxDepth = 10_000

// rest is what is left of a number of bytes when a value is written, at most;
// negative as soon as it is too large or too deep: a few arrays of the same array,
// in each other, take no memory until they are written.
func rest(value any, left, depth int) int {
	if depth == 0 {
		return -1
	}
	switch v := value.(type) {
	case string:
		return left - len(v) - len(`""`)
	case *big.Int:
		return left - v.BitLen()/4 // more bits than a digit has
	case []any:
		for i := 0; i < len(v) && left >= 0; i++ {
			left = rest(v[i], left-len(","), depth-1)
		}
		return left
	case map[string]any:
		for name, member := range v {
			if left = rest(member, left-len(name)-len(`"":`), depth-1); left < 0 {
				break
			}
		}
		return left
	}
	return left - 1
}
