package export

import (
	"fmt"
	"strings"

	"golang.org/x/net/http/httpguts"
)

var python = Format{
	Name: "python", Ext: "py", Help: "Python, standard library only", comment: "#", write: writePython, cannot: notInPython,
	begin: "import http.client\n",
}

// writePython writes a request with http.client, which sends the target and the
// fields as they are given and adds nothing.
func writePython(w *writer, s *share) error {
	class := "HTTPConnection"
	if strings.HasPrefix(s.URL, "https:") {
		class = "HTTPSConnection"
	}
	fmt.Fprintf(w, "body = %s\n", pyBytes(s.Body))
	fmt.Fprintf(w, "conn = http.client.%s(%s)\n", class, pyString(s.Host))
	target := s.Target
	if !plainASCII(target) { // http.client insists on ASCII
		target = latin1(target)
		fmt.Fprintln(w, "conn._encode_request = lambda line: line.encode(\"latin-1\")")
	}
	fmt.Fprintf(w, "conn.putrequest(%s, %s, skip_host=True, skip_accept_encoding=True)\n", pyString(s.Method), pyString(target))
	if _, ok := s.Request.Get("Host"); !ok {
		fmt.Fprintf(w, "conn.putheader(\"Host\", %s)\n", pyString(s.Host))
	}
	for _, f := range s.Fields {
		switch strings.ToLower(f.Name) {
		case "content-length", "transfer-encoding", "connection", "keep-alive", "expect", "upgrade", "te", "trailer", "proxy-connection":
			continue
		}
		if !httpguts.ValidHeaderFieldName(f.Name) || !httpguts.ValidHeaderFieldValue(f.Value) {
			fmt.Fprintf(w, "# left out, http.client does not send it: %s\n", visible([]byte(f.Name)))
			continue
		}
		fmt.Fprintf(w, "conn.putheader(%s, %s)\n", pyString(f.Name), pyBytes([]byte(f.Value)))
	}
	if len(s.Body) > 0 || s.hasLength() {
		fmt.Fprintln(w, "conn.putheader(\"Content-Length\", str(len(body)))")
	}
	fmt.Fprintln(w, "conn.endheaders(body)")
	fmt.Fprintln(w, "answer = conn.getresponse()")
	fmt.Fprintln(w, "print(answer.status, answer.reason)")
	fmt.Fprintln(w, "print(answer.read().decode(errors=\"backslashreplace\"))")
	return nil
}

func notInPython(s *share) string {
	if !httpguts.ValidHeaderFieldName(s.Method) || hasBlank(s.Target) {
		return "http.client does not send this request line"
	}
	return ""
}

func (s *share) hasLength() bool {
	_, ok := s.Request.Get("Content-Length")
	return ok || s.Request.Chunked
}

// pyString writes a str literal: Python knows the escapes of Go, and of characters only.
func pyString(s string) string { return goString(string([]rune(s))) }

// pyBytes writes a bytes literal, which holds ASCII only.
func pyBytes(p []byte) string {
	var b strings.Builder
	b.WriteString(`b"`)
	for _, c := range p {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c < 0x20 || c >= 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
