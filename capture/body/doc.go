// Package body turns the bytes of a body into lines to look at: it undoes the
// Content-Encoding and the charset, recognises the format by content type and
// by content, and lays it out as lines of [Span]s, each of a [Kind] that a
// screen may colour. It knows no colour and no screen, and it changes nothing
// that is sent: a view is for looking. Formats whose tokens must be known to lay
// them out (JSON, forms, binary ones) come in kinds; of markup and code only the
// structure is laid out and the language named ([Code]).
//
// # Promises
//
//   - Every token of JSON is shown as it was sent: the order of keys, duplicate
//     keys, 1e2, 2^63, \/. Only the white space between tokens is ours.
//   - A big body opens at once: its beginning without a look at the rest ([Begin]);
//     then one pass checks it and notes where every few lines begin ([Open]). A
//     line is laid out when it is asked for.
//   - No line is longer than [MaxRow] bytes of content: longer ones are continued
//     in further lines, so the cost of a screenful has a bound.
//   - Decompression stops at [MaxDecoded] bytes, and says so.
//   - What is not what it claims to be is shown raw, with the reason.
//   - Text reaches a span only through the package safe.
//
// # Concurrency
//
// A [Content] is not changed once read and may be shared. A [Doc] remembers
// where it was last and is for one goroutine; open another from the same
// Content for another goroutine.
//
// # One obvious place
//
// To add a body view, write a file that has a func from *Content to *View, and add its line
// to renderers.
package body
