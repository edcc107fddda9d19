package compare

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/compare"
	"creel/capture/safe"
	"creel/ui/theme"
)

// Pane compares a request with another one. It is for the goroutine of Update.
type Pane struct {
	ctx  context.Context
	t    *theme.Theme
	w, h int

	ex     *capture.Exchange
	others []*capture.Exchange // by id
	at     int                 // the one it is compared with

	seq    int
	cancel context.CancelFunc // of the comparison under way
	result *compare.Result    // nil until it is there
	err    error

	lines []line
	top   int
}

// computed is what a comparison gave.
type computed struct {
	pane   *Pane
	seq    int
	result *compare.Result
	err    error
}

// Key is a key of the pane and what it does, for a footer.
type Key struct{ Key, Does string }

// Keys are the keys that work here.
func (p *Pane) Keys() []Key {
	keys := []Key{{"j k", "scroll"}}
	if len(p.others) > 1 {
		keys = append(keys, Key{"[ ]", "compare with an older, newer one"})
	}
	return append(keys, Key{"esc", "close"})
}

// New compares ex with other, and on request with further ones. The command
// does it; it ends with ctx.
func New(ctx context.Context, t *theme.Theme, ex, other *capture.Exchange, further []*capture.Exchange) (*Pane, tea.Cmd) {
	p := &Pane{ctx: ctx, t: t, ex: ex}
	p.others = append(slices.Clone(further), other)
	slices.SortFunc(p.others, byID)
	p.others = slices.CompactFunc(p.others, func(a, b *capture.Exchange) bool { return a.ID == b.ID })
	p.others = slices.DeleteFunc(p.others, func(o *capture.Exchange) bool { return o.ID == ex.ID && other.ID != ex.ID })
	p.at, _ = slices.BinarySearchFunc(p.others, other, byID)
	return p, p.compute()
}

func byID(a, b *capture.Exchange) int {
	switch {
	case a.ID < b.ID:
		return -1
	case a.ID > b.ID:
		return 1
	}
	return 0
}

// SetSize gives the pane w by h cells.
func (p *Pane) SetSize(w, h int) {
	if w != p.w {
		p.w = w
		p.layOut()
	}
	p.h = h
	p.scroll(0)
}

// SetTheme makes the pane look anew.
func (p *Pane) SetTheme(t *theme.Theme) {
	p.t = t
	p.layOut()
}

// Other is the request that is compared with.
func (p *Pane) Other() *capture.Exchange { return p.others[p.at] }

// compute begins a comparison and gives up the one before.
func (p *Pane) compute() tea.Cmd {
	p.Close()
	ctx, cancel := context.WithCancel(p.ctx)
	p.cancel = cancel
	p.seq++
	p.result, p.err, p.top = nil, nil, 0
	p.layOut()
	// What came later is what is new, whichever was selected.
	old, recent := p.Other(), p.ex
	if old.ID > recent.ID {
		old, recent = recent, old
	}
	seq := p.seq
	return func() tea.Msg {
		result, err := compare.Requests(ctx, &old.Request, &recent.Request)
		return computed{p, seq, result, err}
	}
}

// Close ends what is under way.
func (p *Pane) Close() {
	if p.cancel != nil {
		p.cancel()
	}
}

// Update takes keys, the wheel, the size and the results of the pane's own
// commands. Done says that the user wants to leave.
func (p *Pane) Update(msg tea.Msg) (cmd tea.Cmd, done bool) {
	switch msg := msg.(type) {
	case computed:
		if msg.pane == p && msg.seq == p.seq {
			p.result, p.err = msg.result, msg.err
			p.layOut()
		}
	case tea.WindowSizeMsg:
		p.SetSize(msg.Width, msg.Height)
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			p.scroll(-3)
		case tea.MouseWheelDown:
			p.scroll(3)
		}
	case tea.KeyPressMsg:
		return p.key(msg.String())
	}
	return nil, false
}

func (p *Pane) key(key string) (cmd tea.Cmd, done bool) {
	page := max(1, p.h-headLines)
	switch key {
	case "esc", "q", "c", "h", "left", "ctrl+c":
		p.Close()
		return nil, true
	case "[":
		return p.step(-1), false
	case "]":
		return p.step(1), false
	case "j", "down":
		p.scroll(1)
	case "k", "up":
		p.scroll(-1)
	case "ctrl+d":
		p.scroll(page / 2)
	case "ctrl+u":
		p.scroll(-page / 2)
	case "pgdown", "space":
		p.scroll(page)
	case "pgup":
		p.scroll(-page)
	case "g", "home":
		p.top = 0
	case "G", "end":
		p.scroll(len(p.lines))
	}
	return nil, false
}

// step compares with the next one in some direction.
func (p *Pane) step(by int) tea.Cmd {
	at := max(0, min(p.at+by, len(p.others)-1))
	if at == p.at {
		return nil
	}
	p.at = at
	return p.compute()
}

func (p *Pane) scroll(by int) {
	p.top = max(0, min(p.top+by, len(p.lines)-(p.h-headLines)))
}

// layOut makes the lines for the width.
func (p *Pane) layOut() {
	b := builder{t: p.t, w: p.w}
	switch {
	case p.w <= 0:
	case p.err != nil:
		b.say(p.t.Bad, safe.Line(fmt.Sprint(p.err)))
	case p.result == nil:
		b.say(p.t.Dim, safe.Const("comparing"))
	default:
		b.result(p.result)
	}
	p.lines = b.lines
	p.scroll(0)
}
