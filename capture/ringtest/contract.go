package ringtest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"creel/capture"

	"github.com/google/go-cmp/cmp"
)

// Open opens one and the same journal as another process would. The first store
// that it gives is the one that captures. It is closed when the test ends.
type Open func(t testing.TB) capture.Journal

// Contract holds what start gives, an empty journal each time, to what
// [capture.Journal] promises.
func Contract(t *testing.T, start func(t testing.TB) Open) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open Open)
	}{
		{"what is added comes back whole", addWhole},
		{"ids rise and are not used again", idsRise},
		{"changes are kept", changesKept},
		{"ops on what is gone do nothing", opsOnGone},
		{"all ops or none", atomically},
		{"a deleted exchange can be put back", putBack},
		{"old attempts lose their bodies", attemptsTrimmed},
		{"others see changes", othersSee},
		{"many at once", manyAtOnce},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, start(t)) })
	}
}

// Example returns an exchange in which every field says something.
func Example(n int) *capture.Exchange {
	body := fmt.Appendf(nil, `{"n":%d,"odd":"\x00\xff"}`, n)
	return &capture.Exchange{
		At: time.Unix(1_700_000_000, int64(n)), State: capture.StateAnswered,
		Request: capture.Request{
			Method: "POST", Target: "/hooks/stripe?x=%2F", Host: "127.0.0.1:4665", Proto: "HTTP/1.1",
			Remote: "127.0.0.1:53122", TLS: true, Exact: true, Chunked: true, Reserialized: true, Truncated: true, Incomplete: true,
			Fields: []capture.Field{
				{Name: "Host", Value: "127.0.0.1:4665"},
				{Name: "X-A", Value: "1"},
				{Name: "x-a", Value: ""},
				{Name: "X-B", Value: "\xff\x1b[31m"},
			},
			Trailers: []capture.Field{{Name: "X-Sum", Value: "9"}},
			Body:     capture.NewBody(body), Size: int64(len(body)), Malformed: "bad", Head: []byte("POST\x00\r\n"),
		},
		Sender:    capture.Sender{Provider: "stripe", Event: "invoice.paid", Delivery: "evt_1", Try: 3, Late: true},
		Signature: capture.Signature{Verdict: capture.Invalid, Reason: "signature_mismatch", Explanation: "a newline"},
		Handshake: "slack url_verification",
		Reply: capture.Reply{
			Status: 502, Fields: []capture.Field{{Name: "Retry-After", Value: "5"}}, Body: capture.NewBody([]byte("down")),
			Trailers: []capture.Field{{Name: "X-End", Value: "\x00\"\\"}},
			By:       "rule:x", Fault: "drip", Took: 1234567,
		},
		Attempts: []*capture.Attempt{exampleAttempt(1, true), exampleAttempt(2, false)},
		Pending:  []string{"http://localhost:3000"}, Pinned: true, Note: "look", ImportedFrom: 77,
		Via: "cloudflared", PublicURL: "https://name.example.com",
	}
}

func exampleAttempt(n int, same bool) *capture.Attempt {
	a := &capture.Attempt{
		N: n, At: time.Unix(1_700_000_001, 5), To: "http://localhost:3000/x", Method: "PUT", Target: "/x",
		Fields:   []capture.Field{{Name: "Host", Value: "localhost:3000"}},
		Trailers: []capture.Field{{Name: "T", Value: "1"}},
		SameBody: same, Chunked: true, Changes: []string{"Host: a instead of b"}, Proto: "HTTP/1.1", Truncated: true,
		Connect: 1, FirstByte: 2, Took: 3, Cause: capture.CauseReset, Err: "read: reset", Resend: true,
		Edited: true, Signed: true, SignedURL: "https://name.example.com/x", By: "agent", Who: "ana", Unsent: true,
		Reply: capture.Reply{
			Status: 201, Body: capture.NewBody([]byte("answer")), By: "app", Fault: "cut", Took: 4,
			Fields: []capture.Field{{Name: "A", Value: "é"}}, Trailers: []capture.Field{{Name: "B", Value: "\n"}},
		},
	}
	if !same {
		a.Body = capture.NewBody([]byte("edited"))
	}
	return a
}

// Equal compares exchanges with the bytes of their bodies.
func Equal(t testing.TB) cmp.Options {
	return cmp.Options{
		cmp.Comparer(func(a, b capture.Body) bool {
			x, errX := a.Bytes(context.Background())
			y, errY := b.Bytes(context.Background())
			return (errX == nil) == (errY == nil) && bytes.Equal(x, y) && a.Size() == b.Size()
		}),
		cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
	}
}

// Load returns what a journal holds.
func Load(t testing.TB, j capture.Journal) []*capture.Exchange {
	t.Helper()
	all, _ := changes(t, j, 0)
	list := make([]*capture.Exchange, 0, len(all))
	for _, c := range all {
		list = append(list, c.Exchange)
	}
	return list
}

func changes(t testing.TB, j capture.Journal, after capture.Rev) (list []capture.Change, rev capture.Rev) {
	t.Helper()
	for c, err := range j.Changes(t.Context(), after) {
		if err != nil {
			t.Fatalf("changes after %d: %v", after, err)
		}
		if rev = c.Rev; c.Exchange != nil || c.Gone != 0 {
			list = append(list, c)
		}
	}
	return list, rev
}

func commit(t testing.TB, j capture.Journal, ops ...capture.Op) capture.Receipt {
	t.Helper()
	r, err := j.Commit(t.Context(), ops...)
	if err != nil {
		t.Fatalf("commit: %v", err)
	}
	if len(r.Kept) != len(ops) {
		t.Fatalf("commit of %d ops kept %d", len(ops), len(r.Kept))
	}
	return r
}

func addWhole(t *testing.T, open Open) {
	j := open(t)
	ex := Example(1)
	ex.Attempts[0].Body = ex.Request.Body
	small := &capture.Exchange{At: time.Unix(5, 0)}
	kept := commit(t, j, capture.Op{Add: ex}, capture.Op{Add: small}).Kept
	ex.ID, small.ID = kept[0].Add.ID, kept[1].Add.ID
	want := []*capture.Exchange{ex, small}
	if diff := cmp.Diff(want, []*capture.Exchange{kept[0].Add, kept[1].Add}, Equal(t)); diff != "" {
		t.Errorf("the receipt differs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, Load(t, open(t)), Equal(t)); diff != "" {
		t.Errorf("another process reads something else (-want +got):\n%s", diff)
	}
}

func idsRise(t *testing.T, open Open) {
	j := open(t)
	first := commit(t, j, capture.Op{Add: Example(1)}, capture.Op{Add: Example(2)}).Kept
	a, b := first[0].Add.ID, first[1].Add.ID
	if a == 0 || b <= a {
		t.Fatalf("ids %v and %v", a, b)
	}
	commit(t, j, capture.Op{Delete: []capture.ID{b}})
	if c := commit(t, open(t), capture.Op{Add: Example(3)}).Kept[0].Add.ID; c <= b {
		t.Errorf("id %v after %v was deleted", c, b)
	}
}

func changesKept(t *testing.T, open Open) {
	j := open(t)
	id := commit(t, j, capture.Op{Add: &capture.Exchange{Request: capture.Request{Body: capture.NewBody([]byte("b"))}}}).Kept[0].Add.ID
	yes, note, verdict := true, "n", capture.Signature{Verdict: capture.Stale}
	pending, shake := []string{"http://a", "http://b"}, "zoom"
	reply := Example(1).Reply
	commit(t, j,
		capture.Op{Reply: &capture.ReplySet{ID: id, State: capture.StateHeld}},
		capture.Op{Reply: &capture.ReplySet{ID: id, State: capture.StateGone, Reply: reply}},
		capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: *exampleAttempt(0, true)}},
		capture.Op{Meta: &capture.Meta{ID: id, Pinned: &yes}},
		capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: *exampleAttempt(0, false)}},
		capture.Op{Meta: &capture.Meta{ID: id, Note: &note, Signature: &verdict}},
	)
	commit(t, j, capture.Op{Meta: &capture.Meta{ID: id, Pending: &pending, Handshake: &shake}})
	got := Load(t, open(t))
	if len(got) != 1 {
		t.Fatalf("%d exchanges", len(got))
	}
	want := &capture.Exchange{
		ID: id, At: got[0].At, State: capture.StateGone, Request: got[0].Request, Reply: reply, Signature: verdict,
		Attempts:  []*capture.Attempt{exampleAttempt(1, true), exampleAttempt(2, false)},
		Handshake: shake, Pinned: true, Note: note, Pending: pending,
	}
	want.Attempts[0].Body = got[0].Request.Body
	if diff := cmp.Diff(want, got[0], Equal(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func opsOnGone(t *testing.T, open Open) {
	j := open(t)
	id := commit(t, j, capture.Op{Add: Example(1)}).Kept[0].Add.ID
	yes := true
	commit(t, j,
		capture.Op{Delete: []capture.ID{id}},
		capture.Op{Reply: &capture.ReplySet{ID: id, State: capture.StateAnswered, Reply: Example(1).Reply}},
		capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: *exampleAttempt(0, false)}},
		capture.Op{Meta: &capture.Meta{ID: id, Pinned: &yes}},
		capture.Op{Evict: []capture.ID{id, id + 5}},
	)
	if got := Load(t, open(t)); len(got) != 0 {
		t.Errorf("%d exchanges", len(got))
	}
	// What was done to it when it was gone is not there when it is back.
	back := &capture.Exchange{ID: id}
	commit(t, j, capture.Op{Add: back})
	if got := Load(t, open(t)); len(got) != 1 || got[0].Pinned || len(got[0].Attempts) != 0 || got[0].Reply.Status != 0 {
		t.Errorf("came back as %+v", got)
	}
}

// unreadable is a body that makes a commit fail halfway.
type unreadable struct{}

func (unreadable) Body(context.Context, capture.BodyRef) ([]byte, error) {
	return nil, capture.ErrEvicted
}

func atomically(t *testing.T, open Open) {
	j := open(t)
	if _, ok := j.(*Fake); ok {
		t.Skip("the fake keeps handles as they are")
	}
	before := commit(t, j, capture.Op{Add: Example(1)})
	bad := Example(2)
	bad.Request.Body = capture.StoredBody(unreadable{}, 1, 10)
	_, err := j.Commit(t.Context(), capture.Op{Add: Example(3)}, capture.Op{Delete: []capture.ID{before.Kept[0].Add.ID}}, capture.Op{Add: bad})
	if err == nil {
		t.Fatal("a body that cannot be read was committed")
	}
	if got := Load(t, open(t)); len(got) != 1 || got[0].ID != before.Kept[0].Add.ID {
		t.Errorf("%d exchanges", len(got))
	}
	if after := commit(t, j); after.Rev != before.Rev+1 {
		t.Errorf("revision %d after %d", after.Rev, before.Rev)
	}
}

func putBack(t *testing.T, open Open) {
	j := open(t)
	ex := Example(1)
	ex.Attempts[0].Body = ex.Request.Body
	kept := commit(t, j, capture.Op{Add: ex}).Kept[0].Add
	commit(t, j, capture.Op{Delete: []capture.ID{kept.ID}})
	commit(t, j, capture.Op{Add: kept})
	ex.ID = kept.ID
	if diff := cmp.Diff([]*capture.Exchange{ex}, Load(t, open(t)), Equal(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func attemptsTrimmed(t *testing.T, open Open) {
	j := open(t)
	id := commit(t, j, capture.Op{Add: &capture.Exchange{}}).Kept[0].Add.ID
	const n = capture.KeepBodies + 5
	for range n {
		commit(t, j, capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: *exampleAttempt(0, false)}})
	}
	readable := func() (list []int) {
		for _, a := range Load(t, open(t))[0].Attempts {
			if b, err := a.Reply.Body.Bytes(t.Context()); err == nil && string(b) == "answer" {
				list = append(list, a.N)
			}
		}
		return list
	}
	if got := readable(); len(got) != capture.KeepBodies || got[0] != 6 || got[len(got)-1] != n {
		t.Errorf("attempts with bodies: %v", got)
	}
	commit(t, j, capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: *exampleAttempt(0, false), Forget: n - 1}})
	if got := readable(); len(got) != 2 {
		t.Errorf("attempts with bodies after Forget: %v", got)
	}
}

func othersSee(t *testing.T, open Open) {
	j, other := open(t), open(t)
	_, rev := changes(t, j, 0)
	watch := j.Watch(t.Context())
	ids := commit(t, other, capture.Op{Add: Example(1)}, capture.Op{Add: Example(2)}).Kept
	a, b := ids[0].Add.ID, ids[1].Add.ID
	own := commit(t, j, capture.Op{Add: Example(3)}).Kept[0].Add.ID
	commit(t, other, capture.Op{Delete: []capture.ID{a}})
	note := "seen"
	commit(t, other, capture.Op{Meta: &capture.Meta{ID: own, Note: &note}})
	select {
	case <-watch:
	case <-time.After(10 * time.Second):
		t.Fatal("not woken")
	}
	got, now := changes(t, j, max(rev, 1))
	gone, present := []capture.ID{}, map[capture.ID]string{}
	for _, c := range got {
		if c.Exchange == nil {
			gone = append(gone, c.Gone)
		} else {
			present[c.Exchange.ID] = c.Exchange.Note
		}
	}
	if rev > 0 { // else the first commit is not after it
		if diff := cmp.Diff([]capture.ID{a}, gone); diff != "" {
			t.Errorf("gone (-want +got):\n%s", diff)
		}
	}
	if present[own] != "seen" || (rev > 0 && present[b] != "look") {
		t.Errorf("present: %v", present)
	}
	if more, _ := changes(t, j, now); len(more) != 0 {
		t.Errorf("again: %v", more)
	}
}

func manyAtOnce(t *testing.T, open Open) {
	j, other := open(t), open(t)
	commit(t, j)
	_, rev := changes(t, j, 0)
	watch := j.Watch(t.Context())
	const writers, each = 4, 25
	var mu sync.Mutex
	var want []capture.ID
	var wg sync.WaitGroup
	for w := range writers {
		to := []capture.Journal{j, other}[w%2]
		wg.Go(func() {
			for n := range each {
				r, err := to.Commit(t.Context(), capture.Op{Add: Example(n)})
				if err != nil {
					t.Errorf("commit: %v", err)
					return
				}
				mu.Lock()
				want = append(want, r.Kept[0].Add.ID)
				mu.Unlock()
			}
		})
	}
	seen := map[capture.ID]bool{}
	for len(seen) < writers/2*each && !t.Failed() {
		select {
		case <-watch:
		case <-time.After(10 * time.Second):
			t.Fatalf("saw %d changes of others", len(seen))
		}
		var list []capture.Change
		list, rev = changes(t, j, rev)
		for _, c := range list {
			seen[c.Exchange.ID] = true
		}
	}
	wg.Wait()
	var got []capture.ID
	for _, ex := range Load(t, open(t)) {
		got = append(got, ex.ID)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
}
