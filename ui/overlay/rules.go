package overlay

import (
	"cmp"
	"strconv"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/reply"
	"creel/capture/safe"
	"creel/ui/keys"
	"creel/ui/theme"
)

// RulesNow is how the rules stand.
type RulesNow struct {
	List    []reply.RuleInfo
	File    string
	Unsaved bool
	Removed int       // how many rules Undo can bring back
	Err     error     // why the file as it is now is not in force
	Status  safe.Text // what came of the last thing done here; empty for nothing
}

// RulesSpec is what the dialog needs.
type RulesSpec struct {
	Look func() RulesNow
	// From names the request that Make makes a new rule from, "#412"; empty when there is none.
	From safe.Text
	Make func() tea.Cmd
	// These change a rule, by its place; Reset has it count from zero.
	Enable              func(i int, on bool) tea.Cmd
	Move                func(from, to int) tea.Cmd
	Remove, Edit, Reset func(i int) tea.Cmd
	// Undo brings the rule back that was removed last, Save writes the rules to their file.
	Undo, Save func() tea.Cmd
}

// Rules shows the rules in order, to switch, order and edit them.
type Rules struct {
	t *theme.Theme
	s RulesSpec
	cursor
}

// NewRules returns the dialog.
func NewRules(t *theme.Theme, s RulesSpec) *Rules { return &Rules{t: t, s: s} }

var ruleKeys = struct{ toggle, edit, reset, undo, add, save key.Binding }{
	toggle: spaceKey,
	edit:   keys.Bind("$EDITOR", "e", "E", "enter"),
	reset:  keys.Bind("count from 0", "r"),
	undo:   keys.Bind("undo", "u"),
	add:    keys.Bind("", "n"),
	save:   keys.Bind("write", "w"),
}

// Update implements Overlay.
func (r *Rules) Update(msg tea.Msg) (tea.Cmd, bool) {
	n := len(r.s.Look().List)
	if r.update(msg, n) {
		return nil, false
	}
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		r.click(msg.Y, n)
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, closeKey):
			return nil, true
		case key.Matches(msg, ruleKeys.add):
			if !r.s.From.Empty() {
				return r.s.Make(), false
			}
		case key.Matches(msg, ruleKeys.undo):
			return r.s.Undo(), false
		case key.Matches(msg, ruleKeys.save):
			return r.s.Save(), false
		default:
			return r.ruleKey(msg), false
		}
	}
	return nil, false
}

// ruleKey handles the keys that act on the selected rule.
func (r *Rules) ruleKey(press tea.KeyPressMsg) tea.Cmd {
	list := r.s.Look().List
	if len(list) == 0 {
		return nil
	}
	r.move(0, len(list))
	switch {
	case key.Matches(press, ruleKeys.toggle):
		return r.s.Enable(r.at, !list[r.at].Enabled)
	case key.Matches(press, ruleKeys.edit):
		return r.s.Edit(r.at)
	case key.Matches(press, ruleKeys.reset):
		return r.s.Reset(r.at)
	case key.Matches(press, removeKey):
		return r.s.Remove(r.at)
	case key.Matches(press, lowerKey, raiseKey):
		was := r.at
		if r.shift(press, len(list)); r.at != was {
			return r.s.Move(was, r.at)
		}
	}
	return nil
}

// View implements Overlay.
func (r *Rules) View(w, h int) Frame {
	t, now := r.t, r.s.Look()
	inner := max(0, min(100, w-theme.BoxFrameWidth))
	cur := r.cursor
	cur.move(0, len(now.List))
	at := cur.at
	below := r.below(now, at, inner)
	rows := max(1, min(len(now.List), h-theme.BoxFrameHeight-len(below)))
	c := measure(now.List, inner)
	lines, list := cur.lines(len(now.List), rows, func(i int) string { return c.draw(t, &now.List[i], i == at) })
	if len(now.List) == 0 {
		lines = append(lines, paragraph(t, t.Plain, r.none(), inner)...)
	}
	lines = append(lines, below...)
	lines = lines[:min(len(lines), max(1, h-theme.BoxFrameHeight))]
	return Frame{Content: t.Box(safe.Const("rules: the first that matches decides"), lines, inner+theme.BoxFrameWidth), List: list}
}

func (r *Rules) none() safe.Text {
	none := safe.Const("No rules: a target that is on or the standing reply decides.")
	if r.s.From.Empty() {
		return none
	}
	return safe.Linef("%s n makes one from %s.", none, r.s.From)
}

// below says what there is to know of the selected rule and of the file.
func (r *Rules) below(now RulesNow, at, w int) []string {
	t := r.t
	line := func(s theme.Style, text safe.Text) string { return textLine(t, s, text, w) }
	lines := []string{""}
	if len(now.List) > 0 {
		rule := &now.List[at]
		lines = append(lines,
			t.NewRow(w, theme.Style{}).Lit(t.Dim, "when  ").Text(t.Plain, safe.Line(cmp.Or(rule.Match, "everything"))).String(),
			t.NewRow(w, theme.Style{}).Lit(t.Dim, "then  ").Text(t.Plain, safe.Line(rule.Action)).String(), "")
	}
	switch {
	case now.Err != nil:
		lines = append(lines, line(t.Warn, safe.Linef("the file is not in force: %v", now.Err)))
	case now.Unsaved:
		lines = append(lines, paragraph(t, t.Pending, safe.Linef("changed until creel ends; w writes %s", now.File), w)...)
	case len(now.List) > 0:
		lines = append(lines, line(t.Dim, safe.Linef("as in %s", now.File)))
	}
	if !now.Status.Empty() {
		lines = append(lines, paragraph(t, t.Warn, now.Status, w)...)
	}
	if len(lines) == 1 {
		return nil
	}
	return lines
}

// ruleColumns are the widths of the columns of the list.
type ruleColumns struct{ inner, name, match, action, count int }

// measure shares the width: name and count get what they need, filter and action the rest.
func measure(list []reply.RuleInfo, inner int) ruleColumns {
	c := ruleColumns{inner: inner}
	for i := range list {
		c.name = max(c.name, safe.Line(list[i].Name).Width())
		c.match = max(c.match, safe.Line(list[i].Match).Width())
		c.action = max(c.action, safe.Line(list[i].Action).Width())
		c.count = max(c.count, countOf(&list[i]).Width())
	}
	c.name = min(c.name, max(8, inner/4))
	rest := max(0, inner-ruleLead-c.name-c.count-3*2)
	c.action = min(c.action, max(rest/2, rest-c.match))
	c.match = min(c.match, rest-c.action)
	return c
}

const ruleLead = 6 // the bar, and on or off

func countOf(i *reply.RuleInfo) safe.Text {
	switch {
	case i.UsedUp():
		return safe.Linef("used up, %d of %d", i.Used, i.Times)
	case i.Times > 0:
		return safe.Linef("%d of %d", i.Used, i.Times)
	}
	return safe.Line(strconv.FormatUint(i.Matched, 10) + "×")
}

func (c ruleColumns) draw(t *theme.Theme, i *reply.RuleInfo, selected bool) string {
	row, style := listLine(t, c.inner, selected), t.Plain
	if !i.Enabled || i.UsedUp() {
		style = t.Dim
	}
	row.To(2)
	if i.Enabled {
		row.Lit(style, "on")
	} else {
		row.Lit(style, "off")
	}
	at := ruleLead
	for _, col := range []struct {
		text  safe.Text
		width int
	}{{safe.Line(i.Name), c.name}, {safe.Line(i.Match), c.match}, {safe.Line(i.Action), c.action}} {
		row.To(at).Text(style, col.text.Cut(col.width))
		at += col.width + 2
	}
	return row.To(c.inner-countOf(i).Width()).Text(t.Dim, countOf(i)).String()
}

// Keys implements Overlay.
func (r *Rules) Keys() []key.Binding {
	k, now := &ruleKeys, r.s.Look()
	var list []key.Binding
	if len(now.List) > 0 {
		list = append(list, k.toggle)
	}
	if now.Unsaved {
		list = append(list, k.save)
	}
	if len(now.List) > 0 {
		list = append(list, k.edit)
		if now.List[min(r.at, len(now.List)-1)].Matched > 0 {
			list = append(list, k.reset)
		}
	}
	if !r.s.From.Empty() {
		list = append(list, does(k.add, "new from "+r.s.From.String()))
	}
	if len(now.List) > 0 {
		list = append(list, removeKey)
	}
	if now.Removed > 0 {
		list = append(list, k.undo)
	}
	if len(now.List) > 1 {
		list = append(list, lowerKey, raiseKey)
	}
	return append(list, closeKey)
}
