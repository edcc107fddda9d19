// Package compose is the screen on which a request is edited and sent: the whole
// request as text, and beneath it lines that say where it goes, what becomes of
// its signature and of its spacing, what is wrong with it, and what came back.
//
// The text is bytes, held here and given back by forward/edit: what was not
// touched is sent as it was captured. Nothing leaves before it is sent from
// here: the package makes no connection, and tells the root what was decided
// with the message [Submitted].
//
// # Why not the textarea of bubbles
//
// It turns tabs into blanks, drops CR and NUL, and cuts at 10,000 lines. Here a
// line is a slice of bytes, only the visible ones are drawn, and an undo puts
// back the very bytes.
package compose
