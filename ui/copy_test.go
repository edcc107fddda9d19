package ui_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/export"
	"creel/ui/uitest"
)

// TestCopyTheValueAtTheCursor takes a header field's value and a parameter's,
// decoded, and nothing of what stands beside them.
func TestCopyTheValueAtTheCursor(t *testing.T) {
	w := newWorld(t, 120, 40)
	ex := samples(1)[0]
	ex.Request.Target, ex.Request.Exact = "/x?q=a%20b", true
	ex.Request.Fields = append([]capture.Field{{Name: "X-Note", Value: "it's: one, value"}}, ex.Request.Fields...)
	w.arrive(t, ex)
	w.Press("enter")
	for _, tt := range []struct{ keys, offers, want string }{
		{"2", "the value of X-Note", "it's: one, value"},
		{"3jjj", "the value of q", "a b"},
	} {
		t.Chdir(t.TempDir())
		w.Type(tt.keys)
		w.Press("y")
		w.has(t, tt.offers)
		w.Press("w", "v")
		got, err := os.ReadFile("creel-1.txt")
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %q, %v, want %q", tt.offers, got, err, tt.want)
		}
	}
}

// An export is copied by tmux where that shows the screen, else by the terminal.
func TestCopyAnExport(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs sh")
	}
	dir := t.TempDir()
	buffer := filepath.Join(dir, "buffer")
	if err := os.WriteFile(filepath.Join(dir, "tmux"), []byte("#!/bin/sh\nexec cat >'"+buffer+"'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	for tmux, want := range map[string]string{"": "sent to the terminal's clipboard (OSC 52)", "default,1,0": "sent to tmux's buffer and clipboard"} {
		w := newWorld(t, 120, 40)
		d := w.deps()
		d.Environ = []string{"TMUX=" + tmux}
		w.Screen = uitest.New(t, d, 120, 40)
		w.arrive(t, samples(1)...)
		w.Press("x", "y")
		w.has(t, "export #1 to the clipboard")
		w.Press("a")
		w.has(t, "har of #1, ")
		w.has(t, want)
		data, err := os.ReadFile(buffer)
		if taken := err == nil && len(data) > 0; taken != (tmux != "") {
			t.Errorf("TMUX=%s: tmux got %d bytes, %v", tmux, len(data), err)
		}
		_ = os.Remove(buffer)
	}
}

// TestNameOfAnExport: the user names the file, in any directory; what is there stays.
func TestNameOfAnExport(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	t.Chdir(t.TempDir())
	if err := os.Mkdir("sub.d", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"sub.d/mine.har", "sub.d/mine.2.har"} {
		w.Press("x", "n")
		w.has(t, "creel-1")
		w.Type("sub.d/mine.har")
		w.Press("enter")
		w.has(t, "export #1 to a file")
		w.has(t, "sub.d/mine.har")
		w.Press("a")
		w.has(t, want)
		if data, err := os.ReadFile(want); err != nil || len(data) == 0 {
			t.Errorf("%s has %d bytes: %v", want, len(data), err)
		}
	}
	w.Press("x", "n")
	w.Type("none/mine")
	w.Press("enter", "c")
	w.has(t, "none/mine.sh: no such file or directory")
}

// A format has the same letter in the menus of copies and exports, and j and k move in
// both.
func TestMenusHaveTheSameKeys(t *testing.T) {
	keys := func(menu string) map[string]string {
		w := newWorld(t, 120, 40)
		w.arrive(t, samples(2)...)
		w.Press(menu)
		found := map[string]string{}
		for line := range strings.Lines(w.Text()) {
			_, item, ok := strings.Cut(line, "│ ")
			if fields := strings.Fields(strings.TrimPrefix(item, "▌")); ok && len(fields) > 2 && len(fields[0]) == 1 {
				if found[fields[0]] != "" || fields[0] == "j" || fields[0] == "k" {
					t.Errorf("%s: %s is %s and %s", menu, fields[0], found[fields[0]], fields[1])
				}
				found[fields[0]] = fields[1]
			}
		}
		return found
	}
	copies, exports := keys("y"), keys("x")
	for _, f := range export.Formats() {
		key := ""
		for k, name := range copies {
			if name == f.Name {
				key = k
			}
		}
		if key == "" || exports[key] != f.Name {
			t.Errorf("%s: %q is %q in the menu of exports", f.Name, key, exports[key])
		}
	}
}
