package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net"
	"net/netip"
	"os"
	"path/filepath"

	"creel/capture"
	"creel/capture/sqlite"
	"creel/forward"
	"creel/ui/control"
)

// history is what was captured, through the creel that captures into it, else the file.
type history struct {
	store   store
	file    *sqlite.Store   // nil when a creel runs, and when there is no file yet
	running *control.Client // nil when none runs
	others  []int           // processes of creels that keep what they capture in memory
}

// store has exchanges: a file, or a running creel.
type store interface {
	Get(context.Context, capture.ID) (*capture.Exchange, error)
	Select(context.Context, sqlite.Query) iter.Seq2[*capture.Exchange, error]
	IDs(context.Context) ([]capture.ID, error)
	Delete(context.Context, []capture.ID) error
	Commit(context.Context, ...capture.Op) (capture.Receipt, error)
	Owner(context.Context) (sqlite.Owner, bool, error)
	Close() error
}

// nothing is the store of a history that is not there yet.
type nothing struct{}

func (nothing) Get(context.Context, capture.ID) (*capture.Exchange, error) {
	return nil, capture.ErrEvicted
}

func (nothing) Select(context.Context, sqlite.Query) iter.Seq2[*capture.Exchange, error] {
	return each(nil)
}
func (nothing) IDs(context.Context) ([]capture.ID, error)               { return nil, nil }
func (nothing) Delete(context.Context, []capture.ID) error              { return capture.ErrEvicted }
func (nothing) Owner(context.Context) (o sqlite.Owner, _ bool, _ error) { return o, false, nil }
func (nothing) Close() error                                            { return nil }

func (nothing) Commit(context.Context, ...capture.Op) (r capture.Receipt, _ error) {
	return r, capture.ErrEvicted
}

// historyPath is where the ring is kept.
func (o *options) historyPath(env func(string) (string, bool)) string {
	return cmp.Or(o.history, filepath.Join(stateDir(env), "history.db"))
}

// read opens what was captured to read it.
func (p *program) read(ctx context.Context) (*history, error) {
	return p.readAny(ctx, sqlite.Read)
}

// open opens what was captured to read and change it.
func (p *program) open(ctx context.Context) (*history, error) {
	return p.readAny(ctx, sqlite.Write)
}

// readAny reads the team's ring that is meant, else by way of a running creel, else the file.
func (p *program) readAny(ctx context.Context, role sqlite.Role) (*history, error) {
	if h, err := p.readTeam(ctx); h != nil || err != nil {
		return h, err
	}
	h, others, err := p.readRunning(ctx)
	if h != nil || err != nil {
		return h, err
	}
	if h, err = p.fileHistory(role); err != nil || len(others) == 0 {
		return h, err
	}
	h.others = others
	if isTerminal(p.stderr) {
		p.infof("%s", h.elsewhere())
	}
	return h, nil
}

// elsewhere says how to reach requests that are not in the history.
func (h *history) elsewhere() string {
	return fmt.Sprintf("a creel keeps its requests in memory: --at %d is that one", h.others[0])
}

// readRunning connects to the creel that --at names, else to the one that captures
// into the history; nil when none does. The others keep what they capture in memory.
func (p *program) readRunning(ctx context.Context) (h *history, others []int, err error) {
	if p.at != "" {
		r, err := p.pick(ctx, p.at)
		if err == nil {
			h, err = p.overSocket(ctx, r)
		}
		return h, nil, err
	}
	all, err := p.findRunning(ctx)
	if err != nil {
		return nil, nil, err
	}
	file := p.opts.historyPath(p.env)
	for _, r := range all {
		if r.History == "" {
			others = append(others, r.PID)
		}
		if !sameFile(r.History, file) {
			continue
		}
		if h, err := p.overSocket(ctx, r); err == nil {
			return h, nil, nil
		}
	}
	return nil, others, nil
}

func (p *program) overSocket(ctx context.Context, r running) (*history, error) {
	c, err := control.Connect(ctx, p.clientConfig(r.socket))
	if err != nil {
		return nil, err
	}
	return &history{store: c.History, running: c}, nil
}

// sameFile reports whether two names are of the same file, which is there.
func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}

// readFileHistory opens the file to read it.
func (p *program) readFileHistory() (*history, error) { return p.fileHistory(sqlite.Read) }

// fileHistory opens the file to read it, or to write along. Where there is none, none is
// made and the history is empty, unless the file was named.
func (p *program) fileHistory(role sqlite.Role) (*history, error) {
	if _, err := os.Stat(p.opts.historyPath(p.env)); errors.Is(err, fs.ErrNotExist) {
		role = sqlite.Read // there is nothing to change
	}
	h, err := p.openFileHistory(role)
	if errors.Is(err, fs.ErrNotExist) && p.opts.history == "" {
		return &history{store: nothing{}}, nil
	}
	return h, err
}

// openFileHistory opens the file in a role, as that has it where there is none.
func (p *program) openFileHistory(role sqlite.Role) (*history, error) {
	store, err := sqlite.Open(context.Background(), p.opts.historyPath(p.env), sqlite.Options{Role: role})
	if err != nil {
		return nil, err
	}
	for _, line := range store.Report() {
		p.infof("%s", line)
	}
	return &history{store: store, file: store}, nil
}

// find returns the exchanges that the ids name, in that order, or an error when one is not there.
func (h *history) find(ctx context.Context, refs []idRef) ([]*capture.Exchange, error) {
	var out []*capture.Exchange
	for _, ref := range refs {
		ex, err := h.findOne(ctx, ref)
		if errors.Is(err, capture.ErrEvicted) {
			return nil, h.noSuch(ctx, ref)
		} else if err != nil {
			return nil, err
		}
		out = append(out, ex)
	}
	return out, nil
}

func (h *history) findOne(ctx context.Context, ref idRef) (*capture.Exchange, error) {
	if ref.name != "" { // of a team's ring
		s, ok := h.store.(*teamStore)
		if !ok {
			return nil, badID(ref.text)
		}
		id, ok := s.reader.Find(ref.name)
		if !ok {
			return nil, capture.ErrEvicted
		}
		return s.Get(ctx, id)
	}
	if !ref.newest {
		return h.store.Get(ctx, capture.ID(ref.n))
	}
	n := uint64(0)
	for ex, err := range h.store.Select(ctx, sqlite.Query{NewestFirst: true}) {
		if n++; err != nil || n == ref.n {
			return ex, err
		}
	}
	return nil, capture.ErrEvicted
}

func (h *history) noSuch(ctx context.Context, ref idRef) error {
	what := ref.text
	if !ref.newest && ref.name == "" {
		what = capture.ID(ref.n).String()
	}
	has := "is empty"
	if ids, _ := h.store.IDs(ctx); len(ids) > 0 {
		has = fmt.Sprintf("has %v to %v", ids[0], ids[len(ids)-1])
	}
	if len(h.others) > 0 {
		has += "; " + h.elsewhere()
	}
	return exitf(exitNoSuch, "no request %s: the history %s", what, has)
}

func (h *history) close() { _ = h.store.Close() }

// checkPins holds further pins against the bounds of the ring. A running creel does that itself.
func (h *history) checkPins(ctx context.Context, list []*capture.Exchange) error {
	if h.file == nil {
		return nil
	}
	g, err := h.file.Stats(ctx)
	if err != nil {
		return err
	}
	if g.Count == 0 {
		return nil // nothing has captured into it yet, so it has no bounds
	}
	for _, ex := range list {
		if ex.Pinned {
			continue
		}
		if err := g.CheckPin(ex.ID, ex.Footprint()); err != nil {
			return err
		}
		g.Pinned++
		g.PinnedBytes += ex.Footprint()
	}
	return nil
}

// addAttempt keeps an attempt and returns its number.
func (h *history) addAttempt(ctx context.Context, id capture.ID, a capture.Attempt) (int, error) {
	r, err := h.store.Commit(ctx, capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: a}})
	if err != nil {
		return 0, err
	}
	for _, op := range r.Kept {
		if op.Attempt != nil {
			return op.Attempt.Attempt.N, nil
		}
	}
	return 0, nil
}

// capturing knows where the running creel listens, to refuse it as a target.
func (h *history) capturing(ctx context.Context) *forward.SelfAddrs {
	own := &forward.SelfAddrs{}
	o, live, err := h.store.Owner(ctx)
	if err != nil || !live {
		return own
	}
	if u, err := forward.ParseURL(o.URL); err == nil {
		if ap, err := netip.ParseAddrPort(u.Address()); err == nil {
			own.Listen(net.TCPAddrFromAddrPort(ap))
		}
	}
	return own
}

func (h *history) ownerTargets(ctx context.Context, opts *options) []forward.Target {
	o, live, err := h.store.Owner(ctx)
	if err != nil || !live {
		return nil
	}
	var out []forward.Target
	if h.running != nil && h.running.Look(ctx) == nil {
		for _, t := range h.running.Targets.List() {
			out = append(out, t.Target)
		}
		return out
	}
	for _, spec := range o.Targets {
		if t, err := opts.target(spec); err == nil {
			out = append(out, t)
		}
	}
	return out
}
