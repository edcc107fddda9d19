package ring

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

func TestMirror(t *testing.T) {
	m := NewMirror()
	ids := func() []capture.ID {
		var out []capture.ID
		for _, ex := range m.Snapshot() {
			out = append(out, ex.ID)
		}
		return out
	}
	list := func(ids ...capture.ID) []*capture.Exchange {
		var out []*capture.Exchange
		for _, id := range ids {
			out = append(out, &capture.Exchange{ID: id, State: capture.StateHeld})
		}
		return out
	}
	watch := m.Watch(t.Context())
	m.Update(list(3, 5, 9), nil, nil, true)
	<-watch
	if d := cmp.Diff([]capture.ID{3, 5, 9}, ids()); d != "" {
		t.Error(d)
	}
	if ex, _ := m.Get(3); ex.State != capture.StateHeld {
		t.Error("what is held there is held here")
	}
	rev := m.Since(0).Rev
	m.Update(list(10), []capture.ID{3, 5}, []capture.ID{5}, false)
	d := m.Since(rev)
	if len(d.Changed) != 1 || d.Changed[0].ID != 10 || len(d.Gone) != 2 || len(d.Deleted) != 1 || d.Deleted[0] != 5 {
		t.Errorf("since: %+v", d)
	}
	m.Update(list(10, 11), nil, nil, true)
	if d := cmp.Diff([]capture.ID{10, 11}, ids()); d != "" {
		t.Error(d)
	}
}
