// Package golden compares what tests see with files under testdata, and rewrites
// the files with -update.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Update reports whether files are to be rewritten.
var Update = flag.Bool("update", false, "rewrite the golden files")

// File compares got with a file under testdata, or rewrites it.
func File(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *Update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s differs (-want +got); -update rewrites it:\n%s", path, d)
	}
}

// Trimmed is a frame without blanks at the ends of its lines.
func Trimmed(frame string) string {
	var b strings.Builder
	for line := range strings.Lines(frame + "\n") {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return b.String()
}

// Styled writes down the styles of a frame, too: ⟨1;31⟩ before what is bold and
// red, ⟨⟩ before what is plain again.
func Styled(frame string) string {
	var b strings.Builder
	for line := range strings.Lines(frame + "\n") {
		style, out := "", ""
		for i, part := range strings.Split(strings.TrimSuffix(line, "\n"), "\x1b[") {
			next, text := "", part
			if i > 0 {
				next, text, _ = strings.Cut(part, "m")
			}
			if text == "" {
				continue
			}
			if next != style {
				out += "⟨" + next + "⟩"
			}
			style = next
			out += text
		}
		if style == "" {
			out = strings.TrimSuffix(strings.TrimRight(out, " "), "⟨⟩")
		} else {
			out += "⟨⟩"
		}
		b.WriteString(out + "\n")
	}
	return b.String()
}
