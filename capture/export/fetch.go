package export

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"
)

var fetch = Format{Name: "fetch", Ext: "mjs", Help: "JavaScript with fetch", comment: "//", write: writeFetch}

// writeFetch writes a call of fetch. A JSON string is a JavaScript string
// (ECMA-262 since 2019). The runtime makes Host and the length by itself.
func writeFetch(w *writer, s *share) error {
	if strings.Contains(s.Method, "TRACE") {
		fmt.Fprintln(w, "// not possible: fetch does not send TRACE")
		return nil
	}
	fmt.Fprintf(w, "await fetch(%s, {\n  method: %s,\n", jsString(s.URL), jsString(s.Method))
	fmt.Fprintln(w, "  redirect: \"manual\",\n  headers: [")
	for _, f := range s.sendFields() {
		if n := strings.ToLower(f.Name); n == "host" || n == "transfer-encoding" {
			continue
		}
		fmt.Fprintf(w, "    [%s, %s],\n", jsString(f.Name), jsString(f.Value))
	}
	fmt.Fprintln(w, "  ],")
	switch {
	case s.Method == "GET" || s.Method == "HEAD":
		if len(s.Body) > 0 {
			fmt.Fprintf(w, "  // left out: the body, which fetch does not send with %s\n", s.Method)
		}
	case len(s.Body) == 0:
	case utf8.Valid(s.Body):
		fmt.Fprintf(w, "  body: %s,\n", jsString(string(s.Body)))
	default:
		fmt.Fprintf(w, "  body: Uint8Array.from(atob(%q), (c) => c.charCodeAt(0)),\n", base64.StdEncoding.EncodeToString(s.Body))
	}
	fmt.Fprintln(w, "});")
	return nil
}

func jsString(s string) string { return string(appendString(nil, s)) }
