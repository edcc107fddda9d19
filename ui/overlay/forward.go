package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/forward"
	"creel/ui/field"
	"creel/ui/theme"
)

// Forward asks for a URL to send to, and shows where that leads while it is
// typed. Below it are the URLs that were used before.
type Forward struct {
	t        *theme.Theme
	title    safe.Text
	verb     string
	captured string // the request target of what is sent
	used     []string
	check    func(forward.URL) error
	done     func(forward.URL) tea.Cmd
	field    field.Field
	at       int // the used URL that is selected; -1: what is typed
	url      forward.URL
	err      error // why nothing can be sent to url
}

// NewForward returns the dialog. Verb says what is done with the URL once it is
// given, "send"; captured is the request target of what is to be sent; used are the URLs that
// were sent to before, the last one first; check refuses URLs, and may be nil; done
// is called with the URL that was given.
func NewForward(t *theme.Theme, title safe.Text, verb, captured string, used []string, check func(forward.URL) error, done func(forward.URL) tea.Cmd) *Forward {
	f := &Forward{t: t, title: title, verb: verb, captured: captured, used: used, check: check, done: done, at: -1}
	f.field.Ghost = "3000, :3000/hooks, https://example.com/*"
	f.read()
	return f
}

// Update implements Overlay.
func (f *Forward) Update(msg tea.Msg) (tea.Cmd, bool) {
	defer f.read()
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc", "ctrl+c":
			return nil, true
		case "enter":
			if f.err != nil {
				return nil, false
			}
			return f.done(f.url), true
		case "down", "ctrl+n":
			f.move(1)
			return nil, false
		case "up", "ctrl+p":
			f.move(-1)
			return nil, false
		case "tab": // take it to change it
			if shown := f.shown(); f.at >= 0 && f.at < len(shown) {
				f.field.Set(shown[f.at])
				f.at = -1
			}
			return nil, false
		}
	}
	if click, ok := msg.(tea.MouseClickMsg); ok {
		if click.Y >= 0 && click.Y < len(f.shown()) {
			f.at = click.Y
		}
		return nil, false
	}
	if f.field.Update(msg) {
		f.at = -1
	}
	return nil, false
}

func (f *Forward) move(by int) { f.at = max(-1, min(f.at+by, len(f.shown())-1)) }

// shown are the used URLs that hold what is typed.
func (f *Forward) shown() []string {
	typed := strings.TrimSpace(f.field.Value())
	var out []string
	for _, u := range f.used {
		if strings.Contains(u, typed) {
			out = append(out, u)
		}
	}
	return out
}

// read reads what is typed or selected.
func (f *Forward) read() {
	text := f.field.Value()
	if shown := f.shown(); f.at >= 0 && f.at < len(shown) {
		text = shown[f.at]
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
		first := max(0, min(f.at-rows+1, len(shown)-rows))
		list.N, list.Above = rows, first
		for i := first; i < first+rows; i++ {
			row, style := t.NewRow(inner, theme.Style{}), t.Dim
			if i == f.at {
				row, style = t.NewRow(inner, t.Selected), t.Plain
				row.Lit(t.Accent, t.Bar)
			}
			lines = append(lines, row.To(2).Text(style, safe.Line(shown[i])).String())
		}
	}
	if list.N == 0 {
		list = ListRows{From: h, N: 1} // a click means nothing
	}
	frame := Frame{Content: t.Box(f.title, lines, inner+theme.BoxFrameWidth), List: list}
	if f.at < 0 {
		frame.Cursor = tea.NewCursor(2+at, 1)
	}
	return frame
}

// leads says where what is typed or selected leads, or what is wrong with it.
func (f *Forward) leads(w int) []string {
	if f.at < 0 && strings.TrimSpace(f.field.Value()) == "" {
		return paragraph(f.t, f.t.Dim, safe.Const("a port of this machine, or a URL; * is the captured path"), w)
	}
	if f.err != nil {
		return paragraph(f.t, f.t.Warn, safe.Line(f.err.Error()), w)
	}
	row := f.t.NewRow(w, theme.Style{})
	return []string{row.Lit(f.t.Dim, f.t.Arrow).Gap(1).Text(f.t.Plain, safe.Line(forward.ResolveURL(f.url, f.captured, "").String()).CutMiddle(row.Room())).String()}
}

// Keys implements Overlay.
func (f *Forward) Keys() []Key {
	keys := []Key{{"enter", f.verb}}
	if len(f.used) > 0 {
		keys = append(keys, Key{"↑ ↓", "used before"}, Key{"tab", "change it"})
	}
	return append(keys, Key{"esc", "cancel"})
}
