// Package edit turns a request into text that can be edited, and back.
//
// # Promises
//
//   - Text that was not changed gives back the request that was taken, byte for
//     byte; a line of the head, or a token of the body, that was not changed
//     keeps its bytes.
//   - The text is bytes. CR, NUL, tabs and bytes that are not UTF-8 stay in it as
//     they are; how they are shown is for a screen to decide. For editors that
//     would not keep them there is [File].
//   - A body that is JSON on one line is laid out for editing, and goes back into
//     the spacing in which it was captured: only the tokens that were changed
//     change.
//   - Nothing here fails on broken JSON: it can be sent as it is.
//
// All functions are pure. A [Draft] is not changed once made and may be used by
// several goroutines.
//
// # Why not a JSON library
//
// Reading JSON into values and writing it again loses the order of keys,
// duplicate keys, 1e2, 2^63 and \/, and with them the signature. Everything here
// works on tokens and copies their bytes.
package edit
