package reply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"creel/capture"
	"creel/capture/filter"
)

// Limits of a gate.
const (
	maxHeld = 100
	// DefaultHoldTimeout is short enough for most senders' patience of 30 s.
	DefaultHoldTimeout = 25 * time.Second
)

// Gate holds exchanges while the user decides. The fields are set before use;
// the methods are safe for concurrent use. The zero value holds nothing by
// itself.
type Gate struct {
	Timeout time.Duration // 0 means DefaultHoldTimeout
	// Limit says how long a provider waits for a reply; 0 when that is not
	// known. It may be nil.
	Limit func(provider string) time.Duration
	// Notice is called with what the user should know, in one line; it may be nil.
	Notice func(string)
	// Poke is called when the list of the held or the switch changed; it may be nil.
	Poke func()

	mu    sync.Mutex
	match *filter.Filter
	on    bool
	held  []*hold // oldest first
	next  remembered[capture.Reply]
	ended []EndedHold // the newest, the last one last
}

// maxNextTries is how many replies wait for the next try of a delivery.
const maxNextTries = 100

// Held is one exchange that is held.
type Held struct {
	Exchange *capture.Exchange // as it arrived, with its ID
	Since    time.Time
	// Limit is how long the sender waits; 0 when that is not known.
	Limit time.Duration
	// Left is the time until the hold ends by itself.
	Left time.Duration
	// Paused says that the time stands still: a reply is being written.
	Paused bool
	// Action is in words what happens when the hold ends by itself.
	Action string
}

// Way is how a hold goes on.
type Way uint8

// The ways out of a hold.
const (
	WayRelease    Way = iota // as if there had been no hold
	WayReply                 // the Reply of the decision
	WayForward               // to the URLs of the decision, or where it would go
	WayDrop                  // the connection is closed, without a reply
	waySenderGone            // the sender left
)

// Decision ends a hold.
type Decision struct {
	Way   Way
	Reply Spec     // for WayReply; it must be valid
	URLs  []string // for WayForward; none means the targets of the rule, or those that are on
	// By is who decided, such as another process; empty for the screen of this one.
	By string
}

// String says what was decided, and by whom.
func (d Decision) String() string {
	by := cmp.Or(d.By, "its own screen")
	switch d.Way {
	case WayReply:
		return "replied to by " + by
	case WayForward:
		return "forwarded by " + by
	case WayDrop:
		return "dropped by " + by
	}
	return "released by " + by
}

// hold is one exchange in the gate. Its mutable fields belong to the gate's lock.
type hold struct {
	Held  // Left is kept while it is paused
	timer *time.Timer
	ends  time.Time     // when the timer fires, while it runs
	out   chan Decision // capacity 1; written once, by the one that takes it off the list
}

// Set says what is held from now on, and whether at all. What is held already
// stays so. A nil filter holds everything.
func (g *Gate) Set(match *filter.Filter, on bool) {
	g.mu.Lock()
	g.match, g.on = match, on
	g.mu.Unlock()
	g.poke()
}

// Filter returns what is held while the gate is on.
func (g *Gate) Filter() (match *filter.Filter, on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.match, g.on
}

// Held returns what is held, oldest first.
func (g *Gate) Held() []Held {
	g.mu.Lock()
	defer g.mu.Unlock()
	list := make([]Held, len(g.held))
	for i, h := range g.held {
		list[i] = h.Held
		list[i].Left = h.remaining()
	}
	return list
}

// Len returns how many are held.
func (g *Gate) Len() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.held)
}

// Release ends a hold. It reports false when the exchange was no longer held:
// the sender left, its time was up, or it was released before.
func (g *Gate) Release(id capture.ID, d Decision) bool {
	g.mu.Lock()
	h := g.find(id)
	g.mu.Unlock()
	return h != nil && g.end(h, d, d.String())
}

// EndedHold is a hold that is over.
type EndedHold struct {
	ID  capture.ID
	How string // in a few words, such as "replied to by pid 812"
	At  time.Time
}

// Ended returns the holds that ended last, oldest first: the newest 100.
func (g *Gate) Ended() []EndedHold {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.ended)
}

// ReleaseAll ends all holds the same way and returns how many there were.
func (g *Gate) ReleaseAll(d Decision) int {
	g.mu.Lock()
	all := slices.Clone(g.held)
	g.mu.Unlock()
	n := 0
	for _, h := range all {
		if g.end(h, d, d.String()) {
			n++
		}
	}
	return n
}

// Pause makes the time of a hold stand still, while a reply is being written.
// It reports whether the exchange is held.
func (g *Gate) Pause(id capture.ID) bool {
	return g.change(id, func(h *hold) {
		if !h.Paused {
			h.Left, h.Paused = h.remaining(), true
			h.timer.Stop()
		}
	})
}

// Resume lets the time of a hold go on. It reports whether the exchange is held.
func (g *Gate) Resume(id capture.ID) bool {
	return g.change(id, func(h *hold) {
		if h.Paused {
			h.Paused, h.ends = false, time.Now().Add(h.Left)
			h.timer.Reset(h.Left)
		}
	})
}

// change changes a hold, and reports whether the exchange is held.
func (g *Gate) change(id capture.ID, change func(*hold)) bool {
	defer g.poke()
	g.mu.Lock()
	defer g.mu.Unlock()
	h := g.find(id)
	if h != nil {
		change(h)
	}
	return h != nil
}

// ReplyNextTry keeps a reply for the next time that the delivery of ex comes,
// once. The 100 newest are kept. The error says why the reply is none.
func (g *Gate) ReplyNextTry(ex *capture.Exchange, spec Spec) error {
	f, err := New(spec, "hold")
	if err != nil {
		return err
	}
	reply, key := f.Reply(context.Background(), ex), capture.DeliveryKey(context.Background(), ex)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.next.set(key, reply, maxNextTries)
	return nil
}

// takeNextTry returns the reply that was kept for the delivery of ex, once.
func (g *Gate) takeNextTry(ex *capture.Exchange) (reply capture.Reply, ok bool) {
	g.mu.Lock()
	none := len(g.next.vals) == 0
	g.mu.Unlock()
	if none {
		return reply, false // spares the digest of the body
	}
	key := capture.DeliveryKey(context.Background(), ex)
	g.mu.Lock()
	defer g.mu.Unlock()
	reply, ok = g.next.vals[key]
	g.next.remove(key)
	return reply, ok
}

// Hold holds ex until it is decided what happens, its time is up, or ctx ends.
// Action says in words what happens then by itself.
func (g *Gate) Hold(ctx context.Context, ex *capture.Exchange, rec capture.Recorder, action string) Decision {
	id, err := rec.Committed(ctx)
	if err != nil {
		return Decision{Way: WayRelease} // the server says what is to be said
	}
	kept := *ex
	kept.ID = id
	h, ok := g.admit(&kept, action)
	if !ok {
		g.notice(fmt.Sprintf("%d requests are held already: %v was not: %s", maxHeld, id, action))
		return Decision{Way: WayRelease}
	}
	rec.SetState(ctx, capture.StateHeld)
	g.poke()
	defer g.poke()
	select {
	case d := <-h.out:
		if d.Way == WayRelease || d.Way == WayForward { // the sender waits again
			rec.SetState(ctx, capture.StateWaiting)
		}
		return d
	case <-ctx.Done():
	}
	left := Decision{Way: waySenderGone}
	if errors.Is(context.Cause(ctx), capture.ErrStopping) {
		left.Way = WayRelease
	}
	g.end(h, left, "its sender left")
	return <-h.out // that of someone who was quicker, or left
}

func (g *Gate) admit(ex *capture.Exchange, action string) (*hold, bool) {
	now, timeout := time.Now(), g.Timeout
	if timeout <= 0 {
		timeout = DefaultHoldTimeout
	}
	h := &hold{Held: Held{Exchange: ex, Since: now, Action: action}, ends: now.Add(timeout), out: make(chan Decision, 1)}
	if g.Limit != nil {
		h.Limit = g.Limit(ex.Sender.Provider)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.held) >= maxHeld {
		return nil, false
	}
	h.timer = time.AfterFunc(timeout, func() { g.expire(h) })
	g.held = append(g.held, h)
	return h, true
}

// expire ends a hold whose time is up, unless it was paused at that moment.
func (g *Gate) expire(h *hold) {
	g.mu.Lock()
	early := h.Paused || h.remaining() > 0 // paused, or resumed since
	g.mu.Unlock()
	if !early {
		g.end(h, Decision{Way: WayRelease}, "its time was up")
	}
}

// end takes h off the list and gives it its decision, unless someone did. How says
// in words how it ended.
func (g *Gate) end(h *hold, d Decision, how string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.held, h)
	if i < 0 {
		return false
	}
	g.held = slices.Delete(g.held, i, i+1)
	h.timer.Stop()
	g.ended = append(g.ended, EndedHold{h.Exchange.ID, how, time.Now()})
	g.ended = g.ended[max(0, len(g.ended)-maxHeld):]
	h.out <- d
	return true
}

func (g *Gate) find(id capture.ID) *hold {
	for _, h := range g.held {
		if h.Exchange.ID == id {
			return h
		}
	}
	return nil
}

func (h *hold) remaining() time.Duration {
	if h.Paused {
		return h.Left
	}
	return max(0, time.Until(h.ends))
}

func (g *Gate) notice(text string) {
	if g.Notice != nil {
		g.Notice(text)
	}
}

func (g *Gate) poke() {
	if g.Poke != nil {
		g.Poke()
	}
}
