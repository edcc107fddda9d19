// Package process starts programs that end, with everything they started, when
// creel wants it. What a system cannot do is in the file of that system.
package process
