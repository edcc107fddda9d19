package forward

import (
	"slices"
	"strings"
	"sync"
	"time"

	"creel/capture"
)

// Targets is the live list of targets: what is forwarded where, what is on, and
// how each of them is. Its fields must be set before it is used. It is safe for
// concurrent use.
type Targets struct {
	// Node and Who are what a team calls this creel and its user; empty without one.
	Node, Who string
	// Defaults complete a target of which only the URL is known.
	Defaults Defaults
	// Changed is called after the list or the health of a target changed, with
	// words for a notice; empty when the user did it and so knows. May be nil.
	Changed func(notice string)
	// Down is told in words that a target went down; Changed is called without
	// words then. May be nil: then Changed has them.
	Down func(problem string)
	// Up is called with the key of a target that was found up and was not known
	// to be; may be nil. It must not wait. See [Queue.Wake].
	Up func(key string)
	// Pending counts what waits for the target with that key; may be nil.
	Pending func(key string) int

	mu   sync.Mutex
	list []*entry
	wake chan struct{} // tells Watch that the list changed; made by it
}

// entry is a target and its health.
type entry struct {
	Status
	next time.Time // of the next check
	tail chan struct{}
}

// Health is whether a server listens at a target.
type Health uint8

// What is known of a target. The zero value is HealthUnknown.
const (
	HealthUnknown Health = iota
	HealthUp
	HealthDown
)

// Status is a target with all that is shown of it.
type Status struct {
	Target
	Health  Health
	Since   time.Time     // when it went up or down
	Cause   capture.Cause // why it is down
	Pending int           // deliveries that wait for it
}

// Set replaces the list. The health of a target that stays is kept.
func (ts *Targets) Set(list []Target) {
	_ = ts.Edit(func([]Target) ([]Target, error) { return list, nil })
}

// Edit replaces the list by what change makes of it, while no other change is made.
// An error of change is returned, and the list stays as it is. Change must not use ts.
func (ts *Targets) Edit(change func([]Target) ([]Target, error)) error {
	if err := ts.edit(change); err != nil {
		return err
	}
	ts.wakeWatcher()
	ts.notify("")
	return nil
}

func (ts *Targets) edit(change func([]Target) ([]Target, error)) error {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	old := ts.list
	list := make([]Target, len(old))
	for i, e := range old {
		list[i] = e.Target
	}
	list, err := change(list)
	if err != nil {
		return err
	}
	ts.list = make([]*entry, len(list))
	for i, t := range list {
		e := &entry{Status: Status{Target: t}}
		if j := slices.IndexFunc(old, func(o *entry) bool { return o.Key() == t.Key() }); j >= 0 {
			*e = *old[j]
			e.Target = t
		}
		ts.list[i] = e
	}
	return nil
}

// List returns the targets in order.
func (ts *Targets) List() []Status {
	ts.mu.Lock()
	list := make([]Status, len(ts.list))
	for i, e := range ts.list {
		list[i] = e.Status
	}
	ts.mu.Unlock()
	for i := range list {
		if ts.Pending != nil {
			list[i].Pending = ts.Pending(list[i].Key())
		}
	}
	return list
}

// For returns the targets that are on for a request target: of those whose path
// it is under, the ones with the longest path. The first one's response goes to
// the sender.
func (ts *Targets) For(captured string) []Target {
	path, _ := SplitTarget(captured)
	ts.mu.Lock()
	defer ts.mu.Unlock()
	var out []Target
	longest := 0
	for _, e := range ts.list {
		n := len(capture.ComparePath(strings.TrimRight(e.Path, "/")))
		if e.Disabled || !capture.PathUnder(path, e.Path) || n < longest {
			continue
		}
		if n > longest {
			longest, out = n, out[:0]
		}
		out = append(out, e.Target)
	}
	return out
}

// On reports whether a target is on for a request target.
func (ts *Targets) On(captured string) bool {
	path, _ := SplitTarget(captured)
	ts.mu.Lock()
	defer ts.mu.Unlock()
	return slices.ContainsFunc(ts.list, func(e *entry) bool { return !e.Disabled && capture.PathUnder(path, e.Path) })
}

// ByKey returns the target with that key for a request target, whether it is on
// or off. Of several, which differ in their paths, it is one whose path fits.
func (ts *Targets) ByKey(key, captured string) (Target, bool) {
	path, _ := SplitTarget(captured)
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for _, e := range ts.list {
		if e.Key() == key && capture.PathUnder(path, e.Path) {
			return e.Target, true
		}
	}
	if e := ts.find(key); e != nil {
		return e.Target, true
	}
	return Target{}, false
}

func (ts *Targets) find(key string) *entry {
	i := slices.IndexFunc(ts.list, func(e *entry) bool { return e.Key() == key })
	if i < 0 {
		return nil
	}
	return ts.list[i]
}

// enter takes a place in the queue of an ordered target, in the order of the
// calls. wait returns when it is this delivery's turn; leave ends the turn and
// must be called.
func (ts *Targets) enter(t *Target) (wait func(), leave func()) {
	if !t.Ordered {
		return func() {}, func() {}
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	e := ts.find(t.Key())
	if e == nil {
		return func() {}, func() {}
	}
	before, mine := e.tail, make(chan struct{})
	e.tail = mine
	return func() {
		if before != nil {
			<-before
		}
	}, func() { close(mine) }
}

func (ts *Targets) notify(notice string) {
	if ts.Changed != nil {
		ts.Changed(notice)
	}
}

// wakeWatcher makes Watch look at the list again.
func (ts *Targets) wakeWatcher() {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	capture.Signal(ts.wake)
}
