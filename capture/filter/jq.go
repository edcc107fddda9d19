package filter

import (
	"context"
	"strings"
	"time"

	"creel/capture/jq"
)

// jqLimits are what one expression gets for one body. An expression that does not
// end must not stop a sender or the screen.
var jqLimits = jq.Limits{Time: 100 * time.Millisecond, Output: 8 << 20}

// maxJQ is the largest body, in bytes, that an expression is tried on: decoded, a
// body takes ten times its size.
const maxJQ = 8 << 20

// compileJQ makes the test that is true when any output over any of the JSON
// values of the body is neither false nor null. A body that is not JSON or is
// larger than 8 MiB, an error and the end of the time are no output.
func compileJQ(v value, _ Scope) (test, *Error) {
	query, err := jq.Parse(v.raw)
	if err != nil {
		return nil, mistake(v.start, v.end, "jq: "+err.Error(), "quote the expression: jq:'.data.amount > 1000'")
	}
	return func(p *probe) bool { return anyTrue(query, p.content()) }, nil
}

func anyTrue(query *jq.Query, body string) bool {
	if len(body) > maxJQ || !mayBeJSON(body) {
		return false
	}
	for out, err := range query.Run(context.Background(), jq.Values([]byte(body)), jqLimits) {
		if err == nil && string(out) != "false" && string(out) != "null" {
			return true
		}
	}
	return false
}

// mayBeJSON spares the decoder the bodies that cannot be.
func mayBeJSON(s string) bool {
	s = strings.TrimLeft(strings.TrimPrefix(s, "\ufeff"), " \t\r\n")
	return s != "" && strings.IndexByte(`{["-0123456789tfn`, s[0]) >= 0
}
