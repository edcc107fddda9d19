package ui_test

import (
	"fmt"
	"testing"
	"time"

	"creel/capture"
	"creel/forward"
	"creel/ui"
	"creel/ui/uitest"
)

// forwarded is a request that was forwarded on arrival a second after the one
// before it; an empty cause: with success.
func (w *world) forwarded(cause capture.Cause) *capture.Exchange {
	ex := samples(1)[0]
	w.now = w.now.Add(time.Second)
	ex.Attempts = []*capture.Attempt{{N: 1, At: w.now, To: "http://localhost:3100/stripe", Cause: cause}}
	if ex.Reply = (capture.Reply{Status: 200, By: "forward"}); cause != "" {
		ex.Reply = capture.Reply{Status: 502, By: "error"}
	}
	return ex
}

// What fails of several that are sent with one key is written as what fails of one.
func TestMarkedThatFailAreProblems(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(2)...)
	w.Press("space", "k", "space", "f")
	w.Type("http://127.0.0.1:1/x")
	w.Press("enter")
	w.Press("!")
	w.has(t, "#1 → :1/x?n=1: refused")
	w.has(t, "#2 → :1/x: refused")
}

// What senders were refused, and each outage once with how many requests it
// concerned, is kept under !.
func TestProblemsAreKept(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, w.forwarded("refused"), w.forwarded("refused"), w.forwarded("refused"), w.forwarded(""), w.forwarded("timeout"))
	resent := w.forwarded("dns")
	resent.Attempts[0].Resend = true
	bad, large := samples(1)[0], samples(1)[0]
	bad.Request.Malformed, large.Request.Truncated = "no version", true
	w.arrive(t, resent, bad, large)
	w.has(t, "! 4")
	w.Press("!")
	w.has(t, "#1 could not be forwarded to :3100: refused; its sender got 502, and 2 more")
	w.has(t, "#5 could not be forwarded to :3100: timeout; its sender got 502")
	w.has(t, "#7 is malformed: no version")
	w.has(t, "#8 was refused with 413")
	w.hasNot(t, "#2 could")
	w.hasNot(t, "#6 could")
	w.hasNot(t, "and 1 more") // a resend is none of them
}

// A request that failed again in one outage, as by P, is counted once.
func TestProblemsCountRequests(t *testing.T) {
	w := newWorld(t, 120, 40)
	again := w.forwarded("refused")
	w.now = w.now.Add(time.Second)
	again.Attempts = append(again.Attempts, &capture.Attempt{N: 2, At: w.now, To: again.Attempts[0].To, Cause: "refused"})
	w.arrive(t, again, w.forwarded("refused"))
	w.Press("!")
	w.has(t, "#1 could not be forwarded to :3100: refused; its sender got 502, and 1 more")
}

// What changes of a request later is no failure once more: neither in the same outage,
// nor when that is over.
func TestProblemsCountAttemptsOnce(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, w.forwarded("refused"))
	note := func(text string) {
		t.Helper()
		if err := w.ring.Apply(t.Context(), capture.Op{Meta: &capture.Meta{ID: 1, Note: &text}}); err != nil {
			t.Fatal(err)
		}
		w.Look()
	}
	note("down")
	w.Press("!")
	w.has(t, "#1 could not be forwarded to :3100: refused; its sender got 502")
	w.hasNot(t, "1 more")
	w.Press("esc")
	w.arrive(t, w.forwarded(""))
	note("up")
	w.hasNot(t, "! 1") // there is none that was not read
}

// What came of P is still said when the target went down again meanwhile, which ! lists.
func TestOutageLeavesWhatCameOfPending(t *testing.T) {
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Queue = &pendingQueue{n: 1, result: forward.Flushed{Sent: 2, Results: []forward.Bucket{{Name: "200", Count: 1}, {Name: "500", Count: 1}}, Left: 1, Down: []string{"http://localhost:3100"}}}
	w.Screen = uitest.New(t, d, 120, 40)
	w.arrive(t, w.forwarded(""))
	w.Press("P")
	const came = "pending: 2 sent: 1 x 200, 1 x 500; 1 still pending: no connection to :3100"
	w.has(t, came)
	w.arrive(t, w.forwarded("refused"))
	w.has(t, came)
	w.has(t, "! 1")
	w.now = w.now.Add(time.Minute)
	w.arrive(t, w.forwarded(""), w.forwarded("timeout"))
	w.has(t, "#4 could not be forwarded to :3100: timeout")
}

// checkedTargets are targets whose health a test sets.
type checkedTargets struct {
	*forward.Targets
	status forward.Status
}

func (c *checkedTargets) List() []forward.Status { return []forward.Status{c.status} }

// An outage is one entry whether the check of the target's health finds it first
// or a request does; the next one is another.
func TestOneOutageIsOneProblem(t *testing.T) {
	url, err := forward.ParseURL("http://localhost:3100")
	if err != nil {
		t.Fatal(err)
	}
	for _, checkedFirst := range []bool{true, false} {
		w := newWorld(t, 120, 40)
		targets := &checkedTargets{Targets: &forward.Targets{}, status: forward.Status{Target: forward.Target{URL: url}, Health: forward.HealthUp, Since: noon}}
		d := w.deps()
		d.Targets = targets
		w.Screen = uitest.New(t, d, 120, 40)
		check := func(h forward.Health) {
			w.now = w.now.Add(time.Second)
			targets.status.Health, targets.status.Since, targets.status.Cause = h, w.now, "refused"
			w.Look()
		}
		for outage := range 2 {
			if checkedFirst {
				check(forward.HealthDown)
				w.has(t, fmt.Sprintf("! %d", outage+1))
			}
			w.arrive(t, w.forwarded("refused"), w.forwarded("refused"))
			if !checkedFirst {
				check(forward.HealthDown)
			}
			w.Look()
			w.has(t, fmt.Sprintf("! %d", outage+1))
			check(forward.HealthUp)
		}
		w.Press("!")
		w.has(t, "#1 could not be forwarded to :3100: refused; its sender got 502, and 1 more")
		w.has(t, "#3 could not be forwarded to :3100: refused; its sender got 502, and 1 more")
	}
}

// While the app is down its senders get an error, and the header says so.
func TestSendersOfATargetThatIsDown(t *testing.T) {
	for path, want := range map[string][2]string{
		"":   {"senders get the app's answer", "senders get an error: the app is down"},
		"/a": {"senders get the app's answer on /a, else 200", "senders get an error on /a, else 200"},
	} {
		for i, health := range []forward.Health{forward.HealthUp, forward.HealthDown} {
			w := newWorld(t, 160, 45)
			d := w.deps()
			d.Targets = &checkedTargets{Targets: &forward.Targets{}, status: forward.Status{Target: forward.Target{Name: "app", Path: path}, Health: health, Since: noon}}
			w.Screen = uitest.New(t, d, 160, 45)
			w.arrive(t, samples(1)...)
			w.has(t, want[i])
		}
	}
}

func TestATargetThatIsDownIsAProblem(t *testing.T) {
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Targets = &checkedTargets{Targets: &forward.Targets{}, status: forward.Status{Target: forward.Target{Name: "app"}, Health: forward.HealthDown, Since: noon, Cause: "dns"}}
	w.Screen = uitest.New(t, d, 120, 40)
	w.has(t, "! 1")
	w.Press("!")
	w.has(t, "app is down: dns")
}

// A resend that gets no response is a problem; a response that is an error is not.
func TestAFailedResendIsAProblem(t *testing.T) {
	for status, want := range map[int]string{500: "nothing went wrong", 0: ":1/stripe?n=1   refused"} {
		url := "http://localhost:1"
		if status > 0 {
			url, _ = app(t, status)
		}
		w := newWorld(t, 120, 40)
		d := w.deps()
		d.Targets = forwardTo(t, url)
		w.Screen = uitest.New(t, d, 120, 40)
		w.arrive(t, samples(1)...)
		w.Press("r", "!")
		w.has(t, want)
	}
}

func TestProblemsThatAreNotKeptAreCounted(t *testing.T) {
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Log = &ui.Log{}
	for i := range 503 {
		d.Log.Problem(fmt.Sprint("problem ", i))
	}
	w.Screen = uitest.New(t, d, 120, 40)
	w.Press("!")
	w.has(t, "3 older ones are not kept")
	w.has(t, "problem 3")
}

// Why a reply could not be made is a problem, once for each reason.
func TestRepliesThatFailAreProblems(t *testing.T) {
	w := newWorld(t, 120, 40)
	failed := func(body string) *capture.Exchange {
		ex := samples(1)[0]
		ex.Attempts = nil
		ex.Reply = capture.Reply{Status: 500, By: "error", Body: capture.NewBody([]byte("creel: " + body + "\n"))}
		return ex
	}
	w.arrive(t, failed("no file"), failed("no file"), failed("bad template"))
	w.Press("!")
	w.has(t, "the sender of #1 got 500: no file, and 1 more")
	w.has(t, "the sender of #3 got 500: bad template")
}
