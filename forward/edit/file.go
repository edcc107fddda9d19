package edit

import (
	"bytes"
	"cmp"
	"strings"
	"unicode/utf8"
)

// File returns a text as it is given to an editor: what editors change or lose
// by themselves (control characters but tabs and line feeds, bytes that are not
// UTF-8) stands as a mark, ␀ for NUL, ␍ for CR, \x9b for a byte.
func File(text []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(text))
	plain := 0 // from here on nothing is written yet
	for i := 0; i < len(text); {
		n, mark := character(text[i:])
		if mark != "" {
			b.Write(text[plain:i])
			b.WriteString(mark)
			plain = i + n
		}
		i += n
	}
	b.Write(text[plain:])
	return b.Bytes()
}

// character returns the length of the character at the start of text, and the mark that
// stands for it in a file; empty where it stands there itself.
func character(text []byte) (n int, mark string) {
	switch c := text[0]; {
	case c == '\n' || c == '\t' || c >= ' ' && c < 0x7f:
		return 1, ""
	case c < ' ':
		return 1, string(rune(0x2400) + rune(c))
	case c == 0x7f:
		return 1, string(rune(0x2421))
	}
	r, n := utf8.DecodeRune(text)
	if r == utf8.RuneError && n == 1 {
		const hex = "0123456789abcdef"
		return 1, string([]byte{'\\', 'x', hex[text[0]>>4], hex[text[0]&15]})
	}
	return n, ""
}

// unit is a character, and how it is shown in a file.
type unit struct{ was, shown string }

func units(text []byte) []unit {
	out := make([]unit, 0, len(text))
	for len(text) > 0 {
		n, mark := character(text)
		was := string(text[:n])
		out = append(out, unit{was, cmp.Or(mark, was)})
		text = text[n:]
	}
	return out
}

// FromFile returns the text that an editor left in a file that held
// File(text). Lines that were not changed keep the bytes of the text; within
// changed ones what is before and after the change does, and a mark that was
// there stands for its character. A final line feed that the editor added is
// taken off, which note says.
func FromFile(text, edited []byte) (back []byte, note string) {
	file := File(text)
	added := !bytes.HasSuffix(text, []byte("\n")) && bytes.HasSuffix(edited, []byte("\n"))
	if added {
		edited = edited[:len(edited)-1]
	}
	if bytes.Equal(edited, file) {
		return text, ""
	}
	if added {
		note = "the final line break that the editor added is taken off"
	}
	was := strings.Split(string(text), "\n")
	shown := strings.Split(string(file), "\n")
	now := strings.Split(string(edited), "\n")
	at := Align(shown, now)
	var out []string
	for i, j := 0, 0; j < len(now); {
		if at[j] >= 0 {
			i = at[j] + 1
			out = append(out, was[at[j]])
			j++
			continue
		}
		from := j
		for j < len(now) && at[j] < 0 {
			j++
		}
		upTo := len(was)
		if j < len(now) {
			upTo = at[j]
		}
		out = append(out, restore(strings.Join(was[i:upTo], "\n"), strings.Join(now[from:j], "\n")))
	}
	return []byte(strings.Join(out, "\n")), note
}

// restore gives an edited piece of a file the bytes of the piece of text that it
// comes from.
func restore(was, edited string) string {
	us := units([]byte(was))
	var head, tail strings.Builder
	for len(us) > 0 && strings.HasPrefix(edited, us[0].shown) {
		head.WriteString(us[0].was)
		edited = edited[len(us[0].shown):]
		us = us[1:]
	}
	end := len(us)
	for end > 0 && strings.HasSuffix(edited, us[end-1].shown) {
		end--
		edited = edited[:len(edited)-len(us[end].shown)]
	}
	for _, u := range us[end:] {
		tail.WriteString(u.was)
	}
	var marks []string
	for _, u := range us[:end] {
		if u.shown != u.was {
			marks = append(marks, u.shown, u.was)
		}
	}
	return head.String() + strings.NewReplacer(marks...).Replace(edited) + tail.String()
}
