package export

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

var errQuote = errors.New("a quote is not closed")

// splitWords parts a script into commands and their words, as a POSIX shell
// does for what command lines consist of: quotes, $'...', backslashes, line
// continuations, comments. Nothing is expanded and nothing is run, except that
// "$(printf '...')" and a printf before a pipe are worked out, which is how
// creel itself writes bytes that cannot stand in quotes. A pipe ends a command,
// and the word "|" ends its words.
func splitWords(script string) ([][]string, error) {
	l := lexer{s: script}
	for l.i < len(l.s) {
		if err := l.next(); err != nil {
			return nil, err
		}
	}
	l.endCommand()
	return l.commands, nil
}

type lexer struct {
	s        string
	i        int
	word     strings.Builder
	inWord   bool
	command  []string
	commands [][]string
}

func (l *lexer) endWord() {
	if l.inWord {
		l.command = append(l.command, l.word.String())
		l.word.Reset()
		l.inWord = false
	}
}

func (l *lexer) endCommand() {
	l.endWord()
	if len(l.command) > 0 {
		l.commands = append(l.commands, l.command)
		l.command = nil
	}
}

func (l *lexer) add(s string) {
	l.word.WriteString(s)
	l.inWord = true
}

func (l *lexer) next() error {
	rest := l.s[l.i:]
	switch c := rest[0]; {
	case strings.HasPrefix(rest, "\\\n"), strings.HasPrefix(rest, "\\\r\n"):
		l.i += strings.IndexByte(rest, '\n') + 1
	case c == '\\' && len(rest) > 1:
		_, n := utf8.DecodeRuneInString(rest[1:])
		l.add(rest[1 : 1+n])
		l.i += 1 + n
	case c == '\'':
		end := strings.IndexByte(rest[1:], '\'')
		if end < 0 {
			return errQuote
		}
		l.add(rest[1 : 1+end])
		l.i += end + 2
	case c == '"':
		l.i++
		return l.double()
	case strings.HasPrefix(rest, "$'"):
		l.i += 2
		return l.dollar()
	case c == '#' && !l.inWord:
		if n := strings.IndexByte(rest, '\n'); n >= 0 {
			l.i += n
		} else {
			l.i = len(l.s)
		}
	case c == '\n' || c == ';' || c == '&':
		l.i++
		l.endCommand()
	case c == '|':
		l.i++
		l.endWord()
		l.command = append(l.command, "|")
		l.endCommand()
	case c == ' ' || c == '\t' || c == '\r':
		l.i++
		l.endWord()
	default:
		l.add(rest[:1])
		l.i++
	}
	return nil
}

// double reads to the closing double quote.
func (l *lexer) double() error {
	l.add("")
	for l.i < len(l.s) {
		rest := l.s[l.i:]
		switch c := rest[0]; {
		case c == '"':
			l.i++
			return nil
		case strings.HasPrefix(rest, "$(printf '"):
			l.i += len("$(printf '")
			if err := l.substitution(); err != nil {
				return err
			}
		case c == '\\' && len(rest) > 1 && strings.IndexByte("$`\"\\\n", rest[1]) >= 0:
			if rest[1] != '\n' {
				l.add(rest[1:2])
			}
			l.i += 2
		default:
			l.add(rest[:1])
			l.i++
		}
	}
	return errQuote
}

func (l *lexer) substitution() error {
	end := strings.IndexByte(l.s[l.i:], '\'')
	if end < 0 || !strings.HasPrefix(l.s[l.i+end:], "')") {
		return errQuote
	}
	text, err := runPrintf(l.s[l.i : l.i+end])
	l.add(strings.TrimRight(text, "\n"))
	l.i += end + len("')")
	return err
}

// dollar reads to the end of $'...', which browsers write.
func (l *lexer) dollar() error {
	start := l.i
	for ; l.i < len(l.s); l.i++ {
		switch l.s[l.i] {
		case '\\':
			l.i++
		case '\'':
			text, err := unescapeC(l.s[start:l.i])
			l.add(text)
			l.i++
			return err
		}
	}
	return errQuote
}

// runPrintf works out a format of printf that has no conversions.
func runPrintf(format string) (string, error) {
	parts := strings.Split(format, "%%")
	for i, p := range parts {
		if strings.Contains(p, "%") {
			return "", fmt.Errorf("printf %q has conversions, which are not worked out", format)
		}
		var err error
		if parts[i], err = unescapeC(p); err != nil {
			return "", err
		}
	}
	return strings.Join(parts, "%"), nil
}

var cEscapes = map[byte]string{
	'n': "\n", 'r': "\r", 't': "\t", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", 'e': "\x1b", 'E': "\x1b",
	'\\': "\\", '\'': "'", '"': "\"", '?': "?",
}

// unescapeC undoes the escapes of $'...' and of printf: C's, with \nnn, \xHH,
// \uHHHH and \UHHHHHHHH.
func unescapeC(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		c := s[i+1]
		i += 2
		base, digits, isRune := 16, 0, false
		switch {
		case cEscapes[c] != "":
			b.WriteString(cEscapes[c])
			continue
		case '0' <= c && c <= '7':
			base, digits = 8, 3
			i--
		case c == 'x':
			digits = 2
		case c == 'u':
			digits, isRune = 4, true
		case c == 'U':
			digits, isRune = 8, true
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
			continue
		}
		n, used := number(s[i:], base, digits)
		if used == 0 {
			return "", fmt.Errorf("escape \\%c has no digits", c)
		}
		i += used
		if isRune {
			b.WriteRune(rune(n))
		} else {
			b.WriteByte(byte(n))
		}
	}
	return b.String(), nil
}

func number(s string, base, digits int) (n uint64, used int) {
	for used < digits && used < len(s) {
		v, err := strconv.ParseUint(s[used:used+1], base, 8)
		if err != nil {
			break
		}
		n, used = n*uint64(base)+v, used+1
	}
	return n, used
}
