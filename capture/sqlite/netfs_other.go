//go:build !linux && !darwin && !freebsd

package sqlite

// networkFS is not known on this system.
func networkFS(string) (kind string, network bool) { return "", false }
