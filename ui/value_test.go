package ui_test

import (
	"testing"

	"creel/ui/uitest"
)

// In a JSON body, pretty or as a tree, enter on a value asks for another one; what is
// then sent has that one changed and every other byte as it was.
func TestEditAValue(t *testing.T) {
	for _, view := range []string{"1", "2"} {
		editAValue(t, view)
	}
}

func editAValue(t *testing.T, view string) {
	url, bodies := app(t, 200)
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press("f")
	w.Type(url)
	w.Press("enter")
	w.Look()
	w.Press("1", "tab", "v")
	w.Press(view)
	w.Press("g", "G", "k", "k", "k")
	w.has(t, "enter fold")
	w.Press("enter")
	w.hasNot(t, `"amount": 0`)
	w.Press("enter", "j")
	w.has(t, `"amount": 0`)
	w.has(t, "enter edit the value")
	w.Press("enter")
	w.has(t, ".data.amount of #1")
	w.has(t, `"amount": 0`) // the dialog does not cover it
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

// Where a draft was begun, the dialog of a value says that its other changes are there, too.
func TestValueInABegunDraft(t *testing.T) {
	url, _ := app(t, 200)
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Targets = forwardTo(t, url)
	w.Screen = uitest.New(t, d, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press("enter", "j", "enter")
	w.has(t, "this value alone")
	w.Press("esc", "e")
	w.Type("x")
	w.Press("esc", "enter")
	w.has(t, "and with its other changes")
	w.hasNot(t, "this value alone")
}

// The footer says what enter does with a container: fold it, or unfold it.
func TestEnterFoldsAndUnfolds(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press("enter", "j", "j", "j")
	w.has(t, "enter fold")
	w.Press("enter")
	w.has(t, "enter unfold")
}
