package redact

import (
	"html"
	"strings"
)

// markup hides values in XML and HTML: what an element with a secret name holds,
// attributes with one, and the value in a pair of name and value; false when v
// does not look like markup.
func (s *Scan) markup(p place, v string) (string, bool) {
	if !strings.Contains(v, ">") {
		return v, false
	}
	m := markupScan{Scan: s, place: p, src: v}
	for m.at < len(v) {
		m.next()
	}
	return s.tokens(p, m.out.String()), true
}

// markupScan is one pass over markup. It understands tags, comments and CDATA,
// and passes whatever else comes.
type markupScan struct {
	*Scan
	place place
	src   string
	at    int
	out   strings.Builder
	open  []string // names of the elements that are open
	// named is the name that an attribute or a sibling gave the next value.
	named string
}

// maxOpen bounds how many open elements are remembered.
const maxOpen = 512

func (m *markupScan) next() {
	rest := m.src[m.at:]
	switch {
	case strings.HasPrefix(rest, "<![CDATA["):
		end := endAfter(rest, "]]>")
		body := strings.TrimSuffix(rest[len("<![CDATA["):end], "]]>")
		m.out.WriteString("<![CDATA[" + m.content(body, func(s string) string { return s }) + rest[len("<![CDATA[")+len(body):end])
		m.at += end
	case strings.HasPrefix(rest, "<!--"):
		end := endAfter(rest, "-->")
		m.out.WriteString(m.pairs(m.place, rest[:end]))
		m.at += end
	case strings.HasPrefix(rest, "<?"):
		m.pass(endAfter(rest, "?>"))
	case strings.HasPrefix(rest, "</"):
		m.pass(endAfter(rest, ">"))
		m.open = m.open[:max(0, len(m.open)-1)]
	case rest[0] == '<':
		m.tag(rest[:tagEnd(rest)])
	default:
		end := strings.IndexByte(rest, '<')
		if end < 0 {
			end = len(rest)
		}
		m.out.WriteString(m.content(rest[:end], html.EscapeString))
		m.at += end
	}
}

// pass takes over n bytes.
func (m *markupScan) pass(n int) {
	m.out.WriteString(m.src[m.at : m.at+n])
	m.at += n
}

func endAfter(s, mark string) int {
	if i := strings.Index(s, mark); i >= 0 {
		return i + len(mark)
	}
	return len(s)
}

// tagEnd is the length of the tag that s begins with; > may stand in quotes.
func tagEnd(s string) int {
	quote := byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return len(s)
}

// tag takes over a start tag, its attributes masked.
func (m *markupScan) tag(tag string) {
	m.at += len(tag)
	end := strings.IndexAny(tag, " \t\r\n/>")
	if end < 0 {
		end = len(tag)
	}
	name := local(tag[min(1, end):end])
	attrs := attributes(tag, end)
	given := ""
	for _, a := range attrs {
		if isNameName(a.name) && namesSecret(a.value) {
			given = a.value
		}
		if strings.EqualFold(a.name, "type") && strings.EqualFold(a.value, "password") {
			given = "password" // an input of HTML
		}
	}
	at := 0
	for _, a := range attrs {
		m.out.WriteString(tag[at:a.off])
		at = a.end
		in := m.place.named(a.name)
		if given != "" && isValueName(a.name) {
			in.name = given
		}
		if shown := m.value(in, a.value); shown != a.value {
			m.out.WriteString(html.EscapeString(shown))
		} else {
			m.out.WriteString(tag[a.off:a.end])
		}
	}
	m.out.WriteString(tag[at:])
	if !strings.HasSuffix(tag, "/>") && len(m.open) < maxOpen {
		if given != "" {
			name = given
		}
		m.open = append(m.open, name)
	}
}

// content is the text of an element as it may be shown, under the name of the
// element.
func (m *markupScan) content(text string, escape func(string) string) string {
	plain := strings.TrimSpace(html.UnescapeString(text))
	if plain == "" || len(m.open) == 0 {
		return text
	}
	in := m.place.named(m.open[len(m.open)-1])
	for _, name := range m.open[:len(m.open)-1] {
		in.under = in.under || manyOf(name)
	}
	if n := len(m.open); m.named != "" {
		in.name = m.named
	} else if n > 1 && isValueName(in.name) {
		in.name = m.open[n-2]
	}
	m.named = ""
	if isNameName(in.name) && namesSecret(plain) { // <name>password</name><value>x</value>
		m.named = plain
		return text
	}
	shown := m.value(in, plain)
	if shown == plain {
		return text
	}
	lead := text[:len(text)-len(strings.TrimLeft(text, " \t\r\n"))]
	trail := text[len(strings.TrimRight(text, " \t\r\n")):]
	return lead + escape(shown) + trail
}

type attribute struct {
	name, value string // the value without its quotes and escapes
	off, end    int    // of the value in the tag, without the quotes
}

// attributes reads the attributes of a tag from off on.
func attributes(tag string, off int) []attribute {
	var out []attribute
	for i := off; i < len(tag); {
		eq := strings.IndexByte(tag[i:], '=')
		if eq < 0 {
			break
		}
		fields := strings.Fields(tag[i : i+eq])
		i += eq + 1
		i = len(tag) - len(strings.TrimLeft(tag[i:], " \t\r\n"))
		end := i
		if i < len(tag) && (tag[i] == '"' || tag[i] == '\'') {
			quote := tag[i]
			i++
			if end = strings.IndexByte(tag[i:], quote); end < 0 {
				break
			}
			end += i
		} else {
			for end < len(tag) && !strings.ContainsRune(" \t\r\n>", rune(tag[end])) {
				end++
			}
		}
		if len(fields) > 0 {
			out = append(out, attribute{local(fields[len(fields)-1]), html.UnescapeString(tag[i:end]), i, end})
		}
		i = min(end+1, len(tag))
	}
	return out
}

// local is a name without its prefix.
func local(name string) string { return name[strings.LastIndexByte(name, ':')+1:] }
