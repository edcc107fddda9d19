package theme

import "charm.land/bubbles/v2/spinner"

// Glyphs are the signs of the chrome, each one cell wide, with a likeness in [safe.ASCII].
type Glyphs struct {
	Bar      literal // beside the selected row
	Pin      literal
	Mark     literal
	Unread   literal
	Arrow    literal // from one state to the next, and to a target
	Dot      literal // between things of equal rank
	Ellipsis literal // where something was cut
	More     literal // rows below
	Open     literal // a fold that is open
	Shut     literal // a fold that is shut
	H, V     literal // lines
	Past     literal // a line that goes past a row it has nothing to do with
	Tee      literal // a line from which another goes down
	Branch   literal // a line from which another goes to the right
	TL, TR   literal // corners of a box
	BL, BR   literal
	Full     rune // a filled cell of a bar
	Empty    rune // an empty cell of a bar
	Spinner  spinner.Spinner
}

func glyphs(ascii bool) Glyphs {
	g := Glyphs{
		Bar: "▌", Pin: "★", Mark: "✓", Unread: "•",
		Arrow: "→", Dot: "·", Ellipsis: "…", More: "▼", Open: "▾", Shut: "▸",
		H: "─", V: "│", Past: "┊", Tee: "┬", Branch: "├",
		TL: "╭", TR: "╮", BL: "╰", BR: "╯", Full: '█', Empty: '·',
		Spinner: spinner.MiniDot,
	}
	if ascii {
		g.Spinner = spinner.Line
	}
	return g
}
