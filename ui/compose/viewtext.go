package compose

import (
	"bytes"
	"strconv"
	"strings"

	"creel/capture/body"
	"creel/capture/provider"
	"creel/capture/safe"
	"creel/forward/edit"
	"creel/ui/theme"
)

// gutter is how many cells stand before the text: the mark of a change, the number, a blank.
func (c *Compose) gutter() int { return max(2, len(strconv.Itoa(len(c.text.lines)))) + 2 }

func (c *Compose) textRow(i int) string {
	t := c.spec.Theme
	row := t.NewRow(c.w, theme.Style{})
	if i >= len(c.text.lines) {
		return row.String()
	}
	was, changed := c.state.was[i]
	if changed {
		row.Lit(t.Changed, "~")
	}
	number := t.Dim
	if i == c.text.at.line && c.focus == onText {
		number = t.Plain
	}
	row.To(c.gutter()-1-len(strconv.Itoa(i+1))).Int(number, i+1).Gap(1)
	aside := c.aside(i, was, changed)
	room := c.textRoom(row.Room(), i, aside)
	text := c.lineText(i, room)
	row.Styled(text.Drawn(), text.Col())
	if !aside.Empty() && row.Room() >= asideGap+aside.Width()+1 {
		row.To(c.w-1-aside.Width()).Text(t.Dim, aside)
	}
	return row.String()
}

// The cells between a line and what is said of it, and the fewest that a line
// keeps when room is made for that.
const (
	asideGap  = 3
	leastText = 24
)

// textRoom is how many cells a line may take: it is cut for an aside, unless it is being written.
func (c *Compose) textRoom(room, i int, aside safe.Text) int {
	rest := room - asideGap - aside.Width() - 1
	if aside.Empty() || rest < leastText || c.text.left > 0 || i == c.text.at.line && c.focus == onText {
		return room
	}
	return rest
}

// lineText draws what is in sight of a line, with a sign where more of it is not.
func (c *Compose) lineText(i, room int) *theme.Row {
	line, t := c.text.lines[i], c.spec.Theme
	row, left := t.NewRow(room, theme.Style{}), c.text.left
	if left > 0 && len(line) > 0 {
		row.Lit(t.Dim, t.Ellipsis)
		left++
	}
	from, begins := byteAt(line, left)
	if from < len(line) && begins < left { // half of it is out of sight
		n := clusterLen(line[from:])
		row.Gap(begins + clusterCells(line[from:from+n]) - left)
		from += n
	}
	n, cells := byteAt(line[from:], row.Room()+1)
	cut := from+n < len(line) || cells > row.Room()
	if cut {
		n, _ = byteAt(line[from:], row.Room()-1)
	}
	for _, p := range c.pieces(i, line) {
		if a, b := max(p.Off, from), min(p.End, from+n); a < b {
			row.Text(t.Syntax(pieceSyntax[p.Kind]), safe.Line(line[a:b]))
		}
	}
	if cut {
		row.Lit(t.Dim, t.Ellipsis)
	}
	return row
}

func (c *Compose) aside(i int, was []byte, changed bool) safe.Text {
	text := safe.Text{}
	switch {
	case changed && len(was) > 0:
		text = safe.Concat(safe.Const("was "), safe.Line(bytes.TrimSpace(was)))
	case i > 0 && i < c.bodyLine():
		room := c.w - 1 - asideGap - c.gutter() - safe.Line(c.text.lines[i]).Width()
		long, brief := c.fieldNote(c.text.lines[i])
		if text = long; long.Width() > room {
			text = brief
		}
		return text.Cut(max(room, c.w/2))
	}
	return text.Cut(c.w / 2)
}

// fieldNote says what becomes of a header field, at length and in short.
func (c *Compose) fieldNote(line []byte) (long, brief safe.Text) {
	same := func(t safe.Text) (safe.Text, safe.Text) { return t, t }
	name, _, _ := strings.Cut(strings.ToLower(string(line)), ":")
	switch {
	case name == "content-length":
		how := "counted on send"
		length, _ := c.state.result.Request.Get("Content-Length")
		if _, shown, _ := bytes.Cut(line, []byte(":")); length != "" && string(bytes.TrimSpace(shown)) != length {
			how = length + " on send"
		}
		return safe.Line(how + "; a ! after the name keeps yours"), safe.Line(how)
	case name == "content-length!":
		return same(safe.Const("sent as you wrote it"))
	case (strings.Contains(name, "signature") || strings.Contains(name, "hmac")) &&
		c.sign.State == provider.EditRenewed && c.renew:
		return same(safe.Const("will be renewed on send"))
	}
	return safe.Text{}, safe.Text{}
}

// mostColoured is the length of a line that is coloured.
const mostColoured = 8 << 10

// pieces parts a line into what is coloured alike.
func (c *Compose) pieces(i int, line []byte) []edit.Piece {
	switch {
	case len(line) > mostColoured || i == 0:
	case i < c.bodyLine():
		if colon := bytes.IndexByte(line, ':'); colon > 0 {
			return []edit.Piece{{Off: 0, End: colon, Kind: body.Key}, {Off: colon, End: len(line)}}
		}
	case c.draft.SpeaksJSON():
		return edit.JSONPieces(line)
	}
	return []edit.Piece{{Off: 0, End: len(line)}}
}

// pieceSyntax is what kind of token a piece is.
var pieceSyntax = [...]theme.Syntax{
	body.Text: theme.SyntaxText, body.Key: theme.SyntaxKey, body.String: theme.SyntaxString, body.Number: theme.SyntaxNumber,
	body.Constant: theme.SyntaxConstant, body.Punct: theme.SyntaxPunct, body.Error: theme.SyntaxError,
}
