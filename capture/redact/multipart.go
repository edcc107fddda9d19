package redact

import (
	"mime"
	"strings"
)

// multipart hides values in the parts of a body (RFC 2046): a part with a secret
// name, and in the others what is secret for their type.
func (s *Scan) multipart(p place, boundary, v string) string {
	mark := "\n--" + boundary
	pieces := splitParts("\n"+v, mark)
	for i := 1; i < len(pieces); i++ {
		if !strings.HasPrefix(pieces[i], "--") {
			pieces[i] = s.part(p, pieces[i])
		}
	}
	return strings.Join(pieces, mark)[1:]
}

// splitParts cuts v where mark begins a line of its own: elsewhere it is content.
func splitParts(v, mark string) (pieces []string) {
	start, from := 0, 0
	for {
		i := strings.Index(v[from:], mark)
		if i < 0 {
			return append(pieces, v[start:])
		}
		i, from = from+i, from+i+len(mark)
		rest := strings.TrimLeft(v[from:], " \t\r")
		if rest == "" || rest[0] == '\n' || strings.HasPrefix(v[from:], "--") {
			pieces, start = append(pieces, v[start:i]), from
		}
	}
}

// part hides values in one part, from the end of the line of its boundary to
// the next boundary.
func (s *Scan) part(p place, v string) string {
	head, content, ok := strings.Cut(v, "\r\n\r\n")
	sep, end := "\r\n\r\n", "\r" // its line feed belongs to the boundary
	if !ok {
		if head, content, ok = strings.Cut(v, "\n\n"); !ok {
			return v
		}
		sep, end = "\n\n", ""
	}
	content, trimmed := strings.CutSuffix(content, end)
	if !trimmed {
		end = ""
	}
	name, media, params := "", "", map[string]string{}
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch strings.ToLower(key) {
		case "content-disposition":
			_, given, _ := mime.ParseMediaType(strings.TrimSpace(value))
			name = given["name"]
		case "content-type":
			media, params, _ = mime.ParseMediaType(strings.TrimSpace(value))
		}
	}
	in := p.named(name)
	if shown, hidden := s.hide(in, content); hidden {
		content = shown
	} else {
		content = s.typed(in.within(), media, params, content)
	}
	return head + sep + content + end
}
