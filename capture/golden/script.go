package golden

import (
	"fmt"
	"slices"
	"strings"
)

// Script writes down what is seen after each step of a test: the lines of a frame,
// with their styles, that became others. The zero value is empty.
type Script struct {
	b     strings.Builder
	lines []string
	notes []string
}

// Begin begins another scene: all of its first frame is written.
func (s *Script) Begin(format string, args ...any) {
	if s.b.Len() > 0 {
		s.b.WriteString("\n")
	}
	s.lines, s.notes = nil, nil
	s.Say("== "+format, args...)
}

// Step says what is done next.
func (s *Script) Step(format string, args ...any) { s.Say("> "+format, args...) }

// Say writes a line.
func (s *Script) Say(format string, args ...any) { fmt.Fprintf(&s.b, format+"\n", args...) }

// See writes what is seen otherwise than before: of the frame, and of the notes,
// each of which stands for itself.
func (s *Script) See(frame string, notes ...string) {
	lines := strings.Split(strings.TrimSuffix(Styled(frame), "\n"), "\n")
	if len(lines) != len(s.lines) {
		s.lines = make([]string, len(lines))
		for i := range s.lines {
			s.lines[i] = "\n" // unlike any
		}
	}
	for i, l := range lines {
		if s.lines[i] != l {
			s.Say("%2d %s", i, l)
		}
	}
	for _, n := range notes {
		if !slices.Contains(s.notes, n) {
			s.Say("%s", n)
		}
	}
	s.lines, s.notes = lines, notes
}

// String is all that was written.
func (s *Script) String() string { return s.b.String() }
