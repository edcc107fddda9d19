package stats

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/ring"
)

var noon = time.Date(2026, 11, 23, 12, 0, 30, 0, time.UTC)

// request is a request that was answered.
func request(id int, path, event string, status int, took time.Duration) *capture.Exchange {
	return &capture.Exchange{
		ID: capture.ID(id), At: noon, State: capture.StateAnswered,
		Request: capture.Request{Method: "POST", Target: path},
		Sender:  capture.Sender{Event: event},
		Reply:   capture.Reply{Status: status, Took: took},
	}
}

func changed(list ...*capture.Exchange) ring.Delta { return ring.Delta{Changed: list} }

// figures are the counts of the rows, sorted by endpoint.
func figures(tb *Table) []string {
	rows := tb.Rows(noon)
	Sort(rows, ByEndpoint)
	var out []string
	for i := range rows {
		r := &rows[i]
		out = append(out, fmt.Sprintf("%s %s n=%d failed=%d invalid=%d retries=%d", r.Endpoint(), r.Event, r.Count, r.Failed, r.Invalid, r.Retries))
	}
	return out
}

func check(t *testing.T, tb *Table, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, figures(tb)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	tb := New()
	bad := request(3, "/a?x=1", "paid", 200, 0)
	bad.Signature.Verdict, bad.Sender.Try = capture.Invalid, 2
	tb.Apply(changed(request(1, "/a", "paid", 200, 0), request(2, "/a", "failed", 500, 0), bad, request(4, "/b", "", 404, 0)))
	check(t, tb,
		"POST /a failed n=1 failed=1 invalid=0 retries=0",
		"POST /a paid n=2 failed=0 invalid=1 retries=1",
		"POST /b  n=1 failed=0 invalid=0 retries=0")
}

func TestARequestCountsAsItIsNow(t *testing.T) {
	t.Parallel()
	tb := New()
	waiting := request(1, "/a", "", 0, 0)
	waiting.State = capture.StateWaiting
	tb.Apply(changed(waiting))
	if p := tb.Rows(noon)[0].P50; p != 0 {
		t.Errorf("p50 of a request that waits is %s", p)
	}
	tb.Apply(changed(request(1, "/a", "", 500, time.Second)))
	check(t, tb, "POST /a  n=1 failed=1 invalid=0 retries=0")
	sent := request(1, "/a", "", 200, time.Second)
	sent.Attempts = []*capture.Attempt{{Reply: capture.Reply{Status: 200}}}
	tb.Apply(changed(sent))
	check(t, tb, "POST /a  n=1 failed=0 invalid=0 retries=0")
	if m := tb.Minute(noon); m[Slots-1] != (Count{1, 0}) {
		t.Errorf("the last second has %v, want one that did not fail", m[Slots-1])
	}
}

func TestEvictedRequestsStayCounted(t *testing.T) {
	t.Parallel()
	tb := New()
	one, two := request(1, "/a", "", 500, 0), request(2, "/a", "", 200, 0)
	tb.Apply(changed(one, two))
	tb.Apply(ring.Delta{Gone: []capture.ID{1, 1, 99}})
	check(t, tb, "POST /a  n=2 failed=1 invalid=0 retries=0")
	tb.Apply(ring.Delta{Reset: true, Changed: []*capture.Exchange{two, request(3, "/a", "", 200, 0)}})
	check(t, tb, "POST /a  n=3 failed=1 invalid=0 retries=0")
	tb.Apply(ring.Delta{Gone: []capture.ID{1, 2, 3}})
	check(t, tb)
	tb.Apply(changed(one))
	check(t, tb, "POST /a  n=1 failed=1 invalid=0 retries=0")
}

// What a user deletes is counted no longer, until it is brought back.
func TestDeletedRequestsAreNotCounted(t *testing.T) {
	t.Parallel()
	tb := New()
	one, two, other := request(1, "/a", "", 500, time.Second), request(2, "/a", "", 200, time.Millisecond), request(3, "/b", "", 200, 0)
	one.At = noon.Add(time.Second)
	tb.Apply(changed(one, two, other))
	before := tb.Rows(noon)
	tb.Apply(ring.Delta{Gone: []capture.ID{1, 3, 1}, Deleted: []capture.ID{1, 3, 1}})
	check(t, tb, "POST /a  n=1 failed=0 invalid=0 retries=0")
	if r := tb.Rows(noon)[0]; !r.Last.Equal(noon) || r.P95 > 2*time.Millisecond || r.Hour[Slots-1] != (Count{1, 0}) {
		t.Errorf("%+v", r)
	}
	tb.Apply(changed(one, other))
	after := tb.Rows(noon)
	Sort(before, ByEndpoint)
	Sort(after, ByEndpoint)
	if d := cmp.Diff(before, after); d != "" {
		t.Error(d)
	}
}

func TestRowsAreBounded(t *testing.T) {
	t.Parallel()
	tb := New()
	id := 0
	add := func(path string) *capture.Exchange {
		id++
		ex := request(id, path, "", 200, time.Millisecond)
		tb.Apply(changed(ex))
		return ex
	}
	add("/often")
	add("/often")
	rare := add("/rare")
	for i := range maxRows - 2 {
		add(fmt.Sprintf("/%d", i))
		add(fmt.Sprintf("/%d", i))
	}
	if rows := tb.Rows(noon); len(rows) != maxRows || rows[len(rows)-1].Other {
		t.Fatalf("%d rows, want exactly %d and no others", len(rows), maxRows)
	}
	add("/one-more")
	rows := tb.Rows(noon)
	Sort(rows, ByCount)
	o := rows[len(rows)-1]
	if len(rows) != maxRows+1 || !o.Other || o.Count != 1 || o.P50 == 0 || o.Hour[Slots-1].N != 1 {
		t.Errorf("%d rows, the others %+v", len(rows), o)
	}
	failed := *rare
	failed.Reply.Status = 500
	tb.Apply(changed(&failed)) // its row is gone
	rows = tb.Rows(noon)
	Sort(rows, ByErrors)
	if o = rows[len(rows)-1]; o.Failed != 1 || o.Count != 1 {
		t.Errorf("of the others %d of %d failed, want 1 of 1", o.Failed, o.Count)
	}
}

func TestLongNamesShareARow(t *testing.T) {
	t.Parallel()
	tb := New()
	long := "/" + strings.Repeat("é", maxName)
	tb.Apply(changed(request(1, long+"a", "", 200, 0), request(2, long+"b", "", 200, 0), request(3, "/"+strings.Repeat("a", maxName-1), "", 200, 0)))
	var cuts int
	for _, r := range tb.Rows(noon) {
		if len(r.Path) > maxName || r.Cut != (r.Count == 2) || !strings.HasPrefix(long, r.Path) && r.Cut {
			t.Errorf("%d bytes, cut %t, %d requests", len(r.Path), r.Cut, r.Count)
		}
		if _, ok := r.Filter(); ok == r.Cut {
			t.Errorf("filter of a row cut %t: %t", r.Cut, ok)
		}
		cuts++
	}
	if cuts != 2 {
		t.Errorf("%d rows, want 2", cuts)
	}
}

func TestQuantiles(t *testing.T) {
	t.Parallel()
	tb := New()
	for i := 1; i <= 100; i++ {
		tb.Apply(changed(request(i, "/a", "", 200, time.Duration(i)*time.Millisecond)))
	}
	r := tb.Rows(noon)[0]
	for _, c := range []struct{ got, want time.Duration }{{r.P50, 50 * time.Millisecond}, {r.P95, 95 * time.Millisecond}} {
		if d := (c.got - c.want).Abs(); d > c.want/32 {
			t.Errorf("got %s, want %s to 1/32", c.got, c.want)
		}
	}
	for d := time.Duration(1); d < 1<<43; d = d*9/8 + 1 {
		m := middle(int(bin(d)))
		if d > 1<<minBits && d < 1<<maxBits && (m-d).Abs() > d/32 {
			t.Fatalf("%s is taken for %s", d, m)
		}
	}
}

func TestWindow(t *testing.T) {
	t.Parallel()
	w := window{unit: time.Minute}
	w.add(noon, 1, 0)
	w.add(noon.Add(-59*time.Minute), 2, 1)
	w.add(noon.Add(-60*time.Minute), 4, 0) // its slot is taken
	got := w.counts(noon)
	if got[Slots-1].N != 1 || got[0] != (Count{2, 1}) {
		t.Errorf("newest %v, oldest %v", got[Slots-1], got[0])
	}
	if got := w.counts(noon.Add(time.Minute)); got[0].N != 0 || got[Slots-2].N != 1 {
		t.Errorf("a minute later the oldest is %v, the last but one %v", got[0], got[Slots-2])
	}
	fresh := window{unit: time.Minute}
	fresh.add(noon, 0, 1)
	if got := fresh.counts(noon); got[Slots-1] != (Count{0, 1}) {
		t.Errorf("a failure of an earlier request is counted as %v", got[Slots-1])
	}
	w.add(noon.Add(time.Minute), 0, -1) // of a request that is in no slot
	if got := w.counts(noon); got[0] != (Count{2, 1}) {
		t.Errorf("took away from another slot: %v", got[0])
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	tb := New()
	for i := 1; i <= 45; i++ {
		tb.Apply(changed(request(i, "/a", "", 200, 0)))
	}
	if r := tb.Rows(noon)[0].Rate; r != 0.5 { // 45 in 90 seconds
		t.Errorf("rate %v, want 0.5", r)
	}
}

// TestCostIsFlat counts allocations of a request with a large and a small history.
func TestCostIsFlat(t *testing.T) {
	cost := func(kept int) float64 {
		tb := New()
		for i := range kept {
			tb.Apply(changed(request(i+1, fmt.Sprintf("/%d", i%100), "paid", 200, time.Millisecond)))
		}
		ex := request(kept, "/1", "paid", 500, time.Second)
		d := changed(ex)
		return testing.AllocsPerRun(1000, func() { ex.ID++; tb.Apply(d); tb.Apply(ring.Delta{Gone: []capture.ID{ex.ID - 100}}) })
	}
	if small, large := cost(1000), cost(100_000); large > small+1 {
		t.Errorf("%v allocations with 100,000 kept, %v with 1,000", large, small)
	}
}

// What a request usually takes is that of its own endpoint, once there are some.
func TestUsual(t *testing.T) {
	t.Parallel()
	tb := New()
	for i := 1; i <= usualFrom; i++ {
		if got := tb.Usual(1); got != 0 {
			t.Errorf("%v is usual with %d requests", got, i-1)
		}
		tb.Apply(changed(request(2*i-1, "/a", "paid", 200, 100*time.Millisecond), request(2*i, "/slow", "", 200, time.Minute)))
	}
	if got := tb.Usual(1); got < 95*time.Millisecond || got > 105*time.Millisecond {
		t.Errorf("%v is usual", got)
	}
	if got := tb.Usual(99); got != 0 {
		t.Errorf("%v is usual of a request that is not there", got)
	}
}

// What a user deletes is out of the last minute, too; what the ring evicts stays in it.
func TestMinuteOfWhatIsDeleted(t *testing.T) {
	t.Parallel()
	tb := New()
	for i := 1; i <= 3; i++ {
		tb.Apply(changed(request(i, "/a", "", 200, 0)))
	}
	sum := func() (n int) {
		for _, c := range tb.Minute(noon) {
			n += int(c.N)
		}
		return n
	}
	tb.Apply(ring.Delta{Gone: []capture.ID{1}})
	if got := sum(); got != 3 {
		t.Errorf("%d in the last minute after one was evicted, want 3", got)
	}
	tb.Apply(ring.Delta{Gone: []capture.ID{2}, Deleted: []capture.ID{2}})
	if got := sum(); got != 2 {
		t.Errorf("%d in the last minute after one was deleted, want 2", got)
	}
}
