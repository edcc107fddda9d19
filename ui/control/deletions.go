package control

import (
	"fmt"
	"slices"
	"sync"

	"creel/capture"
)

// maxDeleted bounds the deleted exchanges that are kept, in bytes.
const maxDeleted = 64 << 20

// deletions are the exchanges that were deleted last, so that they can be put back.
// It is safe for concurrent use.
type deletions struct {
	mu    sync.Mutex
	kept  map[capture.ID]*capture.Exchange
	order []capture.ID // of kept, oldest first
	size  int64
}

// add keeps exchanges whose bodies are in memory.
func (d *deletions) add(list []*capture.Exchange) {
	ids := make([]capture.ID, len(list))
	for i, ex := range list {
		ids[i] = ex.ID
	}
	d.drop(ids)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept == nil {
		d.kept = map[capture.ID]*capture.Exchange{}
	}
	for _, ex := range list {
		d.kept[ex.ID] = ex
		d.order = append(d.order, ex.ID)
		d.size += ex.Footprint()
	}
	n := 0
	for ; d.size > maxDeleted; n++ {
		d.size -= d.kept[d.order[n]].Footprint()
		delete(d.kept, d.order[n])
	}
	d.order = slices.Clone(d.order[n:])
}

// restore returns what puts exchanges back: all of them, or an error.
func (d *deletions) restore(ids []capture.ID) ([]capture.Op, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var ops []capture.Op
	for _, id := range ids {
		ex := d.kept[id]
		if ex == nil {
			return nil, fmt.Errorf("%v cannot be put back: it was deleted too long ago, or is too large", id)
		}
		ops = append(ops, capture.Op{Add: ex})
	}
	return ops, nil
}

// drop forgets exchanges.
func (d *deletions) drop(ids []capture.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range ids {
		if ex := d.kept[id]; ex != nil {
			d.size -= ex.Footprint()
			delete(d.kept, id)
		}
	}
	d.order = slices.DeleteFunc(d.order, func(id capture.ID) bool { return d.kept[id] == nil })
}
