package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"creel/capture"
	"creel/capture/nats"
	"creel/capture/ring"
)

// MergedRing is the ring that a screen of a team shows: what its own node captured, from
// the node's history, and what the others did, from the team's ring. While that cannot be
// reached, it has the former only. Its ids are in the order in which it learns of the
// exchanges. It is safe for concurrent use.
type MergedRing struct {
	*ring.Mirror
	c MergedConfig

	looking  sync.Mutex // one look at a time
	ownRev   capture.Rev
	teamRev  capture.Rev
	ownShort string                   // the letters for the own node
	bySeq    map[capture.ID]placeName // of what the team's ring shows

	mu     sync.Mutex
	reader *nats.Reader // nil before the team's ring was reached
	err    error        // why it is not
	ids    map[placeName]capture.ID
	places map[capture.ID]placeName
	next   capture.ID
	first  capture.ID // of what came after the start
	ready  chan struct{}
}

// MergedConfig says what is shown together.
type MergedConfig struct {
	Team *nats.Team
	Here *nats.Presence
	Own  *ring.Ring // nil without a node
	Node string     // its name
	Who  string     // acts here, as the team sees them
	// Waiting is how many requests of the node are not published yet, and why not; nil without a node.
	Waiting func() (int, error)
	// Notice is called with what passed unread, Problem with what failed: one line, from any goroutine.
	Notice, Problem func(string)
}

// placeName is what an exchange is called in the whole team.
type placeName struct {
	node string
	id   capture.ID // in the node's history
}

// NewMergedRing returns an empty ring. Follow fills it.
func NewMergedRing(c MergedConfig) *MergedRing {
	return &MergedRing{
		Mirror: ring.NewMirror(), c: c, err: errors.New("not reached yet"),
		bySeq: map[capture.ID]placeName{}, ids: map[placeName]capture.ID{}, places: map[capture.ID]placeName{},
		ready: make(chan struct{}),
	}
}

// startTime is how long a start waits for the team's ring, so that what is old is in order.
const startTime = 2 * time.Second

// Ready is closed when what is old was read; without the team's where that cannot be reached.
func (t *MergedRing) Ready() <-chan struct{} { return t.ready }

// Follow reads the team's ring until ctx ends.
func (t *MergedRing) Follow(ctx context.Context) {
	var own <-chan struct{}
	if t.c.Own != nil {
		own = t.c.Own.Watch(ctx)
	}
	opened := make(chan *nats.Reader, 1)
	go t.open(ctx, opened)
	var team <-chan struct{}
	start := time.After(startTime)
	for {
		select {
		case <-own:
		case <-team:
		case <-start:
			start = nil
		case r := <-opened:
			defer r.Close()
			team = r.Mirror.Watch(ctx)
			t.mu.Lock()
			t.reader, t.err = r, nil
			t.mu.Unlock()
			start = nil
		case <-ctx.Done():
			return
		}
		if start == nil {
			t.look()
		}
	}
}

// openTime is between two tries to read the team's ring.
const openTime = 2 * time.Second

// open gives the reader once what the team's ring has was read.
func (t *MergedRing) open(ctx context.Context, opened chan<- *nats.Reader) {
	for reported := false; ctx.Err() == nil; {
		r, err := nats.Open(ctx, t.c.Team, t.c.Notice)
		if err == nil {
			_ = r.Loaded(ctx) // it ends with ctx only
			opened <- r
			return
		}
		t.mu.Lock()
		t.err = err
		t.mu.Unlock()
		if !reported && ctx.Err() == nil {
			reported = true
			t.c.Problem(err.Error())
		}
		select {
		case <-time.After(openTime):
		case <-ctx.Done():
		}
	}
}

// TeamStatus is how a team is at the moment.
type TeamStatus struct {
	Waiting int      // requests that are not published yet
	Err     error    // why the team's ring cannot be reached; nil when it can
	Here    []string // who else has a screen open
	Claims  []nats.Claim
	Looks   map[capture.ID]string // who else has what selected
}

// Status returns how the team is.
func (t *MergedRing) Status() TeamStatus {
	t.mu.Lock()
	s := TeamStatus{Err: t.err}
	t.mu.Unlock()
	if t.c.Waiting != nil {
		var err error
		s.Waiting, err = t.c.Waiting()
		s.Err = cmp.Or(s.Err, err)
	}
	if s.Err == nil && !t.c.Team.Connected() {
		s.Err = errors.New("the connection is lost")
	}
	for _, m := range t.c.Here.Members() {
		if !m.Screen {
			continue
		}
		s.Here = append(s.Here, m.Who)
		if id, ok := t.lookedAt(&m); ok {
			if s.Looks == nil {
				s.Looks = map[capture.ID]string{}
			}
			s.Looks[id] = strings.TrimPrefix(s.Looks[id]+", "+m.Who, ", ")
		}
	}
	s.Claims = t.c.Here.Claims()
	return s
}

func (t *MergedRing) lookedAt(m *nats.Member) (capture.ID, bool) {
	node, id, ok := m.LooksAt()
	if !ok {
		return 0, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	here, ok := t.ids[placeName{node, id}]
	return here, ok
}

// Look tells the team what is selected on the screen; zero is nothing.
func (t *MergedRing) Look(id capture.ID) {
	t.mu.Lock()
	p := t.places[id]
	t.mu.Unlock()
	t.c.Here.Look(p.node, p.id)
}

func (t *MergedRing) look() {
	t.looking.Lock()
	defer t.looking.Unlock()
	t.mu.Lock()
	reader := t.reader
	t.mu.Unlock()
	dirty := map[placeName]bool{} // whether it was deleted
	t.lookAtOwn(reader, dirty)
	if reader != nil {
		t.lookAtTeam(reader, dirty)
	}
	var changed []*capture.Exchange
	var gone, deleted []capture.ID
	for p, del := range dirty {
		if ex := t.current(reader, p); ex != nil {
			changed = append(changed, ex)
		} else if id, ok := t.forget(reader, p); ok {
			gone = append(gone, id)
			if del {
				deleted = append(deleted, id)
			}
		}
	}
	slices.SortStableFunc(changed, func(a, b *capture.Exchange) int { return a.At.Compare(b.At) })
	t.number(changed)
	t.Update(changed, gone, deleted, false)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.first == 0 {
		t.first = t.next + 1
		close(t.ready)
	}
}

func (t *MergedRing) lookAtOwn(reader *nats.Reader, dirty map[placeName]bool) {
	if t.c.Own == nil {
		return
	}
	if reader != nil && t.ownShort == "" {
		if t.ownShort = reader.Short(t.c.Node); t.ownShort != "" {
			t.ownRev = 0 // all have another name
		}
	}
	d := t.c.Own.Since(t.ownRev)
	if d.Reset { // what is gone is not known
		t.all(dirty)
	}
	t.ownRev = d.Rev
	for _, ex := range d.Changed {
		dirty[placeName{t.c.Node, ex.ID}] = false
	}
	for _, id := range d.Gone {
		dirty[placeName{t.c.Node, id}] = false
	}
	for _, id := range d.Deleted {
		dirty[placeName{t.c.Node, id}] = true
	}
}

func (t *MergedRing) lookAtTeam(reader *nats.Reader, dirty map[placeName]bool) {
	d := reader.Mirror.Since(t.teamRev)
	if d.Reset {
		t.all(dirty)
		clear(t.bySeq)
	}
	t.teamRev = d.Rev
	for _, ex := range d.Changed {
		p := placeName{ex.Origin.Node, ex.Origin.ID}
		t.bySeq[ex.ID] = p
		touch(dirty, p)
	}
	for _, seq := range d.Deleted {
		if p, ok := t.bySeq[seq]; ok {
			dirty[p] = true
		}
	}
	for _, seq := range d.Gone {
		if p, ok := t.bySeq[seq]; ok {
			touch(dirty, p) // gone, or deleted as above
			delete(t.bySeq, seq)
		}
	}
}

// touch adds a place that changed, unless it is known that it was deleted.
func touch(dirty map[placeName]bool, p placeName) {
	if _, known := dirty[p]; !known {
		dirty[p] = false
	}
}

// all is for when it is no longer known what changed.
func (t *MergedRing) all(dirty map[placeName]bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for p := range t.ids {
		dirty[p] = false
	}
}

// current is an exchange as it is shown, without its id; nil when it is gone. The node's
// own history knows better than the team's ring.
func (t *MergedRing) current(reader *nats.Reader, p placeName) *capture.Exchange {
	if ex, ok := t.ownExchange(p); ok {
		c := *ex
		c.Origin = &capture.Origin{Node: p.node, Short: t.ownShort, ID: p.id}
		return &c
	}
	if reader == nil {
		return nil
	}
	seq, _ := reader.Place(p.node, p.id)
	ex, ok := reader.Mirror.Get(seq)
	if !ok {
		return nil
	}
	c := *ex
	return &c
}

func (t *MergedRing) ownExchange(p placeName) (*capture.Exchange, bool) {
	if t.c.Own == nil || p.node != t.c.Node {
		return nil, false
	}
	return t.c.Own.Get(p.id)
}

func (t *MergedRing) number(list []*capture.Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, ex := range list {
		p := placeName{ex.Origin.Node, ex.Origin.ID}
		id, ok := t.ids[p]
		if !ok {
			t.next++
			id = t.next
			t.ids[p], t.places[id] = id, p
		}
		ex.ID = id
	}
}

// forget drops the id of what is gone. What was deleted may come back, to where it was.
func (t *MergedRing) forget(reader *nats.Reader, p placeName) (capture.ID, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	id, ok := t.ids[p]
	if reader != nil {
		if _, deleted := reader.Place(p.node, p.id); deleted {
			return id, ok
		}
	}
	delete(t.ids, p)
	delete(t.places, id)
	return id, ok
}

func (t *MergedRing) place(id capture.ID) (placeName, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, ok := t.places[id]
	return p, ok
}

// ownID is under which id the own node's exchange is shown.
func (t *MergedRing) ownID(id capture.ID) capture.ID { return t.idOf(placeName{t.c.Node, id}) }

// idOf is under which id an exchange is shown; 0 when it is not.
func (t *MergedRing) idOf(p placeName) capture.ID {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ids[p]
}

// Stats is what is shown; errors and bounds are those of the node's own history.
func (t *MergedRing) Stats() ring.Stats {
	s := t.Mirror.Stats()
	if t.mu.Lock(); s.Newest >= t.first {
		s.First = t.first
	}
	t.mu.Unlock()
	if t.c.Own == nil {
		return s
	}
	own := t.c.Own.Stats()
	s.Bounds, s.Err, s.EvictedOnOpen, s.PinnedEvictedOnOpen = own.Bounds, own.Err, own.EvictedOnOpen, own.PinnedEvictedOnOpen
	return s
}
