package ui_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/forward"
	"creel/ui"
	"creel/ui/uitest"
)

// attached is a screen on the capture of another process.
type attached struct {
	*world
	heard time.Time
	lost  error
	there *recorder
	here  *recorder
}

// recorder is a resender that only writes down what it would send.
type recorder struct {
	forward.Resender
	sent []string
}

// newAttached attaches to a creel that has captured before.
func newAttached(t *testing.T, machine string, w, h int, before ...*capture.Exchange) *attached {
	a := &attached{heard: noon, there: &recorder{}, here: &recorder{}}
	a.there.Sender, a.here.Sender = &forward.Sender{Timeout: time.Second}, &forward.Sender{Timeout: time.Second}
	a.there.Record = func(_ capture.ID, x capture.Attempt) { a.there.sent = append(a.there.sent, x.To) }
	a.here.Record = func(_ capture.ID, x capture.Attempt) { a.here.sent = append(a.here.sent, x.To) }
	a.world = &world{ring: ring.New(capture.Bounds{}), now: noon}
	for _, ex := range before {
		if _, err := a.ring.Submit(ex).Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	d := a.deps()
	d.Config.History = "" // in memory there
	d.Resender = &a.there.Resender
	d.Config.Attached = &ui.Attached{Machine: machine, PID: 812, Lost: func() (time.Time, error) { return a.heard, a.lost }}
	if machine != "" {
		d.Config.Attached.Here = &a.here.Resender
	}
	a.Screen = uitest.New(t, d, w, h)
	return a
}

func (a *attached) first() string { return strings.SplitN(a.Text(), "\n", 2)[0] }

func TestAttachedSaysWhere(t *testing.T) {
	for _, tt := range []struct{ machine, want string }{{"", "attached to pid 812"}, {"staging", "attached to staging (pid 812)"}, {"a\x1b[2Jb", "attached to a"}} {
		for _, size := range sizes[:2] {
			a := newAttached(t, tt.machine, size[0], size[1])
			a.arrive(t, samples(3)...)
			if got := a.first(); !strings.Contains(got, tt.want) || strings.Contains(got, "\x1b[2J") {
				t.Errorf("%v %q: %q", size, tt.machine, got)
			}
		}
	}
}

// Silence is said from the fifth second on, an error at once, and no longer when
// something is heard again.
func TestAttachedSaysWhatIsNotHeard(t *testing.T) {
	for _, tt := range []struct {
		silent time.Duration
		err    error
		want   string
	}{
		{4999 * time.Millisecond, nil, "attached to staging"},
		{5 * time.Second, nil, "staging not heard for 5s"},
		{8 * time.Second, errors.New("reset"), "staging not heard for 8s"},
		{0, errors.New("reset"), "staging not heard for 0s"},
		{90 * time.Second, errors.New("reset"), "staging not heard for 1m"},
	} {
		for _, size := range sizes {
			a := newAttached(t, "staging", size[0], size[1])
			a.arrive(t, samples(1)...)
			a.now, a.lost = noon.Add(tt.silent), tt.err
			a.Look()
			if got := a.first(); size[0] >= 80 && !strings.Contains(got, tt.want) || size[0] < 80 && strings.Contains(tt.want, "not") && !strings.Contains(got, "not heard") {
				t.Errorf("%v after %v: %q", size, tt.silent, got)
			}
			a.heard, a.lost = a.now, nil
			a.Look()
			if got := a.first(); strings.Contains(got, "not heard") {
				t.Errorf("heard again: %q", got)
			}
		}
	}
}

// That the other creel has ended is said, and nothing of how its targets are; one that is
// started in its place is shown as such.
func TestAttachedSaysWhatHasEnded(t *testing.T) {
	a := newAttached(t, "", 120, 40)
	d := a.deps()
	pid := 812
	url, err := forward.ParseURL("http://localhost:3100")
	if err != nil {
		t.Fatal(err)
	}
	d.Targets = &checkedTargets{&forward.Targets{}, forward.Status{Target: forward.Target{URL: url}, Health: forward.HealthUp}}
	d.Config.Attached = &ui.Attached{PID: pid, Process: func() (int, time.Time) { return pid, noon }, Lost: func() (time.Time, error) { return a.heard, a.lost }}
	a.Screen = uitest.New(t, d, 120, 40)
	a.arrive(t, samples(1)...)
	if got := a.first(); !strings.Contains(got, "attached to pid 812") || !strings.Contains(got, ":3100") {
		t.Error(got)
	}
	a.now, a.lost = noon.Add(8*time.Second), fmt.Errorf("dial: %w", ui.ErrEnded)
	a.Look()
	if got := a.first(); !strings.Contains(got, "pid 812 has ended, 8s ago") || strings.Contains(got, ":3100") {
		t.Error(got)
	}
	a.heard, a.lost, pid = a.now, nil, 900
	a.Look()
	if got := a.first(); !strings.Contains(got, "attached to pid 900") || !strings.Contains(got, ":3100") {
		t.Error(got)
	}
}

// Leaving ends nothing, so there is no question about what is in memory there.
func TestAttachedLeaves(t *testing.T) {
	a := newAttached(t, "", 120, 40)
	a.arrive(t, samples(2)...)
	for _, hint := range a.Model.Hints() {
		if hint.Key == "q" && hint.Does != "leave" {
			t.Errorf("q says that it does %s", hint.Does)
		}
	}
	if a.Press("q"); !a.Quit {
		t.Errorf("q asks:\n%s", a.Text())
	}
}

// Over ssh it is asked once for each address from where to send, the footer says
// it, and r goes on the same way.
func TestAttachedSendsFromWhere(t *testing.T) {
	for _, tt := range []struct {
		key          string
		there, here  int
		label, other string
	}{
		{"y", 2, 0, "resend → staging :1", "from here"},
		{"h", 0, 2, "→ :1/stripe?n=1 from here", "→ staging"},
	} {
		a := newAttached(t, "staging", 160, 45)
		a.arrive(t, samples(1)...)
		a.Press("f")
		a.Type("http://127.0.0.1:1")
		a.Press("enter")
		a.has(t, "from where?")
		if len(a.there.sent)+len(a.here.sent) > 0 {
			t.Fatal("sent before it was asked")
		}
		a.Press(tt.key)
		a.Press("f")
		a.Type("http://127.0.0.1:1")
		a.Press("enter")
		if strings.Contains(a.Text(), "from where?") {
			t.Errorf("asked again:\n%s", a.Text())
		}
		if len(a.there.sent) != tt.there || len(a.here.sent) != tt.here {
			t.Errorf("%s: from there %v, from here %v", tt.key, a.there.sent, a.here.sent)
		}
		_ = a.ring.Apply(t.Context(), capture.Op{Attempt: &capture.AttemptAdd{ID: 1, Attempt: capture.Attempt{To: "http://127.0.0.1:1/stripe?n=1", Resend: true}}})
		a.now = a.now.Add(time.Minute) // the notice is over
		a.Look()
		if text := a.Text(); !strings.Contains(text, tt.label) || strings.Contains(text, tt.other) {
			t.Errorf("%s: want %q, not %q:\n%s", tt.key, tt.label, tt.other, text)
		}
	}
}

// On the machine itself there is one place to send from.
func TestAttachedHereSendsWithoutAQuestion(t *testing.T) {
	a := newAttached(t, "", 120, 40)
	a.arrive(t, samples(1)...)
	a.Press("f")
	a.Type("http://127.0.0.1:1")
	a.Press("enter")
	if len(a.there.sent) != 1 {
		t.Errorf("not sent:\n%s", a.Text())
	}
}

// Who sent an attempt stands with it, as text.
func TestAttemptsSayWhoSentThem(t *testing.T) {
	w := newWorld(t, 120, 40)
	w.arrive(t, samples(1)...)
	for _, by := range []string{"agent", "\x1b[2Jx", strings.Repeat("y", 500)} {
		if err := w.ring.Apply(t.Context(), capture.Op{Attempt: &capture.AttemptAdd{ID: 1, Attempt: capture.Attempt{To: "http://localhost:3000/x", Resend: true, By: by}}}); err != nil {
			t.Fatal(err)
		}
	}
	w.Look()
	w.Press("enter", "5")
	text := w.Text()
	for _, want := range []string{"resent by agent → ", "by ␛[2Jx → ", "yyy…yyy"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
}

// What went wrong before the screen attached is no news; what does from then on is.
func TestAttachedSaysWhatIsNew(t *testing.T) {
	w := newWorld(t, 120, 40)
	a := newAttached(t, "", 120, 40, w.forwarded("refused"), w.forwarded("refused"))
	a.hasNot(t, "could not be forwarded")
	a.arrive(t, w.forwarded("timeout"))
	a.has(t, "#3 could not be forwarded")
	a.hasNot(t, "and 2 more")
}

// The draft of a request that was deleted elsewhere is written to a file: no row leads to
// it.
func TestDraftOfADeletedRequest(t *testing.T) {
	t.Chdir(t.TempDir())
	a := newAttached(t, "", 120, 40)
	a.arrive(t, a.forwarded(""), a.forwarded(""))
	a.Press("e")
	a.Type("x")
	if err := a.ring.Apply(t.Context(), capture.Op{Delete: []capture.ID{2}}); err != nil {
		t.Fatal(err)
	}
	a.Look()
	a.has(t, "#2 was deleted meanwhile: esc writes the draft to a file")
	a.Press("esc")
	a.hasNot(t, "is kept")
	a.has(t, "#2 was deleted meanwhile; its draft is in ")
	if text, err := os.ReadFile("creel-draft-2.http"); err != nil || !strings.Contains(string(text), "x") {
		t.Errorf("%q, %v", text, err)
	}
	if a.Press("q"); !a.Quit {
		t.Errorf("it asks:\n%s", a.Text())
	}
}
