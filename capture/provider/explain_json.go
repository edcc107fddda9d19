package provider

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"creel/capture/jsontok"
)

// layout is how a library puts white space into JSON.
type layout struct {
	comma, colon, newline, indent string
	how                           string
}

// layouts are those of the common libraries, the likeliest first.
var layouts = []layout{
	{",", ":", "", "", "minified"},
	{", ", ": ", "", "", "with a space after each comma and colon (Python)"},
	{",", ": ", "\n", "  ", "indented by two spaces"},
	{",", ": ", "\n", "    ", "indented by four spaces"},
	{",", ": ", "\n", "\t", "indented by tabs"},
	{", ", ":", "", "", "with a space after each comma"},
	{",", ": ", "", "", "with a space after each colon"},
	{",", " : ", "\n", "  ", "indented by two spaces, with a space before each colon"},
	{",", ": ", "\r\n", "  ", "indented by two spaces, with line ends CR LF"},
	{",", ": ", "\r\n", "    ", "indented by four spaces, with line ends CR LF"},
	{",", ": ", "\r\n", "\t", "indented by tabs, with line ends CR LF"},
	{",", ":", "\n", "\t", "indented by tabs, without a space after each colon"},
	{",", ":", "\n", "  ", "indented by two spaces, without a space after each colon"},
	{",", ": ", "\n", " ", "indented by one space"},
	{",", ": ", "\n", "   ", "indented by three spaces"},
	{",", ": ", "\n", "        ", "indented by eight spaces"},
	{",", ": ", "\n", "", "with one line each, not indented"},
}

// escapes is how a library writes the characters of a string.
type escapes struct {
	html  string // what is written as \u escapes besides
	ascii bool   // all that is not ASCII
	upper bool   // hex digits of an escape
	slash bool   // \/
	how   string
}

const (
	goEscapes   = "<>&\u2028\u2029"
	gsonEscapes = "<>&='\u2028\u2029"
	netEscapes  = "<>&'+`\"\u007f"
)

// escapings are those of the common libraries, the likeliest first.
var escapings = []escapes{
	{how: `without needless escapes`},
	{ascii: true, how: `with \u escapes for what is not ASCII`},
	{slash: true, how: `with \/ for /`},
	{ascii: true, slash: true, how: `with \u escapes for what is not ASCII, and \/ for / (PHP)`},
	{html: goEscapes, how: `with \u003c, \u003e and \u0026 for <, > and & (Go)`},
	{html: goEscapes, ascii: true, how: `with \u escapes for <, >, & and what is not ASCII`},
	{html: gsonEscapes, how: `with \u escapes for <, >, &, = and ' (Gson)`},
	{html: netEscapes, ascii: true, upper: true, how: `with \u escapes in upper case, as .NET writes them`},
	{ascii: true, upper: true, how: `with \u escapes in upper case for what is not ASCII`},
	{ascii: true, upper: true, slash: true, how: `with \u escapes in upper case for what is not ASCII, and \/ for /`},
	{html: "<>&'\"", upper: true, how: `with \u escapes in upper case for <, >, &, ' and "`},
	{html: "<>&'\"", upper: true, slash: true, ascii: true, how: `with \u escapes in upper case for <, >, &, ', " and what is not ASCII, and \/ for /`},
	{html: "<>&", slash: true, ascii: true, how: `with \u escapes for <, >, & and what is not ASCII, and \/ for /`},
}

// jsonStyles gives yield the spellings in which common libraries write the JSON
// of body, until it is false; none when body is not JSON.
func jsonStyles(body []byte, yield func(body []byte, how string) bool) {
	body = bytes.TrimPrefix(body, []byte(bom))
	if !jsontok.Valid(body) {
		return
	}
	// A style that writes these strings as one before it does is left out.
	seen := map[string]bool{}
	all := documents(body)
	for _, d := range all {
		for i := -1; i < len(escapings); i++ {
			src, how := d.body, d.how
			if i >= 0 {
				src, how = escapings[i].rewrite(d.body), join(d.how, escapings[i].how)
			}
			if seen[string(src)] {
				continue
			}
			seen[string(src)] = true
			if !inLayouts(src, how, yield) {
				return
			}
		}
	}
	numberSpellings(all[0].body, func(d rewrite) bool { return inLayouts(d.body, d.how, yield) })
}

// inLayouts gives yield the minified document in each layout and line end.
func inLayouts(src []byte, how string, yield func(body []byte, how string) bool) bool {
	for i := range layouts {
		b := layouts[i].write(src)
		for _, end := range []struct{ text, how string }{
			{"", ""}, {"\n", "with a newline at its end"}, {"\r\n", "with CR LF at its end"},
		} {
			if !yield(append(b[:len(b):len(b)], end.text...), join(layouts[i].how, join(how, end.how))) {
				return false
			}
		}
	}
	return true
}

// documents are the document minified, and with its members in the order of
// their names when that differs.
func documents(body []byte) []rewrite {
	var compact bytes.Buffer
	_ = json.Compact(&compact, body) // it was checked
	all := []rewrite{{compact.Bytes(), ""}}
	if sorted := sortMembers(nil, compact.Bytes()); !bytes.Equal(sorted, compact.Bytes()) {
		all = append(all, rewrite{sorted, "with its members sorted by name"})
	}
	return all
}

// sortMembers appends the minified value with the members of each object sorted.
func sortMembers(out, v []byte) []byte {
	if v[0] != '{' && v[0] != '[' {
		return append(out, v...)
	}
	children := slices.Collect(jsontok.Children(v))
	if v[0] == '{' {
		slices.SortStableFunc(children, func(a, b jsontok.Child) int {
			return strings.Compare(jsontok.Unquote(v[a.Name.Off:a.Name.End]), jsontok.Unquote(v[b.Name.Off:b.Name.End]))
		})
	}
	out = append(out, v[0])
	for i, c := range children {
		if i > 0 {
			out = append(out, ',')
		}
		if v[0] == '{' {
			out = append(append(out, v[c.Name.Off:c.Name.End]...), ':')
		}
		out = sortMembers(out, v[c.Off:c.End])
	}
	return append(out, v[len(v)-1])
}

// write lays the minified document out.
func (l *layout) write(src []byte) []byte {
	out := make([]byte, 0, len(src)+len(src)/4)
	depth := 0
	lex := jsontok.Lexer{Src: src}
	var before jsontok.Token
	for t, ok := lex.Next(); ok; t, ok = lex.Next() {
		switch {
		case t.Kind.Closes():
			depth--
			if !before.Kind.Opens() {
				out = l.line(out, depth)
			}
		case before.Kind.Opens():
			out = l.line(out, depth)
		}
		switch t.Kind {
		case ',':
			out = l.line(append(out, l.comma...), depth)
		case ':':
			out = append(out, l.colon...)
		default:
			out = append(out, src[t.Off:t.End]...)
		}
		if t.Kind.Opens() {
			depth++
		}
		before = t
	}
	return out
}

func (l *layout) line(out []byte, depth int) []byte {
	if l.newline == "" {
		return out
	}
	out = append(out, l.newline...)
	for range depth {
		out = append(out, l.indent...)
	}
	return out
}

// rewrite writes the strings of the minified document with other escapes.
func (e *escapes) rewrite(src []byte) []byte {
	out := make([]byte, 0, len(src)+len(src)/8)
	lex := jsontok.Lexer{Src: src}
	for t, ok := lex.Next(); ok; t, ok = lex.Next() {
		if t.Kind == jsontok.String {
			out = e.quote(out, src[t.Off:t.End])
		} else {
			out = append(out, src[t.Off:t.End]...)
		}
	}
	return out
}

// short are the escapes of one letter.
var short = map[rune]byte{'\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't', '"': '"', '\\': '\\'}

func (e *escapes) quote(out, spelled []byte) []byte {
	text := jsontok.Unquote(spelled)
	if strings.ContainsRune(text, utf8.RuneError) {
		return append(out, spelled...) // half a surrogate pair has no other spelling
	}
	out = append(out, '"')
	for _, r := range text {
		letter, known := short[r]
		switch {
		case e.html != "" && strings.ContainsRune(e.html, r) || e.ascii && r >= 0x80:
			out = e.unicode(out, r)
		case known:
			out = append(out, '\\', letter)
		case r < 0x20:
			out = e.unicode(out, r)
		case r == '/' && e.slash:
			out = append(out, '\\', '/')
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return append(out, '"')
}

// unicode writes \u escapes, in UTF-16 as JSON has it.
func (e *escapes) unicode(out []byte, r rune) []byte {
	if r > 0xffff {
		r -= 0x10000
		return e.unicode(e.unicode(out, 0xd800+r>>10), 0xdc00+r&0x3ff)
	}
	hex := strconv.FormatInt(int64(r)|0x10000, 16)[1:]
	if e.upper {
		hex = strings.ToUpper(hex)
	}
	return append(append(out, `\u`...), hex...)
}
