package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
)

// splitEscape drops what comes of an escape sequence that reaches the program in
// pieces, as over a slow line: Bubble Tea waits 50 ms for the rest, and then
// takes the rest for keys that were typed.
type splitEscape struct {
	begun bool
	rest  string // what came after the Escape
	paste bool   // the sequence was the beginning of a paste
	at    time.Time
}

// splitTime is how long the next piece of a sequence is waited for.
const splitTime = 300 * time.Millisecond

// apart takes two Escapes for what they are: Bubble Tea makes a key of those that come in one piece.
func apart(msg tea.Msg) []tea.Msg {
	if key, ok := msg.(tea.KeyPressMsg); ok && key.Code == tea.KeyEscape && key.Mod == tea.ModAlt {
		escape := tea.KeyPressMsg{Code: tea.KeyEscape}
		return []tea.Msg{escape, escape}
	}
	return []tea.Msg{msg}
}

// drops reports whether msg is a piece of a sequence; a lone Escape, which may be the key, is not dropped.
func (s *splitEscape) drops(msg tea.Msg, now time.Time) bool {
	if now.Sub(s.at) >= splitTime {
		*s = splitEscape{}
	}
	switch msg := msg.(type) {
	case uv.UnknownEvent:
		return s.begin(string(msg), now) || s.goesOn(string(msg), now)
	case uv.UnknownCsiEvent:
		return (msg == "\x1b[[" || msg == "\x1b[M") && s.begin(string(msg), now)
	case tea.PasteMsg, tea.PasteEndMsg:
		dropped := s.paste
		s.paste = false
		return dropped
	case tea.KeyPressMsg:
		return s.dropsKey(msg, now)
	}
	return false
}

// begin takes the beginning of a sequence.
func (s *splitEscape) begin(text string, now time.Time) bool {
	rest, ok := strings.CutPrefix(text, "\x1b")
	if ok {
		*s = splitEscape{begun: true, rest: rest, at: now}
	}
	return ok
}

func (s *splitEscape) dropsKey(key tea.KeyPressMsg, now time.Time) bool {
	if s.paste {
		s.at = now
		return true
	}
	text := typed(key)
	if s.goesOn(text, now) {
		return true
	}
	*s = splitEscape{}
	rest, ok := strings.CutPrefix(text, "\x1b")
	if !ok || rest != "" && sequence(rest) != goesOn {
		return false
	}
	*s = splitEscape{begun: true, rest: rest, at: now}
	return rest != ""
}

// goesOn takes text when it is the next piece of the sequence.
func (s *splitEscape) goesOn(text string, now time.Time) bool {
	if !s.begun || text == "" {
		return false
	}
	rest := s.rest + text
	switch progress := sequence(rest); {
	case progress == ended && rest == pasteBegins:
		*s = splitEscape{paste: true, at: now}
	case progress == ended:
		*s = splitEscape{}
	case progress == goesOn:
		s.rest, s.at = rest, now
	default:
		return false
	}
	return true
}

// typed is the text that a key is made of, as the terminal sent it.
func typed(key tea.KeyPressMsg) string {
	switch {
	case key.Code == tea.KeyEscape && key.Mod == 0:
		return "\x1b"
	case key.Code == tea.KeyBackspace && key.Mod == 0:
		return "\x7f"
	case key.Mod == tea.ModCtrl && key.Code >= 'a' && key.Code <= 'z':
		return string(key.Code - 'a' + 1)
	case key.Mod == tea.ModAlt:
		return "\x1b" + string(key.Code)
	case key.Mod == tea.ModAlt|tea.ModShift:
		return "\x1b" + strings.ToUpper(string(key.Code))
	}
	return key.Text
}

// progress is how far a text is in an escape sequence.
type progress uint8

const (
	noSequence progress = iota
	goesOn
	ended
)

// pasteBegins is the sequence before a bracketed paste.
const pasteBegins = "[200~"

// sequence is how far a text, not empty, is in what may follow an Escape in what
// terminals send: a control sequence (ECMA-48), a function key, or the answer to a
// query, which is a string up to BEL or ST.
func sequence(text string) progress {
	body := text[1:]
	switch text[0] {
	case '[':
		if bytes, ok := strings.CutPrefix(body, "M"); ok {
			return oldMouse(bytes)
		}
		body = strings.TrimLeft(strings.TrimPrefix(body, "["), "0123456789:;<=>?") // [[A is a function key of the Linux console
		return final(strings.TrimLeft(body, " !\"#$%&'()*+,-./"), '@')
	case 'O':
		return final(strings.TrimLeft(body, "0123456789"), '!')
	case ']':
		return message(body, "0123456789")
	case 'P':
		return message(body, "0123456789>=<$+!|")
	case '_':
		return message(body, "G")
	}
	return noSequence
}

// oldMouse is how many of the three bytes of an old mouse report (button, column, row) have come.
func oldMouse(text string) progress {
	switch {
	case strings.IndexFunc(text, func(r rune) bool { return r < ' ' }) >= 0:
		return noSequence
	case len(text) < 3:
		return goesOn
	}
	return ended
}

// final is the end of a sequence: one character from first on.
func final(text string, first byte) progress {
	switch {
	case text == "":
		return goesOn
	case len(text) == 1 && text[0] >= first && text[0] <= '~':
		return ended
	}
	return noSequence
}

// message is how far a text is in a string that begins with one of first.
func message(text, first string) progress {
	switch {
	case text == "":
		return goesOn
	case !strings.Contains(first, text[:1]):
		return noSequence
	case strings.HasSuffix(text, "\a"), strings.HasSuffix(text, "\x1b\\"):
		return ended
	}
	for _, r := range strings.TrimSuffix(text, "\x1b") {
		if r < ' ' {
			return noSequence
		}
	}
	return goesOn
}
