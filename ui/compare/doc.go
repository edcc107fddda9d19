// Package compare is the pane that shows in what one request differs from
// another: its request line, header fields and body, the old beside the new. It
// steps through the others that it is worth comparing with.
//
// The pane is a plain struct for the goroutine of Update. Bodies are read and
// compared in a command, which ends when its result is no longer wanted. View
// draws the lines in sight and assigns nothing.
package compare
