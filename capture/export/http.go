package export

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

var httpFile = Format{Name: "http", Ext: "http", Help: "requests for the HTTP clients of editors", comment: "###", write: writeHTTP}

// writeHTTP writes a request as the .http files of editors have it. Such a file
// cannot hold every body: one that it cannot hold goes to a file beside, or is
// left out with a word.
func writeHTTP(w *writer, s *share) error {
	if !plain(s.Method + s.URL) {
		fmt.Fprintln(w, "# not possible: the request line has control characters")
		return nil
	}
	fmt.Fprintf(w, "%s %s\n", s.Method, s.URL)
	for _, f := range s.sendFields() {
		if plain(strings.ReplaceAll(f.Value, "\t", "")) {
			fmt.Fprintf(w, "%s: %s\n", f.Name, f.Value)
		} else {
			fmt.Fprintf(w, "# left out, it has control characters: %s\n", f.Name)
		}
	}
	if len(s.Body) == 0 {
		fmt.Fprintln(w)
		return nil
	}
	if !fitsHTTPFile(s.Body) || len(s.Body) > maxPrintf {
		return writeAside(w, s)
	}
	fmt.Fprintf(w, "\n%s\n\n", s.Body)
	return nil
}

func writeAside(w *writer, s *share) error {
	if w.opt.Aside == nil {
		fmt.Fprintf(w, "# left out: the body, %d bytes that do not fit this format\n\n", len(s.Body))
		return nil
	}
	path, err := w.opt.Aside(fmt.Sprintf("%d.body", s.ID), s.Body)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n< ./%s\n\n", strings.TrimPrefix(path, "./"))
	return nil
}

// fitsHTTPFile reports whether the clients read the body back as it is: text
// without a line that means something to them, and without blank lines at its
// end, which they take off.
func fitsHTTPFile(b []byte) bool {
	if !utf8.Valid(b) || bytes.HasSuffix(b, []byte("\n")) {
		return false
	}
	for line := range bytes.Lines(b) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		if !plain(bytes.ReplaceAll(line, []byte("\t"), nil)) {
			return false
		}
		for _, p := range []string{"###", "<", ">", "@"} {
			if bytes.HasPrefix(line, []byte(p)) {
				return false
			}
		}
		if bytes.Contains(line, []byte("{{")) {
			return false
		}
	}
	return true
}
