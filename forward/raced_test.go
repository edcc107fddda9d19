//go:build race

package forward

// raced: the race detector allocates, too.
const raced = true
