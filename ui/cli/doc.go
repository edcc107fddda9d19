// Package cli is the command line: commands, flags, configuration, and
// the engine that they make of them (engine.go).
//
// Each command is one file. A setting is one line in options.go and is thereby
// a flag, an environment variable and a key of the configuration file; layers.go
// says which of them wins. Data goes to standard output, messages to standard error,
// and what was captured reaches a terminal only through the package safe.
package cli
