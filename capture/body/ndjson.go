package body

import (
	"bytes"
	"context"
	"encoding/json"
)

// fitsNDJSON accepts content whose first line is a JSON container and whose
// second begins like one.
func fitsNDJSON(c *Content) int {
	if c.is("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines", "application/json-seq") {
		return certain
	}
	t := bytes.TrimSpace(c.Text)
	if len(t) == 0 || t[0] != '{' && t[0] != '[' {
		return unfit
	}
	first, rest, more := bytes.Cut(t[:min(len(t), 64<<10)], []byte{'\n'})
	rest = bytes.TrimSpace(rest)
	if more && len(rest) > 0 && rest[0] == t[0] && json.Valid(first) {
		return certain
	}
	return unfit
}

// openNDJSON lays out JSON values one after the other.
func openNDJSON(ctx context.Context, c *Content) (*View, error) { return openJSONs(ctx, c, true) }
