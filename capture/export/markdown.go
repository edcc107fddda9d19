package export

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
)

var markdown = Format{Name: "markdown", Ext: "md", Help: "a report for an issue or a chat", write: writeMarkdown}

// writeMarkdown writes a report. Whatever was captured stands in code spans and
// fences that it cannot leave, so no renderer takes it for markup.
func writeMarkdown(w *writer, s *share) error {
	fmt.Fprintf(w, "## %v %s\n\n", s.ID, codeSpan(s.Method+" "+s.Target))
	fmt.Fprintf(w, "Received %s", s.At.UTC().Format("2006-01-02 15:04:05 UTC"))
	if s.Sender.Provider != "" {
		fmt.Fprintf(w, " from %s", s.Sender.Provider)
		if s.Sender.Event != "" {
			fmt.Fprintf(w, ", event %s", codeSpan(s.Sender.Event))
		}
	}
	fmt.Fprintln(w, ".")
	if len(s.Masked) > 0 {
		fmt.Fprintf(w, "Secrets are masked: %s.\n", strings.Join(s.Masked, ", "))
	}
	if why := unsendable(s.Exchange); why != "" {
		fmt.Fprintf(w, "The request is %s.\n", why)
	}
	fmt.Fprintln(w, "\n### Request")
	writeMarkdownMessage(w, s.Method+" "+s.Target+" "+s.Request.Proto, s.Fields, s.Body)
	return writeMarkdownReply(w, s)
}

func writeMarkdownReply(w *writer, s *share) error {
	r := &s.Reply
	if r.Status == 0 {
		fmt.Fprintf(w, "\n### Reply\n\nNone: the request is %s.\n\n", s.State)
		return nil
	}
	fmt.Fprintf(w, "\n### Reply\n\nBy %s, in %s.\n", codeSpan(string(r.By)), words.Latency(r.Took))
	writeMarkdownMessage(w, fmt.Sprintf("%d %s", r.Status, http.StatusText(r.Status)), s.ReplyFields, s.ReplyBody)
	fmt.Fprintln(w)
	return nil
}

func writeMarkdownMessage(w *writer, first string, fields []capture.Field, body []byte) {
	fence(w, "http", visible(bytes.TrimSuffix(head(first, fields), []byte("\r\n"))))
	contentType, _ := capture.FieldValue(fields, "Content-Type")
	switch {
	case len(body) == 0:
	case !utf8.Valid(body):
		const most = 1 << 10
		fence(w, "", []byte(hex.Dump(body[:min(len(body), most)])))
		if len(body) > most {
			fmt.Fprintf(w, "\nThe first %d of %d bytes.\n", most, len(body))
		}
	default:
		lang := ""
		if strings.Contains(contentType, "json") {
			lang = "json"
		}
		fence(w, lang, visible(body))
	}
}

// visible makes marks of what acts on a terminal or on the reader's eye; line
// breaks stay.
func visible(b []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(b) {
		text, nl := bytes.CutSuffix(line, []byte("\n"))
		out.WriteString(safe.Line(bytes.TrimSuffix(text, []byte("\r"))).String())
		if nl {
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}

// fence puts text in a code block whose fence is longer than any run of
// backticks in it (CommonMark 4.5).
func fence(w *writer, lang string, text []byte) {
	marks := strings.Repeat("`", max(3, longestRun(string(text))+1))
	fmt.Fprintf(w, "\n%s%s\n%s", marks, lang, text)
	if !bytes.HasSuffix(text, []byte("\n")) {
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, marks)
}

// codeSpan puts one line in a code span that it cannot leave (CommonMark 6.1).
func codeSpan(s string) string {
	text := safe.Line(s).String()
	marks := strings.Repeat("`", longestRun(text)+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") || text == "" {
		text = " " + text + " "
	}
	return marks + text + marks
}

func longestRun(s string) int {
	longest, n := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			n = 0
			continue
		}
		n++
		longest = max(longest, n)
	}
	return longest
}
