package ui_test

import "testing"

// In the Attempts tab, c compares an attempt with the one before it, and [ ] with
// the other attempts and the request they were made of; what came back, too.
func TestCompareAttempts(t *testing.T) {
	good, _ := app(t, 200)
	bad, _ := app(t, 503)
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	for _, url := range []string{good, bad} {
		w.Press("f")
		w.Type(url)
		w.Press("enter")
		w.Look()
	}
	w.Press("5", "tab", "G", "c")
	w.has(t, "attempt 1")
	w.has(t, "attempt 2")
	w.has(t, "2 of 2")
	w.has(t, "200 OK")
	w.has(t, "503 Service Unavailable")
	w.Press("[")
	w.has(t, "#1 13:37:00")
	w.has(t, "the sender got")
	w.has(t, "1 of 2")
	w.has(t, "Host")
	w.Press("esc")
	w.Press("enter", "c") // the attempt that is open
	w.has(t, "attempt 2")
}

// In the Attempts tab, the cursor goes along with the newest attempt, until the
// user moves it to another one.
func TestAttemptsFollowTheNewest(t *testing.T) {
	good, _ := app(t, 200)
	w := newWorld(t, 80, 24)
	w.arrive(t, samples(1)...)
	send := func() {
		w.Press("r")
		w.Look()
	}
	w.Press("f")
	w.Type(good)
	w.Press("enter")
	w.Look()
	w.Press("enter", "5")
	send()
	w.Press("c")
	w.has(t, "attempt 2")
	w.Press("esc", "g")
	send()
	w.Press("c")
	w.has(t, "attempt 1")
}
