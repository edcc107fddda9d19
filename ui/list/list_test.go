package list

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"creel/capture"
	"creel/capture/golden"
	"creel/ui/theme"
)

var noon = time.Date(2026, 11, 23, 13, 37, 0, 0, time.Local)

func sample() []*capture.Exchange {
	ex := func(id int, method, path, provider, event string, status int, took time.Duration) *capture.Exchange {
		return &capture.Exchange{
			ID: capture.ID(id), At: noon.Add(time.Duration(id-407) * 2 * time.Second), State: capture.StateAnswered,
			Request: capture.Request{Method: method, Target: path},
			Sender:  capture.Sender{Provider: provider, Event: event},
			Reply:   capture.Reply{Status: status, Took: took},
		}
	}
	rows := []*capture.Exchange{
		ex(407, "GET", "/health?x=1", "", "", 200, 100*time.Microsecond),
		ex(408, "POST", "/slack", "slack", "url_verification", 200, 100*time.Microsecond),
		ex(409, "POST", "/stripe", "stripe", "invoice.created", 200, 31*time.Millisecond),
		ex(410, "POST", "/stripe", "stripe", "invoice.paid", 500, 44*time.Millisecond),
		ex(411, "POST", "/slack", "slack", "message", 200, 4100*time.Millisecond),
		ex(412, "POST", "/stripe", "stripe", "invoice.paid", 500, 12*time.Millisecond),
		ex(413, "POST", "/a/very/long/path/that/does/not/fit/anywhere/at/all", "github", "push", 302, 18*time.Millisecond),
		ex(414, "POST", "/世界\x1b[31m", "stripe", "\x1b]0;x\x07", 0, 0),
		ex(415, "DELETE", "/x", "", "", 0, 0),
		ex(416, "POST", "/down", "", "", 502, time.Millisecond),
	}
	rows[1].Handshake = "slack url_verification"
	rows[2].Pinned = true
	rows[5].Sender.Try = 2
	rows[5].Attempts = []*capture.Attempt{{N: 1, Reply: capture.Reply{Status: 200}, Took: 12 * time.Millisecond}}
	rows[6].Signature.Verdict = capture.Invalid
	rows[7].State = capture.StateHeld
	rows[8].State = capture.StateGone
	rows[8].Note = "the one that Anna asked about"
	rows[9].Attempts = []*capture.Attempt{{N: 1, Cause: capture.CauseRefused}}
	rows[9].Pending = []string{"http://localhost:3000"}
	return rows
}

func newList(t interface{ Fatal(...any) }) *List {
	th, err := theme.New(theme.Options{Colors: theme.ColorsTrue})
	if err != nil {
		t.Fatal(err)
	}
	l := New(th)
	l.Started, l.First = noon, 409
	l.Facts.Limit = func(p string) time.Duration {
		if p == "slack" {
			return 3 * time.Second
		}
		return 0
	}
	l.Facts.Unread = func(id capture.ID) bool { return id >= 415 }
	return l
}

func TestGolden(t *testing.T) {
	for _, w := range []int{140, 110, 80, 62, 40, 20} {
		l := newList(t)
		l.SetSize(w, 12)
		l.SetRows(sample(), noon)
		l.Select(412)
		got := strings.ReplaceAll(ansi.Strip(l.View(true, noon.Add(15800*time.Millisecond))), " \n", " |\n") + "|\n"
		golden.File(t, fmt.Sprintf("list-%d.txt", w), got)
	}
}

// What is selected is in sight, whatever the height of the list and wherever the rule
// stands; no line stays empty that a row could have.
func TestSelectionIsInSight(t *testing.T) {
	rows := sample()
	for n := 1; n <= len(rows); n++ {
		for h := 1; h <= n+2; h++ {
			for _, first := range []capture.ID{0, 407, 410, 416} {
				l := newList(t)
				l.First = first
				l.SetSize(80, h)
				l.SetRows(rows[:n], noon)
				for i := range 2 * n {
					id := rows[min(i, 2*n-1-i)].ID // down and up again
					if !l.Select(id) {
						t.Fatalf("%v cannot be selected", id)
					}
					if line := l.Line(); line < 0 || line >= h {
						t.Errorf("%d rows in %d lines, the rule at %v: %v is in line %d", n, h, first, id, line)
					}
					if l.top > 0 && l.top+h > l.Lines() {
						t.Errorf("%d rows in %d lines, the rule at %v: the last line is empty", n, h, first)
					}
				}
			}
		}
	}
}

func TestFollowAndSelection(t *testing.T) {
	l := newList(t)
	l.SetSize(80, 4)
	rows := sample()
	later := noon.Add(time.Minute)

	l.SetRows(rows[:3], noon)
	if l.sel != 409 || !l.Follow() {
		t.Fatalf("selected %v, follow %v: want the newest", l.sel, l.Follow())
	}
	l.SetRows(rows[:5], later)
	if got := l.Acting(later.Add(399 * time.Millisecond)).ID; got != 409 {
		t.Errorf("acting key just after a jump means %v, want #409", got)
	}
	if got := l.Acting(later.Add(400 * time.Millisecond)).ID; got != 411 {
		t.Errorf("acting key later means %v, want #411", got)
	}
	l.EndFollow()
	l.SetRows(rows, later)
	if l.sel != 411 || l.Unseen() != 5 {
		t.Errorf("selected %v with %d unseen, want #411 with 5", l.sel, l.Unseen())
	}
	l.SetRows(append(rows[:4:4], rows[5:]...), later)
	if l.sel != 412 {
		t.Errorf("deleting the selected selects %v, want the neighbour #412", l.sel)
	}
	l.MoveLast()
	if l.sel != 416 || !l.Follow() || l.Unseen() != 0 {
		t.Errorf("the newest: %v, follow %v, %d unseen", l.sel, l.Follow(), l.Unseen())
	}
	l.SetRows(nil, later)
	if l.Selected() != nil {
		t.Error("an empty list has a selection")
	}
}

func TestViewIsPureAndExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		th, _ := theme.New(theme.Options{Colors: theme.ColorsTrue})
		l := New(th)
		l.Started, l.First = noon, capture.ID(rapid.IntRange(0, 12).Draw(t, "first"))
		w, h := rapid.IntRange(1, 150).Draw(t, "w"), rapid.IntRange(1, 14).Draw(t, "h")
		l.SetSize(w, h)
		var rows []*capture.Exchange
		for i := range rapid.IntRange(0, 12).Draw(t, "n") {
			rows = append(rows, &capture.Exchange{
				ID: capture.ID(i + 1), At: noon, State: capture.State(rapid.IntRange(0, 4).Draw(t, "state")),
				Request: capture.Request{Method: rapid.String().Draw(t, "method"), Target: rapid.String().Draw(t, "target")},
				Sender:  capture.Sender{Provider: rapid.String().Draw(t, "provider"), Event: rapid.String().Draw(t, "event"), Try: rapid.Int().Draw(t, "try")},
				Reply:   capture.Reply{Status: rapid.IntRange(0, 599).Draw(t, "status")},
				Note:    rapid.String().Draw(t, "note"),
			})
		}
		l.SetRows(rows, noon)
		for _, by := range rapid.SliceOfN(rapid.IntRange(-5, 5), 0, 5).Draw(t, "moves") {
			l.Move(by)
			l.Scroll(by)
		}
		got := l.View(true, noon)
		if l.View(true, noon) != got {
			t.Fatal("drawing twice gives two pictures")
		}
		lines := strings.Split(got, "\n")
		if len(lines) != h {
			t.Fatalf("%d lines, want %d", len(lines), h)
		}
		for _, line := range lines {
			if n := ansi.StringWidth(line); n != w {
				t.Fatalf("line is %d wide, want %d: %q", n, w, line)
			}
		}
	})
}

// BenchmarkView must take under 0.5 ms for 40 rows of 10,000, so that a frame
// has time for everything else.
func BenchmarkView(b *testing.B) {
	l := newList(b)
	l.SetSize(120, 40)
	var rows []*capture.Exchange
	for i := range 10_000 {
		ex := *sample()[i%10]
		ex.ID = capture.ID(i + 1)
		rows = append(rows, &ex)
	}
	l.SetRows(rows, noon)
	for b.Loop() {
		l.View(true, noon)
	}
}

// TestNoMatchKeepsThePlace filters step by step: what was selected, or the next
// newer one, is selected again as soon as there is one.
func TestNoMatchKeepsThePlace(t *testing.T) {
	l, rows := newList(t), sample()
	l.SetSize(80, 12)
	l.SetRows(rows, noon)
	l.Select(412)
	for _, tt := range []struct {
		rows []*capture.Exchange
		want capture.ID
	}{
		{nil, 0},
		{rows[9:], 416}, // a search that begins at the newest
		{[]*capture.Exchange{rows[0], rows[6], rows[9]}, 413}, // and comes nearer
		{rows[:3], 409},
		{rows, 412},
	} {
		l.SetRows(tt.rows, noon)
		if got := l.Selected(); tt.want == 0 != (got == nil) || got != nil && got.ID != tt.want {
			t.Fatalf("of %d rows %v is selected, want %v", len(tt.rows), got, tt.want)
		}
	}
	l.SetRows(rows[6:], noon)
	l.KeepSelection()
	l.SetRows(rows, noon)
	if got := l.Selected().ID; got != 413 {
		t.Errorf("settled on #413, then %v is selected", got)
	}
}

func TestTimes(t *testing.T) {
	l := newList(t)
	l.SetSize(62, 12)
	rows := sample()
	for _, tt := range []struct {
		later    time.Duration
		relative bool
		want     string
	}{
		{0, false, "13:37:10"},
		{24 * time.Hour, false, "23 Nov"},
		{400 * 24 * time.Hour, false, "Nov 2026"},
		{10 * time.Second, true, "now"},
		{71 * time.Second, true, "1m ago"},
		{30 * time.Hour, true, "29h ago"},
		{72 * time.Hour, true, "2d ago"},
	} {
		l.Relative = tt.relative
		now := noon.Add(tt.later)
		l.SetRows(rows[5:6], now)
		if got := ansi.Strip(l.View(true, now)); !strings.Contains(got, "#412 "+tt.want+" ") {
			t.Errorf("%v later: no %q in %q", tt.later, tt.want, strings.TrimSpace(got))
		}
	}
}
