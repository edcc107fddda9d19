package export

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

var httpFile = Format{Name: "http", Ext: "http", Help: "requests for the HTTP clients of editors", comment: "###", write: writeHTTP, cannot: notInHTTPFile}

// writeHTTP writes a request as the .http files of editors have it. Such a file
// cannot hold every body: one that it cannot hold goes to a file beside, or is
// left out with a word.
func writeHTTP(w *writer, s *share) error {
	fmt.Fprintf(w, "%s %s\n", s.Method, s.URL)
	mime := false
	for _, f := range s.sendFields() {
		mime = mime || strings.EqualFold(f.Name, "Content-Type") && linesEndWithCRLF(f.Value)
		sent, err := editorAuthorization(f.Name, f.Value)
		switch {
		case !plain(f.Name + strings.ReplaceAll(f.Value, "\t", "")):
			fmt.Fprintf(w, "# left out, it has control characters: %s\n", visible([]byte(f.Name)))
		case placeholder().MatchString(f.Value) || isHTTPComment(f.Name) || strings.EqualFold(f.Name, "X-Request-Type") || sent != f.Value || err != nil:
			fmt.Fprintf(w, "# left out, it means something else in this format: %s\n", f.Name)
		default:
			fmt.Fprintf(w, "%s: %s\n", f.Name, f.Value)
		}
	}
	if len(s.Body) == 0 {
		fmt.Fprintln(w)
		return nil
	}
	if !fitsHTTPFile(s.Body) || mime && bytes.Contains(s.Body, []byte("\n")) || len(s.Body) > maxPrintf {
		return writeAside(w, s)
	}
	fmt.Fprintf(w, "\n%s\n\n", s.Body)
	return nil
}

func notInHTTPFile(s *share) string {
	switch {
	case !plain(s.Method + s.URL):
		return "the request line has control characters"
	case !strings.HasPrefix(s.Target, "/") && !strings.Contains(s.Target, "://"):
		return "the request target is no path"
	case strings.ContainsAny(s.URL, "# ") || placeholder().MatchString(s.URL):
		return "the URL means something else in this format"
	case strings.ContainsAny(s.Method, "#`") || slices.Contains(editorMethods, s.Method):
		return "the method means something else in this format"
	}
	return ""
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
		if !plain(strings.ReplaceAll(string(line), "\t", "")) {
			return false
		}
		for _, p := range []string{"###", "<", ">", "@", "&"} {
			if bytes.HasPrefix(line, []byte(p)) {
				return false
			}
		}
		if bytes.Contains(line, []byte("{{")) || leftOut().Match(line) {
			return false
		}
	}
	return true
}
