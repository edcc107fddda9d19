package compose

import (
	"charm.land/bubbles/v2/key"

	"creel/ui/keys"
)

// The keys that work wherever the focus is.
var (
	sendKey     = keys.Bind("send", "ctrl+s", "alt+enter", "ctrl+enter")
	editorKey   = keys.Bind("$EDITOR", "ctrl+o")
	nextKey     = keys.Bind("next", "tab")
	previousKey = keys.Bind("", "shift+tab")
	leaveKey    = keys.Bind("keep the draft", "esc", "ctrl+c")
	helpKey     = keys.Bind("keys", "f1")
)

// The keys of an option line.
var (
	downKey   = keys.Bind("", "down", "j", "ctrl+n")
	upKey     = keys.Bind("", "up", "k", "ctrl+p")
	chooseKey = keys.Bind("", "enter", "space", "right", "left")
	takeKey   = keys.Bind("take it", "enter") // what was written in its field
	askKey    = keys.Bind("keys", "?", "f1")
)

// textKey is a key of the text.
type textKey struct {
	binding  key.Binding
	act      func(*text)
	vertical bool // it moves between lines and keeps to a column
}

var undoKey = keys.Bind("undo", "ctrl+z", "ctrl+_")

// textKeys are readline's, and those that a text of several lines needs.
var textKeys = []textKey{
	{keys.Bind("", "up", "ctrl+p"), func(t *text) { t.rows(-1) }, true},
	{keys.Bind("", "down", "ctrl+n"), func(t *text) { t.rows(1) }, true},
	{keys.Bind("", "pgup", "alt+v"), func(t *text) { t.rows(-t.page) }, true},
	{keys.Bind("", "pgdown", "ctrl+v"), func(t *text) { t.rows(t.page) }, true},
	{undoKey, func(t *text) { t.undo() }, false},
	{keys.Bind("redo", "alt+z", "ctrl+shift+z"), func(t *text) { t.redo() }, false},
	{keys.Bind("cut the previous word", "ctrl+w", "alt+backspace", "ctrl+backspace"), func(t *text) { t.cut(t.leftOfWord(), t.at) }, false},
	{keys.Bind("cut the next word", "alt+d"), func(t *text) { t.cut(t.at, t.rightOfWord()) }, false},
	{keys.Bind("cut to the beginning of the line", "ctrl+u"), func(t *text) { t.cut(pos{t.at.line, 0}, t.at) }, false},
	{keys.Bind("cut to the end of the line", "ctrl+k"), (*text).killEnd, false},
	{keys.Bind("paste what was cut", "ctrl+y"), func(t *text) { t.replace(t.at, t.at, t.kill) }, false},
	{keys.Bind("to the first line", "ctrl+home", "alt+<"), func(t *text) { t.at = pos{} }, false},
	{keys.Bind("to the last line", "ctrl+end", "alt+>"), (*text).last, false},
	{keys.Bind("", "left", "ctrl+b"), (*text).left1, false},
	{keys.Bind("", "right", "ctrl+f"), (*text).right1, false},
	{keys.Bind("", "home", "ctrl+a"), (*text).home, false},
	{keys.Bind("", "end", "ctrl+e"), func(t *text) { t.at.col = len(t.line()) }, false},
	{keys.Bind("", "alt+b", "alt+left", "ctrl+left"), func(t *text) { t.at = t.leftOfWord() }, false},
	{keys.Bind("", "alt+f", "alt+right", "ctrl+right"), func(t *text) { t.at = t.rightOfWord() }, false},
	{keys.Bind("", "backspace", "ctrl+h", "shift+backspace"), func(t *text) { t.replace(t.moved((*text).left1), t.at, nil) }, false},
	{keys.Bind("", "delete", "ctrl+d"), func(t *text) { t.replace(t.at, t.moved((*text).right1), nil) }, false},
	{keys.Bind("", "ctrl+t"), (*text).transpose, false},
	{keys.Bind("", "enter", "shift+enter"), (*text).newLine, false},
}

// Keys are the keys that work where the focus is, for the footer.
func (c *Compose) Keys() []key.Binding {
	switch {
	case c.field != nil && c.focus == onTo:
		return []key.Binding{keys.Doing(takeKey, "take it; a comma or a blank between several"), keys.Doing(leaveKey, "cancel")}
	case c.field != nil:
		return []key.Binding{takeKey, keys.Doing(leaveKey, "cancel")}
	case c.focus != onText:
		list := []key.Binding{nextKey, sendKey, c.HelpKey(), keys.Doing(leaveKey, "to the text")}
		if does, _ := c.choice(); does != "" {
			list = append([]key.Binding{keys.Doing(chooseKey, does)}, list...)
		}
		return list
	}
	return []key.Binding{sendKey, keys.Doing(nextKey, "options"), editorKey, undoKey, c.HelpKey(), leaveKey}
}

// HelpKey asks for help where the focus is.
func (c *Compose) HelpKey() key.Binding {
	if c.Typing() {
		return helpKey
	}
	return askKey
}

// AllKeys are the keys of the screen, for help.
func AllKeys() []key.Binding {
	list := []key.Binding{
		sendKey,
		keys.Doing(nextKey, "the option lines, and back to the text"), keys.Doing(previousKey, "the option lines, backwards"),
		keys.Doing(editorKey, "edit in $EDITOR"),
	}
	for _, k := range textKeys {
		if k.binding.Help().Desc != "" {
			list = append(list, k.binding)
		}
	}
	return append(list, keys.Doing(helpKey, "these keys; ? in the options, too"), keys.Doing(leaveKey, "to the text; from there back, the draft is kept"))
}
