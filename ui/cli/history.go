package cli

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"creel/capture"
	"creel/capture/sqlite"
	"creel/forward"
)

// history is what the commands see of the file that the ring is kept in.
type history struct {
	store *sqlite.Store // nil when there is no file yet
	list  []*capture.Exchange
}

// historyPath is where the ring is kept.
func (o *options) historyPath(env func(string) (string, bool)) string {
	if o.history != "" {
		return o.history
	}
	return filepath.Join(stateDir(env), "history.db")
}

// read opens the history to read it. Where there is no file the history is
// empty, unless the file was named.
func (p *program) read(ctx context.Context) (*history, error) {
	store, err := sqlite.Open(p.opts.historyPath(p.env), sqlite.Read)
	if errors.Is(err, fs.ErrNotExist) && p.opts.history == "" {
		return &history{}, nil
	}
	return p.loadHistory(ctx, store, err)
}

// open opens the history to read and write along, and makes it if need be.
func (p *program) open(ctx context.Context) (*history, error) {
	store, err := sqlite.Open(p.opts.historyPath(p.env), sqlite.Write)
	return p.loadHistory(ctx, store, err)
}

func (p *program) loadHistory(ctx context.Context, store *sqlite.Store, err error) (*history, error) {
	if err != nil {
		return nil, err
	}
	for _, line := range store.Report() {
		p.talk("%s", line)
	}
	h := &history{store: store}
	for ex, err := range store.All(ctx) {
		if err != nil {
			h.close()
			return nil, err
		}
		h.list = append(h.list, ex)
	}
	return h, nil
}

func (h *history) close() {
	if h.store != nil {
		_ = h.store.Close()
	}
}

// commit makes changes, durable on return. Pins are held against the bounds of
// the capture that owns the history.
func (h *history) commit(ctx context.Context, ops ...capture.Op) error {
	g, err := h.store.Stats(ctx)
	if err != nil {
		return err
	}
	for _, op := range ops {
		if op.Meta == nil || op.Meta.Pinned == nil || !*op.Meta.Pinned {
			continue
		}
		for _, ex := range h.list {
			if ex.ID != op.Meta.ID || ex.Pinned {
				continue
			}
			if err := g.CheckPin(ex.ID, ex.Footprint()); err != nil {
				return err
			}
			g.Pinned++
			g.PinnedBytes += ex.Footprint()
		}
	}
	_, err = h.store.Commit(ctx, ops...)
	return err
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

// owner is the process that captures into the history; live says that it does.
func (h *history) owner(ctx context.Context) (o sqlite.Owner, live bool, err error) {
	if h.store == nil {
		return o, false, nil
	}
	return h.store.Owner(ctx)
}

// ownerTargets are the targets of the running creel.
func (h *history) ownerTargets(ctx context.Context, opts *options) []forward.Target {
	o, live, err := h.owner(ctx)
	if err != nil || !live {
		return nil
	}
	var out []forward.Target
	for _, spec := range o.Targets {
		if t, err := opts.target(spec); err == nil {
			out = append(out, t)
		}
	}
	return out
}
