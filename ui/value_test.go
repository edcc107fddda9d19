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

// forwardingWorld is a screen with one request and a target, whose bodies it returns.
func forwardingWorld(t *testing.T) (*world, func() []string) {
	url, bodies := app(t, 200)
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Targets = forwardTo(t, url)
	w.Screen = uitest.New(t, d, 120, 40)
	w.arrive(t, samples(1)...)
	return w, bodies
}

// Where a draft was begun, the dialog of a value says that its other changes are there, too.
func TestValueInABegunDraft(t *testing.T) {
	w, _ := forwardingWorld(t)
	w.Press("enter", "j", "enter")
	w.has(t, "this value alone")
	w.Press("esc", "e")
	w.Type("x")
	w.Press("esc", "enter")
	w.has(t, "and with its other changes")
	w.hasNot(t, "this value alone")
}

// A draft that was sent keeps its changes when a further value is set.
func TestValueInASentDraft(t *testing.T) {
	w, bodies := forwardingWorld(t)
	for _, set := range []struct {
		keys  []string // from the first line of the body to the value
		typed string
		want  string
	}{
		{[]string{"G", "k", "k"}, "7", `{"id":"evt_0","object":"event","data":{"amount":7}}`},
		{[]string{"g", "j"}, "new", `{"id":"new","object":"event","data":{"amount":7}}`},
		{[]string{"G", "k", "k"}, "[8,9]", `{"id":"new","object":"event","data":{"amount":[8,9]}}`},
		{[]string{"G", "k", "k"}, "9", `{"id":"new","object":"event","data":{"amount":9}}`},
	} {
		w.Press("enter")
		w.Press(set.keys...)
		w.Press("enter")
		w.Type(set.typed)
		w.Press("enter", "ctrl+s", "esc", "esc")
		if got := bodies(); len(got) == 0 || got[len(got)-1] != set.want {
			t.Errorf("%s: the app got %q, want the last %s", set.typed, got, set.want)
		}
	}
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

// TestDraftOpensAtTheValue: e at a value of the body opens the draft behind it; in the
// list, and with a draft that was begun, the cursor is where it was.
func TestDraftOpensAtTheValue(t *testing.T) {
	w, bodies := forwardingWorld(t)
	w.Press("enter", "G", "k", "k")
	w.has(t, "enter edit the value")
	w.Press("e")
	w.Type(".5")
	w.Press("esc", "g", "j", "e")
	w.Type("7")
	w.Press("ctrl+s")
	want := `{"id":"evt_0","object":"event","data":{"amount":0.57}}`
	if got := bodies(); len(got) != 1 || got[0] != want {
		t.Errorf("the app got %q, want %s", got, want)
	}
}

// TestStringWithoutQuotes: text typed in the place of a string is that string.
func TestStringWithoutQuotes(t *testing.T) {
	w, bodies := forwardingWorld(t)
	for _, tt := range []struct{ typed, says, want string }{
		{`New "York`, `as the string "New \"York"`, `"New \"York"`},
		{`7`, "and with its other changes", `7`},
		{`"x"`, "and with its other changes", `"x"`},
	} {
		w.Press("enter", "g", "j", "enter")
		w.Type(tt.typed)
		w.has(t, tt.says)
		w.Press("enter", "ctrl+s", "esc", "esc")
		want := `{"id":` + tt.want + `,"object":"event","data":{"amount":0}}`
		if got := bodies(); len(got) == 0 || got[len(got)-1] != want {
			t.Errorf("%s: the app got %q, want the last %s", tt.typed, got, want)
		}
	}
}

// A request that cannot be sent gets no draft, whichever key asks for one.
func TestNoDraftOfWhatCannotBeSent(t *testing.T) {
	for name, keys := range map[string]func(*world){
		"a value": func(w *world) {
			w.Press("tab", "j", "j", "enter") // past what is said of the body
			w.Type(`"x"`)
			w.Press("enter")
		},
		"edit":                func(w *world) { w.Press("e") },
		"$EDITOR":             func(w *world) { w.Press("E") },
		"beside a marked one": func(w *world) { w.Press("k", "space", "j", "e") },
	} {
		w := newWorld(t, 120, 40)
		list := samples(2)
		list[1].Request.Incomplete = true
		w.arrive(t, list...)
		keys(w)
		w.has(t, "#2: ")
		w.has(t, "the connection ended too early")
		if _, line := w.row("edit #2"); line != "" {
			t.Errorf("%s:\n%s", name, w.Text())
		}
	}
}
