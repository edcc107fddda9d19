package stats

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/ring"
)

// The figures are those of all requests as they are now, or were when they left the ring,
// whatever happened in between.
func TestFiguresAreThoseOfARecount(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		random := rand.New(rand.NewPCG(seed, 1))
		tb := New()
		var all []*capture.Exchange
		gone := map[capture.ID]bool{}
		change := func(ex *capture.Exchange) {
			ex.State = []capture.State{capture.StateWaiting, capture.StateAnswered, capture.StateAnswered, capture.StateGone}[random.IntN(4)]
			ex.Reply = capture.Reply{Status: 200 + 300*random.IntN(2), Took: time.Duration(random.Int64N(1 << (8 + random.IntN(36))))}
			ex.Signature.Verdict = []capture.Verdict{capture.Valid, capture.Invalid}[random.IntN(2)]
			ex.Sender.Try = random.IntN(4)
		}
		for range 200 {
			switch kind := random.IntN(8); {
			case kind < 4 || len(all) == 0:
				ex := request(len(all)+1, []string{"/a", "/b", "/b?x", "/c"}[random.IntN(4)], []string{"", "paid"}[random.IntN(2)], 200, 0)
				ex.At = noon.Add(-time.Duration(random.IntN(4000)) * time.Second)
				change(ex)
				all = append(all, ex)
				c := *ex
				tb.Apply(changed(&c))
			case kind < 6:
				if i := random.IntN(len(all)); !gone[all[i].ID] {
					change(all[i])
					c := *all[i]
					tb.Apply(changed(&c))
				}
			case kind == 6:
				id := capture.ID(1 + random.IntN(len(all)))
				if len(all)-len(gone) > 1 {
					gone[id] = true
					tb.Apply(ring.Delta{Gone: []capture.ID{id}})
				}
			default:
				d := ring.Delta{Reset: true}
				for _, ex := range all {
					if !gone[ex.ID] {
						c := *ex
						d.Changed = append(d.Changed, &c)
					}
				}
				tb.Apply(d)
			}
		}
		rows := tb.Rows(noon)
		Sort(rows, ByEndpoint)
		if diff := cmp.Diff(recount(all), rows); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
}

// recount works the figures out from all requests.
func recount(all []*capture.Exchange) []Row {
	rows, bins := map[Key]*Row{}, map[Key][]int{}
	for _, ex := range all {
		k := Key{Method: ex.Request.Method, Path: ex.Request.Path(), Event: ex.Sender.Event}
		r := rows[k]
		if r == nil {
			r = &Row{Key: k}
			rows[k] = r
		}
		failed := 0
		if ex.Failed() {
			failed = 1
		}
		r.Count++
		r.Failed += failed
		if ex.Signature.Verdict == capture.Invalid {
			r.Invalid++
		}
		if ex.Sender.Try > 1 {
			r.Retries++
		}
		if ex.At.After(r.Last) {
			r.Last = ex.At
		}
		if ago := noon.Truncate(time.Minute).Sub(ex.At.Truncate(time.Minute)) / time.Minute; ago < Slots {
			c := &r.Hour[Slots-1-ago]
			c.N, c.Failed = c.N+1, c.Failed+failed
		}
		if ex.State == capture.StateAnswered {
			bins[k] = append(bins[k], int(bin(ex.Reply.Took)))
		}
	}
	var out []Row
	for k, r := range rows {
		b := bins[k]
		slices.Sort(b)
		quantile := func(percent int) time.Duration {
			if len(b) == 0 {
				return 0
			}
			return middle(b[(len(b)*percent+99)/100-1])
		}
		r.P50, r.P95 = quantile(50), quantile(95)
		r.Rate = float64(r.Hour[Slots-1].N+r.Hour[Slots-2].N) / 90
		out = append(out, *r)
	}
	Sort(out, ByEndpoint)
	return out
}

// The ends of the bins: what is shorter or longer than all of them has the first and the
// last, and the time that stands for one is in it.
func TestEndsOfBins(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]int{
		-1: 0, 0: 0, 1: 0, 1<<minBits - 1: 0, 1 << minBits: 1, 1<<maxBits - 1: bins - 2, 1 << maxBits: bins - 1, 1 << 60: bins - 1,
		1<<minBits + 1<<minBits>>subBits - 1: 1, 1<<minBits + 1<<minBits>>subBits: 2, 1<<(minBits+1) - 1: 1 << subBits, 1 << (minBits + 1): 1<<subBits + 1,
	} {
		if got := int(bin(d)); got != want {
			t.Errorf("%v has bin %d, want %d", d, got, want)
		}
	}
	for b := range bins {
		if got := int(bin(middle(b))); got != b {
			t.Errorf("%v stands for bin %d and is in %d", middle(b), b, got)
		}
	}
}

// The row with the fewest requests joins the others, of those the one seen longest ago; what
// is known of the others is that of all that joined.
func TestWhatJoinsTheOthers(t *testing.T) {
	t.Parallel()
	tb := New()
	id := 0
	add := func(path string, at time.Time, status int) *capture.Exchange {
		id++
		ex := request(id, path, "", status, time.Second)
		ex.At = at
		ex.Sender.Try, ex.Signature.Verdict = 2, capture.Invalid
		tb.Apply(changed(ex))
		return ex
	}
	var oldest *capture.Exchange
	for i := range maxRows {
		ex := add(fmt.Sprintf("/%d", i), noon.Add(-time.Duration((i+maxRows/2)%maxRows)*time.Second), 500)
		if i == maxRows/2-1 {
			oldest = ex
		}
	}
	for range usualFrom {
		add(oldest.Request.Target, oldest.At, 500) // it is seen longest ago, and more often
	}
	later := add("/later", noon.Add(time.Second), 200)
	add("/last", noon.Add(2*time.Second), 200)
	rows := tb.Rows(noon)
	Sort(rows, ByLast)
	o := rows[len(rows)-1]
	if !o.Other || o.Endpoint() != "other" || len(rows) != maxRows+1 || o.Count != 2 || o.Failed != 2 || o.Invalid != 2 || o.Retries != 2 || o.Errors() != 100 {
		t.Errorf("%d rows, the others %+v", len(rows), o)
	}
	if want := noon.Add(-(maxRows - 3) * time.Second); !o.Last.Equal(want) {
		t.Errorf("the others were seen at %v, want %v", o.Last, want)
	}
	if _, ok := o.Filter(); ok {
		t.Error("there is a filter for the others")
	}
	if tb.Usual(oldest.ID) == 0 || tb.Usual(later.ID) != 0 {
		t.Error("what is usual")
	}
}

// A name is cut before a character that has no room, and not within.
func TestNamesAreCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	for _, char := range []string{"a", "é", "世", "😀", "\xff", "\x80"} {
		for before := maxName - 5; before <= maxName; before++ {
			name := strings.Repeat("x", before) + strings.Repeat(char, 5)
			got := cut(name)
			want := before
			for want+len(char) <= maxName && want < before+5*len(char) {
				want += len(char)
			}
			if !strings.HasPrefix(name, got) || len(got) != want || utf8.ValidString(name) && !utf8.ValidString(got) {
				t.Errorf("%d bytes and %q: cut to %d, want %d", before, char, len(got), want)
			}
		}
	}
	if r := (&Row{Key: Key{Method: "POST", Path: "/x", Cut: true}}); r.Endpoint() != "POST /x…" {
		t.Error(r.Endpoint())
	}
	if r := (&Row{}); r.Endpoint() != "" || r.Errors() != 0 {
		t.Errorf("of nothing: %q, %v", r.Endpoint(), r.Errors())
	}
}

// Each column sorts names from a to z and figures from the highest, the others last.
func TestEachColumnSorts(t *testing.T) {
	t.Parallel()
	low := Row{Key: Key{Path: "/b", Event: "a"}, Count: 10, Failed: 1, Last: noon}
	high := Row{Key: Key{Path: "/a", Event: "b"}, Count: 20, Rate: 1, Failed: 10, P50: 1, P95: 1, Invalid: 1, Retries: 1, Last: noon.Add(1)}
	same := high
	same.Method = "Z"
	other := Row{Other: true, Count: 99}
	for by := range Columns {
		rows := []Row{other, low, same, high}
		Sort(rows, by)
		want := []Row{high, same, low, other}
		if by == ByEvent {
			want = []Row{low, high, same, other}
		}
		if diff := cmp.Diff(want, rows); diff != "" || by.String() == "" || strings.HasPrefix(by.String(), "column") {
			t.Errorf("by %v: %s", by, diff)
		}
	}
	if Columns.String() != fmt.Sprintf("column %d", Columns) {
		t.Error(Columns)
	}
	few, many := Row{Count: 10, Failed: 1}, Row{Count: 20, Failed: 2} // the same share
	rows := []Row{few, many}
	if Sort(rows, ByErrors); rows[0].Failed != 2 {
		t.Error("of the same share the one with more failures is not the first")
	}
}

// What is written down, as it is.
func TestWrittenRows(t *testing.T) {
	t.Parallel()
	r := Row{
		Key: Key{Method: "POST", Path: "/<a>", Event: "=x"}, Count: 3, Rate: 1. / 3, Failed: 1, P50: 1234567, P95: 2 * time.Second, Invalid: 4, Retries: 5, Last: noon,
	}
	r.Hour[0], r.Hour[Slots-1] = Count{1, 1}, Count{2, 0}
	other := Row{Other: true, Count: 1, Last: noon}
	hours := "1" + strings.Repeat(",0", Slots-2) + ",2"
	none := "0" + strings.Repeat(",0", Slots-1)
	for name, want := range map[string]string{
		"csv": "endpoint,event,count,per_second,failed,errors_percent,p50_ms,p95_ms,bad_signatures,retries,last_seen\n" +
			"POST /<a>,'=x,3,0.333,1,33.333,1.235,2000,4,5,2026-11-23T12:00:30Z\nother,,1,0,0,0,0,0,0,0,2026-11-23T12:00:30Z\n",
		"json": `{"type":"stats","endpoint":"POST /<a>","method":"POST","path":"/<a>","event":"=x","count":3,"per_second":0.333,"failed":1,"errors_percent":33.333,"p50_ms":1.235,"p95_ms":2000,"bad_signatures":4,"retries":5,"last_seen":"2026-11-23T12:00:30Z","last_hour":[` + hours + "]}\n" +
			`{"type":"stats","endpoint":"other","method":"","path":"","event":"","other":true,"count":1,"per_second":0,"failed":0,"errors_percent":0,"p50_ms":0,"p95_ms":0,"bad_signatures":0,"retries":0,"last_seen":"2026-11-23T12:00:30Z","last_hour":[` + none + "]}\n",
		"markdown": "| endpoint | event | count | per_second | failed | errors_percent | p50_ms | p95_ms | bad_signatures | retries | last_seen |\n" +
			"| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n" +
			"| POST /\\<a\\> | =x | 3 | 0.333 | 1 | 33.333 | 1.235 | 2000 | 4 | 5 | 2026-11-23T12:00:30Z |\n| other |  | 1 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 2026-11-23T12:00:30Z |\n",
	} {
		for _, f := range Formats() {
			if f.Name != name {
				continue
			}
			var b bytes.Buffer
			if err := f.Write(&b, []Row{r, other}); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(want, b.String()); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}
