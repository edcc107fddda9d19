package cli

import (
	"errors"
	"io"
	"testing"

	"creel/capture"
)

// The first thing that goes wrong while attempts are kept or printed is how the command
// ends; each attempt is printed once.
func TestWhatIsSentAndNotKept(t *testing.T) {
	full := errors.New("the disk is full")
	keeps := func(err error) func(capture.ID, capture.Attempt) (int, error) {
		return func(capture.ID, capture.Attempt) (int, error) { return 7, err }
	}
	for _, tt := range []struct {
		name   string
		keep   func(capture.ID, capture.Attempt) (int, error)
		prints bool // before it is kept
		n      int
		out    io.Writer
		lines  int
		err    error
	}{
		{name: "kept", keep: keeps(nil), lines: 1},
		{name: "not kept", keep: keeps(full), lines: 1, err: full},
		{name: "kept where it was captured", keep: keeps(full), n: 3, lines: 1},
		{name: "printed already", keep: keeps(nil), prints: true},
		{name: "never kept", lines: 0},
		{name: "not printed", keep: keeps(nil), out: &goneReader{}, err: errGone},
		{name: "neither", keep: keeps(full), out: &goneReader{}, err: full},
	} {
		var lines countedWrites
		p := newProgram()
		p.out = &lines
		if tt.out != nil {
			p.out = tt.out
		}
		s := &sending{p: p, flags: &sendFlags{}, keep: tt.keep, prints: tt.prints}
		s.record(1, capture.Attempt{N: tt.n, To: "http://a"})
		if !errors.Is(s.err, tt.err) || tt.out == nil && int(lines) != tt.lines {
			t.Errorf("%s: %d lines, %v; want %d, %v", tt.name, lines, s.err, tt.lines, tt.err)
		}
	}
}

// countedWrites counts them.
type countedWrites int

func (c *countedWrites) Write(b []byte) (int, error) {
	*c++
	return len(b), nil
}
