package filter

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/itchyny/gojq"
)

// jqLimit is the time that one expression gets for one body. An expression that
// does not end must not stop a sender or the screen.
const jqLimit = 100 * time.Millisecond

// maxJQ is the largest body, in bytes, that an expression is tried on: decoded, a
// body takes ten times its size.
const maxJQ = 8 << 20

// compileJQ makes the test that is true when any output over any of the JSON
// values of the body is neither false nor null. A body that is not JSON or is
// larger than 8 MiB, an error and the end of the time are no output.
func compileJQ(v value, _ Scope) (test, *Error) {
	query, err := gojq.Parse(v.raw)
	if err != nil {
		return nil, mistake(v.start, v.end, "jq: "+err.Error(), "quote the expression: jq:'.data.amount > 1000'")
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, mistake(v.start, v.end, "jq: "+err.Error(), "")
	}
	return func(p *probe) bool { return anyTrue(code, p.content()) }, nil
}

func anyTrue(code *gojq.Code, body string) bool {
	if len(body) > maxJQ || !mayBeJSON(body) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), jqLimit)
	defer cancel()
	dec := json.NewDecoder(strings.NewReader(body))
	dec.UseNumber()
	for ctx.Err() == nil {
		var input any
		if dec.Decode(&input) != nil {
			return false
		}
		if isTrue(code.RunWithContext(ctx, input)) {
			return true
		}
	}
	return false
}

func isTrue(outputs gojq.Iter) bool {
	for {
		out, ok := outputs.Next()
		if !ok {
			return false
		}
		switch out := out.(type) {
		case error:
			return false
		case bool:
			if out {
				return true
			}
		case nil:
		default:
			return true
		}
	}
}

// mayBeJSON spares the decoder the bodies that cannot be.
func mayBeJSON(s string) bool {
	s = strings.TrimLeft(s, " \t\r\n")
	return s != "" && strings.IndexByte(`{["-0123456789tfn`, s[0]) >= 0
}
