package overlay

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/forward"
	"creel/ui/field"
	"creel/ui/keys"
	"creel/ui/theme"
)

// Forward asks for a URL to send to, shows where that leads, and offers those used before.
type Forward struct {
	t        *theme.Theme
	title    safe.Text
	verb     string
	captured string // the request target of what is sent
	used     []string
	check    func(forward.URL) error
	done     func(forward.URL) tea.Cmd
	field    field.Field
	cursor   // 0: what is typed, 1: the first of the used URLs that are shown
	url      forward.URL
	err      error // why nothing can be sent to url
}

// NewForward returns the dialog. Verb says what is done with the URL once it is
// given, "send"; captured is the request target of what is to be sent; used are the URLs that
// were sent to before, the last one first; check refuses URLs, and may be nil; done
// is called with the URL that was given.
func NewForward(t *theme.Theme, title safe.Text, verb, captured string, used []string, check func(forward.URL) error, done func(forward.URL) tea.Cmd) *Forward {
	f := &Forward{t: t, title: title, verb: verb, captured: captured, used: used, check: check, done: done, cursor: cursor{typed: true}}
	f.field.Ghost = "3000, :3000/hooks, https://example.com/*"
	if len(used) > 0 {
		f.field.Ghost = used[0] // what enter takes when nothing is typed
	}
	f.read()
	return f
}

// Update implements Overlay.
func (f *Forward) Update(msg tea.Msg) (tea.Cmd, bool) {
	defer f.read()
	shown := f.shown()
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		if msg.Y >= 0 {
			f.click(msg.Y+1, len(shown)+1)
		}
		return nil, false
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, leaveKey):
			return nil, true
		case key.Matches(msg, enterKey):
			if f.err != nil {
				return nil, false
			}
			return f.done(f.url), true
		case key.Matches(msg, takeKey):
			if u, ok := f.selected(shown); ok {
				f.field.Set(u)
				f.at = 0
			}
			return nil, false
		}
	}
	if !f.update(msg, len(shown)+1) && f.field.Update(msg) {
		f.at = 0
	}
	return nil, false
}

// takeKey takes the selected URL into the field.
var takeKey = keys.Bind("change it", "tab")

func (f *Forward) empty() bool { return strings.TrimSpace(f.field.Value()) == "" }

// selected is the used URL that is selected; ok is false for none.
func (f *Forward) selected(shown []string) (u string, ok bool) {
	if f.at < 1 || f.at > len(shown) {
		return "", false
	}
	return shown[f.at-1], true
}

// shown are the used URLs that hold what is typed.
func (f *Forward) shown() []string {
	typed := strings.TrimSpace(f.field.Value())
	return slices.DeleteFunc(slices.Clone(f.used), func(u string) bool { return !strings.Contains(u, typed) })
}

func (f *Forward) read() {
	text := f.field.Value()
	if f.empty() && len(f.used) > 0 {
		text = f.used[0]
	}
	if used, ok := f.selected(f.shown()); ok {
		text = used
	}
	f.url, f.err = forward.ParseURL(text)
	if f.err == nil && f.check != nil {
		f.err = f.check(f.url)
	}
}

// View implements Overlay.
func (f *Forward) View(w, h int) Frame {
	t := f.t
	shown := f.shown()
	inner := max(60, f.title.Width()+4)
	for _, u := range shown {
		inner = max(inner, theme.Width(u)+2)
	}
	inner = max(1, min(inner, 100, w-theme.BoxFrameWidth))
	text, at := f.field.View(t, inner)
	lines := append([]string{text}, f.leads(inner)...)
	lines = lines[:min(len(lines), max(1, h-theme.BoxFrameHeight))]
	list := ListRows{From: len(lines) + 2}
	if rows := min(len(shown), h-theme.BoxFrameHeight-len(lines)-1); rows > 0 {
		lines = append(lines, "")
		first := f.first(len(shown), rows)
		list.N, list.Above = rows, first
		for i := first; i < first+rows; i++ {
			row, style := listLine(t, inner, i == f.at-1), t.Dim
			if i == f.at-1 {
				style = t.Plain
			}
			lines = append(lines, row.To(2).Text(style, safe.Line(shown[i])).String())
		}
	}
	if list.N == 0 {
		list = ListRows{From: h, N: 1} // a click means nothing
	}
	frame := Frame{Content: t.Box(f.title, lines, inner+theme.BoxFrameWidth), List: list}
	if f.at == 0 {
		frame.Cursor = tea.NewCursor(2+at, 1)
	}
	return frame
}

// leads says where what is typed or selected leads, or what is wrong with it.
func (f *Forward) leads(w int) []string {
	if f.at == 0 && f.empty() && len(f.used) == 0 {
		return paragraph(f.t, f.t.Dim, safe.Const("a port of this machine, or a URL; * is the captured path"), w)
	}
	if f.err != nil {
		return paragraph(f.t, f.t.Warn, safe.Line(f.err.Error()), w)
	}
	row := f.t.NewRow(w, theme.Style{})
	return []string{row.Lit(f.t.Dim, f.t.Arrow).Gap(1).Text(f.t.Plain, safe.Line(forward.ResolveURL(f.url, f.captured, "").String()).CutMiddle(row.Room())).String()}
}

// Keys implements Overlay.
func (f *Forward) Keys() []key.Binding {
	list := []key.Binding{does(enterKey, f.verb)}
	if len(f.used) > 0 {
		list = append(list, does(typedUp, "used before"), does(typedDown, "used before"), takeKey)
	}
	return append(list, does(leaveKey, "cancel"))
}
