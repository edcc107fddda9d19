package list

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/golden"
	"creel/capture/safe"
	"creel/forward"
	"creel/ui/theme"
)

// TestScenes moves in a list, lets it grow and shrink, and makes it narrower: what
// is seen of it, in the 16 colours of a terminal and in more, is as it was.
func TestScenes(t *testing.T) {
	th, err := theme.New(theme.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var s golden.Script
	var l *List
	now := noon.Add(20 * time.Second)
	begin := func(what string, w, h int) {
		s.Begin("%s, %d by %d", what, w, h)
		l = newList(t)
		l.Theme = th
		l.SetSize(w, h)
	}
	look := func(format string, args ...any) {
		s.Step(format, args...)
		sel := "nothing"
		if ex := l.Selected(); ex != nil {
			sel = ex.ID.String()
		}
		acts := "nothing"
		if ex := l.Acting(now); ex != nil {
			acts = ex.ID.String()
		}
		s.See(l.View(true, now), fmt.Sprintf("%s is selected, keys mean %s, line %d, follow %v, %d unseen, page %d", sel, acts, l.Line(), l.Follow(), l.Unseen(), l.Page()))
	}
	rows := sample()
	do := func(name string, f func()) { f(); look("%s", name) }

	begin("moved", 80, 5)
	l.Empty = []safe.Text{safe.Const("first line"), safe.Const("second line")}
	look("empty")
	for n := 1; n <= 4; n++ {
		do(fmt.Sprintf("%d rows", n), func() { l.SetRows(rows[:n], now) })
	}
	do("settled", l.KeepSelection)
	do("up", func() { l.Move(-1) })
	do("all rows", func() { now = now.Add(time.Second); l.SetRows(rows, now) })
	for _, by := range []int{-1, -1, -1, 1, 2, 99, -99} {
		do(fmt.Sprintf("move %d", by), func() { l.Move(by) })
	}
	do("last", l.MoveLast)
	do("first", func() { l.Move(-l.Len()) })
	for _, by := range []int{1, 3, 99, -1, -99} {
		do(fmt.Sprintf("scroll %d", by), func() { l.Scroll(by) })
	}
	for _, id := range []capture.ID{412, 99, 416} {
		do(fmt.Sprintf("select %d: %v", id, l.Select(id)), func() { l.Select(id) })
	}
	do("fewer rows", func() { l.SetRows(rows[:6], now) })
	do("all again", func() { l.SetRows(rows, now) })
	do("none", func() { l.SetRows(nil, now) })
	do("all once more", func() { l.SetRows(rows, now) })
	do("follow ends", l.EndFollow)
	do("higher", func() { l.SetSize(80, 14) })
	for line := -1; line < 15; line++ {
		if ex := l.At(line); ex != nil {
			s.Say("line %d: %s", line, ex.ID)
		}
	}
	do("lower", func() { l.SetSize(80, 1) })
	do("no room", func() { l.SetSize(80, 0) })

	begin("an arrival", 60, 5)
	l.SetRows(rows[:4], now)
	for _, after := range []time.Duration{0, 200, 199, 1, 400, 401} {
		now = now.Add(after * time.Millisecond)
		do(fmt.Sprintf("after %v", after*time.Millisecond), func() {
			if after == 200 {
				l.SetRows(rows[:6], now)
			}
		})
	}
	begin("all of another run", 60, 5)
	l.First = 500
	do("rows", func() { l.SetRows(rows[:4], now) })
	l.First = 407
	do("of this run", func() { l.SetRows(rows[:4], now) })

	begin("the rule is below the last row", 60, 4)
	l.First = 500
	for n := 3; n <= 6; n++ {
		do(fmt.Sprintf("%d rows", n), func() { l.SetRows(rows[:n], now) })
	}
	l.First = 0
	do("none of this run yet", func() { l.SetRows(rows[:5], now) })
	begin("scrolled away", 60, 4)
	l.SetRows(rows[:7], now)
	do("scroll -1", func() { l.Scroll(-1) })
	do("an arrival", func() { l.SetRows(rows[:8], now) })
	do("scroll 9", func() { l.Scroll(9) })
	do("another one", func() { l.SetRows(rows[:9], now) })

	facts := remarked()
	for _, w := range []int{160, 120, 100, 80, 64, 50, 40, 30, 16, 6, 1, 0} {
		begin("columns", w, len(facts)+2)
		l.Facts = remarks(t)
		l.Relative = w%20 == 0
		l.SetRows(facts, now)
		l.Select(5)
		look("marked rows")
		for _, n := range []int{3, 8} {
			do(fmt.Sprintf("%d of them", n), func() { l.SetRows(facts[:n], now) })
		}
	}
	begin("in colour", 120, len(facts)+2)
	l.Theme = newList(t).Theme
	l.Facts = remarks(t)
	do("marked rows", func() { l.SetRows(facts, now) })
	golden.File(t, "scenes.txt", s.String())
}

// remarks are facts about some of the exchanges of remarked.
func remarks(t testing.TB) Facts {
	is := func(ids ...capture.ID) func(capture.ID) bool {
		return func(id capture.ID) bool {
			return slices.Contains(ids, id)
		}
	}
	to, err := forward.ParseURL("http://localhost:3000/a")
	if err != nil {
		t.Fatal(err)
	}
	return Facts{
		Unread: is(2, 5), Marked: is(3, 5), Draft: is(4),
		Duplicate: func(ex *capture.Exchange) bool { return ex.ID == 6 },
		Limit:     func(string) time.Duration { return 3 * time.Second },
		InFlight: func(id capture.ID) (forward.InFlight, bool) {
			since := map[capture.ID]time.Duration{7: flightDelay - 1, 8: flightDelay, 9: 2 * time.Second}[id]
			return forward.InFlight{ID: id, To: to, Since: noon.Add(23*time.Second + 1001*time.Millisecond - since - 200*time.Millisecond)}, since > 0
		},
		Hint: func(ex *capture.Exchange) safe.Text {
			if ex.ID == 10 {
				return safe.Const("hit: the word")
			}
			return safe.Text{}
		},
	}
}

// remarked are exchanges of which there is something to say.
func remarked() (list []*capture.Exchange) {
	add := func(change func(*capture.Exchange)) {
		n := len(list) + 1
		ex := &capture.Exchange{
			ID: capture.ID(n), At: noon.Add(time.Duration(n) * time.Second), State: capture.StateAnswered, Sender: capture.Sender{Provider: "stripe", Event: "invoice.paid", Try: 1},
			Request: capture.Request{Method: "POST", Target: "/hooks/stripe?x=1"}, Reply: capture.Reply{Status: 200, Took: 12 * time.Millisecond},
		}
		change(ex)
		list = append(list, ex)
	}
	for _, change := range []func(*capture.Exchange){
		func(ex *capture.Exchange) {
			ex.Request.Malformed, ex.Request.Method, ex.Request.Target = "a bare CR", "", ""
		},
		func(ex *capture.Exchange) { ex.Request.Incomplete, ex.Signature.Verdict = true, capture.Invalid },
		func(ex *capture.Exchange) { ex.Request.Truncated, ex.Signature.Verdict = true, capture.Stale },
		func(ex *capture.Exchange) { ex.Pending = []string{"http://a/"} },
		func(ex *capture.Exchange) { ex.State, ex.Reply = capture.StateHeld, capture.Reply{} },
		func(ex *capture.Exchange) { ex.Sender.Try, ex.Reply.Status = 3, 500 },
		func(ex *capture.Exchange) { ex.Reply.Fault, ex.State = "reset", capture.StateGone },
		func(ex *capture.Exchange) { ex.State = capture.StateGone },
		func(ex *capture.Exchange) { ex.State = capture.StateInterrupted },
		func(ex *capture.Exchange) { ex.Handshake, ex.Signature.Verdict = "stripe hello", capture.NoSecret },
		func(ex *capture.Exchange) { ex.Signature.Verdict, ex.Sender.Late = capture.NoSecret, true },
		func(ex *capture.Exchange) { ex.Reply.Took = 3 * time.Second },
		func(ex *capture.Exchange) { ex.Reply.Took = 3001 * time.Millisecond },
		func(ex *capture.Exchange) {
			ex.State, ex.Reply, ex.Sender = capture.StateHeld, capture.Reply{}, capture.Sender{}
		},
		func(ex *capture.Exchange) {
			ex.Pinned, ex.Note, ex.Reply.Status = true, strings.Repeat("a long note ", 6), 404
		},
		func(ex *capture.Exchange) { ex.Attempts = []*capture.Attempt{{N: 1, Cause: capture.CauseTimeout}} },
		func(ex *capture.Exchange) {
			ex.Attempts = []*capture.Attempt{{N: 1, Reply: capture.Reply{Status: 302}, Took: time.Minute}, {N: 2, Reply: capture.Reply{Status: 503}, Took: time.Second}}
		},
		func(ex *capture.Exchange) {
			ex.Sender, ex.Request.Target, ex.Reply.Status = capture.Sender{}, "/"+strings.Repeat("long/", 30)+"end", 301
		},
		func(ex *capture.Exchange) {
			ex.Sender = capture.Sender{Provider: "a-provider-with-a-name", Event: "an.event.with.a.name.that.is.long.and.longer.still"}
		},
		func(ex *capture.Exchange) { ex.Request.Method, ex.Note, ex.Sender.Event = "PROPFIND", "short", "" },
	} {
		add(change)
	}
	return list
}
