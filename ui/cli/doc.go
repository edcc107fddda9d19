// Package cli is the command line: commands, flags, configuration, and the one
// place where everything that runs is wired together (engine.go).
//
// Each command is one file. A setting is one line in options.go and is thereby
// a flag, an environment variable and a key of the configuration file; layers.go
// says which of them wins. Data goes to standard output, talk to standard error,
// and what was captured reaches a terminal only through the package safe.
//
// # Why fang draws help only
//
// fang asks the terminal for its colours before it does anything, even to print
// an error. An error must leave the terminal untouched, so cobra runs the
// commands and fang takes over when help is wanted.
package cli
