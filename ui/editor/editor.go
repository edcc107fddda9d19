// Package editor opens a text in the user's own editor: $VISUAL, else $EDITOR,
// else vi (notepad on Windows).
//
// The editor is started by its arguments, without a shell, so that nothing in a
// file's name is run. The text is in a file for this user only (0600, in a
// directory of its own, 0700), which is gone afterwards, whatever happened.
package editor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Argv is the command of the user's editor. env looks up a variable.
func Argv(env func(string) (string, bool)) []string {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if v, _ := env(name); strings.TrimSpace(v) != "" {
			return split(v)
		}
	}
	if runtime.GOOS == "windows" {
		return []string{"notepad"}
	}
	return []string{"vi"}
}

// split parts a command at blanks that are not quoted or, off Windows, behind a backslash.
func split(s string) []string {
	var out []string
	var word strings.Builder
	quote, begun := rune(0), false
	runes := []rune(s)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, begun = r, true
		case quote == 0 && r == '\\' && i+1 < len(runes) && runes[i+1] == ' ' && runtime.GOOS != "windows":
			i++
			word.WriteRune(' ')
		case quote == 0 && (r == ' ' || r == '\t'):
			if begun {
				out = append(out, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		out = append(out, word.String())
	}
	return out
}

// Session is one text that is being edited.
type Session struct {
	// Cmd is to be run with the terminal as its input and output.
	Cmd *exec.Cmd

	dir, file string
	opened    os.FileInfo // the file as the editor was given it
	remove    func()
}

// Result is what the user's editor left.
type Result struct {
	Text []byte // nil when there is none
	// Saved reports that the editor wrote the file, be it with the same text.
	Saved bool
}

// Open returns the session whose Cmd edits text in a file called name. Finish must be called; ctx ends it, too.
func Open(ctx context.Context, argv []string, name string, text []byte) (*Session, error) {
	if len(argv) == 0 {
		return nil, errors.New("editor: none is set: set EDITOR")
	}
	dir, err := os.MkdirTemp("", "creel-edit-") // mode 0700
	if err != nil {
		return nil, fmt.Errorf("editor: %w", err)
	}
	s := &Session{dir: dir, file: filepath.Join(dir, name)}
	once := sync.OnceFunc(func() { os.RemoveAll(dir) })
	stop := context.AfterFunc(ctx, once)
	s.remove = func() {
		stop()
		once()
	}
	if err = os.WriteFile(s.file, text, 0o600); err == nil {
		s.opened, err = backdate(s.file)
	}
	if err != nil {
		s.remove()
		return nil, fmt.Errorf("editor: %w", err)
	}
	s.Cmd = exec.CommandContext(ctx, argv[0], append(argv[1:len(argv):len(argv)], s.file)...)
	return s, nil
}

// backdate makes a file a minute old, so that even a coarse clock tells when it is written.
func backdate(file string) (os.FileInfo, error) {
	old := time.Now().Add(-time.Minute)
	if err := os.Chtimes(file, old, old); err != nil {
		return nil, err
	}
	return os.Stat(file)
}

// Finish returns what the editor left in the file and removes the file. ran is
// what running Cmd returned. Where the editor failed or was killed, the text is
// what it had written by then, if anything, and the error says why.
func (s *Session) Finish(ran error) (Result, error) {
	defer s.remove()
	text, err := os.ReadFile(s.file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return Result{}, errors.New("editor: it removed the file")
	case err != nil:
		return Result{}, fmt.Errorf("editor: %w", err)
	}
	r := Result{Text: text}
	if now, err := os.Stat(s.file); err == nil {
		r.Saved = !os.SameFile(now, s.opened) || !now.ModTime().Equal(s.opened.ModTime())
	}
	if ran == nil {
		return r, nil
	}
	if !r.Saved {
		r.Text = nil // it is what the editor was given, if it ran at all
	}
	var path *fs.PathError
	if errors.As(ran, &path) {
		ran = path.Err // the path is named
	}
	return r, fmt.Errorf("editor: %s: %w", filepath.Base(s.Cmd.Path), ran)
}
