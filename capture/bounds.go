package capture

import "fmt"

// Bounds are the limits of a ring. Zero means the default.
type Bounds struct {
	Count int   // exchanges; default 10000
	Bytes int64 // heads, bodies, replies and attempts; default 256 MiB
}

func (b Bounds) orDefault() Bounds {
	if b.Count <= 0 {
		b.Count = 10_000
	}
	if b.Bytes <= 0 {
		b.Bytes = 256 << 20
	}
	return b
}

// pins is what pinned exchanges may fill: half of either bound.
func (b Bounds) pins() sum { return sum{max(1, b.Count/2), b.Bytes / 2} }

// malformed is what malformed requests may fill: a twentieth of either bound, but
// the newest stays.
func (b Bounds) malformed() sum { return sum{max(1, b.Count/20), b.Bytes / 20} }

// batch is what one commit may bring, so that only what is not pinned has to make
// room for it.
func (b Bounds) batch(pinned sum) sum {
	return sum{
		max(1, min(maxBatch, b.Count/2, b.Count-pinned.count)),
		min(maxBatchBytes, b.Bytes/2, b.Bytes-pinned.bytes),
	}
}

// over reports whether s is more than limit in either respect.
func (s sum) over(limit sum) bool { return s.count > limit.count || s.bytes > limit.bytes }

// CheckPin returns why an exchange of size bytes cannot be pinned beside those
// that g counts; nil when it can.
func (g *Gauge) CheckPin(id ID, size int64) error {
	limit := g.pins()
	switch {
	case g.Pinned+1 > limit.count:
		return fmt.Errorf("pin %v: pins may fill half of the ring, and %d of %d requests are pinned: unpin another first",
			id, g.Pinned, g.Count)
	case g.PinnedBytes+size > limit.bytes:
		return fmt.Errorf("pin %v: pins may fill half of the ring's %d bytes, and they take %d: unpin another first",
			id, g.Bytes, g.PinnedBytes)
	}
	return nil
}

// mayWait reports whether letting go of what is too much can wait, because much
// is coming: up to a hundredth more is kept for a moment. Letting go of many at
// once costs a fraction of doing it one by one.
func (x *index) mayWait(b Bounds, coming sum) bool {
	all := sum{x.all.count + coming.count, x.all.bytes + coming.bytes}
	return coming.count > 1 && all.over(sum{b.Count, b.Bytes}) &&
		!all.over(sum{b.Count + b.Count/100, b.Bytes + b.Bytes/100})
}

// victims returns what has to go, so that what comes fits within the bounds:
// malformed requests above their share, then the oldest, pending ones last.
// Pinned ones go only when nothing else is left.
func (x *index) victims(b Bounds, coming, malformed sum) []ID {
	var ids []ID
	taken := map[ID]bool{}
	all := sum{x.all.count + coming.count, x.all.bytes + coming.bytes}
	take := func(e *entry) {
		ids = append(ids, e.id)
		all.add(-1, -e.size)
	}

	bad := sum{x.class[classMalformed].count + malformed.count, x.class[classMalformed].bytes + malformed.bytes}
	if limit := b.malformed(); bad.over(limit) {
		for e := range x.oldest(classMalformed) {
			if !bad.over(limit) || bad.count == 1 {
				break
			}
			bad.add(-1, -e.size)
			taken[e.id] = true
			take(e)
		}
	}
	limit := sum{b.Count, b.Bytes}
	for _, c := range [...]class{classPlain, classLast, classPinned} {
		if !all.over(limit) {
			break
		}
		for e := range x.oldest(c) {
			if !all.over(limit) {
				break
			}
			if !taken[e.id] {
				take(e)
			}
		}
	}
	return ids
}

// pinsAtStart is what pinned exchanges may fill of a ring that is opened: three
// quarters, because they grow by their attempts.
func (b Bounds) pinsAtStart() sum { return sum{max(1, b.Count/4*3), b.Bytes / 4 * 3} }

// surplusPins returns the oldest pinned exchanges beyond what they may fill when
// the ring is opened: the bounds were wider when they were pinned.
func (x *index) surplusPins(b Bounds) []ID {
	var ids []ID
	pins := x.class[classPinned]
	for e := range x.oldest(classPinned) {
		if !pins.over(b.pinsAtStart()) {
			break
		}
		pins.add(-1, -e.size)
		ids = append(ids, e.id)
	}
	return ids
}
