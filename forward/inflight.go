package forward

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"creel/capture"
)

// InFlight is an attempt that is under way: a forward on arrival, a pending
// delivery or a resend.
type InFlight struct {
	ID    capture.ID // of its exchange
	To    URL
	Since time.Time
}

// InFlight returns the attempts that are under way, the oldest first. A forward
// whose exchange is not durable yet is not among them. It is cheap enough to be
// called for each frame.
func (s *Sender) InFlight() []InFlight { return s.flights.list() }

// InFlightOf returns those of one exchange.
func (s *Sender) InFlightOf(id capture.ID) []InFlight {
	return slices.DeleteFunc(s.flights.list(), func(f InFlight) bool { return f.ID != id })
}

// flights are the attempts that are under way. The zero value has none.
type flights struct {
	mu  sync.Mutex
	set map[*flight]struct{}
}

// flight is an attempt under way. Its fields are set before it begins.
type flight struct {
	id       capture.ID
	rec      capture.Recorder // knows the id where id is zero
	to       *Target
	captured string // request target
	since    time.Time
}

// begin adds f until end is called.
func (fs *flights) begin(f *flight) (end func()) {
	f.since = time.Now()
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.set == nil {
		fs.set = map[*flight]struct{}{}
	}
	fs.set[f] = struct{}{}
	return func() {
		fs.mu.Lock()
		defer fs.mu.Unlock()
		delete(fs.set, f)
	}
}

func (fs *flights) list() []InFlight {
	fs.mu.Lock()
	all := make([]*flight, 0, len(fs.set))
	for f := range fs.set {
		all = append(all, f)
	}
	fs.mu.Unlock()
	var out []InFlight
	for _, f := range all {
		if id, ok := f.exchange(); ok {
			out = append(out, InFlight{ID: id, To: f.to.Resolve(f.captured), Since: f.since})
		}
	}
	slices.SortFunc(out, func(a, b InFlight) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
	return out
}

// exchange is the id of the exchange, if it has one yet.
func (f *flight) exchange() (capture.ID, bool) {
	if f.id != 0 || f.rec == nil {
		return f.id, f.id != 0
	}
	id, err := f.rec.Committed(noWait)
	return id, err == nil
}

// noWait is a context that has ended.
var noWait = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()
