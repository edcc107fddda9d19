package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/itchyny/gojq"
)

// runJQ rewrites a JSON body with a jq expression, which must give one value.
func runJQ(ctx context.Context, body []byte, expression string) ([]byte, error) {
	query, err := gojq.Parse(expression)
	if err != nil {
		return nil, fmt.Errorf("jq: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("jq: the body is not JSON: %w", err)
	}
	iter := query.RunWithContext(ctx, v)
	out, ok := iter.Next()
	if !ok {
		return nil, errors.New("jq: the expression gives nothing")
	}
	if err, ok := out.(error); ok {
		return nil, fmt.Errorf("jq: %w", err)
	}
	if _, more := iter.Next(); more {
		return nil, errors.New("jq: the expression gives more than one value")
	}
	return gojq.Marshal(out)
}
