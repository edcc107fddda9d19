package stats

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/filter"
)

// Row is what is known of the requests of one endpoint and event.
type Row struct {
	Key
	// Other says that the row is that of all requests which have none of their own.
	Other   bool
	Count   int
	Failed  int           // of them: is:failed
	Rate    float64       // arrivals per second, of the last minute
	Hour    [Slots]Count  // by minute, the newest last
	P50     time.Duration // of the time until the reply, to 1/32; 0 when none was answered
	P95     time.Duration
	Invalid int // signatures
	Retries int
	Last    time.Time
}

// Errors is the share of requests that failed, in percent.
func (r *Row) Errors() float64 {
	if r.Count == 0 {
		return 0
	}
	return 100 * float64(r.Failed) / float64(r.Count)
}

// Endpoint is the method and the path. They are captured bytes, not text.
func (r *Row) Endpoint() string {
	switch {
	case r.Other:
		return "other"
	case r.Cut:
		return r.Method + " " + r.Path + "…"
	}
	return strings.TrimPrefix(r.Method+" "+r.Path, " ")
}

// Filter is the filter that lets the requests of the row through; ok is false where
// none can say which they are.
func (r *Row) Filter() (text string, ok bool) {
	if r.Other || r.Cut {
		return "", false
	}
	path := term("path", "")
	if r.Path != "" {
		path = filter.ExactPath(r.Path)
	}
	parts := []string{term("method", r.Method), path, term("event", r.Event)}
	text = strings.Join(parts, " ")
	_, err := filter.Parse(text, filter.Screen)
	return text, err == nil
}

// term asks for a value, or that there is none.
func term(key, value string) string {
	if value == "" {
		return "-" + key + ":"
	}
	return key + ":" + filter.Quote(value)
}

// Rows are the figures as of now, in no order.
func (t *Table) Rows(now time.Time) []Row {
	out := make([]Row, 0, len(t.rows)+1)
	for _, r := range t.rows {
		out = append(out, r.row(now))
	}
	if t.other != nil {
		o := t.other.row(now)
		o.Other = true
		out = append(out, o)
	}
	return out
}

// usualFrom is how many answers make a time the usual one.
const usualFrom = 8

// Usual is the time that 95 % of the requests of one endpoint and event took at most,
// those of a request that is in the ring; 0 when few were answered.
func (t *Table) Usual(id capture.ID) time.Duration {
	r := t.counts[id].row
	if r == nil {
		return 0
	}
	if r = r.standing(); r == t.other || r.took.n < usualFrom {
		return 0
	}
	return r.took.quantile(95)
}

func (r *row) row(now time.Time) Row {
	out := Row{
		Key: r.key, Count: r.n, Failed: r.failed, Hour: r.hour.counts(now),
		P50: r.took.quantile(50), P95: r.took.quantile(95),
		Invalid: r.invalid, Retries: r.retries, Last: r.last,
	}
	// The minute under way and the one before it, which is over.
	in := now.Sub(now.Truncate(time.Minute)) + time.Minute
	out.Rate = float64(out.Hour[Slots-1].N+out.Hour[Slots-2].N) / in.Seconds()
	return out
}

// Minute is what arrived in the last minute, by second, the newest last.
func (t *Table) Minute(now time.Time) [Slots]Count { return t.minute.counts(now) }

// Column is a column to sort by.
type Column uint8

// The columns, in the order in which they stand.
const (
	ByEndpoint Column = iota
	ByEvent
	ByCount
	ByRate
	ByErrors
	ByP50
	ByP95
	ByInvalid
	ByRetries
	ByLast
	Columns // how many there are
)

// columns are their titles, and which of two rows comes first by them.
var columns = [Columns]struct {
	title   string
	compare func(a, b *Row) int
}{
	ByEndpoint: {"endpoint", func(_, _ *Row) int { return 0 }}, // what is equal is sorted so
	ByEvent:    {"event", func(a, b *Row) int { return cmp.Compare(a.Event, b.Event) }},
	ByCount:    {"count", func(a, b *Row) int { return cmp.Compare(b.Count, a.Count) }},
	ByRate:     {"rate", func(a, b *Row) int { return cmp.Compare(b.Rate, a.Rate) }},
	ByErrors: {"errors", func(a, b *Row) int {
		return cmp.Or(cmp.Compare(b.Errors(), a.Errors()), cmp.Compare(b.Failed, a.Failed))
	}},
	ByP50:     {"p50", func(a, b *Row) int { return cmp.Compare(b.P50, a.P50) }},
	ByP95:     {"p95", func(a, b *Row) int { return cmp.Compare(b.P95, a.P95) }},
	ByInvalid: {"bad sig", func(a, b *Row) int { return cmp.Compare(b.Invalid, a.Invalid) }},
	ByRetries: {"retries", func(a, b *Row) int { return cmp.Compare(b.Retries, a.Retries) }},
	ByLast:    {"last", func(a, b *Row) int { return b.Last.Compare(a.Last) }},
}

// String is the title of the column.
func (c Column) String() string {
	if c < Columns {
		return columns[c].title
	}
	return fmt.Sprintf("column %d", uint8(c))
}

// Sort sorts rows by a column: names from a to z, figures from the highest, and what is
// equal in it by endpoint and event. The row of all others is the last.
func Sort(rows []Row, by Column) {
	slices.SortFunc(rows, func(a, b Row) int {
		switch {
		case a.Other && !b.Other:
			return 1
		case b.Other && !a.Other:
			return -1
		}
		return cmp.Or(columns[by].compare(&a, &b),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method), cmp.Compare(a.Event, b.Event))
	})
}
