package ui_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

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
	w.Press("r")
	w.has(t, "#2 is in flight")
	w.arrive(t, samples(1)...)
	w.has(t, "#3 ")
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
