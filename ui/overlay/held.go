package overlay

import (
	"cmp"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/reply"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/ui/field"
	"creel/ui/theme"
)

// HeldNow is how a hold stands.
type HeldNow struct {
	Held  bool
	Ended safe.Text // how it ended, when it is not held
	Since time.Time
	Limit time.Duration // how long the sender waits; 0 when that is not known
	// Left is the time until the hold ends by itself; Paused says that it stands still.
	Left   time.Duration
	Paused bool
}

// HeldSpec is what the dialog needs.
type HeldSpec struct {
	ID      capture.ID
	Name    string    // as people say it: #412
	Subject safe.Text // what is held: "POST /stripe  stripe invoice.paid"
	Presets []reply.Spec
	// Forward is where it would be forwarded, empty when there is nowhere, Otherwise what
	// it would have got without the hold.
	Forward, Otherwise safe.Text
	Look               func() HeldNow
	Now                func() time.Time
	// Decide is called with how the hold goes on, NextTry, when the sender has left, with
	// the reply to the next try, Leave when nothing was decided. Replies are valid.
	Decide  func(reply.Decision) tea.Cmd
	NextTry func(reply.Spec) tea.Cmd
	Leave   func()
}

// Held asks how the hold of a request ends; when the sender leaves, the reply can go to the next try.
type Held struct {
	t      *theme.Theme
	s      HeldSpec
	field  field.Field
	cursor // of ways; 0 is the reply
}

// NewHeld returns a dialog in which enter alone replies 200.
func NewHeld(t *theme.Theme, s HeldSpec) *Held {
	a := &Held{t: t, s: s, field: field.New(""), cursor: cursor{typed: true, round: true}}
	a.field.Ghost = `200   422 {"error":"x"}   @preset`
	return a
}

// way is one thing that can be done.
type way struct {
	name, hint safe.Text
	do         func() tea.Cmd // nil: cannot be done
}

// ID is the exchange that is held.
func (a *Held) ID() capture.ID { return a.s.ID }

// Written reports whether there is something in the field.
func (a *Held) Written() bool { return a.field.Value() != "" }

// ways are what can be done now; the first is the reply in the field.
func (a *Held) ways(held bool) []way {
	spec, err := reply.ParseSpec(cmp.Or(strings.TrimSpace(a.field.Value()), "200"), a.s.Presets)
	first := way{name: safe.Const("reply")}
	if err != nil {
		first.hint = safe.Line(strings.TrimPrefix(err.Error(), "reply: "))
	} else {
		first.hint = describe(&spec)
	}
	if !held {
		first.name = safe.Const("next try")
		if err == nil {
			first.hint = safe.Concat(safe.Const("give it to the delivery's next try: "), first.hint)
			first.do = func() tea.Cmd { return a.s.NextTry(spec) }
		}
		return []way{first}
	}
	if err == nil {
		first.do = a.decide(reply.Decision{Way: reply.WayReply, Reply: spec})
	}
	forward := way{safe.Const("forward"), a.s.Forward, a.decide(reply.Decision{Way: reply.WayForward})}
	if a.s.Forward.Empty() {
		forward.hint, forward.do = safe.Const("no target is on for this path"), nil
	}
	return []way{
		first,
		forward,
		{safe.Const("release"), a.s.Otherwise, a.decide(reply.Decision{Way: reply.WayRelease})},
		{safe.Const("drop"), safe.Const("close the connection without a reply"), a.decide(reply.Decision{Way: reply.WayDrop})},
	}
}

func (a *Held) decide(d reply.Decision) func() tea.Cmd {
	return func() tea.Cmd { return a.s.Decide(d) }
}

// Update implements Overlay.
func (a *Held) Update(msg tea.Msg) (tea.Cmd, bool) {
	ways := a.ways(a.s.Look().Held)
	a.at = min(a.at, len(ways)-1)
	if press, ok := msg.(tea.KeyPressMsg); ok {
		switch {
		case key.Matches(press, leaveKey):
			a.s.Leave()
			return nil, true
		case key.Matches(press, enterKey):
			if do := ways[a.at].do; do != nil {
				return do(), true
			}
			return nil, false
		}
	}
	if !a.update(msg, len(ways)) && a.field.Update(msg) {
		a.at = 0 // typing means the reply
	}
	return nil, false
}

// View implements Overlay.
func (a *Held) View(w, h int) Frame {
	t, inner := a.t, min(72, w-theme.BoxFrameWidth)
	look := a.s.Look()
	drawn, x := a.field.View(t, max(0, inner))
	lines := []string{a.clock(look, inner), drawn}
	y := 1
	if h >= 9 {
		lines = []string{textLine(t, t.Plain, a.s.Subject, inner), lines[0], "", drawn, ""}
		y = 3
	}
	ways := len(lines)
	for i, way := range a.ways(look.Held) {
		row, hint := listLine(t, inner, i == a.at), t.Dim
		if i == 0 && way.do == nil {
			hint = t.Warn
		}
		row.To(2).Text(t.Plain, way.name).To(12).Text(hint, way.hint)
		lines = append(lines, row.String())
	}
	if a.at > 0 { // the field is left
		x, y = 0, ways+a.at
	}
	return framed(t, safe.Linef("reply to %s", a.s.Name), lines, inner, h, x, y)
}

const barCells = 20

// clock counts up against the sender's limit, like a bar.
func (a *Held) clock(look HeldNow, w int) string {
	t, row := a.t, a.t.NewRow(w, theme.Style{})
	if !look.Held {
		if look.Ended.Empty() {
			look.Ended = safe.Const("the sender has left")
		}
		return row.Text(t.Warn, safe.Concat(safe.Const("it is not held any more: "), look.Ended)).String()
	}
	waited := max(0, a.s.Now().Sub(look.Since))
	if look.Limit <= 0 {
		ends := safe.Linef("released automatically in %s", words.Duration(look.Left))
		if look.Paused {
			ends = safe.Const("its timer is paused while you write")
		}
		return row.Text(t.Held, safe.Linef(" held %s ", words.Duration(waited))).Gap(1).Text(t.Dim, ends).String()
	}
	style := t.Plain
	if waited > look.Limit {
		style = t.Bad
	}
	full := int(min(waited, look.Limit) * barCells / look.Limit)
	row.Text(style, safe.Const("█").Repeat(full)).Text(t.Dim, safe.Const("·").Repeat(barCells-full))
	return row.Gap(1).Text(style, safe.Linef("%s of %s", words.Duration(waited), words.Duration(look.Limit))).Gap(1).
		Lit(t.Dim, "until the sender gives up").String()
}

// Keys implements Overlay.
func (a *Held) Keys() []key.Binding {
	if !a.s.Look().Held {
		return []key.Binding{does(enterKey, "give it to the next try"), leaveKey}
	}
	const ways = "reply, forward, release, drop"
	return []key.Binding{does(enterKey, "do it"), does(typedUp, ways), does(typedDown, ways), does(leaveKey, "keep it held")}
}
