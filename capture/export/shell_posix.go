package export

import (
	"errors"
	"strings"
	"unicode/utf8"
)

var errQuote = errors.New("a quote is not closed")

// posix reads one piece of a script for a POSIX shell: quotes, $'...',
// backslashes, comments, pipes, redirections, here-documents.
func (s *scanner) posix() error {
	rest := s.rest()
	if n, ok := continued(rest, '\\'); ok {
		s.skip(n)
		return nil
	}
	switch c := rest[0]; c {
	case '\n':
		s.skip(1)
		return s.newline()
	case ' ', '\t', '\r':
		s.skip(1)
		s.endWord()
	case '\\':
		_, n := utf8.DecodeRuneInString(rest[1:])
		s.skip(1)
		s.quoted = true
		s.take(n)
	case '\'':
		return s.single()
	case '"':
		s.skip(1)
		return s.double()
	case '#':
		if s.inWord {
			s.take(1)
			return nil
		}
		line, _, _ := strings.Cut(rest, "\n")
		s.skip(len(line))
	case '$', '`':
		return s.dollar()
	default:
		return s.operator()
	}
	return nil
}

// operator reads what is not part of a word, or else one byte of a word.
func (s *scanner) operator() error {
	rest := s.rest()
	switch c := rest[0]; {
	case c == ';':
		s.skip(1)
		s.endCommand()
	case strings.HasPrefix(rest, "&&"), strings.HasPrefix(rest, "||"):
		s.skip(2)
		s.endCommand()
	case strings.HasPrefix(rest, "&>"):
		s.skip(2)
		s.redirect = toFile
	case c == '&':
		if s.inWord && len(rest) > 1 && strings.IndexByte(" \t\n", rest[1]) < 0 {
			return errorAt(s.line, s.word.String()+"&", "the & ends the command there: quote the URL")
		}
		s.skip(1)
		s.endCommand()
	case c == '|':
		s.skip(1)
		s.pipe()
	case c == '<' || c == '>':
		s.redirection()
	case c == '(' || c == ')':
		return errorAt(s.line, string(c), "only plain curl commands are read: quote it if it belongs to a word")
	case c == '{' && braces(rest):
		return errorAt(s.line, firstLine([]byte(rest)), "the shell makes several words of braces: quote them")
	case c == '~' && !s.inWord:
		word, _, _ := strings.Cut(firstLine([]byte(rest)), " ")
		return errorAt(s.line, word, "the shell puts a directory there: quote the ~ if it stands for itself")
	default:
		s.take(1)
	}
	return nil
}

// braces reports whether a shell expands the braces that rest begins with.
func braces(rest string) bool {
	end := strings.IndexAny(rest, "} \t\n'\"")
	return end > 0 && rest[end] == '}' && (strings.Contains(rest[:end], ",") || strings.Contains(rest[:end], ".."))
}

// redirection reads the sign of a redirection, and the number in front of it.
func (s *scanner) redirection() {
	if number := s.word.String(); s.inWord && !s.quoted && strings.Trim(number, "0123456789") == "" {
		s.word.Reset()
		s.inWord = false
	}
	s.endWord()
	for _, r := range []struct {
		sign string
		kind redirection
	}{{"<<<", hereString}, {"<<-", hereWordTabs}, {"<<", hereWord}, {"<", toFile}, {">>", toFile}, {">&", toFile}, {">|", toFile}, {">", toFile}} {
		if strings.HasPrefix(s.rest(), r.sign) {
			s.skip(len(r.sign))
			s.redirect = r.kind
			return
		}
	}
}

func (s *scanner) single() error {
	end := strings.IndexByte(s.rest()[1:], '\'')
	if end < 0 {
		return errorAt(s.line, "", "%w", errQuote)
	}
	s.skip(1)
	s.take(end)
	s.skip(1)
	s.quoted = true
	return nil
}

// double reads to the closing double quote.
func (s *scanner) double() error {
	from := s.line
	s.add("")
	s.quoted = true
	for s.i < len(s.text) {
		rest := s.rest()
		switch c := rest[0]; {
		case c == '"':
			s.skip(1)
			return nil
		case c == '\\' && len(rest) > 1 && strings.IndexByte("$`\"\\\n", rest[1]) >= 0:
			s.skip(1)
			if rest[1] == '\n' {
				s.skip(1)
			} else {
				s.take(1)
			}
		case c == '$' || c == '`':
			if err := s.expansion(); err != nil {
				return err
			}
		default:
			s.take(1)
		}
	}
	return errorAt(from, "", "%w", errQuote)
}

// dollar reads $'...', which browsers write, or an expansion.
func (s *scanner) dollar() error {
	if strings.HasPrefix(s.rest(), `$"`) {
		s.skip(1)
		return nil
	}
	if !strings.HasPrefix(s.rest(), "$'") {
		return s.expansion()
	}
	for i := s.i + 2; i < len(s.text); i++ {
		switch s.text[i] {
		case '\\':
			i++
		case '\'':
			text, err := unescapeC(s.text[s.i+2 : i])
			if err != nil {
				return errorAt(s.line, "", "%w", err)
			}
			s.add(text)
			s.quoted = true
			s.skip(i + 1 - s.i)
			return nil
		}
	}
	return errorAt(s.line, "", "%w", errQuote)
}

// expansion refuses what a shell expands, except "$(printf '...')", which is how
// creel writes what cannot stand in quotes. A $ that begins nothing is itself.
func (s *scanner) expansion() error {
	rest := s.rest()
	if text, n, ok := printfSubstitution(rest); ok {
		s.add(text)
		s.quoted = true
		s.skip(n)
		return nil
	}
	if rest[0] == '$' && (len(rest) == 1 || !strings.ContainsRune("({_?!@*#$-", rune(rest[1])) && !isAlnum(rest[1])) {
		s.take(1)
		return nil
	}
	return errorAt(s.line, expanded(rest), "a shell would put something else there: write the value itself")
}

// expanded is the expansion at the beginning of rest, to name it.
func expanded(rest string) string {
	end := 1
	switch {
	case strings.HasPrefix(rest, "$("):
		end = strings.IndexByte(rest, ')') + 1
	case strings.HasPrefix(rest, "${"):
		end = strings.IndexByte(rest, '}') + 1
	case rest[0] == '`':
		end = strings.IndexByte(rest[1:], '`') + 2
	default:
		for end < len(rest) && (isAlnum(rest[end]) || rest[end] == '_') {
			end++
		}
		end = max(end, 2)
	}
	return rest[:max(min(end, len(rest)), 1)]
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func printfSubstitution(rest string) (text string, n int, ok bool) {
	const open, end = "$(printf '", "')"
	body, found := strings.CutPrefix(rest, open)
	i := strings.IndexByte(body, '\'')
	if !found || i < 0 || !strings.HasPrefix(body[i:], end) {
		return "", 0, false
	}
	text, err := runPrintf(body[:i])
	return strings.TrimRight(text, "\n"), len(open) + i + len(end), err == nil
}

// hereDocument is one whose lines are still to come.
type hereDocument struct {
	end     string
	literal bool // nothing in it is expanded
	tabs    bool // tabs in front of lines are taken off
	line    int
	command int // which reads it
}

// hereDocument reads the lines of a here-document.
func (s *scanner) hereDocument(h hereDocument) (string, error) {
	var b strings.Builder
	for s.i < len(s.text) {
		line, _, _ := strings.Cut(s.rest(), "\n")
		at := s.line
		s.skip(min(len(line)+1, len(s.rest())))
		if h.tabs {
			line = strings.TrimLeft(line, "\t")
		}
		if line == h.end {
			return b.String(), nil
		}
		if !h.literal && strings.ContainsAny(line, "$`\\") {
			return "", errorAt(at, line, "a shell would put something else there: quote the word after <<, as in <<'%s'", h.end)
		}
		b.WriteString(line + "\n")
	}
	return "", noEnd(h)
}

func noEnd(h hereDocument) error { return errorAt(h.line, h.end, "the here-document has no end") }
