package export

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/http/httpguts"
)

var goCode = Format{
	Name: "go", Ext: "go", Help: "a Go program", comment: "//", write: writeGo, cannot: notInGo,
	begin: goHead, end: func(*mask) string { return goTail },
}

const goHead = `package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
)

func main() {
`

const goTail = `}

func send(method, base, target, host, body string, fields [][2]string) {
	req, err := http.NewRequest(method, base, strings.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	path, query, hasQuery := strings.Cut(target, "?")
	req.URL = &url.URL{Scheme: req.URL.Scheme, Host: req.URL.Host, Opaque: path, RawQuery: query, ForceQuery: hasQuery}
	if strings.HasPrefix(path, "//") {
		req.URL.Opaque, req.URL.RawPath = "", path
		req.URL.Path, _ = url.PathUnescape(path)
	}
	req.Host = host
	for _, f := range fields {
		req.Header[f[0]] = append(req.Header[f[0]], f[1])
	}
	transport := &http.Transport{DisableCompression: true}
	res, err := transport.RoundTrip(req)
	if err != nil {
		log.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n%s\n", res.Status, answer)
}
`

// writeGo writes a call of send. An opaque URL goes onto the request line as it
// is, and fields set in the map keep their spelling.
func writeGo(w *writer, s *share) error {
	host := s.Host
	if h, ok := s.Request.Get("Host"); ok {
		host = h
	}
	fmt.Fprintf(w, "send(%s, %s, %s, %s, %s, [][2]string{\n",
		goString(s.Method), goString(fullURL(&s.Request, "/")), goString(s.Target), goString(host), goString(string(s.Body)))
	agent := false
	for _, f := range s.sendFields() {
		switch strings.ToLower(f.Name) {
		case "host", "transfer-encoding":
			continue
		case "user-agent":
			f.Name, agent = "User-Agent", true
		}
		if !httpguts.ValidHeaderFieldName(f.Name) || !httpguts.ValidHeaderFieldValue(f.Value) || f.Name == "User-Agent" && f.Value == "" {
			fmt.Fprintf(w, "// left out, net/http does not send it: %s\n", visible([]byte(f.Name)))
			if f.Name != "User-Agent" {
				continue
			}
			f.Value = ""
		}
		fmt.Fprintf(w, "{%s, %s},\n", goString(f.Name), goString(f.Value))
	}
	if !agent {
		fmt.Fprintln(w, `{"User-Agent", ""},`)
	}
	fmt.Fprintln(w, "})")
	return nil
}

func notInGo(s *share) string {
	if !httpguts.ValidHeaderFieldName(s.Method) || strings.ContainsFunc(s.Target, unicode.IsControl) {
		return "net/http does not send this request line"
	}
	return ""
}

// goString writes an interpreted string literal of exactly those bytes.
func goString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n <= 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case acts(r) && r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		case acts(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	b.WriteByte('"')
	return b.String()
}
