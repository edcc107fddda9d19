package ring_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"creel/capture"
	"creel/capture/ring"
)

// A reader that follows the ring, however far it is behind each time, knows what the
// ring holds, and what of the rest a user deleted.
func TestReadersKnowWhatTheRingHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		const count = 6
		r := ring.New(capture.Bounds{Count: count})
		first := submit(t, r, request(0))
		rev := r.Since(0).Rev
		reader := map[capture.ID]*capture.Exchange{first.ID: first}
		deleted := map[capture.ID]*capture.Exchange{} // since the reader read
		exists := func() (ids []capture.ID) {
			for _, ex := range r.Snapshot() {
				ids = append(ids, ex.ID)
			}
			return ids
		}
		some := func(name string, ids []capture.ID) []capture.ID {
			if len(ids) == 0 {
				return nil
			}
			return rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 1, min(3, len(ids)), rapid.ID[capture.ID]).Draw(rt, name)
		}
		rt.Repeat(map[string]func(*rapid.T){
			"submit": func(*rapid.T) {
				for n := range rapid.IntRange(1, count/2).Draw(rt, "requests") {
					submit(t, r, request(n))
				}
			},
			"delete": func(*rapid.T) {
				ids := some("deleted", exists())
				for _, id := range ids {
					deleted[id], _ = r.Get(id)
				}
				apply(t, r, capture.Op{Delete: ids})
			},
			"put back": func(*rapid.T) {
				for _, id := range some("back", slices.Sorted(maps.Keys(deleted))) {
					apply(t, r, capture.Op{Add: deleted[id]})
				}
			},
			"change": func(*rapid.T) {
				for _, id := range some("changed", exists()) {
					apply(t, r, pend(id, "http://a/"))
				}
			},
			"read": func(*rapid.T) {
				d := r.Since(rev)
				for _, id := range d.Gone {
					delete(reader, id)
				}
				for _, ex := range d.Changed {
					reader[ex.ID] = ex
				}
				for _, ex := range r.Snapshot() {
					delete(deleted, ex.ID)
					if reader[ex.ID] != ex {
						rt.Fatalf("%s is not what the reader has", ex.ID)
					}
				}
				if n := r.Stats().Kept; len(reader) != n {
					rt.Fatalf("the reader has %d, the ring %d", len(reader), n)
				}
				if got, want := slices.Compact(slices.Sorted(slices.Values(d.Deleted))), slices.Sorted(maps.Keys(deleted)); !slices.Equal(got, want) {
					rt.Fatalf("deleted are %v, want %v", got, want)
				}
				rev = d.Rev
				clear(deleted)
			},
		})
	})
}
