package edit

import (
	"bytes"
	"fmt"

	"creel/capture/jsontok"
)

// Problem is what is wrong with a text, and where.
type Problem struct {
	Line int // from 1
	Col  int // in bytes, from 1
	Msg  string
}

// Error says what is wrong and in which line.
func (p *Problem) Error() string { return fmt.Sprintf("line %d: %s", p.Line, p.Msg) }

// CheckJSON returns what is wrong with JSON; nil when nothing is.
func CheckJSON(src []byte) *Problem {
	if wrong := jsontok.Check(src); wrong != nil {
		return problemAt(src, wrong.Off, wrong.Msg)
	}
	return nil
}

func problemAt(src []byte, off int, msg string) *Problem {
	before := src[:off]
	return &Problem{
		Line: bytes.Count(before, []byte("\n")) + 1,
		Col:  off - bytes.LastIndexByte(before, '\n'),
		Msg:  msg,
	}
}
