package ui

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// What is too large for the terminal's clipboard is sent through tmux or not at all.
func TestTooLargeForTheClipboard(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs sh")
	}
	const tooMuch = "copy: 74 kB is too much for a terminal's clipboard: w in the menu writes a file"
	for _, tt := range []struct {
		script string // of tmux; empty: it does not show the screen
		size   int
		osc    bool
		err    string
	}{
		{"", osc52Bytes, true, ""},
		{"", osc52Bytes + 1, false, tooMuch},
		{"exec cat >/dev/null", osc52Bytes + 1, false, ""},
		{"cat >/dev/null; echo no server; exit 1", osc52Bytes, true, ""},
		{"cat >/dev/null; echo no server; exit 1", osc52Bytes + 1, false, "copy: tmux load-buffer: exit status 1: no server"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "tmux"), []byte("#!/bin/sh\n"+tt.script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
		text := strings.Repeat("x", tt.size)
		c := toClipboard(t.Context(), "it", []byte(text), tt.script != "").(copied)
		if c.n != tt.size || (c.osc == text) != tt.osc || !tt.osc && c.osc != "" {
			t.Errorf("%q, %d bytes: %d for the terminal, n %d", tt.script, tt.size, len(c.osc), c.n)
		}
		if got := fmt.Sprint(c.err); got != cmp.Or(tt.err, "<nil>") {
			t.Errorf("%q, %d bytes: %s, want %s", tt.script, tt.size, got, tt.err)
		}
	}
}
