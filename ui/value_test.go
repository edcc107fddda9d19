package ui_test

import "testing"

// In the tree, enter on a value asks for another one; what is then sent has
// that one changed and every other byte as it was.
func TestEditAValueInTheTree(t *testing.T) {
	url, bodies := app(t, 200)
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press("f")
	w.Type(url)
	w.Press("enter")
	w.Look()
	w.Press("1", "tab", "v")
	w.has(t, "tree")
	w.Press("2") // the second way to view: tree
	w.Press("g", "G", "k", "k")
	w.Press("enter")
	w.has(t, ".data.amount of #1")
	w.Press("backspace")
	w.Type("7,")
	w.Press("enter") // that is not JSON: it stays
	w.has(t, ".data.amount of #1")
	w.Press("backspace")
	w.Type("5")
	w.Press("enter")
	w.has(t, `"amount": 75`)
	w.Press("ctrl+s")
	want := `{"id":"evt_0","object":"event","data":{"amount":75}}`
	if got := bodies(); len(got) != 2 || got[1] != want {
		t.Errorf("the app got %q, want the last %s", got, want)
	}
}
