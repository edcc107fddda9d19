package cli

import "creel/capture"

// paint colours words of lines for people. Its zero value leaves them as they are.
type paint struct{ on bool }

// The colours, as terminals number them.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
)

// paint is that of standard output.
func (p *program) paint() paint { return paint{p.styled()} }

func (c paint) in(colour, text string) string {
	if !c.on || colour == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// status colours the result of an exchange by its status; 0 is none.
func (c paint) status(status int, text string) string {
	switch {
	case status == 0:
		return c.in(yellow, text)
	case status >= 400:
		return c.in(red, text)
	case status >= 300:
		return c.in(yellow, text)
	}
	return c.in(green, text)
}

// verdict colours a word about a signature.
func (c paint) verdict(v capture.Verdict, text string) string {
	colours := map[capture.Verdict]string{
		capture.Valid: green, capture.Invalid: red, capture.Stale: red, capture.NoSecret: yellow,
	}
	return c.in(colours[v], text)
}
