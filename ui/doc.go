// Package ui is the screen: a list of requests, one of them in detail, and the
// dialogs that decide what to do with it.
//
// # How it is built
//
// [Model] is the only Bubble Tea model. Panes are plain structs with typed
// methods; only overlays share an interface, because only overlays are kept in
// a slice. Facts flow up: the ring notifies, the screen reads what changed since
// the revision it knows, at most 30 times a second. Commands flow down: a key
// names a row of the action table (actions_rows.go), the row calls a method of
// Model (resend.go, hold.go, export.go, ...), the method returns a command, and
// the command reports in a message what happened.
//
// A dialog is opened with callbacks, methods of Model: it calls one when the user
// has decided, and returns the command of it.
//
// Update has four rules, in order: keys, pasted text and the mouse go to the top
// overlay, else to the filter line, else to the action table, else to the pane
// that has the focus, and while an overlay is being prepared keys and pasted text
// wait for it; what concerns the environment goes to everyone; facts go
// to the root; the rest goes to the overlays, which know their own messages. Only
// Update changes anything: View writes strings.
//
// # What it never does
//
// It never makes the capture wait: the capture calls nothing here, and what is
// slow runs in a command. It never draws captured bytes that have not been
// through the package safe; the types of the package theme see to that.
package ui
