// Package overlay holds the dialogs that open over the screen, one per file, and
// the stack they live in. A dialog does nothing itself: it is opened with
// callbacks, calls the one for what the user decided, and returns its command.
package overlay

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// Overlay is a dialog. It is kept in a slice, which is why it is an interface.
type Overlay interface {
	// Update handles one message. When done is true the dialog closes; cmd is that of the callback.
	Update(msg tea.Msg) (cmd tea.Cmd, done bool)
	// View draws the dialog, at most w by h cells, the screen without its footer. It assigns nothing.
	View(w, h int) Frame
	// Keys are the keys that work here, for the footer, which always has room for that of esc.
	Keys() []key.Binding
}

// Frame is a drawn dialog.
type Frame struct {
	Content string
	Cursor  *tea.Cursor // within Content; nil when there is none
	// Fixed puts its upper left corner at X, Y of the screen; else it is centred.
	Fixed bool
	X, Y  int
	// About is the line of the screen that it is about, from 1, which it does not
	// cover where there is room above or below; 0 for none.
	About int
	// List is where a list stands in Content; Y of a click is then a line of it,
	// counted as if all of it were in sight, or -1 outside of it.
	List ListRows
}

// ListRows are N lines from line From on, above which Above lines are out of
// sight.
type ListRows struct{ From, N, Above int }
