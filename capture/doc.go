// Package capture is the vocabulary of the recorder: what a captured request is
// ([Exchange]), how the history changes ([Op]), what keeps it ([Journal]) and what
// decides a reply ([Responder]). It has no storage and no HTTP server: package ring
// keeps exchanges, package server captures them. It knows neither forward nor ui.
//
// An [Exchange] is one captured request, the reply its sender got, and every
// attempt that was made with it since. It is immutable once it is in a ring: a
// change makes a new value that shares what did not change, so any goroutine may
// keep and read the pointers it was given for as long as it likes.
//
// Captured bytes are hostile. Nothing here prints them; only package safe turns
// them into text for a terminal.
package capture
