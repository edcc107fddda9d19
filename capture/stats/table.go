package stats

import (
	"strings"
	"time"
	"unicode/utf8"

	"creel/capture"
	"creel/capture/ring"
)

const (
	// maxRows is how many rows there are at most, without that of all others. When
	// one more is needed, the one with the fewest requests joins the others.
	maxRows = 256
	// maxName is how many bytes of a method, path or event tell rows apart.
	maxName = 256
)

// Key names a row.
type Key struct {
	Method, Path, Event string
	// Cut says that a name is the beginning of longer ones.
	Cut bool
}

// Table keeps the figures. It is for one goroutine. The zero value is not ready;
// see [New].
type Table struct {
	rows   map[Key]*row
	other  *row
	counts map[capture.ID]counted
	minute window
}

// row holds the figures of one endpoint and event.
type row struct {
	into   *row // the row that this one joined; nil when it stands
	*tally      // nil when it joined another
}

// tally is apart from the row because requests keep the row that they were counted
// in: of one that joined another little is left.
type tally struct {
	key     Key
	n       int
	failed  int
	invalid int
	retries int
	last    time.Time
	hour    window
	took    sketch
}

// counted is how a request that is in the ring was counted.
type counted struct {
	row    *row
	at     time.Time
	taken  uint16 // the bin of the time taken, when answered
	figure flags
}

// flags are what a request counts as.
type flags uint8

const (
	isAnswered flags = 1 << iota
	isFailed
	isInvalid
	isRetry
)

// New returns a table that has counted nothing.
func New() *Table {
	return &Table{
		rows: map[Key]*row{}, counts: map[capture.ID]counted{},
		minute: window{unit: time.Second},
	}
}

// Apply counts what changed in the ring.
func (t *Table) Apply(d ring.Delta) {
	if d.Reset {
		t.reset(d.Changed)
	}
	for _, ex := range d.Changed {
		t.Add(ex)
	}
	t.takeBack(d.Deleted)
	for _, id := range d.Gone {
		delete(t.counts, id)
	}
	if len(t.counts) == 0 {
		*t = *New()
	}
}

// takeBack counts requests no longer that a user deleted.
func (t *Table) takeBack(ids []capture.ID) {
	stale := map[*row]time.Time{} // when those were seen last that are left
	for _, id := range ids {
		c, ok := t.counts[id]
		if !ok {
			continue
		}
		delete(t.counts, id)
		r := c.row.standing()
		t.change(c, counted{row: r, at: c.at})
		r.hour.add(c.at, -1, 0)
		t.minute.add(c.at, -1, 0)
		if r.n--; r.n == 0 && r != t.other {
			delete(t.rows, r.key)
		} else if c.at.Equal(r.last) {
			stale[r] = time.Time{}
		}
	}
	if len(stale) == 0 {
		return
	}
	for _, c := range t.counts {
		r := c.row.standing()
		if last, ok := stale[r]; ok && c.at.After(last) {
			stale[r] = c.at
		}
	}
	for r, last := range stale {
		if !last.IsZero() { // else those that are left were evicted
			r.last = last
		}
	}
}

// reset forgets how the requests were counted that are no longer in the ring.
func (t *Table) reset(all []*capture.Exchange) {
	kept := make(map[capture.ID]counted, len(all))
	for _, ex := range all {
		if c, ok := t.counts[ex.ID]; ok {
			kept[ex.ID] = c
		}
	}
	t.counts = kept
}

// Add counts a request, or counts it as it is now in place of as it was.
func (t *Table) Add(ex *capture.Exchange) {
	was, seen := t.counts[ex.ID]
	c := counted{row: was.row, at: ex.At, figure: figureOf(ex)}
	if c.figure&isAnswered != 0 {
		c.taken = bin(ex.Reply.Took)
	}
	if seen {
		c.row = was.row.standing()
		t.change(was, c)
	} else {
		c.row = t.row(keyOf(ex))
		t.count(c)
	}
	t.counts[ex.ID] = c
}

func figureOf(ex *capture.Exchange) flags {
	var f flags
	set := func(is bool, flag flags) {
		if is {
			f |= flag
		}
	}
	set(ex.State == capture.StateAnswered, isAnswered)
	set(ex.Failed(), isFailed)
	set(ex.Signature.Verdict == capture.Invalid, isInvalid)
	set(ex.Sender.Try > 1, isRetry)
	return f
}

// count counts a request that is new.
func (t *Table) count(c counted) {
	r := c.row
	r.n++
	if c.at.After(r.last) {
		r.last = c.at
	}
	r.hour.add(c.at, 1, 0)
	t.minute.add(c.at, 1, 0)
	t.change(counted{row: r}, c)
}

// change takes back what a request counted as and counts it as what it is.
func (t *Table) change(was, is counted) {
	r := is.row
	step := func(flag flags) int { return int(is.figure&flag/flag) - int(was.figure&flag/flag) }
	if was.figure&isAnswered != 0 {
		r.took.take(was.taken)
	}
	if is.figure&isAnswered != 0 {
		r.took.add(is.taken)
	}
	r.invalid += step(isInvalid)
	r.retries += step(isRetry)
	if failed := step(isFailed); failed != 0 {
		r.failed += failed
		r.hour.add(is.at, 0, failed)
		t.minute.add(is.at, 0, failed)
	}
}

// row is the row of a key, made when there is none.
func (t *Table) row(k Key) *row {
	if r := t.rows[k]; r != nil {
		return r
	}
	if len(t.rows) >= maxRows {
		t.join(t.least())
	}
	// Copies, not to keep a whole head in memory.
	k.Method, k.Path, k.Event = strings.Clone(k.Method), strings.Clone(k.Path), strings.Clone(k.Event)
	r := newRow(k)
	t.rows[k] = r
	return r
}

func newRow(k Key) *row { return &row{tally: &tally{key: k, hour: window{unit: time.Minute}}} }

// least is the row with the fewest requests, of those the one seen longest ago.
func (t *Table) least() *row {
	var least *row
	for _, r := range t.rows {
		if least == nil || r.n < least.n || r.n == least.n && r.last.Before(least.last) {
			least = r
		}
	}
	return least
}

// join adds a row to that of all others.
func (t *Table) join(r *row) {
	delete(t.rows, r.key)
	if t.other == nil {
		t.other = newRow(Key{})
	}
	o := t.other
	o.n += r.n
	o.failed += r.failed
	o.invalid += r.invalid
	o.retries += r.retries
	if r.last.After(o.last) {
		o.last = r.last
	}
	o.hour.merge(&r.hour)
	o.took.merge(&r.took)
	*r = row{into: o} // its requests may change yet
}

// standing is the row that counts for r.
func (r *row) standing() *row {
	if r.into != nil {
		return r.into
	}
	return r
}

// keyOf is the row of a request.
func keyOf(ex *capture.Exchange) (k Key) {
	short := func(name string) string {
		if len(name) <= maxName {
			return name
		}
		k.Cut = true
		return cut(name)
	}
	k.Method, k.Path, k.Event = short(ex.Request.Method), short(ex.Request.Path()), short(ex.Sender.Event)
	return k
}

// cut is the beginning of a name, without half a character.
func cut(name string) string {
	name = name[:maxName]
	for i := 1; i < utf8.UTFMax && i <= len(name); i++ {
		if utf8.RuneStart(name[len(name)-i]) {
			if !utf8.FullRuneInString(name[len(name)-i:]) {
				return name[:len(name)-i]
			}
			break
		}
	}
	return name
}
