// Package filterline is the line in which the list is filtered: a text field,
// and under it what is wrong with the text, or how it can go on. While it is
// written the list follows; a text that is wrong leaves the filter of before in
// force. It is for one goroutine.
package filterline

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/safe"
	"creel/ui/field"
	"creel/ui/keys"
	"creel/ui/theme"
)

// Height is how many lines View draws.
const Height = 2

// maxHistory is how many filters are remembered.
const maxHistory = 100

// Line is the filter line. Make it with New.
type Line struct {
	// Theme is what it is drawn with.
	Theme *theme.Theme
	// Seen gives what values are completed from, the newest last.
	Seen func() []*capture.Exchange

	field  field.Field
	open   bool
	force  *filter.Filter // in force
	before *filter.Filter // was in force when the line was opened
	wrong  *filter.Error  // with the text as it is

	history []string // the newest last
	at      int      // in history; its length means draft
	draft   string   // what was written before history was looked at

	offers   []filter.Completion
	from, to int // what an offer replaces
	picked   int // of offers; -1 for none

	said safe.Text // in place of the hint, until the next key

	shown, total int
	searching    bool
}

// New returns a line that is closed and lets everything through.
func New(t *theme.Theme, seen func() []*capture.Exchange) *Line {
	return &Line{Theme: t, Seen: seen, force: new(filter.Filter), picked: -1}
}

// Open begins to edit the filter in force.
func (l *Line) Open() {
	l.open, l.before = true, l.force
	l.field.Set(l.force.String())
	l.at, l.draft, l.wrong, l.said = len(l.history), "", nil, safe.Text{}
	l.offer()
}

// IsOpen reports whether the line has the input.
func (l *Line) IsOpen() bool { return l.open }

// Wrong reports whether the text has a mistake, so that another filter is in force.
func (l *Line) Wrong() bool { return l.open && l.wrong != nil }

// Filter returns the filter in force; never nil.
func (l *Line) Filter() *filter.Filter { return l.force }

// Set puts a filter in force, or says what is wrong with it, and remembers it.
func (l *Line) Set(text string) error {
	f, err := filter.Parse(text, filter.Screen)
	if err != nil {
		return err
	}
	l.force, l.open = f, false
	l.remember(text)
	return nil
}

// Clear lets everything through again.
func (l *Line) Clear() { l.force, l.open = new(filter.Filter), false }

// Say puts a message in place of the hint, until the next key.
func (l *Line) Say(text safe.Text) { l.said = text }

// SetCount says how many of all the filter lets through, and whether bodies are being searched.
func (l *Line) SetCount(shown, total int, searching bool) {
	l.shown, l.total, l.searching = shown, total, searching
}

// Update handles a key or a paste, and reports whether another filter came into force.
func (l *Line) Update(msg tea.Msg) (changed bool) {
	was := l.force.String()
	l.said = safe.Text{}
	if press, ok := msg.(tea.KeyPressMsg); !ok || !l.key(press) {
		text := l.field.Value()
		l.field.Update(msg)
		if l.field.Value() != text {
			l.at = len(l.history)
			l.read()
		}
		l.offer()
	}
	return l.force.String() != was
}

var lineKeys = struct{ take, next, previous, older, newer, leave key.Binding }{
	take:     keys.Bind("apply", "enter"),
	next:     keys.Bind("complete", "tab"),
	previous: keys.Bind("", "shift+tab"),
	older:    keys.Bind("earlier ones", "up", "ctrl+p"),
	newer:    keys.Bind("", "down", "ctrl+n"),
	leave:    keys.Bind("cancel", "esc", "ctrl+c"),
}

// SaveKey saves the filter under a name; it is not the line that does it.
var SaveKey = keys.Bind("save it", "ctrl+s")

// Keys are the keys that work while the line is open, for the footer.
func (l *Line) Keys() []key.Binding {
	return []key.Binding{lineKeys.take, lineKeys.next, SaveKey, lineKeys.older, lineKeys.leave}
}

// key handles the keys that are the line's own.
func (l *Line) key(press tea.KeyPressMsg) bool {
	switch k := &lineKeys; {
	case key.Matches(press, k.take):
		if l.wrong == nil {
			l.open = false
			l.remember(l.force.String())
		} else {
			l.offers = nil // so that the mistake shows
		}
	case key.Matches(press, k.leave):
		l.open, l.force = false, l.before
	case key.Matches(press, k.next):
		l.pick(1)
	case key.Matches(press, k.previous):
		l.pick(-1)
	case key.Matches(press, k.older):
		l.recall(-1)
	case key.Matches(press, k.newer):
		l.recall(1)
	default:
		return false
	}
	return true
}

// read parses the text and, when it is right, puts it in force.
func (l *Line) read() {
	f, err := filter.Parse(l.field.Value(), filter.Screen)
	l.wrong, _ = err.(*filter.Error)
	switch {
	case err == nil:
		l.force = f
	case l.wrong != nil:
		l.force = l.without(l.wrong)
	}
}

// without is the filter that stays in force with a mistake: the one that is, unless it
// only stood on the way to the word with the mistake, as "stat" and "status:" do on that
// to "status:5". Then it is the one from before that word.
func (l *Line) without(wrong *filter.Error) *filter.Filter {
	text, now := l.field.Value(), l.force.String()
	text = text[:min(wrong.Start, len(text))]
	text = text[:strings.LastIndex(text, " ")+1]
	word, ok := strings.CutPrefix(now, text)
	if now == l.before.String() || ok && strings.Contains(word, ":") && !strings.HasSuffix(word, ":") {
		return l.force
	}
	if f, err := filter.Parse(text, filter.Screen); err == nil {
		return f
	}
	return l.force
}

// offer finds how the text can go on at the cursor.
func (l *Line) offer() {
	l.picked = -1
	l.from, l.to, l.offers = filter.Complete(l.field.Value(), l.field.Pos(), filter.Screen, l.Seen())
	if len(l.offers) == 1 && l.offers[0].Text == l.field.Value()[l.from:l.to] {
		l.offers = nil // it stands there already
	}
}

// pick puts the next offer into the text.
func (l *Line) pick(by int) {
	n := len(l.offers)
	if n == 0 {
		return
	}
	if l.picked < 0 && by < 0 {
		l.picked = 0
	}
	l.picked = (l.picked + by + n) % n
	text, offer := l.field.Value(), l.offers[l.picked].Text
	l.field.Set(text[:l.from] + offer + text[l.to:])
	l.to = l.from + len(offer)
	l.field.SetPos(l.to)
	l.read()
	if n == 1 {
		l.offer() // go on behind it
	}
}

// recall brings back a filter of before, or the one that was being written.
func (l *Line) recall(by int) {
	at := min(max(l.at+by, 0), len(l.history))
	if at == l.at {
		return
	}
	if l.at == len(l.history) {
		l.draft = l.field.Value()
	}
	l.at = at
	if at == len(l.history) {
		l.field.Set(l.draft)
	} else {
		l.field.Set(l.history[at])
	}
	l.read()
	l.offer()
}

// remember keeps a filter as the newest one.
func (l *Line) remember(text string) {
	if text == "" {
		return
	}
	l.history = slices.DeleteFunc(l.history, func(h string) bool { return h == text })
	if len(l.history) == maxHistory {
		l.history = slices.Delete(l.history, 0, 1)
	}
	l.history = append(l.history, text)
}
