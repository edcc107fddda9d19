package ui_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/forward"
	"creel/ui/uitest"
)

// slowApp is a server that answers each request with the status it is given, and
// says which one has come.
func slowApp(t *testing.T) (url string, came chan string, answer chan int) {
	came, answer = make(chan string, 10), make(chan int)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		came <- r.Method + " " + r.URL.Path
		select {
		case status := <-answer:
			w.WriteHeader(status)
		case <-t.Context().Done():
		}
	}))
	t.Cleanup(s.Close)
	return s.URL, came, answer
}

// forwardTo is a target for all paths.
func forwardTo(t *testing.T, url string) *forward.Targets {
	t.Helper()
	u, err := forward.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	targets := new(forward.Targets)
	targets.Set([]forward.Target{{URL: u}})
	return targets
}

// An attempt in flight is in the row, in the last line of the detail and in its
// tab, a resend as well as a first one, until it has ended.
func TestInFlightIsShown(t *testing.T) {
	url, came, answer := slowApp(t)
	port := url[strings.LastIndex(url, ":"):]
	for _, size := range sizes {
		w := newWorld(t, size[0], size[1])
		d := w.deps()
		d.Targets = forwardTo(t, "http://localhost"+port)
		w.Screen = uitest.New(t, d, size[0], size[1])
		w.arrive(t, samples(1)...)
		for range 2 {
			held := w.Hold(func() { w.Press("r") })
			<-came
			w.now = time.Now().Add(3*time.Second + 500*time.Millisecond)
			w.Look()
			w.Press("x", "esc") // so that no notice hides anything
			w.has(t, "→ "+port)
			if size[0] == 80 {
				w.has(t, "→ "+port+" since 3 s") // the row
			}
			if size[0] >= 80 {
				w.has(t, "→ "+port+"/stripe?n=1 since 3 s")
			}
			w.hasNot(t, "Not sent anywhere")
			w.Press("5")
			w.has(t, "→ "+port+"/stripe?n=1 since 3 s")
			w.hasNot(t, "r sends it")
			answer <- 200
			held.End()
			w.Look()
			w.hasNot(t, "since 3 s")
			w.Press("esc", "esc", "1", "esc", "esc")
		}
	}
}

// r does nothing about what is in flight, and says so; what goes to another URL, or twice,
// takes a yes. Of several, those that are not in flight are sent at once.
func TestSendAgain(t *testing.T) {
	url, came, answer := slowApp(t)
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(2)...)
	w.Press("f")
	w.Type(url)
	first := w.Hold(func() { w.Press("enter") })
	<-came
	w.Press("r") // its target is that of the attempt in flight
	w.has(t, "#2 is still being sent → ")
	w.hasNot(t, "again?")
	w.Press("f")
	w.Type(url + "/twice")
	w.Press("enter")
	w.has(t, "send #2 again?")
	second := w.Hold(func() { w.Press("y") })
	<-came
	w.Press(":")
	w.Type("send twice")
	w.Press("enter")
	w.has(t, "send #2 again?")
	w.Press("n", "space", "k", "space", "f")
	w.Type(url)
	third := w.Hold(func() { w.Press("enter") })
	<-came
	w.has(t, "send #2 again?")
	w.Press("n")
	for range 3 {
		answer <- 200
	}
	first.End()
	second.End()
	third.End()
	one, _ := w.ring.Get(1)
	two, _ := w.ring.Get(2)
	if len(one.Attempts) != 1 || len(two.Attempts) != 2 {
		t.Errorf("%d attempts of #1, %d of #2, want 1 and 2", len(one.Attempts), len(two.Attempts))
	}
}

// Of several that are in flight none is sent by r; to another URL all are, with one yes.
func TestSendSeveralAgain(t *testing.T) {
	url, came, answer := slowApp(t)
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(2)...)
	w.Press("space", "k", "space", "f")
	w.Type(url + "/a")
	first := w.Hold(func() { w.Press("enter") })
	<-came
	w.Press("r")
	w.has(t, "2 requests are still being sent: not sent again")
	w.Press("f")
	w.Type(url + "/b")
	w.Press("enter")
	w.has(t, "send these 2 again?")
	w.has(t, "#1 is still being sent")
	w.has(t, "#2 is still being sent")
	second := w.Hold(func() { w.Press("y") })
	for range 3 {
		answer <- 200
		<-came
	}
	answer <- 200
	first.End()
	second.End()
	for id := range capture.ID(2) {
		if ex, _ := w.ring.Get(id + 1); len(ex.Attempts) != 2 {
			t.Errorf("%d attempts of #%d, want 2", len(ex.Attempts), id+1)
		}
	}
}

// While a resend is in flight, requests arrive, keys work, and r does not send
// the same request a second time.
func TestResendOnceAtATime(t *testing.T) {
	url, came, answer := slowApp(t)
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Targets = forwardTo(t, url)
	w.Screen = uitest.New(t, d, 120, 40)
	w.arrive(t, samples(2)...)
	held := w.Hold(func() { w.Press("r") })
	<-came
	w.now = time.Now().Add(3*time.Second + 500*time.Millisecond)
	w.Press("r")
	w.has(t, "#2 is still being sent → ")
	w.has(t, "/github since 3.5 s: not sent again")
	w.arrive(t, samples(1)...)
	w.has(t, "#3")
	answer <- 201
	held.End()
	w.Look()
	if ex, _ := w.ring.Get(2); len(ex.Attempts) != 1 {
		t.Errorf("%d attempts, want the first alone", len(ex.Attempts))
	}
	w.has(t, "201 Created")
	again := w.Hold(func() { w.Press("r") })
	<-came
	answer <- 202
	again.End()
	w.has(t, "202 Accepted")
}

// Of several marked requests the ones with a target are sent; one without asks
// for a URL and is not in flight meanwhile.
func TestResendMarkedOneWithoutTarget(t *testing.T) {
	url, came, answer := slowApp(t)
	u, err := forward.ParseTarget("/stripe=" + url)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, 120, 40)
	d := w.deps()
	d.Targets = new(forward.Targets)
	d.Targets.Set([]forward.Target{u})
	w.Screen = uitest.New(t, d, 120, 40)
	list := samples(3)
	for i, path := range []string{"/stripe/a", "/elsewhere", "/stripe/b"} {
		list[i].Request.Target = path
	}
	w.arrive(t, list...)
	w.Press("space", "k", "space", "k", "space")
	held := w.Hold(func() { w.Press("r") })
	for range 2 {
		<-came
		answer <- 200
	}
	held.End()
	w.Look()
	w.has(t, "forward #2 to")
	w.Press("esc")
	for id, want := range map[capture.ID]int{1: 1, 2: 0, 3: 1} {
		if ex, _ := w.ring.Get(id); len(ex.Attempts) != want {
			t.Errorf("%s: %d attempts, want %d", id, len(ex.Attempts), want)
		}
	}
	// Nothing is left in flight: the same can be sent again, and quitting asks nothing.
	held = w.Hold(func() { w.Press("r") })
	for range 2 {
		<-came
		answer <- 200
	}
	held.End()
	w.Look()
	w.Press("esc", "esc", "q")
	if !w.Quit {
		t.Error("quitting asks")
	}
}
