package reply_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/reply"

	"github.com/google/go-cmp/cmp"
)

func parse(t *testing.T, text string) *filter.Filter {
	t.Helper()
	f, err := filter.Parse(text, filter.Arrival)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// hold runs g.Hold beside the test and gives its decision.
func hold(ctx context.Context, g *reply.Gate, id capture.ID) (*notes, <-chan reply.Decision) {
	rec, out := &notes{id: id}, make(chan reply.Decision, 1)
	go func() { out <- g.Hold(ctx, request("POST", "/x", "b"), rec, "503") }()
	synctest.Wait()
	return rec, out
}

func TestHoldIsReleasedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g reply.Gate
		rec, out := hold(t.Context(), &g, 7)
		list := g.Held()
		if len(list) != 1 || list[0].Exchange.ID != 7 || list[0].Action != "503" || list[0].Left != reply.DefaultHoldTimeout {
			t.Fatalf("%+v", list)
		}
		want := reply.Decision{Way: reply.WayReply, Reply: reply.Spec{Statuses: []int{422}}}
		if !g.Release(7, want) {
			t.Error("not released")
		}
		if g.Release(7, reply.Decision{}) || g.Len() != 0 {
			t.Error("released twice")
		}
		if d := cmp.Diff(want, <-out); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]capture.State{capture.StateHeld}, rec.states); d != "" {
			t.Error(d)
		}
	})
}

func TestHoldEndsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := reply.Gate{Timeout: 3 * time.Second, Limit: func(string) time.Duration { return 10 * time.Second }}
		start := time.Now()
		rec, out := hold(t.Context(), &g, 1)
		if g.Held()[0].Limit != 10*time.Second {
			t.Error("the provider's limit is not said")
		}
		if d := <-out; d.Way != reply.WayRelease || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %v", d, time.Since(start))
		}
		if d := cmp.Diff([]capture.State{capture.StateHeld, capture.StateWaiting}, rec.states); d != "" {
			t.Error(d)
		}
	})
}

func TestTimeStandsStillWhilePaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := reply.Gate{Timeout: 3 * time.Second}
		start := time.Now()
		_, out := hold(t.Context(), &g, 1)
		time.Sleep(time.Second)
		if !g.Pause(1) || g.Pause(2) {
			t.Error("paused something else")
		}
		time.Sleep(time.Minute)
		if h := g.Held()[0]; !h.Paused || h.Left != 2*time.Second {
			t.Errorf("%+v", h)
		}
		g.Resume(1)
		<-out
		if got := time.Since(start); got != time.Minute+3*time.Second {
			t.Errorf("ended after %v", got)
		}
	})
}

func TestSenderLeavingEndsHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g reply.Gate
		chain := reply.Chain{Gate: &g}
		g.Set(nil, true)
		ctx, cancel := context.WithCancel(t.Context())
		out := make(chan capture.Outcome, 1)
		go func() { out <- chain.Respond(ctx, request("POST", "/x", "b"), &notes{id: 3}) }()
		synctest.Wait()
		cancel()
		if o := <-out; !o.Drop || o.Reply.By != "hold" || g.Len() != 0 {
			t.Errorf("%+v, %d held", o, g.Len())
		}
		// The answer goes to the delivery's next try, once.
		if err := g.ReplyNextTry(request("POST", "/x", "b"), reply.Spec{Statuses: []int{422}}); err != nil {
			t.Fatal(err)
		}
		g.Set(nil, false)
		for _, tt := range []struct{ body, want string }{{"other", "200 default"}, {"b", "422 hold"}, {"b", "200 default"}} {
			o := chain.Respond(t.Context(), request("POST", "/x", tt.body), &notes{})
			if got := fmt.Sprint(o.Reply.Status, " ", o.Reply.By); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.body, got, tt.want)
			}
		}
	})
}

// A reply that is none is not kept for the next try.
func TestNextTryWithoutAReply(t *testing.T) {
	var g reply.Gate
	for want, spec := range map[string]reply.Spec{
		"reply: status 99 is not between 200 and 599": {Statuses: []int{99}},
		"reply: template: line 1":                     {Template: "{{.JSON"},
	} {
		if err := g.ReplyNextTry(request("POST", "/x", "b"), spec); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestStoppingEndsHoldAsItsTimeoutWould(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g reply.Gate
		ctx, cancel := context.WithCancelCause(t.Context())
		_, out := hold(ctx, &g, 1)
		cancel(capture.ErrStopping)
		if d := <-out; d.Way != reply.WayRelease {
			t.Errorf("%+v", d)
		}
	})
}

func TestAtMostAHundredAreHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said []string
		g := reply.Gate{Notice: func(s string) { said = append(said, s) }}
		for i := range 100 {
			hold(t.Context(), &g, capture.ID(i+1))
		}
		_, out := hold(t.Context(), &g, 101)
		if d := <-out; d.Way != reply.WayRelease {
			t.Errorf("%+v", d)
		}
		if len(said) != 1 || !strings.Contains(said[0], "#101") {
			t.Errorf("%q", said)
		}
		if n := g.ReleaseAll(reply.Decision{Way: reply.WayRelease}); n != 100 || g.Len() != 0 {
			t.Errorf("%d released, %d left", n, g.Len())
		}
	})
}

// forwarder is a Forwarder that writes down what it is asked.
type forwarder struct {
	on    bool
	asked []string
}

func (f *forwarder) On(*capture.Exchange) bool { return f.on }

func (f *forwarder) Respond(context.Context, *capture.Exchange, capture.Recorder) capture.Outcome {
	f.asked = append(f.asked, "targets")
	return capture.Outcome{Reply: capture.Reply{Status: 201, By: "forward"}}
}

func (f *forwarder) RespondTo(_ context.Context, _ *capture.Exchange, _ capture.Recorder, urls []string) capture.Outcome {
	f.asked = append(f.asked, strings.Join(urls, " "))
	return capture.Outcome{Reply: capture.Reply{Status: 202, By: "forward"}}
}

func (f *forwarder) Copy(_ *capture.Exchange, _ capture.Recorder, urls []string) {
	f.asked = append(f.asked, strings.TrimSpace("copy "+strings.Join(urls, " ")))
}

func TestChain(t *testing.T) {
	const rules = `
[[rule]]
name  = "down"
match = "path:/down"
reply = { status = 503 }
[[rule]]
match   = "path:/to"
forward = ["http://a", "http://b"]
[[rule]]
match   = "path:/both"
reply   = { status = 202 }
forward = ["http://a"]
[[rule]]
match = "path:/once"
fault = "hang"
times = 1
[[rule]]
match = "path:/held"
hold  = true
[[rule]]
match = "path:/heldreply"
hold  = true
reply = { status = 418 }
`
	for _, tt := range []struct {
		name, path string
		on, async  bool
		decide     *reply.Decision // what is done when it is held
		want       string          // status, by, fault, drop
		asked      string
	}{
		{name: "handshake first", path: "/challenge", want: "200 handshake"},
		{name: "marked only", path: "/marked", want: "200 default"},
		{name: "standing", path: "/", want: "200 default"},
		{name: "target", path: "/", on: true, want: "201 forward", asked: "targets"},
		{name: "async", path: "/", on: true, async: true, want: "200 default", asked: "copy"},
		{name: "rule over target", path: "/down", on: true, want: "503 rule:down"},
		{name: "rule forwards", path: "/to/x", want: "202 forward", asked: "http://a http://b"},
		{name: "rule answers and copies", path: "/both", want: "202 rule:rule 3", asked: "copy http://a"},
		{name: "fault", path: "/once", want: "0 fault hang"},
		{name: "times used up", path: "/once", want: "200 default"},
		{name: "held, passed", path: "/held", decide: &reply.Decision{}, want: "200 default"},
		{name: "held, passed to a target", path: "/held", on: true, decide: &reply.Decision{}, want: "201 forward", asked: "targets"},
		{name: "held, then its reply", path: "/heldreply", decide: &reply.Decision{}, want: "418 rule:rule 6"},
		{name: "held, answered", path: "/heldreply", decide: &reply.Decision{Way: reply.WayReply, Reply: reply.Spec{Statuses: []int{409}}}, want: "409 hold"},
		{name: "held, dropped", path: "/held", decide: &reply.Decision{Way: reply.WayDrop}, want: "0 hold drop"},
		{name: "held, forwarded", path: "/heldreply", on: true, decide: &reply.Decision{Way: reply.WayForward}, want: "201 forward", asked: "targets"},
		{name: "held, forwarded there", path: "/held", decide: &reply.Decision{Way: reply.WayForward, URLs: []string{"http://c"}}, want: "202 forward", asked: "http://c"},
		{name: "held, nowhere to go", path: "/held", decide: &reply.Decision{Way: reply.WayForward}, want: "502 error"},
		{name: "held, answered wrongly", path: "/held", decide: &reply.Decision{Way: reply.WayReply, Reply: reply.Spec{Statuses: []int{99}}}, want: "500 error"},
		{name: "held by the gate", path: "/gate", decide: &reply.Decision{Way: reply.WayReply}, want: "200 hold"},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := reply.NewRules(reply.Source{File: write(t, rules)}, nil)
			if err := r.Load(); err != nil {
				t.Fatal(err)
			}
			f := &forwarder{on: tt.on}
			c := reply.Chain{Rules: r, Gate: new(reply.Gate), Standing: new(reply.Standing), Forward: f, Async: tt.async, Handshake: handshake}
			c.Gate.Set(parse(t, "path:/gate"), true)
			if tt.name == "times used up" {
				c.Respond(t.Context(), request("GET", tt.path, ""), &notes{id: 1})
			}
			if tt.decide != nil {
				go func() {
					synctest.Wait()
					if !c.Gate.Release(1, *tt.decide) {
						t.Errorf("%s: not held", tt.name)
					}
				}()
			}
			out := c.Respond(t.Context(), request("GET", tt.path, ""), &notes{id: 1})
			got := fmt.Sprint(out.Reply.Status, " ", out.Reply.By)
			if out.Fault != nil {
				got += " " + string(out.Fault.Name())
			}
			if out.Drop {
				got += " drop"
			}
			if got != tt.want || strings.Join(f.asked, ",") != tt.asked {
				t.Errorf("%s: %q asked %q, want %q %q", tt.name, got, f.asked, tt.want, tt.asked)
			}
		})
	}
}

func handshake(_ context.Context, ex *capture.Exchange) (string, *capture.Reply) {
	switch ex.Request.Target {
	case "/challenge":
		return "slack url_verification", &capture.Reply{Status: 200}
	case "/marked":
		return "meta", nil
	}
	return "", nil
}

func TestBodyIsDecodedOnceForAllRules(t *testing.T) {
	r := reply.NewRules(reply.Source{}, nil)
	if err := r.Add(strings.Repeat("[[rule]]\nmatch = 'body:none'\nhold = true\n", 5)); err != nil {
		t.Fatal(err)
	}
	n := 0
	c := reply.Chain{Rules: r, Gate: new(reply.Gate), Env: &filter.Env{Body: func(*capture.Exchange) []byte { n++; return nil }}}
	c.Gate.Set(parse(t, "body:none"), true)
	for want := range 3 {
		if n != want {
			t.Errorf("decoded %d times for %d requests", n, want)
		}
		c.Respond(t.Context(), request("POST", "/", "x"), &notes{})
	}
}

// Whatever happens at the same time, each hold ends once and none is left.
func TestGateUnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := reply.Gate{Timeout: 50 * time.Millisecond}
		var wg sync.WaitGroup
		for i := range 200 {
			id := capture.ID(i + 1)
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%7+1)*20*time.Millisecond)
			wg.Go(func() {
				defer cancel()
				g.Hold(ctx, request("POST", "/", ""), &notes{id: id}, "200")
			})
			wg.Go(func() {
				time.Sleep(time.Duration(i%5) * 10 * time.Millisecond)
				g.Pause(id)
				g.Held()
				time.Sleep(10 * time.Millisecond)
				g.Resume(id)
				if i%3 == 0 {
					g.Release(id, reply.Decision{Way: reply.WayDrop})
				}
			})
		}
		wg.Wait()
		if n := g.Len(); n != 0 {
			t.Errorf("%d are still held", n)
		}
	})
}
