// Package ui is the screen: a list of requests, one of them in detail, and the
// dialogs that decide what to do with it.
//
// # How it is built
//
// [Model] is the only Bubble Tea model. Panes are plain structs with typed
// methods; only overlays share an interface, because only overlays are kept in
// a slice. Facts flow up: the ring pokes, the screen looks at what changed since
// the revision it knows, at most 30 times a second. Orders flow down: a key
// names a row of the action table (actions.go), the row calls a small method
// (do*.go), the method returns a command (cmds.go), and the command reports in
// a message what happened.
//
// Update has four rules, in order: what concerns the environment goes to
// everyone; facts go to the root; input goes to the top overlay, else to the
// filter line, else to the action table, else to the pane that has the focus;
// the rest goes to the overlays, who know their own messages. Only Update
// changes anything: View writes strings.
//
// # What it never does
//
// It never makes the capture wait: nothing here is called by it, and what is
// slow runs in a command. It never draws captured bytes that have not been
// through the package safe; the types of the package theme see to that.
package ui
