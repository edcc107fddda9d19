// Package detail is the pane that shows one request: tabs for its body, header
// fields, query, reply, attempts, signature and for how it stood on the wire;
// below them always the signature in one sentence and the newest attempt.
//
// # How it is built
//
// A tab makes a [page]: some rows of its own (the head), and below them a body
// laid out by capture/body, or nothing. A [viewport] says which rows of a page are
// in sight: it scrolls and wraps; its place is a [spot], a row and a line in it. A
// [sheet] is what a tab keeps: its page, the viewport on it, and the commands that
// fill it. A [renderer] draws what is in sight, and the [frame] is what was drawn
// last. Adding a tab is a row in tabs.
//
// The pane is a plain struct for the goroutine of Update. What may take time
// (reading a body from disk, laying out megabytes, searching them, running jq,
// checking a signature over a large body) runs in a command that ends when it
// is no longer wanted; until its message is back the pane says what it waits
// for, or shows the beginning of the body, which does not change when the rest is
// in. Keys that take all of the body wait for that, and keys after them. View
// joins lines that were drawn when something changed, and does no work.
//
// JSON, forms and binary formats come from capture/body in kinds that have
// colours. Code in other languages comes plainly, and chroma's lexers colour it
// in a command while it is read already; they see the text as it is drawn, so
// that no byte of it can change.
package detail
