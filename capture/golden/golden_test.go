package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// failing takes what a test says of its failure.
type failing struct {
	testing.TB
	errors int
	fatal  bool
}

func (f *failing) Helper()               {}
func (f *failing) Errorf(string, ...any) { f.errors++ }
func (f *failing) Fatal(...any)          { f.fatal = true; panic(f) }

// A test fails when what it sees differs from the file, or there is none; an update writes the
// file, or says that it cannot.
func TestFile(t *testing.T) {
	t.Chdir(t.TempDir())
	defer func(was bool) { *Update = was }(*Update)
	for _, step := range []struct {
		update    bool
		name, got string
		want      string
	}{
		{false, "a/b.txt", "x", "fatal"},
		{true, "a/b.txt", "x", ""},
		{false, "a/b.txt", "x", ""},
		{false, "a/b.txt", "x\n", "error"},
		{true, "a/b.txt", "y", ""},
		{false, "a/b.txt", "y", ""},
		{true, "a/b.txt/below", "y", "fatal"},
		{true, "a", "y", "fatal"},
	} {
		*Update = step.update
		f := &failing{}
		func() {
			defer func() { _ = recover() }()
			File(f, step.name, step.got)
		}()
		got := strings.Repeat("error", f.errors)
		if f.fatal {
			got = "fatal"
		}
		if got != step.want {
			t.Errorf("%+v: %q", step, got)
		}
	}
	if text, err := os.ReadFile(filepath.Join("testdata", "a", "b.txt")); string(text) != "y" {
		t.Errorf("%q was written, %v", text, err)
	}
}

func TestStyled(t *testing.T) {
	for frame, want := range map[string]string{
		"a  \nb":                                "a\nb\n",
		"\x1b[31ma\x1b[m\x1b[31mb\x1b[m  ":      "⟨31⟩ab\n",
		"\x1b[7m  \x1b[m":                       "⟨7⟩  ⟨⟩\n",
		"a\x1b[1mb\x1b[mc\x1b[1;31md\x1b[m e  ": "a⟨1⟩b⟨⟩c⟨1;31⟩d⟨⟩ e\n",
	} {
		if got := Styled(frame); got != want {
			t.Errorf("%q: got %q, want %q", frame, got, want)
		}
	}
}
