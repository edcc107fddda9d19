package compare

import (
	"cmp"
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

	side   Side
	others []Side // in their order
	at     int    // the one it is compared with

	seq    int
	cancel context.CancelFunc // of the comparison under way
	result *compare.Result    // nil until it is there
	answer *compare.Result    // of the answers, when both sides have one
	err    error

	lines []line
	top   int
}

// computed is what a comparison gave.
type computed struct {
	pane   *Pane
	seq    int
	result *compare.Result
	answer *compare.Result
	err    error
}

// Key is a key of the pane and what it does, for a footer.
type Key struct{ Key, Does string }

// Keys are the keys that work here.
func (p *Pane) Keys() []Key {
	var keys []Key
	if len(p.lines) > p.h-headLines {
		keys = append(keys, Key{"j k", "scroll"})
	}
	if len(p.others) > 1 {
		keys = append(keys, Key{"[ ]", "compare with an older, newer one"})
	}
	return append(keys, Key{"esc", "close"})
}

// New compares ex with other, and on request with further ones. The command
// does it; it ends with ctx.
func New(ctx context.Context, t *theme.Theme, ex, other *capture.Exchange, further []*capture.Exchange) (*Pane, tea.Cmd) {
	others := []Side{captured(other)}
	for _, f := range further {
		others = append(others, captured(f))
	}
	return open(ctx, t, captured(ex), captured(other), others)
}

// NewAttempts compares the n-th attempt of ex with the request as it was
// captured and, on request, with each other attempt.
func NewAttempts(ctx context.Context, t *theme.Theme, ex *capture.Exchange, n int) (*Pane, tea.Cmd) {
	original := captured(ex)
	original.order = 0
	side, others := original, []Side{original}
	for _, a := range ex.Attempts {
		if a.N == n {
			side = attempted(a)
		} else {
			others = append(others, attempted(a))
		}
	}
	return open(ctx, t, side, original, others)
}

func open(ctx context.Context, t *theme.Theme, side, other Side, others []Side) (*Pane, tea.Cmd) {
	p := &Pane{ctx: ctx, t: t, side: side, others: others}
	slices.SortFunc(p.others, byOrder)
	p.others = slices.CompactFunc(p.others, func(a, b Side) bool { return a.order == b.order })
	p.others = slices.DeleteFunc(p.others, func(o Side) bool { return o.order == side.order && other.order != side.order })
	p.at, _ = slices.BinarySearchFunc(p.others, other, byOrder)
	return p, p.compute()
}

func byOrder(a, b Side) int { return cmp.Compare(a.order, b.order) }

// SetSize gives the pane w by h cells.
func (p *Pane) SetSize(w, h int) {
	if w != p.w {
		p.w = w
		p.layOut()
	}
	p.h = h
	p.scroll(0)
}

// SetTheme draws the pane in another theme.
func (p *Pane) SetTheme(t *theme.Theme) {
	p.t = t
	p.layOut()
}

// pair are the two that are compared. What came later is what is new, whichever
// was selected.
func (p *Pane) pair() (old, recent *Side) {
	old, recent = &p.others[p.at], &p.side
	if old.order > recent.order {
		return recent, old
	}
	return old, recent
}

// compute begins a comparison and gives up the one before.
func (p *Pane) compute() tea.Cmd {
	p.Close()
	ctx, cancel := context.WithCancel(p.ctx)
	p.cancel = cancel
	p.seq++
	p.result, p.answer, p.err, p.top = nil, nil, nil, 0
	p.layOut()
	old, recent := p.pair()
	seq := p.seq
	return func() tea.Msg {
		c := computed{pane: p, seq: seq}
		if c.result, c.err = compare.Requests(ctx, old.request, recent.request); c.err == nil && old.reply != nil && recent.reply != nil {
			c.answer, c.err = compare.Replies(ctx, old.reply, recent.reply)
		}
		return c
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
			p.result, p.answer, p.err = msg.result, msg.answer, msg.err
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
		if p.answer != nil {
			b.answer(p.answer)
		}
	}
	p.lines = b.lines
	p.scroll(0)
}
