// Package export writes exchanges in other people's formats and reads them
// back: creel's own JSON lines, HAR, raw HTTP, and command lines and code that
// send the request again.
//
// Every format is one file and one line in [Formats]. JSON lines and raw
// requests are exact. All others are meant for other people's eyes: secrets are
// masked unless [Options.WithSecrets] is set, and the output says what was
// masked.
//
// Nothing here sanitises for a terminal: what a program reads must be exact, and
// what a terminal shows goes through the package safe. But no format except raw
// emits a control character other than tab and line feed, a bidirectional
// control or a byte that is not UTF-8. All functions are safe for
// concurrent use.
package export
