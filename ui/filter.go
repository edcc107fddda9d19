package ui

import (
	"maps"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/ui/filterline"
)

// sieve is a filter with what it lets through, in force or saved. One without conditions
// on bodies is applied at once; one with them is applied in commands, a batch at a time.
type sieve struct {
	f     *filter.Filter
	found map[capture.ID]safe.Text // and where the one in force hit, when no column shows that
	todo  []*capture.Exchange      // whose bodies are to be looked at
	busy  bool
}

// filterState is the filter in force. What it finds in bodies is shown as it is found; what
// else it lets through, the index keeps.
type filterState struct {
	*sieve           // nil: none
	aged   time.Time // when it was last applied again because time went on
}

// searched reports a batch: what a sieve lets through, what it does not, and what is left
// to look at.
type searched struct {
	of     *sieve
	found  map[capture.ID]safe.Text
	missed []capture.ID
	rest   []*capture.Exchange
}

// batchTime is how long a search goes on before it shows what it found.
const batchTime = 50 * time.Millisecond

// applyFilter puts another filter to work.
func (m *Model) applyFilter(f *filter.Filter) tea.Cmd {
	s := &sieve{f: f}
	m.filterState = filterState{sieve: s}
	switch {
	case f.IsEmpty():
		m.filterState.sieve, m.index.match = nil, nil
	case f.NeedsBody():
		s.found, s.todo = map[capture.ID]safe.Text{}, slices.Clone(m.index.all)
		slices.Reverse(s.todo)
		m.index.match = func(ex *capture.Exchange) bool { _, ok := s.found[ex.ID]; return ok }
	default:
		m.index.match = func(ex *capture.Exchange) bool { return f.Match(ex, m.filterEnv()) }
	}
	m.list.Refit()
	m.refilter()
	m.detail.SetWords(f.Words())
	m.response.SetWords(f.Words())
	return tea.Batch(m.search(s), m.showSelected())
}

func (m *Model) refilter() {
	m.index.refilter()
	m.list.SetRows(m.index.shown, m.now)
	m.count()
}

// count says how many the filter lets through, and why nothing is there.
func (m *Model) count() {
	m.filter.SetCount(len(m.index.shown), len(m.index.all), m.filterState.going())
	m.list.Empty = []safe.Text{safe.Linef("None of the %s matches. esc takes the filter off.", words.Number(len(m.index.all)))}
	if m.filterState.going() {
		m.list.Empty = []safe.Text{safe.Const("Searching…")}
	} else {
		m.list.KeepSelection()
	}
}

// ageTime is how often a filter that asks for the age is applied again.
const ageTime = 5 * time.Second

// age applies a filter again that depends on the time.
func (m *Model) age() tea.Cmd {
	s := &m.filterState
	if s.sieve == nil || !s.f.AsksAge() || m.now.Sub(s.aged) < ageTime {
		return nil
	}
	s.aged = m.now
	return m.reapplyFilter()
}

// reapplyFilter applies the filter again; a search of bodies leaves what is shown until it knows better.
func (m *Model) reapplyFilter() tea.Cmd {
	s := &m.filterState
	switch {
	case s.sieve == nil:
		return nil
	case s.found == nil:
		m.refilter()
		return m.showSelected()
	case !s.going():
		s.todo = slices.Clone(m.index.all)
	}
	return m.search(s.sieve)
}

// filterEnv is what a filter asks beside the exchange, in Update.
func (m *Model) filterEnv() *filter.Env { return m.envOf(m.marked, m.unread, &m.index) }

func (m *Model) envOf(marked, unread map[capture.ID]bool, x *index) *filter.Env {
	return &filter.Env{
		Now:       m.now,
		Marked:    func(id capture.ID) bool { return marked[id] },
		Unread:    func(id capture.ID) bool { return unread[id] },
		Duplicate: x.duplicate,
	}
}

// look takes what changed: at once, or for later where the filter reads bodies.
func (s *sieve) look(changed []*capture.Exchange, env *filter.Env) {
	if s.f.NeedsBody() {
		s.todo = append(s.todo, changed...)
		return
	}
	for _, ex := range changed {
		if s.f.Match(ex, env) {
			s.found[ex.ID] = safe.Text{}
		} else {
			delete(s.found, ex.ID)
		}
	}
}

// search looks into the bodies that a sieve has to look into, unless it does so already.
func (m *Model) search(s *sieve) tea.Cmd {
	if s == nil || s.busy || len(s.todo) == 0 {
		return nil
	}
	s.busy = true
	todo := s.todo
	s.todo = nil
	ctx, env, inForce := m.ctx, m.searchEnv(), s == m.filterState.sieve
	return func() tea.Msg {
		out := searched{of: s, found: map[capture.ID]safe.Text{}}
		for start := time.Now(); len(todo) > 0 && time.Since(start) < batchTime && ctx.Err() == nil; todo = todo[1:] {
			switch ex := todo[0]; {
			case !s.f.Match(ex, env):
				out.missed = append(out.missed, ex.ID)
			case inForce:
				out.found[ex.ID] = hint(s.f, ex, env)
			default:
				out.found[ex.ID] = safe.Text{}
			}
		}
		out.rest = todo
		return out
	}
}

// searchEnv is filterEnv for another goroutine: with copies of what Update changes.
func (m *Model) searchEnv() *filter.Env {
	env := m.envOf(maps.Clone(m.marked), maps.Clone(m.unread), &index{first: maps.Clone(m.index.first)})
	ctx, bodies := m.ctx, &m.bodies
	env.Body = func(ex *capture.Exchange) []byte {
		text, _ := bodies.Text(ctx, ex) // the detail says why one cannot be read
		return text
	}
	return env
}

// takeSearched takes what a batch found, of what is still there, and shows it when the filter
// is in force. A sieve that is no longer used is left as it is.
func (m *Model) takeSearched(r searched) tea.Cmd {
	s := r.of
	inForce := s == m.filterState.sieve
	if !inForce && !slices.ContainsFunc(m.views.list, func(v *savedView) bool { return v.sieve == s }) {
		return nil
	}
	s.busy = false
	s.todo = append(r.rest, s.todo...)
	var changed []*capture.Exchange
	for id, hint := range r.found {
		if ex := m.index.get(id); ex != nil {
			s.found[id] = hint
			changed = append(changed, ex)
		}
	}
	for _, id := range r.missed {
		delete(s.found, id)
	}
	if !inForce {
		return m.search(s)
	}
	slices.SortFunc(changed, func(a, b *capture.Exchange) int { return byID(a, b.ID) })
	m.index.shown = without(merge(slices.Clone(m.index.shown), changed), r.missed)
	m.list.SetRows(m.index.shown, m.now)
	m.count()
	return tea.Batch(m.search(s), m.showSelected())
}

func (s *sieve) going() bool { return s != nil && (s.busy || len(s.todo) > 0) }

// rowHint says where the filter hit, when no column shows it.
func (m *Model) rowHint(ex *capture.Exchange) safe.Text {
	switch {
	case m.filterState.sieve == nil:
		return safe.Text{}
	case m.filterState.found != nil:
		return m.filterState.found[ex.ID]
	}
	return hint(m.filterState.f, ex, m.filterEnv())
}

// fromWord is text from the first of the words on: a row has little room.
func fromWord(text string, words []string) string {
	low := strings.ToLower(text)
	for _, w := range words {
		if i := strings.Index(low, strings.ToLower(w)); i > 0 && len(low) == len(text) {
			return strings.ToValidUTF8(text[i:], "")
		}
	}
	return text
}

// hint is the first hit that no column shows.
func hint(f *filter.Filter, ex *capture.Exchange, env *filter.Env) safe.Text {
	shown := []string{"provider", "event", "note", "method", "path"}
	if !strings.Contains(ex.Request.Target, "?") {
		shown = append(shown, "url")
	}
	for _, h := range f.Hits(ex, env) {
		if !slices.Contains(shown, h.Place) {
			return safe.Linef("%s… in %s", fromWord(h.Text, f.Words()), h.Place)
		}
	}
	return safe.Text{}
}

// filterLabel is what / does in the list, which may be all there is to do.
func (m *Model) filterLabel() safe.Text {
	switch {
	case m.selected() != nil:
		return safe.Const("filter")
	case len(m.index.all) > 0:
		return safe.Const("change the filter")
	}
	return safe.Text{}
}

// openFilter opens the line with the filter in force.
func (m *Model) openFilter() {
	m.filter.Open()
	m.inDetail, m.zoomed = false, false
	m.relayout()
}

// filterInput handles a key or a paste while the line is open.
func (m *Model) filterInput(msg tea.Msg) tea.Cmd {
	if press, ok := msg.(tea.KeyPressMsg); ok && key.Matches(press, filterline.SaveKey) {
		return m.askViewName()
	}
	var cmd tea.Cmd
	before := m.filter.Filter()
	if m.filter.Update(msg); m.filter.Filter() != before {
		cmd = m.applyFilter(m.filter.Filter())
	}
	m.relayout()
	return cmd
}

// filterRows are the lines of the filter: two while it is written, one while it
// is in force, else none.
func (m *Model) filterRows(w int) ([]string, *tea.Cursor) {
	switch {
	case m.filter.IsOpen():
		lines, cursor := m.filter.View(w)
		cursor.Y += m.lay.Rule.Y // in place of the line under the header, or of the header
		return lines, cursor
	case !m.filter.Filter().IsEmpty():
		return []string{m.filter.Bar(w)}, nil
	}
	return nil, nil
}
