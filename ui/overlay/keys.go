package overlay

import (
	"charm.land/bubbles/v2/key"

	"creel/ui/keys"
)

// Keys that dialogs have in common; [keys.Doing] says what they do in one.
var (
	enterKey = keys.Bind("", "enter")
	// leaveKey closes a dialog in which letters are typed, shutKey one in which they
	// are keys, closeKey a list.
	leaveKey = keys.Bind("close", "esc", "ctrl+c")
	shutKey  = keys.Bind("close", "esc", "q", "ctrl+c")
	closeKey = keys.Bind("close", "esc", "q", "ctrl+c", "h", "left")
	// The lines of a list that the user orders.
	lowerKey  = keys.Bind("order", "J", "shift+down")
	raiseKey  = keys.Bind("order", "K", "shift+up")
	removeKey = keys.Bind("remove", "d", "delete")
	spaceKey  = keys.Bind("on or off", "space")
)

// does is a binding with what it does in a dialog.
func does(b key.Binding, what string) key.Binding { return keys.Doing(b, what) }
