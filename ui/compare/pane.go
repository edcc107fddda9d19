package compare

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/compare"
	"creel/capture/safe"
	"creel/ui/keys"
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

	cancel context.CancelFunc // of the comparison under way
	result *compare.Result    // nil until it is there
	came   *beside            // the responses, when both sides have one
	err    error

	lines []line
	top   int
}

// computed takes what a comparison gave, unless another was begun.
type computed func()

var paneKeys = struct{ down, up, older, newer, shut key.Binding }{
	down:  keys.Bind("scroll", "j", "down"),
	up:    keys.Bind("scroll", "k", "up"),
	older: keys.Bind("compare with an older, newer one", "["),
	newer: keys.Bind("compare with an older, newer one", "]"),
	shut:  keys.Bind("close", "esc", "q", "c", "h", "left", "ctrl+c"),
}

// scrolling are the keys that scroll, and by how many of the lines of a page and of all.
var scrolling = []struct {
	key.Binding
	by func(page, all int) int
}{
	{paneKeys.down, func(_, _ int) int { return 1 }},
	{paneKeys.up, func(_, _ int) int { return -1 }},
	{keys.Bind("", "ctrl+d"), func(page, _ int) int { return page / 2 }},
	{keys.Bind("", "ctrl+u"), func(page, _ int) int { return -page / 2 }},
	{keys.Bind("", "pgdown", "space"), func(page, _ int) int { return page }},
	{keys.Bind("", "pgup"), func(page, _ int) int { return -page }},
	{keys.Bind("", "g", "home"), func(_, all int) int { return -all }},
	{keys.Bind("", "G", "end"), func(_, all int) int { return all }},
}

// Keys are the keys that work here, for the footer.
func (p *Pane) Keys() []key.Binding {
	var list []key.Binding
	if len(p.lines) > p.h-headLines {
		list = append(list, paneKeys.down, paneKeys.up)
	}
	if len(p.others) > 1 {
		list = append(list, paneKeys.older, paneKeys.newer)
	}
	return append(list, paneKeys.shut)
}

// OwnKeys are those that mean something else here than in the detail.
func OwnKeys() []key.Binding {
	const other = "in a comparison: with an older, newer one"
	return []key.Binding{
		keys.Doing(paneKeys.older, other), keys.Doing(paneKeys.newer, other), keys.Doing(paneKeys.shut, "close the comparison"),
	}
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

// NewAttempts compares the n-th attempt of ex with the one before it, the first with
// the request as it was captured, and on request with that and each other attempt.
// What came back stands side by side.
func NewAttempts(ctx context.Context, t *theme.Theme, ex *capture.Exchange, n int) (*Pane, tea.Cmd) {
	first := original(ex)
	side, before, others := first, first, []Side{first}
	for _, a := range ex.Attempts {
		switch s := attempted(a); {
		case a.N == n:
			side = s
		case a.N < n:
			before = s
			fallthrough
		default:
			others = append(others, s)
		}
	}
	return open(ctx, t, side, before, others)
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
	p.result, p.came, p.err, p.top = nil, nil, nil, 0
	p.layOut()
	old, recent := p.pair()
	return func() tea.Msg {
		var came *beside
		result, err := compare.Requests(ctx, old.request, recent.request)
		if err == nil {
			came, err = besides(ctx, old.response, recent.response)
		}
		return computed(func() {
			if ctx.Err() == nil {
				p.result, p.came, p.err = result, came, err
				p.layOut()
			}
		})
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
		msg()
	case tea.WindowSizeMsg:
		p.SetSize(msg.Width, msg.Height)
	case tea.MouseWheelMsg:
		p.scroll(keys.Wheel(msg))
	case tea.KeyPressMsg:
		return p.key(msg)
	}
	return nil, false
}

func (p *Pane) key(press tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	switch {
	case key.Matches(press, paneKeys.shut):
		p.Close()
		return nil, true
	case key.Matches(press, paneKeys.older):
		return p.step(-1), false
	case key.Matches(press, paneKeys.newer):
		return p.step(1), false
	}
	for _, k := range scrolling {
		if key.Matches(press, k.Binding) {
			p.scroll(k.by(max(1, p.h-headLines), len(p.lines)))
		}
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
		if p.came != nil {
			b.responses(p.came)
		}
		b.result(p.result)
	}
	p.lines = b.lines
	p.scroll(0)
}
