package ui_test

import (
	"os"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/ring"
	"creel/ui/uitest"
)

// newEditWorld is a screen with a target and that $EDITOR.
func newEditWorld(t *testing.T, editor string) *world {
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Targets, d.Environ = forwardTo(t, "http://localhost:1"), []string{"EDITOR=" + editor}
	w.Screen = uitest.New(t, d, 120, 40)
	w.arrive(t, samples(1)...)
	return w
}

// An editor that is missing or was left with an error opens no draft; what one
// had written before it failed is kept.
func TestEditorThatFails(t *testing.T) {
	for _, tt := range []struct {
		editor, shows string
		draft         bool
	}{
		{"/no/such/editor", "no such file", false},
		{`sh -c "exit 1" sh`, "exit status 1", false},
		{"true", "nothing changed", false},
		{`sh -c "sed -i s/evt_0/evt_9/ $1; exit 1" sh`, "what it had", true},
		{`sh -c "sed -i s/evt_0/evt_9/ $1" sh`, `"id": "evt_9"`, true},
	} {
		w := newEditWorld(t, tt.editor)
		w.Press("E")
		w.has(t, tt.shows)
		if open := strings.Contains(w.Text(), "edit #1"); open != tt.draft {
			t.Errorf("%s: draft open %v:\n%s", tt.editor, open, w.Text())
		}
	}
}

// The keys of the screen on which a request is edited, redo among them, are in
// its help; ? is a character in the text.
func TestComposeHelp(t *testing.T) {
	w := newEditWorld(t, "true")
	w.Press("e", "?")
	w.hasNot(t, "redo")
	w.Press("ctrl+z", "f1")
	w.has(t, "redo")
	w.Press("esc", "tab", "?")
	w.has(t, "redo")
	w.Press("esc", "enter", "?")
	w.hasNot(t, "redo")
}

// A body too large for the screen goes to the editor; closed without a change it leaves no
// draft, and the next time it goes there again.
func TestEditorLeavesALargeBodyAlone(t *testing.T) {
	w := newEditWorld(t, "true")
	list := samples(1)
	list[0].Request.Body = capture.NewBody([]byte(`{"text":"` + strings.Repeat("large ", 2<<20/6) + `"}`))
	w.arrive(t, list...)
	w.Press("G")
	for range 2 {
		w.Press("e")
		w.has(t, "nothing changed")
		w.hasNot(t, "edit #2")
		w.hasNot(t, "draft")
		w.Press("j")
	}
	if w.Press("q"); !w.Quit {
		t.Errorf("q asks:\n%s", w.Text())
	}
}

// The draft of a request that was evicted is written to a file, also one that was left
// before. That of one that was deleted here comes back with it.
func TestDraftOfAnEvictedRequest(t *testing.T) {
	t.Chdir(t.TempDir())
	w := &world{ring: ring.New(capture.Bounds{Count: 3}), now: noon}
	d := w.deps()
	d.Targets = forwardTo(t, "http://localhost:1")
	w.Screen = uitest.New(t, d, 120, 40)
	w.arrive(t, samples(2)...)
	w.Press("e")
	w.Type("second")
	w.Press("esc", "k", "e")
	w.Type("first")
	w.arrive(t, samples(2)...) // #1 is evicted
	w.has(t, "#1 was evicted meanwhile: esc writes the draft to a file")
	w.Press("esc")
	w.has(t, "#1 was evicted meanwhile; its draft is in ")
	w.Press("g", "d")
	w.hasNot(t, "its draft is in creel-draft-2")
	w.Press("u", "e")
	w.has(t, "second")
	w.Press("esc")
	w.arrive(t, samples(1)...) // #2 is evicted
	w.has(t, "#2 was evicted meanwhile; its draft is in ")
	for name, want := range map[string]string{"creel-draft-1.http": "first", "creel-draft-2.http": "second"} {
		if text, err := os.ReadFile(name); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if files, _ := os.ReadDir("."); len(files) != 2 {
		t.Errorf("%d files", len(files))
	}
}
