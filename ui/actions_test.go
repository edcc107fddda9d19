package ui

import (
	"fmt"
	"strings"
	"testing"
)

// TestNoKeyMeansTwoThings: within a scope a key belongs to one action.
func TestNoKeyMeansTwoThings(t *testing.T) {
	taken := map[string]string{}
	names := map[string]bool{}
	for _, a := range actions() {
		if a.name == "" || a.help == "" || a.group == "" || a.run == nil || len(a.keys.Keys()) == 0 && a.label != nil {
			t.Errorf("row %q of the table is not complete", a.name)
		}
		if names[a.name] {
			t.Errorf("two actions are called %q", a.name)
		}
		names[a.name] = true
		for _, scope := range []scope{inList, inPane} {
			if a.where&scope == 0 {
				continue
			}
			for _, k := range a.keys.Keys() {
				at := fmt.Sprint(scope, k)
				if taken[at] != "" {
					t.Errorf("%q is for %q and for %q", k, taken[at], a.name)
				}
				taken[at] = a.name
			}
		}
	}
}

// TestEveryKeyIsThere holds the table against the keys that creel is known by.
func TestEveryKeyIsThere(t *testing.T) {
	both := "ctrl+f R r e E t f F s S i I a A P c y x v w z = d D u b ctrl+p : ? ! q ctrl+c ctrl+z space p ; n N o / " +
		"1 2 3 4 5 6 7 tab shift+tab enter esc j k down up g G ctrl+d ctrl+u pgdown pgup h l left right"
	for key := range strings.FieldsSeq(both) {
		for _, where := range []scope{inList, inPane} {
			found := false
			for _, a := range actions() {
				for _, k := range a.keys.Keys() {
					found = found || k == key && a.where&where != 0
				}
			}
			if !found {
				t.Errorf("%q does nothing in scope %d", key, where)
			}
		}
	}
}

func TestKeyTableMergesWhatDoesTheSame(t *testing.T) {
	rows := KeyTable()
	seen := map[string]bool{}
	for _, r := range rows {
		if seen[r.Does] {
			t.Errorf("%q stands in the table twice", r.Does)
		}
		seen[r.Does] = true
	}
}
