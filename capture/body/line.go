package body

import (
	"creel/capture/safe"
)

// Kind says what a piece of a line is, for a screen to colour.
type Kind uint8

// The kinds of spans.
const (
	Text     Kind = iota // plain
	Key                  // the name in a name and value pair
	String               // a string
	Number               // a number
	Constant             // true, false, null
	Keyword              // a word of the format, or a heading
	Punct                // brackets, commas, indentation
	Comment              // comments, and what the view adds itself
	Attr                 // an attribute's name
	Name                 // of an operation
	Error                // where the content is not what it should be
)

// Span is a piece of a line.
type Span struct {
	Kind Kind
	Text safe.Text
}

// Line is one line of a view.
type Line struct {
	// Num is the number of the line, from 1; zero for a line that continues
	// the one above it.
	Num   int
	Spans []Span
	// Off and End are the bytes of the content that the line shows, [Off, End)
	// in what the renderer was given: Content.Text, or Content.Data for binary
	// formats. Equal when it shows none.
	Off, End int
	Depth    int  // of nesting
	Fold     Fold // whether something is folded or can be
	// Pixels are the colours of an image's line, two for each cell: the upper
	// half and the lower half. Spans are empty then.
	Pixels [][2]RGB
}

// RGB is a colour of an image.
type RGB struct{ R, G, B uint8 }

// Fold is whether a line can be folded.
type Fold uint8

// The ways a line takes part in folding.
const (
	FoldNone Fold = iota
	FoldOpen      // what follows up to the closing line can be folded into it
	FoldShut      // it is folded
)

// Text returns the line as one text, without kinds.
func (l Line) Text() safe.Text {
	if len(l.Spans) == 1 {
		return l.Spans[0].Text
	}
	parts := make([]safe.Text, len(l.Spans))
	for i := range l.Spans {
		parts[i] = l.Spans[i].Text
	}
	return safe.Concat(parts...)
}

// Doc is a laid out view of a body.
type Doc interface {
	// Len is the number of lines, without any that are folded away.
	Len() int
	// Line lays out line i, from 0 to Len()-1. The result is the caller's.
	Line(i int) Line
}

// MaxRow is how many bytes of content a line shows at most.
const MaxRow = 4096
