package ringtest

import (
	"context"
	"iter"
	"maps"
	"slices"
	"sync"

	"creel/capture"
)

// Fake is a journal in memory that several stores can share, each as another
// process would. It is for tests of what stands on a journal: it can be made to
// fail. It is safe for concurrent use.
type Fake struct {
	disk *disk
}

// disk is what the fakes share.
type disk struct {
	mu sync.Mutex

	rev     capture.Rev
	next    capture.ID
	all     map[capture.ID]*capture.Exchange
	log     []logged
	watch   map[*Fake]chan struct{}
	fail    error
	commits int
}

type logged struct {
	rev capture.Rev
	by  *Fake
	id  capture.ID
}

// NewFake returns an empty journal.
func NewFake() *Fake {
	return &Fake{&disk{next: 1, all: map[capture.ID]*capture.Exchange{}, watch: map[*Fake]chan struct{}{}}}
}

// Other returns the same journal as another process sees it.
func (f *Fake) Other() *Fake { return &Fake{f.disk} }

// Fail makes commits fail from now on; nil lets them succeed again.
func (f *Fake) Fail(err error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	f.disk.fail = err
}

// Commits returns how many commits succeeded.
func (f *Fake) Commits() int {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	return f.disk.commits
}

// Commit implements [capture.Journal].
func (f *Fake) Commit(_ context.Context, ops ...capture.Op) (capture.Receipt, error) {
	d := f.disk
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return capture.Receipt{}, d.fail
	}
	d.rev++
	d.commits++
	r := capture.Receipt{Rev: d.rev}
	for _, op := range ops {
		r.Kept = append(r.Kept, d.apply(op, func(id capture.ID) {
			d.log = append(d.log, logged{d.rev, f, id})
		}))
	}
	for other, ch := range d.watch {
		if other != f {
			capture.Signal(ch)
		}
	}
	return r, nil
}

func (d *disk) apply(op capture.Op, touch func(capture.ID)) capture.Op {
	change := func(id capture.ID, f func(*capture.Exchange)) {
		if old := d.all[id]; old != nil {
			ex := *old
			f(&ex)
			d.all[id] = &ex
			touch(id)
		}
	}
	switch {
	case op.Add != nil:
		ex := *op.Add
		if ex.ID == 0 {
			ex.ID = d.next
		}
		d.next = max(d.next, ex.ID+1)
		d.all[ex.ID] = &ex
		touch(ex.ID)
		return capture.Op{Add: &ex}
	case op.Reply != nil:
		change(op.Reply.ID, func(ex *capture.Exchange) { ex.State, ex.Reply = op.Reply.State, op.Reply.Reply })
	case op.Attempt != nil:
		add := *op.Attempt
		change(add.ID, func(ex *capture.Exchange) {
			add.Attempt.N = 1
			if n := len(ex.Attempts); n > 0 {
				add.Attempt.N = ex.Attempts[n-1].N + 1
			}
			if add.Attempt.SameBody {
				add.Attempt.Body = ex.Request.Body
			}
			ex.Attempts = append(slices.Clip(ex.Attempts), &add.Attempt)
			ex.Attempts = capture.Trim(slices.Clone(ex.Attempts), max(add.Forget, add.Attempt.N-capture.KeepBodies))
		})
		return capture.Op{Attempt: &add}
	case op.Meta != nil:
		change(op.Meta.ID, op.Meta.Put)
	}
	for _, id := range slices.Concat(op.Delete, op.Evict) {
		delete(d.all, id)
		touch(id)
	}
	return op
}

// Changes implements [capture.Journal].
func (f *Fake) Changes(_ context.Context, after capture.Rev) iter.Seq2[capture.Change, error] {
	d := f.disk
	d.mu.Lock()
	defer d.mu.Unlock()
	ids := map[capture.ID]bool{}
	if after == 0 {
		for id := range d.all {
			ids[id] = true
		}
	}
	for _, l := range d.log {
		if after > 0 && l.rev > after && l.by != f {
			ids[l.id] = true
		}
	}
	var changes []capture.Change
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		c := capture.Change{Rev: d.rev, Gone: id}
		if ex := d.all[id]; ex != nil {
			one := *ex
			c = capture.Change{Rev: d.rev, Exchange: &one}
		}
		changes = append(changes, c)
	}
	changes = append(changes, capture.Change{Rev: d.rev})
	return func(yield func(capture.Change, error) bool) {
		for _, c := range changes {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// Watch implements [capture.Journal].
func (f *Fake) Watch(ctx context.Context) <-chan struct{} {
	d := f.disk
	ch := make(chan struct{}, 1)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watch[f] = ch
	context.AfterFunc(ctx, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.watch, f)
		close(ch)
	})
	return ch
}

// Body implements [capture.Journal]; bodies stay in memory.
func (f *Fake) Body(context.Context, capture.BodyRef) ([]byte, error) { return nil, capture.ErrEvicted }

// Close implements [capture.Journal].
func (f *Fake) Close() error { return nil }
