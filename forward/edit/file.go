package edit

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// File returns a text as it is given to an editor: what editors change or lose
// by themselves (control characters but tabs and line feeds, bytes that are not
// UTF-8) stands as a mark, ␀ for NUL, ␍ for CR, \x9b for a byte.
func File(text []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(text))
	for _, u := range units(text) {
		b.WriteString(u.shown)
	}
	return b.Bytes()
}

// unit is a character, and how it is shown in a file.
type unit struct{ was, shown string }

func units(text []byte) []unit {
	out := make([]unit, 0, len(text))
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		u := unit{was: string(text[i : i+n])}
		switch {
		case r == utf8.RuneError && n == 1:
			u.shown = fmt.Sprintf(`\x%02x`, text[i])
		case r < ' ' && r != '\n' && r != '\t':
			u.shown = string(0x2400 + r)
		case r == 0x7f:
			u.shown = string(rune(0x2421))
		default:
			u.shown = u.was
		}
		out = append(out, u)
		i += n
	}
	return out
}

// FromFile returns the text that an editor left in a file that held
// File(text). Lines that were not changed keep the bytes of the text; within
// changed ones what is before and after the change does, and a mark that was
// there stands for its character. A final line feed that the editor added is
// taken off, which note says.
func FromFile(text, edited []byte) (back []byte, note string) {
	if !bytes.HasSuffix(text, []byte("\n")) && bytes.HasSuffix(edited, []byte("\n")) {
		edited = edited[:len(edited)-1]
		if !bytes.Equal(edited, File(text)) {
			note = "the final line break that the editor added is taken off"
		}
	}
	was := strings.Split(string(text), "\n")
	shown := strings.Split(string(File(text)), "\n")
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
