package export

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

var httpie = Format{Name: "httpie", Ext: "sh", Help: "HTTPie command lines", comment: "#", write: writeHTTPie, cannot: notInHTTPie}

// writeHTTPie writes a command that sends the same method, fields and body. Of
// the URL, HTTPie escapes brackets and braces, and it insists on fields of its
// own, User-Agent among them: for the exact request there is curl.
func writeHTTPie(w *writer, s *share) error {
	before, data, err := w.shellBody(s, bodyArgs{word: "--raw=", file: "< "})
	if err != nil {
		return err
	}
	flags := ""
	if before == "" && !strings.HasPrefix(data, "<") {
		flags = "--ignore-stdin "
	}
	chunked := s.Request.Chunked && len(s.Body) > 0
	if chunked {
		flags += "--chunked "
	}
	var left []string
	fmt.Fprintf(w, "%shttp %s--path-as-is %s %s", before, flags, quoteAny(s.Method), quoteAny(s.URL))
	for _, f := range s.sendFields() {
		if chunked && strings.EqualFold(f.Name, "Transfer-Encoding") {
			continue // it comes of the flag
		}
		if !utf8.ValidString(f.Value) { // its bytes would arrive as others
			left = append(left, f.Name)
			continue
		}
		item := httpieEscape(f.Name) + ";"
		if f.Value != "" {
			item = httpieEscape(f.Name) + ":" + httpieValue(f.Value)
		}
		fmt.Fprint(w, " \\\n  ", quoteAny(item))
	}
	own := []string{"User-Agent", "Accept", "Accept-Encoding"}
	if len(s.Body) > 0 {
		own = append(own, "Content-Type")
	}
	for _, own := range own {
		if _, ok := s.Request.Get(own); !ok {
			fmt.Fprint(w, " \\\n  ", own, ":")
		}
	}
	if data != "" {
		fmt.Fprint(w, " \\\n  ", data)
	}
	fmt.Fprintln(w)
	for _, name := range left {
		fmt.Fprintf(w, "# left out, HTTPie does not send it: %s\n", visible([]byte(name)))
	}
	return nil
}

// notInHTTPie says why HTTPie cannot send a request: it takes words of letters
// for methods only, and makes capitals of them.
func notInHTTPie(s *share) string {
	switch {
	case s.Method != strings.ToUpper(s.Method) || strings.Trim(s.Method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		return "HTTPie does not send this method"
	case !strings.HasPrefix(s.Target, "/") && !strings.Contains(s.Target, "://"):
		return "the request target is no path"
	}
	return ""
}

// httpieEscape keeps HTTPie from seeing a separator in a name.
func httpieEscape(name string) string {
	return strings.NewReplacer("=", `\=`, "@", `\@`, ";", `\;`).Replace(name)
}

// httpieValue keeps the value from making a longer separator with the colon.
func httpieValue(v string) string {
	if v[0] == '=' || v[0] == '@' || v[0] == ':' {
		return `\` + v
	}
	return v
}
