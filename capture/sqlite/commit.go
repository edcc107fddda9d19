package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"hash/crc32"
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
	for _, f := range t.fresh {
		s.bodies.put(f.ref, f.data)
	}
	for _, f := range t.deleted {
		s.deleted.put(f.ref, f.data)
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
	t.now.rev++
	for i, op := range ops {
		if op.Gauge != nil {
			kept := t.now.Kept // what is counted here is what is there
			t.now.Gauge = *op.Gauge
			t.now.Kept = kept
		}
		if op.Attempt != nil && t.newest == nil {
			if err := t.flush(); err != nil {
				return err
			}
			if t.newest, err = readNewest(t.c, ops[i:]); err != nil {
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
		return op, t.meta(ctx, op.Meta)
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
	n := 0
	for _, in := range t.all() {
		if in.bytes > 0 {
			n += in.pages()
		}
	}
	return n + 2
}

// finish writes the counters, and which exchanges others have to look at.
func (t *commit) finish() error {
	n := &t.now
	if n.rev%512 == 0 {
		if err := t.c.exec("DELETE FROM change WHERE rev <= ?", n.rev-changesKept); err != nil {
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

func readCounters(c *conn) (counters, error) {
	var n counters
	var count, kept, pinned, pending int64
	found, err := c.ints(`SELECT rev, next, keep, keep_bytes, kept, used, pinned, pinned_bytes, pending
		FROM change ORDER BY rev DESC LIMIT 1`,
		&n.rev, &n.next, &count, &n.Bytes, &kept, &n.Used, &pinned, &n.PinnedBytes, &pending)
	n.Count, n.Kept, n.Pinned, n.Pending = int(count), int(kept), int(pinned), int(pending)
	if err == nil && !found {
		err = fmt.Errorf("%w: there are no counters", errRow)
	}
	return n, err
}

// write makes a row of the counters: a commit of that writer that changed ids.
func (n *counters) write(c *conn, writer int64, ids []byte) error {
	if ids == nil {
		ids = []byte{}
	}
	return c.exec(`INSERT INTO change (rev, writer, ids, next, keep, keep_bytes, kept, used, pinned, pinned_bytes, pending)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, n.rev, writer, ids, n.next,
		int64(n.Count), n.Bytes, int64(n.Kept), n.Used, int64(n.Pinned), n.PinnedBytes, int64(n.Pending))
}

// packIDs writes ids, each as the difference from the one before.
func packIDs(ids []capture.ID) []byte {
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
	handle, crc, data, err := t.read(ctx, ref, body)
	if err == nil {
		to.add(ref, crc, data)
	}
	return handle, err
}

// keepAnswer is keep for the body of an answer, which goes into the row of the
// answer when it is small, and stays in memory.
func (t *commit) keepAnswer(ctx context.Context, ref int64, body capture.Body) (capture.Body, error) {
	if body.Size() > inlineAnswer || body.IsForgotten() {
		return t.keep(ctx, &t.replyBodies, ref, body)
	}
	if _, ok := inMemory(body); ok || body.Size() == 0 {
		return body, nil
	}
	b, err := body.Bytes(ctx)
	if err != nil {
		return body, fmt.Errorf("read the body of an answer: %w", err)
	}
	return capture.NewBody(b), nil
}

// read returns a handle on a body, its checksum and its bytes.
func (t *commit) read(ctx context.Context, ref int64, body capture.Body) (handle capture.Body, crc, data driver.Value, err error) {
	b, err := body.Bytes(ctx)
	if err != nil {
		return body, nil, nil, fmt.Errorf("read the body: %w", err)
	}
	t.fresh = append(t.fresh, stored{capture.BodyRef(ref), b})
	return capture.StoredBody(t.s, capture.BodyRef(ref), int64(len(b))), int64(crc32.Checksum(b, castagnoli)), b, nil
}

func (t *commit) touch(id capture.ID) {
	if n := len(t.touched); n == 0 || t.touched[n-1] != id {
		t.touched = append(t.touched, id)
	}
}

func (t *commit) add(ctx context.Context, given *capture.Exchange) (capture.Op, error) {
	ex := *given
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
	var crc, inline driver.Value
	if n := body.Size(); n > 0 && n <= inlineBody && !body.IsForgotten() {
		*body, crc, inline, err = t.read(ctx, slot(ex.ID, bodyRequest), *body)
	} else {
		*body, err = t.keep(ctx, &t.bodies, slot(ex.ID, bodyRequest), *body)
	}
	if err != nil {
		return capture.Op{}, err
	}
	t.exchanges.add(int64(ex.ID), t.packed(packExchange(t.room(), ex.ID, &ex)), crc, inline)
	if ex.State != capture.StateWaiting || ex.Reply.Status != 0 || ex.Reply.By != "" {
		kept, err := t.reply(ctx, capture.ReplySet{ID: ex.ID, State: ex.State, Reply: ex.Reply})
		if err != nil {
			return capture.Op{}, err
		}
		ex.Reply = kept.Reply.Reply
	}
	if ex.Pinned || ex.Note != "" || len(ex.Pending) > 0 {
		m := &meta{pinned: ex.Pinned, note: ex.Note, pending: ex.Pending}
		if err := t.putMeta(ex.ID, m); err != nil {
			return capture.Op{}, err
		}
	}
	ex.Attempts = slices.Clone(ex.Attempts)
	for i, a := range ex.Attempts {
		c := *a
		if c.SameBody {
			c.Body = ex.Request.Body
		}
		if ex.Attempts[i], err = t.putAttempt(ctx, ex.ID, c.N, &c); err != nil {
			return capture.Op{}, err
		}
	}
	return capture.Op{Add: &ex}, nil
}

func (t *commit) reply(ctx context.Context, r capture.ReplySet) (capture.Op, error) {
	t.touch(r.ID)
	var err error
	r.Reply.Body, err = t.keepAnswer(ctx, slot(r.ID, bodyReply), r.Reply.Body)
	if err != nil {
		return capture.Op{}, err
	}
	t.replies.add(int64(r.ID), t.packed(packReply(t.room(), r.ID, r.State, &r.Reply)))
	return capture.Op{Reply: &r}, nil
}
