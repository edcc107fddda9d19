package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"creel/capture"
)

// waits returns an exchange that waits for its reply, with attempts that were responded
// to with those bodies.
func waits(n int, responses ...[]byte) *capture.Exchange {
	ex := typical(n, 1024)
	ex.State, ex.Reply = capture.StateWaiting, capture.Reply{}
	for i, b := range responses {
		a := forwarded(ex)
		a.N, a.Reply.Body = i+1, capture.NewBody(b)
		ex.Attempts = append(ex.Attempts, a)
	}
	return ex
}

// response is a body that is not kept in a row of a reply.
func response(c byte) []byte { return bytes.Repeat([]byte{c}, inlineResponse+100) }

// answered is the reply with that body.
func answered(id capture.ID, body []byte) capture.Op {
	return capture.Op{Reply: &capture.ReplySet{ID: id, State: capture.StateAnswered, Reply: capture.Reply{Status: 200, By: capture.ByForward, Body: capture.NewBody(body)}}}
}

func attemptOf(id capture.ID, body []byte) capture.Op {
	a := forwarded(typical(1, 0))
	a.Reply.Body = capture.NewBody(body)
	return capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: *a}}
}

// bodyRows is how many bodies an exchange has in the file.
func bodyRows(t *testing.T, s *Store, id capture.ID) (n int64) {
	t.Helper()
	from, to := slots(id, id)
	c := s.writer
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ints(fmt.Sprintf("SELECT count(*) FROM body WHERE id BETWEEN %d AND %d", from, to), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// wantReply fails unless an exchange was answered with that body, as the journal gives it
// and as another process reads it.
func wantReply(t *testing.T, s *Store, id capture.ID, kept *capture.Op, want []byte) {
	t.Helper()
	guest := openTest(t, s.path, Write)
	ex, err := guest.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	replies := []capture.Reply{ex.Reply}
	if kept != nil {
		replies = append(replies, kept.Reply.Reply)
	}
	for _, r := range replies {
		if b, err := r.Body.Bytes(t.Context()); err != nil || !bytes.Equal(b, want) {
			t.Errorf("the reply has %.10q (%d bytes), %v", b, len(b), err)
		}
	}
}

// A reply that is the response of a target is in the file once.
func TestReplyThatIsAResponse(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	one, two, other := response('1'), response('2'), response('3')
	ids := []capture.ID{}
	for i, ex := range []*capture.Exchange{waits(1, one, two), waits(2), waits(3, one), waits(4, one)} {
		ids = append(ids, mustCommit(t, s, capture.Op{Add: ex})[0].Add.ID)
		if int(ids[i]) != i+1 {
			t.Fatal(ids)
		}
	}
	kept := mustCommit(t, s,
		answered(ids[0], two),
		attemptOf(ids[1], one), attemptOf(ids[1], two), answered(ids[1], two), // in one commit
		answered(ids[2], other),
		answered(ids[3], one), answered(ids[3], other), // a second one counts
	)
	for i, want := range []struct {
		rows  int64
		kept  int
		reply []byte
	}{{3, 0, two}, {3, 3, two}, {3, 4, other}, {3, 6, other}} {
		if n := bodyRows(t, s, ids[i]); n != want.rows {
			t.Errorf("%v has %d bodies, want %d", ids[i], n, want.rows)
		}
		wantReply(t, s, ids[i], &kept[want.kept], want.reply)
	}
}

// What another process commits is seen: an exchange that it deleted gets no reply, and
// the attempts go on after its own.
func TestOthersChangeWhatWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	guest := openTest(t, path, Write)
	kept := mustCommit(t, s, capture.Op{Add: waits(1, response('1'))}, capture.Op{Add: waits(2, response('1'))})
	gone, there := kept[0].Add.ID, kept[1].Add.ID
	mustCommit(t, guest, capture.Op{Delete: []capture.ID{gone}}, attemptOf(there, response('2')))
	kept = mustCommit(t, s, answered(gone, response('1')), attemptOf(there, response('3')), answered(there, response('1')))
	if n := bodyRows(t, s, gone); n != 0 {
		t.Errorf("a deleted exchange has %d bodies", n)
	}
	if _, err := guest.Get(t.Context(), gone); !errors.Is(err, capture.ErrEvicted) {
		t.Error(err)
	}
	if n := kept[1].Attempt.Attempt.N; n != 3 {
		t.Errorf("the attempt is number %d", n)
	}
	wantReply(t, s, there, &kept[2], response('1'))
}

// A commit that fails leaves nothing behind that the next one would take for written.
func TestFailedCommitIsNotKnown(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	id := mustCommit(t, s, capture.Op{Add: waits(1)})[0].Add.ID
	bad := waits(2)
	bad.Request.Body = capture.StoredBody(failing{}, 1, 10)
	if _, err := s.Commit(t.Context(), attemptOf(id, response('1')), capture.Op{Add: bad}); err == nil {
		t.Fatal("a commit succeeded that cannot")
	}
	kept := mustCommit(t, s, attemptOf(id, response('2')), answered(id, response('1')))
	if n := kept[0].Attempt.Attempt.N; n != 1 {
		t.Errorf("the attempt is number %d", n)
	}
	wantReply(t, s, id, &kept[1], response('1'))
}

type failing struct{}

func (failing) Body(context.Context, capture.BodyRef) ([]byte, error) {
	return nil, errors.New("no body")
}

// Attempts are counted on when the reply comes between them.
func TestAttemptsAroundAReply(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	one := mustCommit(t, s, capture.Op{Add: typical(1, 10)})[0].Add.ID
	two := mustCommit(t, s, capture.Op{Add: waits(2)})[0].Add.ID
	kept := mustCommit(t, s, attemptOf(two, nil), attemptOf(one, nil), attemptOf(two, nil), answered(two, nil), attemptOf(two, nil), attemptOf(one, nil))
	for op, want := range map[int]int{0: 1, 1: 1, 2: 2, 4: 3, 5: 2} {
		if n := kept[op].Attempt.Attempt.N; n != want {
			t.Errorf("attempt %d is number %d, want %d", op, n, want)
		}
	}
}

// The reply keeps its body when the attempt that gave it loses its own, and when the
// exchange is deleted and put back.
func TestReplyOutlivesTheResponse(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	ex := mustCommit(t, s, capture.Op{Add: waits(1, response('1'))})[0].Add
	kept := mustCommit(t, s, answered(ex.ID, response('1')))
	last := attemptOf(ex.ID, response('2'))
	last.Attempt.Forget = 1
	mustCommit(t, s, last)
	wantReply(t, s, ex.ID, &kept[0], response('1'))
	if n := bodyRows(t, s, ex.ID); n != 3 { // request, reply, second response
		t.Errorf("%d bodies", n)
	}
	whole, err := s.Get(t.Context(), ex.ID)
	if err != nil || len(whole.Attempts) != 2 || !whole.Attempts[0].Reply.Body.IsForgotten() {
		t.Fatal(whole, err)
	}
	mustCommit(t, s, capture.Op{Delete: []capture.ID{ex.ID}})
	s.bodies.Limit = 1
	for _, ref := range []capture.BodyRef{responseRef(ex.ID, 1), responseRef(ex.ID, 2)} {
		s.bodies.Put(ref, nil) // out of the cache
	}
	mustCommit(t, s, capture.Op{Add: whole})
	wantReply(t, s, ex.ID, nil, response('1'))
}

// What came of a request that was deleted meanwhile leaves nothing behind.
func TestDeletedWhileItWaits(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	id := mustCommit(t, s, capture.Op{Add: waits(1, response('1'))})[0].Add.ID
	mustCommit(t, s, capture.Op{Delete: []capture.ID{id}}, attemptOf(id, response('2')), answered(id, response('2')))
	for _, table := range []string{"request", "reply", "attempt", "body"} {
		var n int64
		if err := s.writer.ints("SELECT count(*) FROM "+table, &n); err != nil || n != 0 {
			t.Errorf("%d rows in %s, %v", n, table, err)
		}
	}
}

// Of the states and replies of one commit the last counts, in whatever order they come.
func TestLastReplyOfACommitCounts(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	var ops []capture.Op
	for n := range 50 {
		ops = append(ops, capture.Op{Add: waits(n)})
	}
	mustCommit(t, s, ops...)
	ops = nil
	for n := range 50 {
		id := capture.ID((n*13)%50 + 1)
		for range 2 {
			ops = append(ops, capture.Op{Reply: &capture.ReplySet{ID: id, State: capture.StateHeld}})
		}
		ops = append(ops, answered(id, response(byte(id))))
	}
	mustCommit(t, s, ops...)
	for id := capture.ID(1); id <= 50; id++ {
		ex, err := s.Get(t.Context(), id)
		if err != nil || ex.State != capture.StateAnswered {
			t.Fatalf("%v is %v, %v", id, ex.State, err)
		}
		if b, err := ex.Reply.Body.Bytes(t.Context()); err != nil || !bytes.Equal(b, response(byte(id))) {
			t.Fatalf("%v: %.10q, %v", id, b, err)
		}
	}
}

// Rows are written in the order of their ids, those with the same in that in which they
// came.
func TestRowsAreSorted(t *testing.T) {
	in := &newInserts().bodies
	for n := range 100 {
		b := []byte{byte(n)}
		add(in, int64(n*37%50), dataColumns, &b)
	}
	rows := in.sort()
	if len(rows) != 100*in.width() {
		t.Fatal(len(rows))
	}
	for at := in.width(); at < len(rows); at += in.width() {
		id, before := rows[at].(int64), rows[at-in.width()].(int64)
		if id < before || id == before && bytesOf(rows[at+1])[0] < bytesOf(rows[at+1-in.width()])[0] {
			t.Errorf("%d after %d", id, before)
		}
	}
}
