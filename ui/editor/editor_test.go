package editor

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestArgv(t *testing.T) {
	for v, want := range map[string][]string{
		"vim":                          {"vim"},
		"  code  --wait ":              {"code", "--wait"},
		`"/Applications/My Ed/ed" -w`:  {"/Applications/My Ed/ed", "-w"},
		`emacs -nw --eval '(a "b c")'`: {"emacs", "-nw", "--eval", `(a "b c")`},
		`/opt/my\ ed`:                  {"/opt/my ed"},
		`'/opt/my\ ed'`:                {`/opt/my\ ed`},
		`vi \`:                         {"vi", `\`},
		`vi '' ""`:                     {"vi", "", ""},
		"vi\t-n":                       {"vi", "-n"},
		"":                             {"vi"},
		"vi; rm -rf x":                 {"vi;", "rm", "-rf", "x"},
	} {
		got := Argv(func(name string) (string, bool) { return v, name == "EDITOR" })
		if diff := cmp.Diff(want, got); diff != "" && runtime.GOOS != "windows" {
			t.Errorf("%q: %s", v, diff)
		}
	}
}

func open(t *testing.T, ctx context.Context, script string) *Session {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs sh")
	}
	s, err := Open(ctx, []string{"sh", "-c", script, "sh"}, "request.http", []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func gone(t *testing.T, s *Session) {
	t.Helper()
	if _, err := os.Stat(filepath.Dir(s.file)); !os.IsNotExist(err) {
		t.Errorf("%s is still there", s.file)
	}
}

// What cannot be opened leaves nothing behind.
func TestOpenLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for name, argv := range map[string][]string{"none/request.http": {"vi"}, "request.http": nil} {
		if s, err := Open(t.Context(), argv, name, []byte("text")); err == nil || s != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Setenv("TMPDIR", filepath.Join(dir, "none"))
	if s, err := Open(t.Context(), []string{"vi"}, "request.http", []byte("text")); runtime.GOOS != "windows" && (err == nil || s != nil) {
		t.Errorf("without a directory for it: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestSession(t *testing.T) {
	s := open(t, t.Context(), `printf more >>"$1"`)
	dir, _ := os.Stat(s.dir)
	file, _ := os.Stat(s.file)
	if dir.Mode().Perm() != 0o700 || file.Mode().Perm() != 0o600 {
		t.Errorf("modes %v and %v", dir.Mode(), file.Mode())
	}
	r, err := s.Finish(s.Cmd.Run())
	if string(r.Text) != "textmore" || !r.Saved || err != nil {
		t.Errorf("%+v, %v", r, err)
	}
	gone(t, s)
}

func TestSessionThatIsKilled(t *testing.T) {
	s := open(t, t.Context(), `printf more >>"$1"; kill -9 $$`)
	r, err := s.Finish(s.Cmd.Run())
	if string(r.Text) != "textmore" || err == nil {
		t.Errorf("%+v, %v", r, err)
	}
	gone(t, s)
}

// What an editor did not write is not what it had written.
func TestSessionThatWritesNothing(t *testing.T) {
	s := open(t, t.Context(), "exit 3")
	if r, err := s.Finish(s.Cmd.Run()); r.Text != nil || err == nil {
		t.Errorf("%+v, %v", r, err)
	}
	s, err := Open(t.Context(), []string{filepath.Join(t.TempDir(), "none")}, "request.http", []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Finish(s.Cmd.Run())
	if r.Text != nil || err == nil || runtime.GOOS != "windows" && err.Error() != "editor: none: no such file or directory" {
		t.Errorf("%+v, %v", r, err)
	}
	gone(t, s)
}

func TestSessionThatLosesTheFile(t *testing.T) {
	s := open(t, t.Context(), `rm "$1"`)
	if r, err := s.Finish(s.Cmd.Run()); r.Text != nil || r.Saved || err == nil {
		t.Errorf("%+v, %v", r, err)
	}
	gone(t, s)
}

// To save the same text, in place or as a new file, is not to leave.
func TestSaved(t *testing.T) {
	for script, want := range map[string]bool{
		"true":                                false,
		`cat "$1" >/dev/null`:                 false,
		`printf text >"$1"`:                   true,
		`cp "$1" "$1.new"; mv "$1.new" "$1"`:  true,
		`cp -p "$1" "$1.new"; mv "$1.new" $1`: true,
	} {
		s := open(t, t.Context(), script)
		if r, err := s.Finish(s.Cmd.Run()); r.Saved != want || err != nil {
			t.Errorf("%s: saved %v, %v", script, r.Saved, err)
		}
	}
}

func TestTheEndOfTheProgramRemovesTheFile(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := open(t, ctx, "exec sleep 100")
	if err := s.Cmd.Start(); err != nil {
		t.Fatal(err)
	}
	cancel()
	_, err := s.Finish(s.Cmd.Wait())
	if err == nil {
		t.Error("the editor outlived the program")
	}
	gone(t, s)
}
