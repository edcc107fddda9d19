package body

import (
	"bytes"
	"context"
	"strings"
)

func fitsText(c *Content) int {
	switch {
	case len(c.Text) == 0:
		return likely
	case languageOf(c) != nil && c.printable():
		return declared
	case c.printable():
		return likely
	case strings.HasPrefix(c.Media, "text/"):
		return likely
	}
	return unfit
}

// openText shows text line by line, in its language when that is known and the
// text is not too large to be read through.
func openText(ctx context.Context, c *Content) (*View, error) {
	d, err := newText(ctx, c.Text)
	if err != nil {
		return nil, err
	}
	v := &View{Doc: d, Bad: -1}
	if l := languageOf(c); l != nil && len(c.Text) <= maxWhole {
		v.Doc = &codeDoc{textDoc: d, language: l, states: statesOf(l, c.Text)}
	}
	return v, nil
}

// codeDoc is text in a language.
type codeDoc struct {
	*textDoc
	language *language
	states   []inside // what each line begins within
}

func statesOf(l *language, text []byte) []inside {
	states := make([]inside, 0, bytes.Count(text, []byte{'\n'})+1)
	in := inText
	for line := range bytes.Lines(text) {
		states = append(states, in)
		if l.block[0] != "" || l.multi != 0 {
			_, in = l.lex(string(bytes.TrimRight(line, "\r\n")), in)
		}
	}
	return states
}

// Line lays out row i.
func (d *codeDoc) Line(i int) Line {
	l := d.textDoc.Line(i)
	if l.Num == 0 || l.Num > len(d.states) || d.bad >= 0 {
		return l // the rest of a long line
	}
	l.Spans = d.language.spans(string(d.src[l.Off:l.End]), d.states[l.Num-1])
	return l
}
