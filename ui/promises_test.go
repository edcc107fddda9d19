package ui_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/words"
	"creel/forward"
	"creel/ui"
	"creel/ui/engine"
	"creel/ui/uitest"
)

// While bodies are searched, the list says so instead of that nothing matches.
func TestSearchOfBodiesSaysSo(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(4)...)
	w.Press("/")
	held := w.Hold(func() { w.Type("nowhere") })
	if held.Len() == 0 {
		t.Fatal("nothing is searched")
	}
	w.has(t, "Searching…")
	w.hasNot(t, "None of the")
	held.End()
	w.has(t, "None of the 4 matches")
	w.hasNot(t, "Searching…")
}

// What a search found stays while it is made again, and what came meanwhile is
// looked at, too.
func TestArrivalsDuringASearch(t *testing.T) {
	w := newWorld(t, 120, 40)
	list := samples(5)
	w.arrive(t, list[:3]...)
	w.Press("/")
	held := w.Hold(func() { w.Type("evt_4") })
	w.arrive(t, list[3:]...)
	held.End()
	w.Look()
	w.Press("enter")
	w.has(t, "1 of 5")
	w.has(t, "#5 ")
}

// What came of a resend names the target in short, and o opens the response.
func TestWordsOfAResend(t *testing.T) {
	url, _ := app(t, http.StatusOK)
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press("o")
	w.has(t, "no response to open: nothing was sent yet")
	w.Press("f")
	w.Type(url + "/a")
	w.Press("enter")
	w.has(t, "#1 → "+words.URL(url)+"/a?n=1   200 OK")
	w.Look()
	w.Press("o")
	w.hasNot(t, "no response to open")
	w.has(t, "Attempt 1")
}

// is:duplicate is about all but the first of a delivery, in whichever order they
// came to the screen.
func TestFirstOfADelivery(t *testing.T) {
	w := newWorld(t, 120, 40)
	list := samples(4)
	for _, ex := range list {
		ex.Sender = capture.Sender{Provider: "stripe", Event: "invoice.paid", Delivery: "one", Try: 1}
	}
	w.arrive(t, list...)
	w.Press("/")
	w.Type("is:duplicate")
	w.Press("enter")
	w.has(t, "3 of 4")
	w.hasNot(t, "#1 ")
	w.Press("esc", "esc")
	w.arrive(t, samples(1)...)
	w.Press("/")
	w.Type("is:duplicate")
	w.Press("enter")
	w.has(t, "3 of 5")
}

// The footer says whom a replies to while a sender is held, and nothing of it else.
func TestFooterOfAHeldSender(t *testing.T) {
	w := everything(t, 120, 40)
	w.Press("k", "k")
	w.has(t, "a reply to #4")
	w.Press("A")
	w.Press("enter")
	w.Look()
	w.Press("j", "k")
	w.hasNot(t, "a reply to")
}

// A handshake that brings no secret of its own does not promise to keep one.
func TestHandshakeThatBringsNoSecret(t *testing.T) {
	set, err := provider.New(provider.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]bool{`{"type":"url_verification","challenge":"c","token":"t"}`: false, `{"verification_token":"secret_x"}`: true} {
		w := newWorld(t, 120, 40)
		d := w.deps()
		d.Providers = engine.Providers{Set: set, Ring: w.ring}
		w.Screen = uitest.New(t, d, 120, 40)
		ex := samples(1)[0]
		ex.Request.Target, ex.Request.Body, ex.Sender = "/h", capture.NewBody([]byte(body)), capture.Sender{}
		set.Identify(ex)
		w.arrive(t, ex)
		w.Press("6")
		if got := strings.Contains(w.Text(), "keeps the secret that came with it"); got != want {
			t.Errorf("%s: it promises to keep a secret: %v, want %v\n%s", body, got, want, w.Text())
		}
	}
}

// P asks from two on; one is delivered at once.
func TestPAsksAboveOne(t *testing.T) {
	for n := range 4 {
		w := newWorld(t, 120, 40)
		d := w.deps()
		d.Queue = &pendingQueue{n: n}
		w.Screen = uitest.New(t, d, 120, 40)
		w.Press("P")
		asked := strings.Contains(w.Text(), fmt.Sprintf("deliver %d pending requests?", n))
		if q := d.Queue.(*pendingQueue); asked != (n > 1) || q.flushed != (n == 1) {
			t.Errorf("%d pending: asked %v, delivered %v", n, asked, q.flushed)
		}
		if n > 1 {
			w.Press("enter")
			if q := d.Queue.(*pendingQueue); !q.flushed {
				t.Errorf("%d pending: nothing is delivered after a yes", n)
			}
		}
	}
}

// pendingQueue is a queue whose deliveries have that result.
type pendingQueue struct {
	n       int
	flushed bool
	result  forward.Flushed
}

func (q *pendingQueue) Count(string) int { return q.n }

func (q *pendingQueue) Counts() map[string]int { return nil }

func (q *pendingQueue) Flush(context.Context, string) forward.Flushed {
	q.flushed = true
	return q.result
}

// A key in the detail is about what is shown there, also just after the list has
// jumped to what came.
func TestKeysInTheDetailAreAboutWhatIsShown(t *testing.T) {
	for _, after := range []time.Duration{0, 399 * time.Millisecond, 400 * time.Millisecond} {
		w := newWorld(t, 120, 40)
		w.arrive(t, samples(3)...)
		w.now = noon.Add(time.Minute)
		w.arrive(t, samples(1)...) // #4: the selection jumps, with focus in the list
		w.now = w.now.Add(after)
		w.Press("tab", "p")
		if ex, _ := w.ring.Get(4); !ex.Pinned {
			t.Errorf("%v after the jump, p in the detail did not pin #4, which is shown", after)
		}
	}
}

// Several resends say how many of them have ended, the last one without "of".
func TestWordsOfSeveralResends(t *testing.T) {
	url, came, answer := slowApp(t)
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Targets = forwardTo(t, url)
	w.Screen = uitest.New(t, d, 120, 40)
	w.arrive(t, samples(2)...)
	w.Press("space", "k", "space")
	go func() {
		for range 2 {
			<-came
			answer <- 200
		}
	}()
	held := w.Hold(func() { w.Press("r") })
	held.End()
	w.has(t, "2 resent: 2 x 200")
	w.hasNot(t, "2 of 2")
}

// The zoom ends with the focus in the detail.
func TestTabEndsTheZoom(t *testing.T) {
	w := newWorld(t, 160, 45)
	w.arrive(t, samples(2)...)
	w.Press("enter", "enter")
	w.hasNot(t, "▌   #2") // zoomed: no list
	w.Press("tab")
	w.has(t, "▌   #2")
	w.Press("tab")
	w.has(t, "▌   #2") // not zoomed again
}

// What takes a while says so from the key on, and what came of it when it has ended.
func TestWhatIsUnderWayIsSaid(t *testing.T) {
	url, _ := app(t, 200)
	for _, c := range []struct {
		keys         []string
		while, after string
	}{
		{[]string{"d"}, "deleting 1…", "#3 deleted"},
		{[]string{"D", "a"}, "deleting 3…", "3 deleted"},
		{[]string{"q", "w"}, "writing 3 into the history…", "3 written into h.db"},
		{[]string{"r"}, "sending…", "200 OK"},
		{[]string{"P"}, "delivering what is pending…", "pending: "},
	} {
		w := newMemoryWorld(t, func(d *ui.Deps) {
			d.Targets, d.Queue = forwardTo(t, url), &pendingQueue{n: 1}
			d.KeepRequests = func(context.Context, []*capture.Exchange) (string, error) { return "h.db", nil }
		})
		w.arrive(t, samples(3)...)
		held := w.Hold(func() { w.Press(c.keys...) })
		w.has(t, c.while)
		w.hasNot(t, c.after)
		held.End()
		w.has(t, c.after)
		w.hasNot(t, c.while)
	}
}

// One that came again says so once: by the number of its try where the sender gives one,
// else as a duplicate.
func TestOneThatCameAgainSaysSoOnce(t *testing.T) {
	for try, want := range map[int]string{0: "duplicate", 1: "duplicate", 2: "try 2", 3: "try 3"} {
		w := newWorld(t, 120, 40)
		list := samples(2)
		list[1].Sender = list[0].Sender
		list[1].Sender.Try = try
		w.arrive(t, list...)
		_, line := w.row("▌   #2")
		if strings.Contains(line, "duplicate") == strings.Contains(line, "try") || !strings.Contains(line, want) {
			t.Errorf("try %d: %q, want %s", try, line, want)
		}
	}
}

// What is not all there cannot be sent, and each key that would send it says why.
func TestWhatCannotBeSentSaysWhy(t *testing.T) {
	url, bodies := app(t, 200)
	for what, spoil := range map[string]func(*capture.Request){
		"larger than the limit": func(r *capture.Request) { r.Truncated = true },
		"ended too early":       func(r *capture.Request) { r.Incomplete = true },
		"could not be read":     func(r *capture.Request) { r.Malformed = "no colon" },
	} {
		for _, keys := range [][]string{{"r"}, {"e"}, {"E"}, {"R"}, {":", "'send twice", "enter"}, {"f"}} {
			w := newWorld(t, 120, 40)
			d := w.deps()
			d.Targets, d.Environ = forwardTo(t, url), []string{"EDITOR=false"}
			w.Screen = uitest.New(t, d, 120, 40)
			list := samples(1)
			spoil(&list[0].Request)
			w.arrive(t, list...)
			for _, hint := range w.Model.Hints() {
				if slices.Contains(keys, hint.Key) {
					t.Errorf("%s is offered: %s", hint.Key, hint.Does)
				}
			}
			for _, key := range keys {
				if text, ok := strings.CutPrefix(key, "'"); ok {
					w.Type(text)
				} else {
					w.Press(key)
				}
			}
			if _, line := w.row("#1: send: "); !strings.Contains(line, what) {
				t.Errorf("%q, %s:\n%s", keys, what, w.Text())
			}
		}
	}
	if n := len(bodies()); n > 0 {
		t.Errorf("%d were sent", n)
	}
}

// One that cannot be sent does not keep the other marked ones from being sent, and it is
// said that it was left out.
func TestWhatCannotBeSentIsLeftOut(t *testing.T) {
	url, bodies := app(t, 200)
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Targets = forwardTo(t, url)
	w.Screen = uitest.New(t, d, 120, 40)
	list := samples(3)
	list[1].Request.Incomplete = true
	w.arrive(t, list...)
	w.Press("space", "k", "space", "k", "space")
	w.has(t, "resend 2 of 3 marked")
	w.Press("r")
	w.has(t, "2 resent: 2 x 200; #2 cannot be sent")
	w.Press("R", "enter")
	w.has(t, "repeat 2 of 3 marked")
	w.has(t, "done: 2 of 2 sent")
	if n := len(bodies()); n != 4 {
		t.Errorf("%d were sent", n)
	}
}

// brokenBodies are on a disk that cannot be read.
type brokenBodies struct{}

func (brokenBodies) Body(context.Context, capture.BodyRef) ([]byte, error) {
	return nil, errors.New("input/output error")
}

// An export or a copy that cannot be made says why, and leaves no file and nothing in the
// clipboard.
func TestExportsThatFail(t *testing.T) {
	for _, keys := range [][]string{{"x", "o"}, {"x", "c"}, {"x", "y", "o"}, {"y", "b"}, {"y", "c"}, {"y", "r"}, {"y", "w", "b"}, {"y", "w", "c"}} {
		t.Chdir(t.TempDir())
		w := newWorld(t, 120, 40)
		list := samples(2)
		list[1].Request.Body = capture.StoredBody(brokenBodies{}, 1, 100)
		w.arrive(t, list...)
		w.Press(keys...)
		lines := strings.Split(w.Text(), "\n") // the detail, too, says why it cannot show the body
		if last := lines[len(lines)-1]; !strings.Contains(last, "input/output error") || strings.Contains(last, "sent to") {
			t.Errorf("%q: %q", keys, last)
		}
		if files, err := os.ReadDir("."); err != nil || len(files) > 0 {
			t.Errorf("%q: files %v, %v", keys, files, err)
		}
	}
}
