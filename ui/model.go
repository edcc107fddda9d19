package ui

import (
	"context"
	"slices"
	"time"

	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/safe"
	"creel/capture/stats"
	"creel/ui/compose"
	"creel/ui/detail"
	"creel/ui/filterline"
	"creel/ui/layout"
	"creel/ui/list"
	"creel/ui/theme"
)

// Model is the screen. Drive it with Update and View, or with [Run]. Its groups stand in state.go.
type Model struct {
	ctx  context.Context // of the program: the one stored context, for commands
	deps Deps            // as they were given; see settings

	settings
	clock
	appearance
	widgets
	focus
	history
	alerts
	sending
	ruleState
	problems
	facts  facts
	notice notice
	first  firstScreen
	link   link // to the creel that captures, when that is another process
	escape splitEscape
	ahead  typeAhead
}

// problems are what went wrong so far, and how many of them were read.
type problems struct {
	outages map[string]*outage // by the origin of the target
	failed  failedReplies
	wrong   []problem
	total   int
	read    int
}

// New returns the screen for a ring. Commands end when ctx does.
func New(ctx context.Context, d Deps) *Model {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Log == nil {
		d.Log = new(Log)
	}
	if d.Exec == nil {
		d.Exec = onTerminal
	}
	m := &Model{
		ctx: ctx, deps: d,
		settings: settings{presets: slices.Clip(d.Presets), public: d.Config.Public, export: d.Export},
		clock:    clock{now: d.Now(), started: d.Now()},
		focus:    focus{shift: d.Split},
		history:  history{stat: stats.New(), marked: map[capture.ID]bool{}, unread: map[capture.ID]bool{}},
		sending:  sending{inFlight: map[capture.ID]int{}, drafts: map[capture.ID]*compose.Compose{}, lostDrafts: map[capture.ID]lostDraft{}, fromHere: map[string]bool{}},
		problems: problems{outages: map[string]*outage{}},
	}
	m.export.Redact.Known = slices.Clip(m.export.Redact.Known)
	m.look = theme.Options{Style: d.Config.Theme, ASCII: d.Config.ASCII}
	th, err := theme.New(m.look)
	if m.theme = th; err != nil {
		d.Log.Problem(err.Error())
	}
	m.actions = actions()
	m.list = list.New(th)
	m.list.Started = m.started
	m.list.Facts = m.listFacts()
	m.detail, m.response = detail.New(th, m.detailDeps()), detail.NewResponse(th, m.detailDeps())
	m.filter = filterline.New(th, func() []*capture.Exchange { return m.index.all })
	for _, line := range d.Config.Banners {
		m.first.banners = append(m.first.banners, safe.Line(line))
	}
	m.first.set(&d)
	frames := th.Spinner
	frames.FPS = max(frames.FPS, spinTime)
	m.first.spin = spinner.New(spinner.WithSpinner(frames))
	for _, v := range d.Views {
		m.addView(v)
	}
	m.initial = m.refresh()
	return m
}

// Init reads what is shown of the history, starts to watch the ring and asks the terminal for its colours.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(m.initial, m.waitForRing(), tea.RequestBackgroundColor, m.tick())
}

// Refresh reads what changed in the ring, as Update does when the ring pokes.
func (m *Model) Refresh() tea.Cmd {
	m.now = m.deps.Now()
	return m.refresh()
}

// limit is how long a provider waits for a reply; 0 when that is not known.
func (m *Model) limit(name string) time.Duration {
	if m.deps.Providers == nil {
		return 0
	}
	return m.deps.Providers.Limit(name)
}

func (m *Model) listFacts() list.Facts {
	return list.Facts{
		Unread:    func(id capture.ID) bool { return m.unread[id] },
		Marked:    func(id capture.ID) bool { return m.marked[id] },
		Duplicate: func(ex *capture.Exchange) bool { return ex.Sender.Try < 2 && m.index.duplicate(ex) },
		Draft:     func(id capture.ID) bool { c := m.drafts[id]; return c != nil && c.Unsent() },
		Limit:     m.limit,
		Usual:     m.stat.Usual,
		InFlight:  m.flight,
		Hint:      m.rowHint,
		Looks:     func(id capture.ID) string { return m.facts.team.Looks[id] },
	}
}

// refresh brings the screen up to the ring, and copies what View shows of targets and the like.
func (m *Model) refresh() tea.Cmd {
	delta := m.deps.Ring.Since(m.rev)
	attaching := !m.loaded && m.deps.Config.Attached != nil
	fresh := m.fresh(&delta)
	if n := len(delta.Changed); n > 0 {
		m.newest = max(m.newest, delta.Changed[n-1].ID)
	}
	m.rev, m.pause = delta.Rev, ring.Pause(len(delta.Changed))
	m.stats = m.deps.Ring.Stats()
	m.stat.Apply(delta)
	m.index.apply(delta)
	if s := m.filterState.sieve; s != nil && s.found != nil {
		s.look(delta.Changed, nil)
	}
	m.countViews(&delta)
	for _, id := range delta.Gone {
		delete(m.unread, id)
		delete(m.marked, id)
	}
	m.noteProblems(fresh, delta.Changed, attaching)
	m.takeFacts()
	drafts := m.keepDrafts(&delta)
	m.list.First = m.stats.First
	m.list.SetRows(m.index.shown, m.now)
	m.count()
	if m.showsBanner(m.lay.H) != m.bannerShown {
		m.bannerShown = !m.bannerShown
		m.relayout()
	}
	return tea.Batch(m.showSelected(), m.response.Tick(), m.search(m.filterState.sieve), m.searchViews(), m.ring(fresh), m.notifyHeld(), drafts)
}

// fresh are the exchanges that were not there before; they are unread.
func (m *Model) fresh(d *ring.Delta) []*capture.Exchange {
	if !m.loaded {
		m.loaded = true
		return nil // the history of earlier runs
	}
	watched := m.list.Follow() && !m.blurred // each is seen as it comes
	var fresh []*capture.Exchange
	for _, ex := range d.Changed {
		if ex.ID > m.newest {
			fresh = append(fresh, ex)
			if !watched {
				m.unread[ex.ID] = true
			}
		}
	}
	return fresh
}

func (m *Model) setTheme() {
	th, _ := theme.New(m.look)
	*m.theme = *th // in place, so that open dialogs follow
	m.detail.SetTheme(m.theme)
	m.response.SetTheme(m.theme)
}

// resize lays everything out for the size and the focus.
func (m *Model) resize(w, h int) {
	m.arrange(w, h)
	m.fitResponse() // what it needs may not be known before it has its width
}

func (m *Model) arrange(w, h int) {
	m.inResponse = m.inResponse && m.inDetail
	m.responseNeeds = m.response.Needs()
	o := layout.Options{
		Extra: m.extraRows(h), Shift: m.shift, Answered: m.inResponse || m.detail.Answered(m.selected()),
		Alone:    m.zoomed || m.inDetail && h < layout.StackRows && w < layout.WideColumns,
		Response: m.responseNeeds,
	}
	if !m.inDetail { // what is read there stands still while requests arrive
		m.listLines = m.list.Lines()
	}
	if !m.filter.IsOpen() { // while it is written the rows become fewer and more
		o.Rows = m.listLines
	}
	l := layout.Compute(w, h, o)
	if m.selected() == nil {
		l.Detail.H, l.Response = l.Detail.H+l.Response.H, layout.Rect{}
	}
	together := !l.Response.Empty()
	if m.inResponse && !together { // it has the room of the request
		l.Detail, l.Response = layout.Rect{}, l.Detail
	}
	if m.showsViews(h) {
		l.Rule.Y++ // the tabs stand above it
	}
	m.lay = l
	m.list.SetSize(l.List.W, l.List.H)
	m.detail.SetSize(l.Detail.W, l.Detail.H, m.titled(), together)
	m.response.SetSize(l.Response.W, l.Response.H, m.titled(), together)
}

// extraRows is how many rows are above the panes for the filter, the tabs, and what stays until read.
func (m *Model) extraRows(h int) int {
	n := 0
	if m.filter.IsOpen() {
		n = filterline.Height - 1 // the first is the line itself
		if ruledFilter(h) {
			n++
		}
	}
	if m.showsBanner(h) {
		n++
	}
	if m.showsViews(h) {
		n++
	}
	return n
}

// ruledFilter reports whether a line stands below the open filter.
func ruledFilter(h int) bool { return h >= layout.StackRows }

// showsBanner reports whether a line stays above the panes; the first screen has it among its own.
func (m *Model) showsBanner(h int) bool {
	return len(m.first.banners) > 0 && !m.showsFirst() && h >= layout.StackRows
}

// fitResponse lays everything out again when the response needs other room than it did.
func (m *Model) fitResponse() {
	if m.response.Needs() != m.responseNeeds {
		m.arrange(m.lay.W, m.lay.H)
	}
}

// relayout lays everything out again after the focus moved.
func (m *Model) relayout() { m.resize(m.lay.W, m.lay.H) }

// selected is the exchange that is shown; nil when there is none.
func (m *Model) selected() *capture.Exchange { return m.list.Selected() }

// chosen are the exchanges that an acting key means: the marked ones, else the selected one.
func (m *Model) chosen() []*capture.Exchange {
	var out []*capture.Exchange
	if len(m.marked) == 0 {
		if ex := m.acting(); ex != nil {
			out = append(out, ex)
		}
		return out
	}
	for _, ex := range m.index.all {
		if m.marked[ex.ID] {
			out = append(out, ex)
		}
	}
	return out
}

// acting is the one exchange that an acting key means, marks or not.
func (m *Model) acting() *capture.Exchange {
	if m.inDetail {
		return m.selected()
	}
	return m.list.Acting(m.now)
}

// showSelected gives the detail what is selected now, which is thereby read.
func (m *Model) showSelected() tea.Cmd {
	m.tellSelected()
	ex := m.selected()
	if ex == nil { // what is said in the list is about its keys
		m.inDetail, m.zoomed = false, false
	}
	cmd := tea.Batch(m.detail.Show(ex), m.response.Show(ex))
	if ex != nil && m.unread[ex.ID] && !m.blurred {
		delete(m.unread, ex.ID)
		cmd = tea.Batch(cmd, m.recount(ex.ID))
	}
	m.relayout()
	return cmd
}
