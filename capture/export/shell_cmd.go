package export

import (
	"strings"

	"creel/capture/lazy"
)

// cmd reads one command line of cmd.exe. Two programs take it apart: cmd.exe,
// for which a caret protects the next character outside of quotes, and then
// curl's C library, for which a backslash protects a quote.
func (s *scanner) cmd() error {
	var line []cmdByte
	quoted := false
	for ; s.i < len(s.text); s.skip(1) {
		rest := s.rest()
		c := rest[0]
		if n, ok := continued(rest, '^'); ok && !quoted {
			s.skip(n - 1)                                           // and the line break below
			if next := s.rest(); len(next) > 1 && next[1] == '\n' { // a line break that is protected
				s.skip(1)
				line = append(line, cmdByte{c: '\n', line: s.line, literal: true})
			}
			continue
		}
		switch {
		case c == '^' && !quoted && len(rest) > 1:
			s.skip(1)
			c = rest[1]
		case c == '"':
			quoted = !quoted
		case c == '\'' && !quoted && startsWord(line):
			end := strings.IndexByte(rest[1:], '\'')
			if end < 0 {
				return errorAt(s.line, "", "%w", errQuote)
			}
			for _, c := range []byte(rest[1 : 1+end]) { // quotes as in other shells
				line = append(line, cmdByte{c: c, line: s.line, literal: true})
			}
			s.skip(end + 1)
			continue
		case c == '\n' && quoted:
			return errorAt(s.line, "", "%w", errQuote)
		case c == '\n':
			s.skip(1)
			s.argv(line)
			return s.newline()
		case c == '&' && !quoted:
			s.argv(line)
			s.skip(1)
			s.endCommand()
			return nil
		case c == '|' && !quoted:
			s.argv(line)
			s.skip(1)
			s.pipe()
			return nil
		case (c == '<' || c == '>') && !quoted:
			s.argv(line)
			s.redirection()
			return nil
		}
		line = append(line, cmdByte{c: c, line: s.line})
	}
	if quoted {
		return errorAt(s.line, "", "%w", errQuote)
	}
	s.argv(line)
	return nil
}

// cmdByte is a byte of a command line that cmd.exe has gone through. A literal
// one separates and quotes nothing.
type cmdByte struct {
	c       byte
	line    int
	literal bool
}

func startsWord(line []cmdByte) bool {
	return len(line) == 0 || line[len(line)-1].c == ' ' && !line[len(line)-1].literal
}

// argv takes a command line apart as the C library of Windows does.
func (s *scanner) argv(line []cmdByte) {
	quoted, slashes := false, 0
	begin := func(b cmdByte) {
		if !s.inWord {
			s.inWord, s.at = true, b.line
		}
	}
	add := func(b cmdByte) {
		begin(b)
		s.word.WriteByte(b.c)
	}
	flush := func(n int) {
		s.word.WriteString(strings.Repeat(`\`, n))
		slashes = 0
	}
	for i := 0; i < len(line); i++ {
		b := line[i]
		switch {
		case b.literal:
			flush(slashes)
			add(b)
		case b.c == '\\':
			begin(b)
			slashes++
		case b.c == '"' && slashes%2 == 1:
			flush(slashes / 2)
			add(b)
		case b.c == '"':
			flush(slashes / 2)
			if quoted && i+1 < len(line) && line[i+1].c == '"' && !line[i+1].literal {
				add(b)
				i++
				continue
			}
			begin(b)
			quoted = !quoted
		case !quoted && (b.c == ' ' || b.c == '\t'):
			flush(slashes)
			s.endWord()
		default:
			flush(slashes)
			add(b)
		}
	}
	flush(slashes)
}

// powerShellEscapes are the escapes of PowerShell that stand for something else.
var powerShellEscapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 'e': "\x1b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
}

// powerShell reads one piece of a script for PowerShell.
func (s *scanner) powerShell() error {
	rest := s.rest()
	if n, ok := continued(rest, '`'); ok {
		s.skip(n)
		return nil
	}
	switch c := rest[0]; c {
	case '\n':
		s.skip(1)
		return s.newline()
	case ' ', '\t':
		s.skip(1)
		s.endWord()
	case '`':
		s.escapePowerShell()
	case '\'', '"':
		s.skip(1)
		s.add("")
		return s.quotedPowerShell(c)
	case '@':
		if m := hereStringBegins().FindString(rest); m != "" && !s.inWord {
			return s.hereStringPowerShell(m)
		}
		return s.specialPowerShell()
	case '$':
		return s.expansion()
	case '#':
		if !s.inWord {
			s.skip(len(firstLine([]byte(rest))))
			return nil
		}
		s.take(1)
	case ';', '|', '&', '<', '>':
		return s.operator()
	case '(', ')', '{', '}':
		return s.specialPowerShell()
	default:
		s.take(1)
	}
	return nil
}

func (s *scanner) specialPowerShell() error {
	if !s.inWord {
		return errorAt(s.line, firstLine([]byte(s.rest())), "PowerShell would make something else of it: quote it")
	}
	s.take(1)
	return nil
}

var hereStringBegins = lazy.Regexp(`^@['"][ \t]*\n`)

// hereStringPowerShell reads the lines between @' or @" and the same reversed,
// which begins a line; begins is the first of them.
func (s *scanner) hereStringPowerShell(begins string) error {
	text, _, ok := strings.Cut(s.rest()[len(begins)-1:], "\n"+begins[1:2]+"@")
	if !ok {
		return errorAt(s.line, "", "%w", errQuote)
	}
	if begins[1] == '"' && strings.ContainsAny(text, "$`") {
		return errorAt(s.line, begins[:2], "PowerShell would put something else there: write the value itself")
	}
	s.add(unquoteNative(strings.TrimPrefix(text, "\n"))) // which begins here
	s.skip(len(begins) + len(text) + len("'@"))
	return nil
}

// unquoteNative is what a program gets of a text: Windows PowerShell does not keep
// the backslash in front of a quote.
func unquoteNative(text string) string { return strings.ReplaceAll(text, `\"`, `"`) }

func (s *scanner) escapePowerShell() {
	s.skip(1)
	if s.i == len(s.text) {
		return
	}
	if text, ok := powerShellEscapes[s.rest()[0]]; ok {
		s.add(text)
		s.skip(1)
		return
	}
	s.take(1)
}

func (s *scanner) quotedPowerShell(quote byte) error {
	from := s.line
	for s.i < len(s.text) {
		rest := s.rest()
		switch c := rest[0]; {
		case c == quote && len(rest) > 1 && rest[1] == quote:
			s.skip(1)
			s.take(1)
		case c == quote:
			s.skip(1)
			return nil
		case quote == '\'' && strings.HasPrefix(rest, `\"`), quote == '"' && strings.HasPrefix(rest, "\\`\""):
			s.skip(1) // see unquoteNative
			if quote == '"' {
				s.skip(1)
			}
			s.take(1)
		case quote == '"' && c == '`':
			s.escapePowerShell()
		case quote == '"' && c == '$':
			if err := s.expansion(); err != nil {
				return err
			}
		case quote == '"' && c == '\\' && len(rest) > 1 && rest[1] == '"':
			return errorAt(s.line, `\"`, "in PowerShell a quote inside quotes is written `\"")
		default:
			s.take(1)
		}
	}
	return errorAt(from, "", "%w", errQuote)
}
