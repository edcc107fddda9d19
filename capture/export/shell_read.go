package export

import (
	"fmt"
	"strings"

	"creel/capture/lazy"
)

// shellWord is a word of a command line with its quotes taken off.
type shellWord struct {
	text string
	line int // from 1
}

// shellCommand is one command of a script.
type shellCommand struct {
	words []shellWord
	// stdin is what it reads, where the script says so; piped, that what it
	// reads comes from the command before it.
	stdin *string
	piped bool
}

// errorAt is about a word of a script. Nothing of the script is read then.
func errorAt(line int, word, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	if word == "" {
		return fmt.Errorf("line %d: %w", line, err)
	}
	return fmt.Errorf("line %d: %q: %w", line, shorten(word), err)
}

// splitCommands parses a script as the shell does that it was written for: a
// POSIX shell, cmd.exe or PowerShell. Nothing is expanded and nothing is run,
// except that the output of printf, echo and cat of a here-document is worked
// out, which is how people and creel give a body. What a shell would expand is
// an error.
func splitCommands(script string) ([]shellCommand, error) {
	script = strings.ReplaceAll(script, "\r\n", "\n")
	s := scanner{text: script, line: 1}
	next := (*scanner).posix
	switch {
	case powerShellSign(script):
		next = (*scanner).powerShell
	case cmdSign().MatchString(script):
		next = (*scanner).cmd
	}
	for s.start(); s.i < len(s.text); {
		if err := next(&s); err != nil {
			return nil, err
		}
	}
	s.endCommand()
	if s.nul > 0 {
		return nil, errorAt(s.nul, "", "no argument of a command can have a NUL: give what has one on standard input, with printf '...' | curl --data-binary @-")
	}
	if len(s.heredocs) > 0 { // the script ends before it begins
		return nil, noEnd(s.heredocs[0])
	}
	return s.commands, nil
}

// cmdSign is what only command lines for cmd.exe have: a caret at the end of a
// line or in front of a quote, or its prompt.
var cmdSign = lazy.Regexp(`(?m)[ \t]\^[ \t]*$|[ \t]\^"|^[ \t]*[A-Za-z]:\\[^\n>]*>[ \t]*curl`)

// powerShellPrompt is a prompt of PowerShell, or a word in single quotes where curl
// is called as on Windows: cmd.exe knows no such quotes.
var powerShellPrompt = lazy.Regexp(`(?m)^[ \t]*PS [^\n>]*>|^[ \t]*curl\.exe[ \t](?:[^\n"]*[ \t])?@?'`)

// powerShellSign reports what only PowerShell has: its prompt or quotes, or lines that
// end in a backtick which closes no other one.
func powerShellSign(script string) bool {
	if powerShellPrompt().MatchString(script) {
		return true
	}
	for line := range strings.Lines(script) {
		line = strings.TrimRight(line, " \t\n")
		if strings.HasSuffix(line, " `") && strings.Count(line, "`")%2 == 1 {
			return true
		}
	}
	return false
}

// scanner is a script under way. Its methods named for shells read one piece.
type scanner struct {
	text     string
	i, line  int
	word     strings.Builder
	inWord   bool
	quoted   bool // the word has a quoted part
	at       int  // the line on which the word began
	nul      int  // the line of the first word that has a NUL; 0 for none
	command  shellCommand
	commands []shellCommand
	piped    bool // the next command reads from this one
	heredocs []hereDocument
	redirect redirection
}

// redirection says what the next word is.
type redirection uint8

const (
	noRedirection redirection = iota
	toFile                    // the word names a file that output goes to, or input comes from
	hereString                // <<< word
	hereWord                  // << word
	hereWordTabs              // <<- word
)

func (s *scanner) rest() string { return s.text[s.i:] }

// skip passes over n bytes.
func (s *scanner) skip(n int) {
	s.line += strings.Count(s.text[s.i:s.i+n], "\n")
	s.i += n
}

func (s *scanner) add(text string) {
	if !s.inWord {
		s.at = s.line
	}
	s.word.WriteString(text)
	s.inWord = true
}

// take adds the next n bytes to the word.
func (s *scanner) take(n int) {
	s.add(s.text[s.i : s.i+n])
	s.skip(n)
}

func (s *scanner) endWord() {
	if !s.inWord {
		return
	}
	text, kind := s.word.String(), s.redirect
	if s.nul == 0 && strings.Contains(text, "\x00") {
		s.nul = s.at
	}
	switch kind {
	case noRedirection:
		s.command.words = append(s.command.words, shellWord{text, s.at})
	case hereString:
		text += "\n"
		s.command.stdin = &text
	case hereWord, hereWordTabs:
		s.heredocs = append(s.heredocs, hereDocument{end: text, literal: s.quoted, tabs: kind == hereWordTabs, line: s.at, command: len(s.commands)})
	}
	s.word.Reset()
	s.inWord, s.quoted, s.redirect = false, false, noRedirection
}

func (s *scanner) endCommand() {
	s.endWord()
	if len(s.command.words) > 0 {
		s.command.piped = s.piped
		s.commands = append(s.commands, s.command)
		s.piped = false
	}
	s.command = shellCommand{}
}

// pipe ends a command whose output the next one reads.
func (s *scanner) pipe() {
	s.endCommand()
	s.piped = len(s.commands) > 0
}

// prompt is what documentation writes in front of a command: $, %, a path or
// user@host in front of it, PS C:\>.
var prompt = lazy.Regexp(`^(?:[^'"\n#]{0,80}?[$%>❯»]|[^'"\n#]{1,80}?#|[➜❯][^'"\n]{0,80}?)[ \t]*((?:[^\s'"|;&]*[/\\])?curl(?:\.exe)?[ \t])`)

// start passes over a prompt at the beginning of a command.
func (s *scanner) start() {
	rest := s.rest()
	blanks := len(rest) - len(strings.TrimLeft(rest, " \t\n"))
	if m := prompt().FindStringSubmatchIndex(rest[blanks:]); m != nil {
		s.skip(blanks + m[2])
	}
}

// newline ends the command, and reads the here-documents that begin there.
func (s *scanner) newline() error {
	s.endWord()
	index := len(s.commands)
	s.endCommand()
	for _, h := range s.heredocs {
		text, err := s.hereDocument(h)
		if err != nil {
			return err
		}
		if h.command = min(h.command, index); h.command < len(s.commands) {
			s.commands[h.command].stdin = &text
		}
	}
	s.heredocs = nil
	s.start()
	return nil
}

// continued reports how long a mark at the end of a line is that makes the next
// line part of this one; blanks behind it are taken for a slip of the hand.
func continued(rest string, mark byte) (n int, ok bool) {
	if rest[0] != mark {
		return 0, false
	}
	after := strings.TrimLeft(rest[1:], " \t")
	if after == "" {
		return len(rest), true
	}
	return len(rest) - len(after) + 1, after[0] == '\n'
}
