package ring

import "creel/capture"

// malformedLimit is what malformed requests may fill: a twentieth of either bound, but
// the newest stays.
func malformedLimit(b capture.Bounds) sum { return sum{max(1, b.Count/20), b.Bytes / 20} }

// batchLimit is what one commit may bring, so that only what is not pinned has to make
// room for it.
func batchLimit(b capture.Bounds, pinned sum) sum {
	return sum{
		max(1, min(maxBatch, b.Count/2, b.Count-pinned.count)),
		min(maxBatchBytes, b.Bytes/2, b.Bytes-pinned.bytes),
	}
}

// over reports whether s is more than limit in either respect.
func (s sum) over(limit sum) bool { return s.count > limit.count || s.bytes > limit.bytes }

// mayDeferEviction reports whether eviction can wait, because much is coming: up to a
// hundredth more is kept for a moment. Evicting many at
// once costs a fraction of doing it one by one.
func (x *index) mayDeferEviction(b capture.Bounds, coming sum) bool {
	all := sum{x.all.count + coming.count, x.all.bytes + coming.bytes}
	return coming.count > 1 && all.over(sum{b.Count, b.Bytes}) &&
		!all.over(sum{b.Count + b.Count/100, b.Bytes + b.Bytes/100})
}

// victims returns what has to go, so that what comes fits within the bounds:
// malformed requests above their share, then the oldest, pending ones last.
// Pinned ones go only when nothing else is left.
func (x *index) victims(b capture.Bounds, coming, malformed sum) []capture.ID {
	var ids []capture.ID
	taken := map[capture.ID]bool{}
	all := sum{x.all.count + coming.count, x.all.bytes + coming.bytes}
	take := func(e *entry) {
		ids = append(ids, e.id)
		all.add(-1, -e.size)
	}

	bad := sum{x.class[classMalformed].count + malformed.count, x.class[classMalformed].bytes + malformed.bytes}
	if limit := malformedLimit(b); bad.over(limit) {
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
	for _, c := range []class{classPlain, classLast, classPinned} {
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

// pinLimitAtStart is what pinned exchanges may fill of a ring that is opened: three
// quarters, because they grow by their attempts.
func pinLimitAtStart(b capture.Bounds) sum { return sum{max(1, b.Count/4*3), b.Bytes / 4 * 3} }

// surplusPins returns the oldest pinned exchanges beyond what they may fill when
// the ring is opened: the bounds were wider when they were pinned.
func (x *index) surplusPins(b capture.Bounds) []capture.ID {
	var ids []capture.ID
	pins := x.class[classPinned]
	for e := range x.oldest(classPinned) {
		if !pins.over(pinLimitAtStart(b)) {
			break
		}
		pins.add(-1, -e.size)
		ids = append(ids, e.id)
	}
	return ids
}
