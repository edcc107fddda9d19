package sqlite

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"creel/capture"

	"github.com/google/go-cmp/cmp"
)

// TestSelect reads with conditions, over several pages and both ways round.
func TestSelect(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	const n = 3 * pageSize
	var ops []capture.Op
	for i := range n {
		ex := typical(i, 10)
		ex.Request.Target = []string{"/a?x=1", "/a/b", "/ab", "http://h/a"}[i%4]
		if i == 4 {
			ex.Request.Target = "/%61/" // what it is under is for the filter to say
		}
		ex.Request.Method = []string{"GET", "post"}[i%2]
		ex.Reply.Status = 200 + i%3
		if i%100 != 0 {
			ex.Sender.Provider = ""
		}
		ops = append(ops, capture.Op{Add: ex})
	}
	mustCommit(t, s, ops...)
	where := func(keep func(i int) bool) (ids []capture.ID) {
		for i := range n {
			if keep(i) {
				ids = append(ids, capture.ID(i+1))
			}
		}
		return ids
	}
	for name, c := range map[string]struct {
		where []capture.Condition
		want  []capture.ID
	}{
		"all":         {nil, where(func(int) bool { return true })},
		"few":         {[]capture.Condition{{Key: "provider", Texts: []string{"x", "stripe"}}}, where(func(i int) bool { return i%100 == 0 })},
		"none":        {[]capture.Condition{{Key: "event", Texts: []string{"x"}}}, nil},
		"case":        {[]capture.Condition{{Key: "method", Texts: []string{"POST"}}}, where(func(i int) bool { return i%2 == 1 })},
		"path":        {[]capture.Condition{{Key: "path", Texts: []string{"/a/"}}}, where(func(i int) bool { return i == 4 || i%4 == 1 || i%4 == 3 })},
		"status":      {[]capture.Condition{{Key: "status", Ranges: [][2]int64{{201, 201}, {300, 400}}}}, where(func(i int) bool { return i%3 == 1 })},
		"ids":         {[]capture.Condition{{Key: "id", Ranges: [][2]int64{{3, 5}, {9, 9}}}}, []capture.ID{3, 4, 5, 9}},
		"two":         {[]capture.Condition{{Key: "id", Ranges: [][2]int64{{1, 8}}}, {Key: "status", Ranges: [][2]int64{{200, 200}}}}, []capture.ID{1, 4, 7}},
		"unknown key": {[]capture.Condition{{Key: "size", Ranges: [][2]int64{{1, 1}}}, {Key: "id", Ranges: [][2]int64{{2, 2}}}}, []capture.ID{2}},
	} {
		for _, newestFirst := range []bool{false, true} {
			t.Run(fmt.Sprint(name, newestFirst), func(t *testing.T) {
				var got []capture.ID
				for ex, err := range s.Select(t.Context(), Query{Where: c.where, NewestFirst: newestFirst}) {
					if err != nil {
						t.Fatal(err)
					}
					if want := 200 + int(ex.ID-1)%3; ex.Reply.Status != want {
						t.Errorf("%v has the reply %d", ex.ID, ex.Reply.Status)
					}
					got = append(got, ex.ID)
				}
				if newestFirst {
					slices.Reverse(got)
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}
