package edit

import (
	"creel/capture/body"
	"creel/capture/jsontok"
)

// Piece is the bytes [Off, End) of a line.
type Piece struct {
	Off, End int
	Kind     body.Kind // Text for white space, and what is no JSON; Error for a string that does not end
}

// JSONPieces parts one line of JSON. The pieces are in order and together are
// the line.
func JSONPieces(line []byte) []Piece {
	ts := jsontok.Tokens(line)
	out := make([]Piece, 0, 2*len(ts)+1)
	at := 0
	for i, t := range ts {
		if t.Off > at {
			out = append(out, Piece{at, t.Off, body.Text})
		}
		p := Piece{t.Off, t.End, body.Punct}
		switch t.Kind {
		case jsontok.String:
			p.Kind = body.String
			if i+1 < len(ts) && ts[i+1].Kind == ':' {
				p.Kind = body.Key
			}
		case jsontok.Literal:
			p.Kind = body.Number
			if c := line[t.Off]; c == 't' || c == 'f' || c == 'n' {
				p.Kind = body.Constant
			}
		case jsontok.Unterminated, jsontok.Other:
			p.Kind = body.Error
		}
		out = append(out, p)
		at = t.End
	}
	if at < len(line) {
		out = append(out, Piece{at, len(line), body.Text})
	}
	return out
}

// Replaced says what the tokens were of which a changed line was made: those of
// was that are not in is any more, such as 1900 for "amount": 2000. It is empty
// when nothing was taken away.
func Replaced(was, is []byte) []byte {
	a, b := jsontok.Tokens(was), jsontok.Tokens(is)
	kept := map[int]bool{}
	for _, i := range alignTokens(was, a, is, b) {
		kept[i] = true
	}
	var gone []jsontok.Token
	for i, t := range a {
		if !kept[i] {
			gone = append(gone, t)
		}
	}
	if gone == nil {
		return nil
	}
	return was[gone[0].Off:gone[len(gone)-1].End]
}
