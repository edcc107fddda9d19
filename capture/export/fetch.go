package export

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/http/httpguts"
	"golang.org/x/text/encoding/charmap"
)

var fetch = Format{Name: "fetch", Ext: "mjs", Help: "JavaScript with fetch", comment: "//", write: writeFetch, cannot: notInFetch}

// writeFetch writes a call of fetch. A JSON string is a JavaScript string
// (ECMA-262 since 2019). The runtime makes Host and the length by itself.
func writeFetch(w *writer, s *share) error {
	if !keptByURLParser(s.Target) {
		fmt.Fprintln(w, "// fetch spells this URL in another way: for the exact request there is curl")
	}
	fmt.Fprintf(w, "await fetch(%s, {\n  method: %s,\n", jsString(s.URL), jsString(s.Method))
	fmt.Fprintln(w, "  redirect: \"manual\",\n  headers: [")
	for _, f := range s.sendFields() {
		if n := strings.ToLower(f.Name); n == "host" || n == "transfer-encoding" {
			continue
		}
		if !httpguts.ValidHeaderFieldName(f.Name) || !httpguts.ValidHeaderFieldValue(f.Value) {
			fmt.Fprintf(w, "    // left out, fetch does not send it: %s\n", visible([]byte(f.Name)))
			continue
		}
		fmt.Fprintf(w, "    [%s, %s],\n", jsString(f.Name), jsBytes(f.Value))
	}
	fmt.Fprintln(w, "  ],")
	_, typed := s.Request.Get("Content-Type")
	switch {
	case s.Method == "GET" || s.Method == "HEAD":
		if len(s.Body) > 0 {
			fmt.Fprintf(w, "  // left out: the body, which fetch does not send with %s\n", s.Method)
		}
	case len(s.Body) == 0:
	case utf8.Valid(s.Body) && !typed:
		// of a string fetch would make a type that the request does not have
		fmt.Fprintf(w, "  body: new TextEncoder().encode(%s),\n", jsString(string(s.Body)))
	case utf8.Valid(s.Body):
		fmt.Fprintf(w, "  body: %s,\n", jsString(string(s.Body)))
	default:
		fmt.Fprintf(w, "  body: Uint8Array.from(atob(%q), (c) => c.charCodeAt(0)),\n", base64.StdEncoding.EncodeToString(s.Body))
	}
	fmt.Fprintln(w, "});")
	return nil
}

// notInFetch says why fetch cannot send a request (Fetch standard, "method").
func notInFetch(s *share) string {
	switch m := strings.ToUpper(s.Method); {
	case m == "TRACE" || m == "TRACK" || m == "CONNECT":
		return "fetch does not send " + m
	case !httpguts.ValidHeaderFieldName(s.Method):
		return "fetch does not send this method"
	case m != s.Method && slices.Contains([]string{"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"}, m):
		return "fetch writes the method in capitals"
	case !strings.HasPrefix(s.Target, "/") && !strings.Contains(s.Target, "://"):
		return "the request target is no path"
	}
	return ""
}

// keptByURLParser reports whether the URL parser of browsers leaves a request
// target as it is.
func keptByURLParser(target string) bool {
	path, query, _ := strings.Cut(target, "?")
	for segment := range strings.SplitSeq(path, "/") {
		switch strings.ReplaceAll(strings.ToLower(segment), "%2e", ".") {
		case ".", "..":
			return false
		}
	}
	return plainASCII(target) && !strings.HasSuffix(target, "?") && !strings.ContainsAny(target, "#\"<>\\^`{|}") && !strings.Contains(query, "'")
}

func jsString(s string) string { return string(appendString(nil, s)) }

// jsBytes is a string whose characters are the bytes of s, which is what a header
// field is made of (Fetch standard, "byte sequence").
func jsBytes(s string) string { return jsString(latin1(s)) }

// latin1 is the text whose characters are the bytes of s.
func latin1(s string) string {
	text, _ := charmap.ISO8859_1.NewDecoder().String(s) // which knows each byte
	return text
}
