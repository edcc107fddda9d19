// Package keys makes key bindings. What is pressed and what it does are declared
// in one place, from which the footer and help are printed.
package keys

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// Bind is a binding; users read the first key and what it does. Without that the footer leaves it out.
func Bind(does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(Names(keys[0]), does))
}

// Doing is b with another text for what it does.
func Doing(b key.Binding, does string) key.Binding {
	b.SetHelp(b.Help().Key, does)
	return b
}

// Wheel is how many lines a turn of the wheel scrolls, down; negative is up.
func Wheel(msg tea.MouseWheelMsg) int {
	return map[tea.MouseButton]int{tea.MouseWheelUp: -3, tea.MouseWheelDown: 3}[msg.Button]
}

var arrows = strings.NewReplacer("down", "↓", "up", "↑", "left", "←", "right", "→")

// Names writes keys as people do: "j ↓ pgdown".
func Names(keys ...string) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k
		if !strings.HasPrefix(k, "pg") {
			out[i] = arrows.Replace(k)
		}
	}
	return strings.Join(out, " ")
}

// Hints are what users read of bindings: neighbours that do the same are one, "j k".
func Hints(bindings []key.Binding) []key.Help {
	var hints []key.Help
	for i := range bindings {
		h := bindings[i].Help()
		n := len(hints)
		switch {
		case h.Desc == "":
		case n > 0 && hints[n-1].Desc == h.Desc:
			hints[n-1].Key += " " + h.Key
		default:
			hints = append(hints, h)
		}
	}
	return hints
}
