// Package lazy makes values when they are first used. A command that needs none of them
// does not wait for them at its start.
package lazy

import (
	"regexp"
	"sync"
)

// Regexp returns a function that gives the compiled expression. It panics at its first
// call when the expression is wrong. It is safe for concurrent use.
func Regexp(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
