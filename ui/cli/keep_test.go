package cli

import (
	"testing"
	"time"

	"creel/capture"
	"creel/capture/sqlite"
)

// Requests that were in memory only are in the history once they are kept, behind what
// is there, each with its attempts and where it comes from.
func TestKeepRequests(t *testing.T) {
	dir := t.TempDir()
	p := &program{opts: newOptions(), env: func(name string) (string, bool) { return dir, name == "XDG_STATE_HOME" }}
	const n = 300 // more than one commit takes
	var list []*capture.Exchange
	for i := range n {
		list = append(list, &capture.Exchange{
			ID: capture.ID(i + 1000), At: time.Unix(int64(i), 0), State: capture.StateAnswered,
			Request: capture.Request{Method: "POST", Target: "/", Body: capture.NewBody([]byte{byte(i)})},
			Reply:   capture.Reply{Status: 202}, Note: "mine", Pinned: i == 7,
			Attempts: []*capture.Attempt{{N: 1, At: time.Unix(1, 0), To: "http://h/", Reply: capture.Reply{Status: 500}}},
		})
	}
	for range 2 {
		if file, err := p.keepRequests(t.Context(), list); err != nil || file != p.opts.historyPath(p.env) {
			t.Fatal(file, err)
		}
	}
	if list[0].ID != 1000 || list[0].ImportedFrom != 0 {
		t.Errorf("those in memory were changed: %+v", list[0])
	}
	s, err := sqlite.Open(t.Context(), p.opts.historyPath(p.env), sqlite.Options{Role: sqlite.Read})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got := 0
	for ex, err := range s.Select(t.Context(), sqlite.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		i := got % n
		body, err := ex.Request.Body.Bytes(t.Context())
		if err != nil || len(body) != 1 || body[0] != byte(i) || int(ex.ID) != got+1 || ex.ImportedFrom != list[i].ID ||
			ex.Note != "mine" || ex.Pinned != (i == 7) || len(ex.Attempts) != 1 || ex.Attempts[0].Reply.Status != 500 {
			t.Fatalf("%d: %+v, %v", got, ex, err)
		}
		got++
	}
	if got != 2*n {
		t.Errorf("%d are kept, want %d", got, 2*n)
	}
}
