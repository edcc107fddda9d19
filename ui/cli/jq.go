package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"creel/capture"
	"creel/capture/jq"
	"creel/forward/edit"
)

// jqLimits bound --jq: an expression that does not end is an error.
var jqLimits = jq.Limits{Time: 5 * time.Second, Output: 64 << 20}

// runJQ rewrites the JSON of a body by a jq expression, which must give one value.
func runJQ(ctx context.Context, body []byte, fields []capture.Field, expression string) ([]byte, error) {
	query, err := jq.Parse(expression)
	if err != nil {
		return nil, usagef("--jq: %w", err)
	}
	body, err = edit.Rewrite(body, fields, func(json []byte) ([]byte, error) {
		var out []byte
		for result, err := range query.Run(ctx, jq.Values(json), jqLimits) {
			if err != nil {
				return nil, err
			}
			if out != nil {
				return nil, errors.New("the expression gives more than one value")
			}
			out = result
		}
		if out == nil {
			return nil, errors.New("the expression gives nothing")
		}
		return out, nil
	})
	if err != nil {
		return nil, fmt.Errorf("--jq: %w", err)
	}
	return body, nil
}
