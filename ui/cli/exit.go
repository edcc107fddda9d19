package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"creel/capture/lazy"
	"creel/capture/safe"
)

const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
	exitMissed  = 3 // wait: the expected requests did not come
	exitNoSuch  = 4 // no such exchange
	exitFailed  = 5 // --fail: a status of 400 or more, or no answer
)

// exitError is an error with an exit code. With a nil err nothing is printed.
type exitError struct {
	code int
	err  error
	hint string // a second line: what to do
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func exitf(code int, format string, args ...any) error {
	return &exitError{code: code, err: fmt.Errorf(format, args...)}
}

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ sig os.Signal }

func (i interrupted) Error() string {
	switch i.sig {
	case os.Interrupt:
		return "interrupted by SIGINT"
	case syscall.SIGTERM:
		return "interrupted by SIGTERM"
	case syscall.SIGHUP:
		return "interrupted by SIGHUP"
	}
	return "interrupted by " + i.sig.String()
}

// exitCode prints err in one line, and says how the program ends.
func exitCode(w io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	if i, ok := errors.AsType[interrupted](err); ok {
		if s, ok := i.sig.(syscall.Signal); ok {
			return 128 + int(s)
		}
		return exitFailure
	}
	code, hint := exitFailure, ""
	if e, ok := errors.AsType[*exitError](err); ok {
		code, hint = e.code, e.hint
		if e.err == nil {
			return code
		}
	}
	fmt.Fprintln(w, "creel:", oneLine(err.Error()))
	if hint != "" {
		fmt.Fprintln(w, oneLine(hint))
	}
	return code
}

// credentials are the name and password of a URL. A name alone, as of ssh://user@host, is none.
var credentials = lazy.Regexp(`(https?://|\w://[^/?#\s"'@:]*:)[^/?#\s"']*@`)

// oneLine makes a message that fits a line, acts on no terminal and shows no password of a URL.
func oneLine(s string) string {
	s = credentials().ReplaceAllString(s, "$1***@")
	return safe.Line(strings.ReplaceAll(strings.TrimSpace(s), "\n", "; ")).String()
}
