package safe

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"
)

// Lines makes a safe text of several lines: line breaks (\n or \r\n) are kept,
// tabs expanded, everything else is as with [Line].
func Lines[S ~string | ~[]byte](s S) []Text {
	parts := strings.Split(string(s), "\n")
	texts := make([]Text, len(parts))
	for i, p := range parts {
		if i < len(parts)-1 {
			p = strings.TrimSuffix(p, "\r")
		}
		texts[i] = Tabbed(p, 0)
	}
	return texts
}

// Print writes s to w, which is a terminal, as [Lines]: line breaks stay, all
// that acts on the terminal is a mark. A missing final line break is added.
func Print[S ~string | ~[]byte](w io.Writer, s S) error {
	out := bufio.NewWriter(w)
	for line := range strings.Lines(string(s)) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if _, err := out.WriteString(Tabbed(line, 0).s + "\n"); err != nil {
			return err
		}
	}
	return out.Flush()
}

// asciiFor holds the signs that have a likeness of the same width in ASCII.
var asciiFor = strings.NewReplacer(
	"─", "-", "━", "-", "│", "|", "┊", ":", "┃", "|", "┌", "+", "┐", "+", "└", "+", "┘", "+", "├", "+", "┤", "+",
	"┬", "+", "┴", "+", "┼", "+", "╭", "+", "╮", "+", "╰", "+", "╯", "+", "▌", ">", "█", "#", "▀", "#", "▁", "_", "▂", ".", "▃", ":", "▄", "=", "▅", "+", "▆", "*", "▇", "%",
	"…", "~", "·", ".", "•", "*", "●", "*", "○", "o", "★", "*", "→", ">", "←", "<", "↑", "^", "↓", "v",
	"▸", ">", "▾", "v", "▼", "v", "▲", "^", "‹", "<", "›", ">", "✓", "+", "✗", "x", "×", "x", "↪", ">", "◂", "<", "░", ".", "µ", "u",
)

// ASCII returns s, which may be a whole styled frame, with every character that
// is not ASCII replaced by ones that are and take as many cells. It is for
// terminals that do not show UTF-8.
func ASCII(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return s
	}
	var b strings.Builder
	for s = asciiFor.Replace(s); s != ""; {
		if s[0] < utf8.RuneSelf && (len(s) == 1 || s[1] < utf8.RuneSelf) {
			b.WriteByte(s[0])
			s = s[1:]
			continue
		}
		cluster, w := firstCluster(s)
		s = s[len(cluster):]
		b.WriteString(asciiCluster(cluster, w))
	}
	return b.String()
}

func asciiCluster(cluster string, width int) string {
	r, n := utf8.DecodeRuneInString(cluster)
	switch {
	case r < utf8.RuneSelf && n == len(cluster):
		return cluster
	case r < utf8.RuneSelf: // a letter with marks: the letter
		return string(r)
	case r >= 0x2400 && r <= 0x2421:
		return "^"
	}
	return strings.Repeat("?", width)
}
