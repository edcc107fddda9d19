package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"slices"

	"creel/capture"
)

// changesKept is how many commits a reader can be behind.
const changesKept = 4096

// Commit applies the ops in one transaction and returns when it is synced.
func (s *Store) Commit(ctx context.Context, ops ...capture.Op) (capture.Receipt, error) {
	if err := s.inPlace(ctx); err != nil {
		return capture.Receipt{}, err
	}
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	s.inserts.reset()
	t := &commit{s: s, c: s.writer, inserts: s.inserts, receipt: capture.Receipt{Kept: make([]capture.Op, 0, len(ops))}}
	err := s.writer.tx("BEGIN IMMEDIATE", func() error { return t.run(ctx, ops) })
	if err != nil {
		return capture.Receipt{}, s.explain(s.found(err))
	}
	s.waiting.rev = t.now.rev
	for _, f := range t.fresh {
		s.bodies.Put(f.ref, f.data)
	}
	for _, f := range t.deleted {
		s.deleted.Put(f.ref, f.data)
	}
	s.logged(t.pages())
	if t.now.rev%tidyEvery == 0 || len(t.deleted) > 0 {
		s.tidyLater()
	}
	return t.receipt, nil
}

type stored struct {
	ref  capture.BodyRef
	data []byte
}

// commit is one transaction under way.
type commit struct {
	s       *Store
	c       *conn
	now     counters
	touched []capture.ID
	receipt capture.Receipt
	fresh   []stored // bodies for the cache
	deleted []stored // bodies that an undo may want

	*inserts
	newest newest // attempts; nil when it has to be read again
}

func (t *commit) run(ctx context.Context, ops []capture.Op) error {
	now, err := readCounters(t.c)
	if err != nil {
		return err
	}
	t.now = now
	t.s.waiting.begin(now.rev)
	t.now.rev++
	for i, op := range ops {
		if op.Gauge != nil {
			kept := t.now.Kept // what is counted here is what is there
			t.now.Gauge = *op.Gauge
			t.now.Kept = kept
		}
		if op.Attempt != nil {
			if err := t.findNewest(ops[i:]); err != nil {
				return err
			}
		}
		kept, err := t.op(ctx, op)
		if err != nil {
			return err
		}
		t.receipt.Kept = append(t.receipt.Kept, kept)
	}
	if err := t.flush(); err != nil {
		return err
	}
	t.receipt.Rev = capture.Rev(t.now.rev)
	return t.finish()
}

// op applies one op, or puts it with those that are inserted together.
func (t *commit) op(ctx context.Context, op capture.Op) (capture.Op, error) {
	switch {
	case op.Add != nil && op.Add.ID == 0:
		return t.add(ctx, op.Add)
	case op.Reply != nil:
		return t.reply(ctx, *op.Reply)
	case op.Attempt != nil:
		return t.attempt(ctx, op)
	}
	if op.Gauge == nil {
		t.newest = nil
		if err := t.flush(); err != nil {
			return op, err
		}
	}
	switch {
	case op.Add != nil: // put back
		return t.add(ctx, op.Add)
	case op.Meta != nil:
		return op, t.meta(op.Meta)
	case len(op.Delete) > 0:
		return op, t.delete(op.Delete, true)
	case len(op.Evict) > 0:
		return op, t.delete(op.Evict, false)
	}
	return op, nil
}

// flush inserts what was put together.
func (t *commit) flush() error {
	for _, in := range t.all() {
		if err := in.flush(t.c); err != nil {
			return err
		}
	}
	return nil
}

// pages is about how many pages the commit wrote to the log.
func (t *commit) pages() int {
	n := 2
	for _, in := range t.all() {
		if in.bytes > 0 {
			n += in.bytes/pageBytes*5/4 + 2 // with those that lead to them
		}
	}
	return n
}

// finish writes the counters, and which exchanges others have to look at.
func (t *commit) finish() error {
	n := &t.now
	if n.rev%512 == 0 {
		if err := t.c.exec("DELETE FROM change WHERE id <= ?", n.rev-changesKept); err != nil {
			return err
		}
	}
	return n.write(t.c, t.s.token, packIDs(t.touched))
}

// counters are what the newest commit says.
type counters struct {
	rev, next int64
	capture.Gauge
}

func readCounters(c *conn) (n counters, err error) {
	found := false
	err = c.query(func(row []driver.Value) error {
		found = true
		columns, err := changes.check(row)
		if err == nil {
			n.set(row[0].(int64), columns)
		}
		return err
	}, changes.sql("SELECT $ FROM change ORDER BY id DESC LIMIT 1"))
	if err == nil && !found {
		err = fmt.Errorf("%w: there are no counters", errRow)
	}
	return n, err
}

// set reads the columns of table change.
func (n *counters) set(rev int64, columns []driver.Value) {
	number := func(i int) int64 { v, _ := columns[i].(int64); return v }
	*n = counters{rev: rev, next: number(2), Gauge: capture.Gauge{
		Bounds: capture.Bounds{Count: int(number(3)), Bytes: number(4)},
		Kept:   int(number(5)), Used: number(6), Pinned: int(number(7)), PinnedBytes: number(8), Pending: int(number(9)),
	}}
}

// write makes a row of the counters: a commit of that writer that changed ids.
func (n *counters) write(c *conn, writer int64, ids []byte) error {
	var list driver.Value
	if len(ids) > 0 {
		list = ids
	}
	return changes.put(c, n.rev, writer, list, n.next,
		int64(n.Count), n.Bytes, int64(n.Kept), n.Used, int64(n.Pinned), n.PinnedBytes, int64(n.Pending))
}

// packIDs writes ids, each as the difference from the one before.
func packIDs(ids []capture.ID) []byte {
	if len(ids) == 0 {
		return nil
	}
	out := make([]byte, 0, len(ids)+8)
	last := int64(0)
	for _, id := range ids {
		out = binary.AppendVarint(out, int64(id)-last)
		last = int64(id)
	}
	return out
}

// keep puts body into the rows of to and returns a handle on it.
func (t *commit) keep(ctx context.Context, to *insert, ref int64, body capture.Body) (capture.Body, error) {
	if body.Size() == 0 || body.IsForgotten() {
		return body, nil
	}
	b, err := body.Bytes(ctx)
	if err != nil {
		return body, fmt.Errorf("read the body: %w", err)
	}
	add(to, ref, dataColumns, &b)
	t.fresh = append(t.fresh, stored{capture.BodyRef(ref), b})
	return capture.StoredBody(t.s, capture.BodyRef(ref), int64(len(b))), nil
}

// keepResponse is keep for the body of a reply or a response, which goes into its
// row when it is small, and stays in memory.
func (t *commit) keepResponse(ctx context.Context, to *insert, ref int64, body capture.Body) (capture.Body, error) {
	if body.Size() > inlineResponse || body.IsForgotten() {
		return t.keep(ctx, to, ref, body)
	}
	if _, _, stored := body.Stored(); !stored || body.Size() == 0 {
		return body, nil
	}
	b, err := body.Bytes(ctx)
	if err != nil {
		return body, fmt.Errorf("read the body of a response: %w", err)
	}
	return capture.NewBody(b), nil
}

func (t *commit) touch(id capture.ID) {
	if n := len(t.touched); n == 0 || t.touched[n-1] != id {
		t.touched = append(t.touched, id)
	}
}

func (t *commit) add(ctx context.Context, given *capture.Exchange) (capture.Op, error) {
	// With its row in one piece, so that it leaves no hole between the copies that the
	// ring makes of it.
	added := &struct {
		capture.Exchange
		row requestRow
	}{Exchange: *given}
	ex := &added.Exchange
	if ex.ID == 0 {
		ex.ID = capture.ID(t.now.next)
	} else if err := t.delete([]capture.ID{ex.ID}, false); err != nil {
		return capture.Op{}, err
	}
	t.now.Kept++
	t.now.next = max(t.now.next, int64(ex.ID)+1)
	t.touch(ex.ID)
	var err error
	body := &ex.Request.Body
	if *body, err = t.keep(ctx, &t.bodies, slot(ex.ID, bodyRequest), *body); err != nil {
		return capture.Op{}, err
	}
	added.row = requestRow{Exchange: ex, body: bodyColumns{size: body.Size(), trimmed: body.IsForgotten()}}
	add(&t.requests, int64(ex.ID), requestColumns, &added.row)
	replied := ex.State != capture.StateWaiting || ex.Reply.Status != 0 || ex.Reply.By != ""
	if replied {
		kept, err := t.reply(ctx, capture.ReplySet{ID: ex.ID, State: ex.State, Reply: ex.Reply})
		if err != nil {
			return capture.Op{}, err
		}
		ex.Reply = kept.Reply.Reply
	}
	if ex.Pinned || ex.Note != "" || len(ex.Pending) > 0 {
		m := &metaRow{Exchange: capture.Exchange{Pinned: ex.Pinned, Note: ex.Note, Pending: ex.Pending}}
		if err := m.write(t.c, ex.ID); err != nil {
			return capture.Op{}, err
		}
	}
	if err := t.addAttempts(ctx, ex); err != nil {
		return capture.Op{}, err
	}
	if !replied && given.ID == 0 {
		n := 0
		if len(ex.Attempts) > 0 {
			n = ex.Attempts[len(ex.Attempts)-1].N
		}
		t.s.waiting.add(ex.ID, n)
	}
	return capture.Op{Add: ex}, nil
}

// addAttempts writes the attempts that an exchange comes with.
func (t *commit) addAttempts(ctx context.Context, ex *capture.Exchange) (err error) {
	ex.Attempts = slices.Clone(ex.Attempts)
	for i, a := range ex.Attempts {
		c := *a
		if c.SameBody {
			c.Body = ex.Request.Body
		}
		if ex.Attempts[i], err = t.putAttempt(ctx, &t.bodies, ex.ID, c.N, &c); err != nil {
			return err
		}
	}
	return nil
}

func (t *commit) reply(ctx context.Context, r capture.ReplySet) (capture.Op, error) {
	t.touch(r.ID)
	var n int
	var err error
	body := &r.Reply.Body
	if body.Size() > inlineResponse {
		n, err = t.responseOf(ctx, r.ID, *body)
	}
	switch {
	case err != nil:
	case n > 0:
		*body = capture.StoredBody(t.s, responseRef(r.ID, n), body.Size())
	default:
		*body, err = t.keepResponse(ctx, &t.laterBodies, slot(r.ID, bodyReply), *body)
	}
	if err != nil {
		return capture.Op{}, err
	}
	row := replyRow{state: r.State, reply: r.Reply, response: n}
	row.body.of(r.Reply.Body)
	to := &t.replies
	if _, ok := t.s.waiting.attempts[r.ID]; ok {
		to = &t.firstReplies
		t.settle(r.ID)
	}
	add(to, int64(r.ID), replyColumns, &row)
	return capture.Op{Reply: &r}, nil
}
