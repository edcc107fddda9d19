package ui_test

import "testing"

// TestFollowComesBack: who comes back to the list follows again where the newest request is
// selected, and not where another is, or one came meanwhile.
func TestFollowComesBack(t *testing.T) {
	for _, tt := range []struct {
		before, after []string // the keys before and after a third request comes
		selected      string
	}{
		{[]string{"enter", "esc"}, nil, "▌   #3"},
		{[]string{"enter", "q"}, nil, "▌   #3"},
		{[]string{"enter", "h"}, nil, "▌   #3"},
		{[]string{"tab", "esc"}, nil, "▌   #3"},
		{[]string{"tab", "shift+tab"}, nil, "▌   #3"},
		{[]string{"y", "esc"}, nil, "▌   #3"},
		{[]string{"S", "esc"}, nil, "▌   #3"},
		{[]string{"space", "esc"}, nil, "▌   #2"},
		{[]string{"enter"}, []string{"esc"}, "▌   #2"},
		{[]string{"y"}, []string{"esc"}, "▌   #2"},
		{[]string{"space"}, nil, "▌✓  #2"},
		{[]string{"k", "esc"}, nil, "▌   #1"},
		{[]string{"k", "enter", "esc"}, nil, "▌   #1"},
	} {
		w := newWorld(t, 80, 24)
		w.arrive(t, samples(2)...)
		w.Press(tt.before...)
		w.arrive(t, samples(3)[2])
		w.Press(tt.after...)
		w.has(t, tt.selected)
	}
}
