package cli

import (
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/filter"
)

// What misses by least comes first; a request that has no reply yet says so.
func TestNearMisses(t *testing.T) {
	f, err := filter.Parse("path:/a status:200", filter.History)
	if err != nil {
		t.Fatal(err)
	}
	request := func(id capture.ID, path string, state capture.State, status int) *capture.Exchange {
		return &capture.Exchange{ID: id, State: state, Request: capture.Request{Method: "GET", Target: path}, Reply: capture.Reply{Status: status}}
	}
	w := &waiting{
		waitFlags: waitFlags{filter: f, count: 2, exactly: -1}, env: newHistoryEnv(t.Context()),
		arrived: map[capture.ID]bool{1: true, 2: true, 3: true, 4: true, 5: true}, matched: map[capture.ID]*capture.Exchange{5: {}},
	}
	text := w.explain([]*capture.Exchange{
		request(1, "/b", capture.StateAnswered, 500),
		request(2, "/b", capture.StateAnswered, 500),
		request(3, "/a", capture.StateHeld, 0),
		request(4, "/a", capture.StateAnswered, 404),
		request(5, "/a", capture.StateAnswered, 200),
	})
	lines := strings.Split(strings.TrimSpace(text), "\n")
	want := [][2]string{
		{"waited for at least 2, 1 matched and 5 arrived", ""},
		{"#4 ", "misses status:200 (it has 404)"},
		{"#1 ", "misses path:/a (it has /b)  misses status:200 (it has 500)  (and 1 more like it)"},
		{"#3 ", "(no reply yet)  misses status:200"},
	}
	if len(lines) != len(want) {
		t.Fatalf("%q", lines)
	}
	for i, line := range lines {
		if !strings.HasPrefix(strings.TrimSpace(line), want[i][0]) || !strings.HasSuffix(line, want[i][1]) {
			t.Errorf("line %d: %q, want %q", i, line, want[i])
		}
	}
}
