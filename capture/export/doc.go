// Package export writes exchanges in other people's formats and reads what they
// keep of requests: creel's own JSON lines, HAR, raw HTTP, .http files, command
// lines and code that send the request again.
//
// Every format that is written is one file and one line in [Formats]; every kind
// of file that is read is a row of sources or, if it is JSON, of jsonKinds, and
// [Items] tells them apart. What is read is the request that the file's own
// program would send, or an error in the words of the file; see curl_same_test.go.
//
// Of the formats that are written, JSON lines and raw
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
