package ring

import (
	"container/list"
	"slices"

	"creel/capture"
)

// maxDeleted bounds the deleted exchanges that are kept, in bytes.
const maxDeleted = 64 << 20

// deletions are the exchanges that a user deleted last, with what was recorded of
// them since: they may be put back. It is not safe for concurrent use.
type deletions struct {
	byID  map[capture.ID]*list.Element
	order list.List // of *capture.Exchange, oldest first
	size  int64
}

// get returns the exchange with that id, or nil.
func (d *deletions) get(id capture.ID) *capture.Exchange {
	if e, ok := d.byID[id]; ok {
		return e.Value.(*capture.Exchange)
	}
	return nil
}

// add keeps ex, in place of what was kept under that id.
func (d *deletions) add(ex *capture.Exchange) {
	d.drop(ex.ID)
	if d.byID == nil {
		d.byID = map[capture.ID]*list.Element{}
	}
	d.byID[ex.ID] = d.order.PushBack(ex)
	for d.size += ex.Footprint(); d.size > maxDeleted; {
		d.drop(d.order.Front().Value.(*capture.Exchange).ID)
	}
}

// drop forgets an exchange.
func (d *deletions) drop(id capture.ID) {
	if e, ok := d.byID[id]; ok {
		d.size -= d.order.Remove(e).(*capture.Exchange).Footprint()
		delete(d.byID, id)
	}
}

// Deleted returns an exchange that a user deleted, with what was recorded of it since,
// as long as it is kept: 64 MiB of them are.
func (r *Ring) Deleted(id capture.ID) (*capture.Exchange, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ex := r.deleted.get(id)
	return ex, ex != nil
}

// catchUpLocked records what was recorded of ex after it was read to be deleted. It
// has just been put back.
func (r *Ring) catchUpLocked(ex *capture.Exchange) {
	now := r.deleted.get(ex.ID)
	if now == nil {
		return
	}
	r.deleted.drop(ex.ID)
	if now.State != ex.State || now.Reply.Took != ex.Reply.Took {
		r.recordLocked(capture.Op{Reply: &capture.ReplySet{ID: ex.ID, State: now.State, Reply: now.Reply}})
	}
	last := 0
	if n := len(ex.Attempts); n > 0 {
		last = ex.Attempts[n-1].N
	}
	for _, a := range now.Attempts {
		if a.N > last {
			r.recordLocked(capture.Op{Attempt: &capture.AttemptAdd{ID: ex.ID, Attempt: *a}})
		}
	}
	if !slices.Equal(now.Pending, ex.Pending) {
		r.recordLocked(capture.Op{Meta: &capture.Meta{ID: ex.ID, Pending: &now.Pending}})
	}
}
