// Package process runs programs that end, with everything they started, when
// creel wants it, and when creel is killed. What a system cannot do is in the
// file of that system.
package process
