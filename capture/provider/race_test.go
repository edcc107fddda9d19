//go:build race

package provider

// Under the race detector a pool drops some of what is put into it.
const raceEnabled = true
