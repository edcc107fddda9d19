package engine_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"creel/capture/filter"
	"creel/capture/reply"
	"creel/ui/engine"
)

// waitFor asks again until ok, which must come soon.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	end := time.After(20 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("still not: ", what)
		}
	}
}

// holding is a node that holds everything, and how to send to it: what comes back goes to
// the channel.
func holding(t *testing.T, c engine.TeamConfig) (*engine.Engine, func(path string) <-chan string) {
	t.Helper()
	all, err := filter.Parse("", filter.Arrival)
	if err != nil {
		t.Fatal(err)
	}
	node := openNode(t, engine.Config{Team: c, Hold: all, HoldTimeout: time.Minute})
	return node, func(path string) <-chan string {
		got := make(chan string, 1)
		go func() {
			resp, err := http.Post(node.URL+path, "text/plain", strings.NewReader("x"))
			if err != nil {
				got <- err.Error()
				return
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			got <- resp.Status + " " + string(body)
		}()
		return got
	}
}

// heldElsewhere is a node that holds one request, which ben sees, and what its sender gets.
func heldElsewhere(t *testing.T) (node *engine.Engine, ben *member, got <-chan string) {
	t.Helper()
	a := teamServer(t)
	node, send := holding(t, engine.TeamConfig{Address: a, Node: "web", Who: "web"})
	ben = join(t, a, "ben", nil)
	got = send("/1")
	gate := ben.Gate(nil)
	waitFor(t, "held", func() bool { return len(gate.Held()) == 1 })
	return node, ben, got
}

// What a node holds is shown to all; the first who decides wins, and who comes later hears
// what it was.
func TestHeldByAnotherNode(t *testing.T) {
	a := teamServer(t)
	node, send := holding(t, engine.TeamConfig{Address: a, Node: "web", Who: "web"})
	ana, ben := join(t, a, "ana", nil), join(t, a, "ben", nil)
	anas, bens := ana.Gate(nil), ben.Gate(nil)
	got := send("/1")
	var held reply.Held
	waitFor(t, "held for both", func() bool {
		list := anas.Held()
		if len(list) == 1 {
			held = list[0]
		}
		return len(list) == 1 && len(bens.Held()) == 1
	})
	if held.Exchange.Request.Target != "/1" || held.Left <= 50*time.Second || held.Left > time.Minute || held.Action == "" {
		t.Errorf("ana sees %+v", held)
	}
	late := bens.Held()[0].Exchange.ID
	file := filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(file, []byte("from ana's disk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if !anas.Release(held.Exchange.ID, reply.Decision{Way: reply.WayReply, Reply: reply.Spec{Statuses: []int{418}, BodyFile: file}}) {
		t.Error("ana's decision was not taken")
	}
	if s := <-got; s != "418 I'm a teapot from ana's disk" {
		t.Errorf("the sender got %q", s)
	}
	waitFor(t, "over for ben", func() bool { return len(bens.Held()) == 0 })
	if bens.Release(late, reply.Decision{Way: reply.WayDrop}) {
		t.Error("ben was told that it is held still")
	}
	if ended := node.Replies.Gate.Ended(); len(ended) != 1 || ended[0].How != "replied to by ana" {
		t.Errorf("how it ended: %v", ended)
	}
}

// Who is late for a hold that is still shown hears who was first.
func TestLateDecision(t *testing.T) {
	node, ben, got := heldElsewhere(t)
	gate := ben.Gate(nil)
	id := gate.Held()[0].Exchange.ID
	if !gate.Release(id, reply.Decision{Way: reply.WayForward, URLs: []string{"http://u:secret@localhost:3000"}}) {
		t.Error("it is held")
	}
	if s := ben.problem(t); !strings.Contains(s, "only its own screen can forward it") || strings.Contains(s, "secret") {
		t.Errorf("forwarding to an URL of one's own: %s", s)
	}
	if n := gate.ReleaseAll(reply.Decision{Way: reply.WayRelease}); n != 1 {
		t.Errorf("%d are released", n)
	}
	if s := <-got; s != "202 Accepted " {
		t.Errorf("the sender got %q", s)
	}
	own := node.Ring.Snapshot()[0]
	if ask := ask(t, ben, `{"id":1,"decision":{"Way":1,"By":"eve"}}`); !strings.Contains(ask, "not held any more: released by ben ") || own.ID != 1 {
		t.Errorf("who is late hears %s", ask)
	}
}

// What a member asks for is checked: a node reads no file for it and sends nothing to
// where it says.
func TestDecisionsAreChecked(t *testing.T) {
	_, ben, got := heldElsewhere(t)
	for in, want := range map[string]string{
		`x`:                             "invalid",
		`{"id":1,"decision":{"Way":0}}`: "no decision",
		`{"id":1,"decision":{"Way":4,"By":"eve"}}`:                                        "no decision",
		`{"id":1,"decision":{"Way":1,"By":"eve","Reply":{"BodyFile":"/etc/passwd"}}}`:     "only the node itself",
		`{"id":1,"decision":{"Way":1,"By":"eve","Reply":{"TemplateFile":"/etc/passwd"}}}`: "only the node itself",
		`{"id":1,"decision":{"Way":2,"By":"eve","URLs":["http://169.254.169.254/"]}}`:     "only the node itself",
		`{"id":1,"decision":{"Way":1,"By":"eve","Reply":{"Statuses":[99]}}}`:              "status 99",
		`{"id":2,"decision":{"Way":1,"By":"eve"}}`:                                        "not held any more",
	} {
		if ask := ask(t, ben, in); !strings.Contains(ask, want) {
			t.Errorf("%s: %s, want %s", in, ask, want)
		}
	}
	gate := ben.Gate(nil)
	gate.ReleaseAll(reply.Decision{Way: reply.WayReply, Reply: reply.Spec{Statuses: []int{99}}})
	if s := ben.problem(t); !strings.Contains(s, "status 99 is not") {
		t.Errorf("who asked hears %q", s)
	}
	if ask := ask(t, ben, `{"id":1,"decision":{"Way":3,"By":"ben"}}`); ask != "{}" {
		t.Errorf("dropping it: %s", ask)
	}
	if s := <-got; !strings.Contains(s, "EOF") {
		t.Errorf("the sender of what was dropped got %q", s)
	}
}

// problem is the next one on the member's screen.
func (m *member) problem(t *testing.T) string {
	t.Helper()
	select {
	case s := <-m.problems:
		return s
	case <-time.After(20 * time.Second):
		t.Fatal("no problem")
		return ""
	}
}

// ask asks the only node that holds something.
func ask(t *testing.T, m *member, in string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	out, err := m.team.AskNode(ctx, m.Snapshot()[0].Origin.Node, []byte(in))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
