package reply_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/reply"
)

// Each part of a chain may be left out: what it would do is not done, and all else is.
func TestChainWithoutItsParts(t *testing.T) {
	r := load(t, `
[[rule]]
match = "path:/held"
hold  = true
reply = { status = 418 }
[[rule]]
match   = "path:/to"
forward = ["http://a"]
[[rule]]
match   = "path:/both"
reply   = { status = 202 }
forward = ["http://a"]
`)
	c := reply.Chain{Rules: r}
	for path, want := range map[string]string{"/": "200 default", "/held": "418 rule:rule 1", "/to": "502 error", "/both": "202 rule:rule 3"} {
		out := c.Respond(t.Context(), request("POST", path, ""), &notes{id: 1})
		if got := fmt.Sprint(out.Reply.Status, " ", out.Reply.By); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if out := new(reply.Chain).Respond(t.Context(), request("POST", "/", ""), &notes{}); out.Reply.Status != 200 {
		t.Errorf("without any: %+v", out)
	}
}

// What happens when a hold ends by itself is said in words.
func TestWordsOfAHold(t *testing.T) {
	r := load(t, "[[rule]]\nmatch = 'path:/rule'\nhold = true\nreply = { status = 418 }\n")
	for _, tt := range []struct {
		path      string
		on, async bool
		want      string
	}{{"/", false, false, "200"}, {"/", true, false, "forward"}, {"/", true, true, "200"}, {"/rule", true, false, "418"}} {
		synctest.Test(t, func(t *testing.T) {
			c := reply.Chain{Rules: r, Gate: new(reply.Gate), Forward: &forwarder{on: tt.on}, Async: tt.async}
			c.Gate.Set(nil, true)
			go c.Respond(t.Context(), request("POST", tt.path, ""), &notes{id: 1})
			synctest.Wait()
			if h := c.Gate.Held(); len(h) != 1 || h[0].Action != tt.want {
				t.Errorf("%+v: %+v", tt, h)
			}
			c.Gate.ReleaseAll(reply.Decision{})
		})
	}
}

// A request that is not kept is not held. The time of a hold goes on as it was when it is
// told to while it does.
func TestHoldsThatAreNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := reply.Gate{Timeout: 3 * time.Second}
		failed := &commit{done: make(chan capture.ID, 1)}
		failed.done <- 0
		if d := g.Hold(t.Context(), request("POST", "/x", ""), failed, "200"); d.Way != reply.WayRelease || len(failed.states) != 0 {
			t.Errorf("not kept: %+v, %v", d, failed.states)
		}
		start := time.Now()
		_, out := hold(t.Context(), &g, 1)
		if !g.Resume(1) || g.Resume(2) {
			t.Error("which is held?")
		}
		<-out
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("it ended after %v", took)
		}
	})
}

// What is remembered of holds is bounded: the newest that ended, and the newest replies
// for next tries.
func TestHoldsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g reply.Gate
		try := func(n int) *capture.Exchange {
			ex := request("POST", "/x", "")
			ex.Sender.Delivery = fmt.Sprint(n)
			return ex
		}
		for n := 1; n <= 101; n++ {
			_, out := hold(t.Context(), &g, capture.ID(n))
			g.Release(capture.ID(n), reply.Decision{By: "pid 1"})
			<-out
			if err := g.ReplyNextTry(try(n), reply.Spec{Statuses: []int{422}}); err != nil {
				t.Fatal(err)
			}
		}
		ended := g.Ended()
		if len(ended) != 100 || ended[0].ID != 2 || ended[99].ID != 101 || ended[99].How != "released by pid 1" || !ended[99].At.Equal(time.Now()) {
			t.Errorf("%d are remembered, the first is %+v", len(ended), ended[0])
		}
		for n, want := range map[int]int{1: 200, 2: 422, 101: 422} {
			if out := (&reply.Chain{Gate: &g}).Respond(t.Context(), try(n), &notes{}); out.Reply.Status != want {
				t.Errorf("the next try of %d gets %d", n, out.Reply.Status)
			}
		}
	})
}
