package redact

import (
	"mime"
	"strings"
)

// multipart hides values in the parts of a body (RFC 2046): a part with a secret
// name, and in the others what is secret for their type.
func (s *Scan) multipart(p place, boundary, v string) string {
	mark := "--" + boundary
	pieces := strings.Split(v, mark)
	for i := 1; i < len(pieces); i++ {
		if !strings.HasPrefix(pieces[i], "--") {
			pieces[i] = s.part(p, pieces[i])
		}
	}
	return strings.Join(pieces, mark)
}

// part hides values in one part, from the end of the line of its boundary to
// the next boundary.
func (s *Scan) part(p place, v string) string {
	head, content, ok := strings.Cut(v, "\r\n\r\n")
	sep, end := "\r\n\r\n", "\r\n"
	if !ok {
		if head, content, ok = strings.Cut(v, "\n\n"); !ok {
			return v
		}
		sep, end = "\n\n", "\n"
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
