package overlay

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/safe"
	"creel/forward"
	"creel/ui/field"
	"creel/ui/keys"
	"creel/ui/theme"
)

// Targets shows the standing targets: what is forwarded where, what is on, and how each is.
type Targets struct {
	t       *theme.Theme
	s       TargetsSpec
	example bool // nothing is selected, and s.Captured is an example
	cursor
	field   *field.Field // a target that is being written; nil when none is
	fresh   bool         // it is a new one
	tried   bool         // enter did not take it as it is
	kept    string       // the Spec of the target that was written to the file last
	keptErr error        // why it could not be
}

// TargetsSpec is what the dialog is made of.
type TargetsSpec struct {
	Look     func() []forward.Status // the targets as they are
	Now      func() time.Time
	Captured string                  // the request target of what is selected; may be empty
	Check    func(forward.URL) error // refuses URLs; may be nil
	Defaults forward.Defaults        // the settings of a new target
	Set      func([]forward.Target)  // is called with what the targets are from now on
	// File is the configuration file, to which Keep writes a target; empty where that cannot be.
	File string
	Keep func(forward.Target) tea.Cmd
}

// NewTargets returns the dialog. Without any target it asks for one at once.
func NewTargets(t *theme.Theme, s TargetsSpec) *Targets {
	d := &Targets{t: t, s: s}
	if s.Captured == "" {
		d.s.Captured, d.example = "/path?query", true
	}
	if len(s.Look()) == 0 {
		d.write("", true)
	}
	return d
}

// Kept says that a target was written to the configuration file, or why not.
func (d *Targets) Kept(t *forward.Target, err error) { d.kept, d.keptErr = t.Spec(), err }

// Update implements Overlay.
func (d *Targets) Update(msg tea.Msg) (tea.Cmd, bool) {
	if d.field != nil {
		return d.writing(msg)
	}
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		d.click(msg.Y, len(d.s.Look()))
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, closeKey, targetKeys.shut):
			return nil, true
		case key.Matches(msg, targetKeys.add):
			d.write("", true)
		default:
			if !d.update(msg, len(d.s.Look())) {
				return d.targetKey(msg), false
			}
		}
		return nil, false
	}
	d.update(msg, len(d.s.Look()))
	return nil, false
}

var targetKeys = struct{ shut, add, toggle, change, keep, ordered, insecure, strip key.Binding }{
	shut:     keys.Bind("close", "F"),
	add:      keys.Bind("new", "n", "a"),
	toggle:   spaceKey,
	change:   keys.Bind("change", "enter", "e"),
	keep:     keys.Bind("keep", "w"),
	ordered:  keys.Bind("one at a time", "o"),
	insecure: keys.Bind("any certificate", "i"),
	strip:    keys.Bind("take the path off", "s"),
}

// targetKey handles the keys that act on the selected target.
func (d *Targets) targetKey(press tea.KeyPressMsg) tea.Cmd {
	list := d.targets()
	d.move(0, len(list))
	if len(list) == 0 {
		return nil
	}
	t := &list[d.at]
	switch {
	case key.Matches(press, targetKeys.toggle):
		t.Disabled = !t.Disabled
	case key.Matches(press, targetKeys.ordered):
		t.Ordered = !t.Ordered
	case key.Matches(press, targetKeys.insecure):
		t.Insecure = !t.Insecure
	case key.Matches(press, targetKeys.strip):
		t.StripPrefix = !t.StripPrefix && t.Path != ""
	case key.Matches(press, removeKey):
		list = slices.Delete(list, d.at, d.at+1)
	case key.Matches(press, lowerKey, raiseKey):
		was := d.at
		if d.shift(press, len(list)); d.at == was {
			return nil
		}
		list[was], list[d.at] = list[d.at], list[was]
	case key.Matches(press, targetKeys.change):
		d.write(t.Spec(), false)
		return nil
	case key.Matches(press, targetKeys.keep):
		if d.s.File == "" {
			return nil
		}
		return d.s.Keep(*t)
	default:
		return nil
	}
	d.s.Set(list)
	return nil
}

func (d *Targets) targets() []forward.Target {
	var out []forward.Target
	for _, s := range d.s.Look() {
		out = append(out, s.Target)
	}
	return out
}

func (d *Targets) write(text string, fresh bool) {
	f := field.Prefilled(text)
	f.Ghost = "3000, or /path=https://example.com/hooks"
	d.field, d.fresh, d.tried = &f, fresh, false
}

func (d *Targets) writing(msg tea.Msg) (tea.Cmd, bool) {
	press, _ := msg.(tea.KeyPressMsg)
	switch {
	case key.Matches(press, leaveKey):
		d.field = nil
		return nil, len(d.s.Look()) == 0
	case key.Matches(press, enterKey):
		t, err := d.written()
		if d.tried = err != nil; d.tried {
			return nil, false
		}
		list := d.targets()
		if d.fresh {
			list = append(list, t)
			d.at = len(list) - 1
		} else {
			list[d.at] = t
		}
		d.field = nil
		d.s.Set(list)
		return nil, len(list) == 1 && d.fresh
	}
	if d.field.Update(msg) {
		d.tried = false
	}
	return nil, false
}

// written is the target of the line, with the other settings of the one it replaces.
func (d *Targets) written() (forward.Target, error) {
	t, err := forward.ParseTarget(d.field.Value())
	if err != nil {
		return t, err
	}
	if d.s.Check != nil {
		if err := d.s.Check(t.URL); err != nil {
			return t, err
		}
	}
	list := d.targets()
	if !d.fresh && d.at < len(list) {
		old := list[d.at]
		old.URL, old.Path, old.StripPrefix = t.URL, t.Path, old.StripPrefix && t.Path != ""
		t = old
	} else {
		t = d.s.Defaults.Apply(t)
	}
	for i, other := range list {
		if other.Spec() == t.Spec() && (d.fresh || i != d.at) {
			return t, errors.New("that target is in the list already")
		}
	}
	return t, nil
}

// View implements Overlay.
func (d *Targets) View(w, h int) Frame {
	t, list := d.t, d.s.Look()
	inner := max(1, min(84, w-theme.BoxFrameWidth))
	c := d.cursor
	c.move(0, len(list))
	at := c.at
	below, x, y := d.below(list, at, inner)
	rows := max(1, min(len(list), h-theme.BoxFrameHeight-len(below)))
	lines, rowsOf := c.lines(len(list), rows, func(i int) string {
		return d.row(&list[i], i == at && !(d.field != nil && d.fresh), inner)
	})
	y += len(lines)
	lines = append(lines, below...)
	title := safe.Const("targets: where requests are forwarded")
	if d.field != nil {
		return framed(t, title, lines, inner, h, x, y)
	}
	lines = lines[:min(len(lines), max(1, h-theme.BoxFrameHeight))]
	return Frame{Content: t.Box(title, lines, inner+theme.BoxFrameWidth), List: rowsOf}
}

func (d *Targets) row(s *forward.Status, selected bool, w int) string {
	t, row, style := d.t, listLine(d.t, w, selected), d.t.Plain
	if s.Disabled {
		style = t.Dim
	}
	state, health := safe.Line(s.Words(d.s.Now())), t.Dim
	if s.Health == forward.HealthDown && !s.Disabled {
		health = t.Bad
	}
	row.To(2)
	column := min(20, max(11, w/4))
	row.Text(style, safe.Line(cmp.Or(s.Path, "every path")).Cut(column-1)).To(2+column).Lit(t.Dim, t.Arrow).Gap(1)
	row.Text(style, safe.Line(s.Label()).CutMiddle(max(1, row.Room()-state.Width()-2)))
	return row.To(w-state.Width()).Text(health, state).String()
}

// below is what is under the list: the line that is written, or what the selected target does.
func (d *Targets) below(list []forward.Status, at, w int) (lines []string, x, y int) {
	t := d.t
	if len(list) > 0 {
		lines = append(lines, "")
	}
	if d.field != nil {
		row := t.NewRow(w, theme.Style{}).Lit(t.Accent, "to").Gap(2)
		start := row.Col()
		text, cell := d.field.View(t, max(1, row.Room()))
		lines = append(lines, row.Styled(text, row.Room()).String())
		return append(lines, d.leads(w)...), min(start+cell, w-1), len(lines) - 1
	}
	if len(list) == 0 {
		return append(lines, t.NewRow(w, theme.Style{}).Lit(t.Plain, "No targets: senders get the standing reply.").String()), 0, 0
	}
	s := &list[at]
	if d.passes(s.Target) {
		lines = append(lines, t.NewRow(w, theme.Style{}).Text(t.Dim, safe.Linef("takes %s and below: not %s, which is selected", s.Path, d.s.Captured)).String())
	} else {
		lines = append(lines, d.way(s.Target, w))
	}
	lines = append(lines, t.NewRow(w, theme.Style{}).Text(t.Dim, safe.Line(terms(s))).String())
	if d.kept != s.Spec() {
		if d.s.File != "" {
			lines = append(lines, textLine(t, t.Dim, safe.Const("what is set here lasts until creel ends; w keeps it for the next start"), w))
		}
		return lines, 0, 0
	}
	style, text := t.Plain, safe.Linef("kept in %s: the next start has it, too", d.s.File)
	if d.keptErr != nil {
		style, text = t.Bad, safe.Line(d.keptErr.Error())
	}
	return append(lines, paragraph(t, style, text, w)...), 0, 0
}

// leads says where a request would go by the line that is being written.
func (d *Targets) leads(w int) []string {
	if strings.TrimSpace(d.field.Value()) == "" && !d.tried {
		return paragraph(d.t, d.t.Dim, safe.Const("a port of this machine or a URL; /path= before it takes that path only"), w)
	}
	t, err := d.written()
	if err != nil {
		return paragraph(d.t, d.t.Warn, safe.Line(err.Error()), w)
	}
	if d.passes(t) {
		return paragraph(d.t, d.t.Warn, safe.Linef("takes %s and below: not %s, which is selected", t.Path, d.s.Captured), w)
	}
	return []string{d.way(t, w)}
}

// way says where the selected request goes by a target: its path first, where there is room.
func (d *Targets) way(t forward.Target, w int) string {
	row, from, to := d.t.NewRow(w, theme.Style{}), safe.Line(d.s.Captured), safe.Line(t.Resolve(d.s.Captured).String())
	if from.Width()+3+to.Width() <= w {
		row.Text(d.t.Dim, from).Gap(1)
	}
	row.Lit(d.t.Dim, d.t.Arrow).Gap(1)
	return row.Text(d.t.Plain, to.CutMiddle(row.Room())).String()
}

// passes reports whether the selected request is none for a target.
func (d *Targets) passes(t forward.Target) bool {
	path, _, _ := strings.Cut(d.s.Captured, "?")
	return !d.example && t.Path != "" && !capture.PathUnder(path, t.Path)
}

// terms are the terms of a target in words.
func terms(s *forward.Status) string {
	var words []string
	add := func(on bool, text string) {
		if on {
			words = append(words, text)
		}
	}
	add(s.Health == forward.HealthDown && s.Cause != "", "down: "+string(s.Cause))
	add(s.Name != "", s.URL.String())
	add(s.StripPrefix, s.Path+" is taken off")
	add(s.Host == forward.KeepHost, "keeps the captured Host")
	add(s.Host != "" && s.Host != forward.KeepHost, "Host "+s.Host)
	add(len(s.Headers) > 0, "sets fields of its own")
	add(s.Forwarded, "says who sent it (X-Forwarded)")
	add(s.Insecure, "takes any certificate")
	add(s.CACert != "", "authorities of "+s.CACert)
	add(s.Ordered, "one at a time, in order")
	if len(words) == 0 {
		return "Host is the target's"
	}
	return strings.Join(words, " · ")
}

// Keys implements Overlay.
func (d *Targets) Keys() []key.Binding {
	k := &targetKeys
	switch {
	case d.field != nil:
		return []key.Binding{does(enterKey, "set the target"), does(leaveKey, "cancel")}
	case len(d.s.Look()) == 0:
		return []key.Binding{k.add, closeKey}
	}
	list := []key.Binding{k.toggle, k.change, k.add, removeKey}
	if d.s.File != "" {
		list = append(list, k.keep)
	}
	return append(list, closeKey, lowerKey, raiseKey, k.ordered, k.insecure, k.strip)
}
