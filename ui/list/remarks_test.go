package list

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"creel/capture"
	"creel/capture/safe"
	"creel/forward"
	"creel/ui/theme"
)

func texts(ws []word) (out []string) {
	for _, w := range ws {
		out = append(out, w.text)
	}
	return out
}

// Each remark is made when there is reason to, the most urgent first.
func TestRemarks(t *testing.T) {
	yes := func(capture.ID) bool { return true }
	limit := func(p string) time.Duration { return map[string]time.Duration{"slack": 3 * time.Second}[p] }
	for want, tt := range map[string]struct {
		change func(*capture.Exchange)
		facts  Facts
	}{
		"": {func(*capture.Exchange) {}, Facts{}},
		"malformed incomplete truncated": {func(ex *capture.Exchange) {
			ex.Request.Malformed, ex.Request.Incomplete, ex.Request.Truncated = "x", true, true
		}, Facts{}},
		"BAD SIG":                      {func(ex *capture.Exchange) { ex.Signature.Verdict = capture.Invalid }, Facts{}},
		"STALE pending":                {func(ex *capture.Exchange) { ex.Signature.Verdict, ex.Pending = capture.Stale, []string{"x"} }, Facts{}},
		"draft":                        {func(*capture.Exchange) {}, Facts{Draft: yes}},
		"hang gone":                    {func(ex *capture.Exchange) { ex.Reply.Fault, ex.State = "hang", capture.StateGone }, Facts{}},
		"reset":                        {func(ex *capture.Exchange) { ex.Reply.Fault = "reset" }, Facts{}},
		"gone":                         {func(ex *capture.Exchange) { ex.State = capture.StateGone }, Facts{}},
		"interrupted":                  {func(ex *capture.Exchange) { ex.State = capture.StateInterrupted }, Facts{}},
		"imported":                     {func(ex *capture.Exchange) { ex.State = capture.StateImported }, Facts{}},
		"over 3s":                      {func(ex *capture.Exchange) { ex.Sender.Provider, ex.Reply.Took = "slack", 3*time.Second+1 }, Facts{Limit: limit}},
		"handshake out of order try 2": {func(ex *capture.Exchange) { ex.Handshake, ex.Sender.Late, ex.Sender.Try = "x", true, 2 }, Facts{}},
		"duplicate ana looks":          {func(*capture.Exchange) {}, Facts{Duplicate: func(*capture.Exchange) bool { return true }, Looks: func(capture.ID) string { return "ana" }}},
		"no secret":                    {func(ex *capture.Exchange) { ex.Signature.Verdict = capture.NoSecret }, Facts{}},
		"try 3":                        {func(ex *capture.Exchange) { ex.Signature.Verdict, ex.Sender.Try = capture.NoSecret, 3 }, Facts{}},
	} {
		ex := &capture.Exchange{ID: 1, State: capture.StateAnswered, Sender: capture.Sender{Try: 1}}
		tt.change(ex)
		if got := strings.Join(texts(rowWords(ex, &tt.facts)), " "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for provider, took := range map[string]time.Duration{"slack": 3 * time.Second, "other": time.Hour, "": time.Hour} {
		ex := &capture.Exchange{Sender: capture.Sender{Provider: provider}, Reply: capture.Reply{Took: took}}
		if got := texts(rowWords(ex, &Facts{Limit: limit, Looks: func(capture.ID) string { return "" }, Draft: func(capture.ID) bool { return false }})); len(got) > 0 {
			t.Errorf("%s, %v: %q", provider, took, got)
		}
	}
}

// What words need of a row: a light one stands for none alone, and leaves more of the text.
func TestWhatWordsNeed(t *testing.T) {
	for _, tt := range []struct {
		try              int
		verdict          capture.Verdict
		state            capture.State
		all, first, text int
	}{
		{1, "", capture.StateAnswered, 0, 0, leastText},
		{2, "", capture.StateAnswered, 5, 5, leastText},
		{1, capture.NoSecret, capture.StateAnswered, 9, 0, lightText},
		{1, capture.Invalid, capture.StateAnswered, 7, 7, leastText},
		{2, capture.Invalid, capture.StateAnswered, 13, 7, leastText},
		{1, "", capture.StateHeld, 10, 10, leastText},
	} {
		ex := &capture.Exchange{State: tt.state, Sender: capture.Sender{Try: tt.try}, Signature: capture.Signature{Verdict: tt.verdict}}
		if all, first, text := wordsNeed(ex, &Facts{}); all != tt.all || first != tt.first || text != tt.text {
			t.Errorf("%+v: %d, %d, %d", tt, all, first, text)
		}
	}
}

// A bar stands by the time where it is known what is usual. A note has what is left of the
// row, if that is worth it.
func TestBarsAndNotesHaveRoom(t *testing.T) {
	for _, known := range []bool{false, true} {
		l := newList(t)
		if known {
			l.Facts.Usual = func(capture.ID) time.Duration { return 10 * time.Millisecond }
		}
		l.SetSize(110, 12)
		l.SetRows(sample(), noon)
		if drawn := ansi.Strip(l.View(true, noon)); strings.ContainsAny(drawn, "▂▃▄▅▆▇█") != known {
			t.Errorf("known %v:\n%s", known, drawn)
		}
	}
	for room, want := range map[int]string{8: "", 9: " Anna a…", 30: " Anna asked"} {
		l := newList(t)
		row := l.Theme.NewRow(40, theme.Style{})
		(&drawing{l: l}).aside(row, room, safe.Line("Anna asked"))
		if got := ansi.Strip(row.Drawn()); got != want && room != 9 || room == 9 && !strings.HasPrefix(got, " Anna") {
			t.Errorf("%d cells: %q", room, got)
		}
	}
}

// An attempt under way is told after a moment, what is held at once; against its limit
// where that is known.
func TestWhatIsWaitedFor(t *testing.T) {
	to, err := forward.ParseURL("http://localhost:3000/x")
	if err != nil {
		t.Fatal(err)
	}
	under := func(waited time.Duration, ok bool) func(capture.ID) (forward.InFlight, bool) {
		return func(capture.ID) (forward.InFlight, bool) {
			return forward.InFlight{Since: noon.Add(-waited), To: to}, ok
		}
	}
	ex := &capture.Exchange{ID: 1, At: noon.Add(-1500 * time.Millisecond), State: capture.StateWaiting, Sender: capture.Sender{Provider: "slack"}}
	for _, tt := range []struct {
		f    Facts
		want []string
	}{
		{Facts{}, nil},
		{Facts{InFlight: under(time.Second, false)}, nil},
		{Facts{InFlight: under(flightDelay-1, true)}, nil},
		{Facts{InFlight: under(flightDelay, true)}, []string{"> :3000 since 0 s", "> :3000 0 s", "> :3000", ">"}},
		{Facts{InFlight: under(1999*time.Millisecond, true)}, []string{"> :3000 since 1 s", "> :3000 1 s", "> :3000", ">"}},
	} {
		if got := texts(waitingWords(ex, &tt.f, ">", noon)); !slices.Equal(got, tt.want) {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	held := *ex
	held.State = capture.StateHeld
	for limit, want := range map[time.Duration][]string{0: {"held 1.5s", "held"}, 2500 * time.Millisecond: {"held 1.5 of 2.5 s", "held 1.5s", "held"}} {
		f := Facts{Limit: func(string) time.Duration { return limit }, InFlight: under(time.Hour, true)}
		if got := texts(waitingWords(&held, &f, ">", noon)); !slices.Equal(got, want) {
			t.Errorf("held, limit %v: %q, want %q", limit, got, want)
		}
	}
	for waited, want := range map[time.Duration]string{-time.Second: "held 0.0s", 0: "held 0.0s", 100 * time.Millisecond: "held 0.1s"} { // or the clock was set back
		if got := texts(waitingWords(&held, &Facts{}, ">", held.At.Add(waited))); got[0] != want {
			t.Errorf("held for %v: %q, want %q", waited, got[0], want)
		}
	}
}

// The outcome is what the sender got, and what the newest attempt gave where that differs;
// the time is that of the last of them.
func TestOutcomes(t *testing.T) {
	attempt := func(status int, cause capture.Cause) []*capture.Attempt {
		return []*capture.Attempt{{Took: 9, Reply: capture.Reply{Status: 999}}, {Took: 5, Cause: cause, Reply: capture.Reply{Status: status}}}
	}
	for _, tt := range []struct {
		state    capture.State
		status   int
		attempts []*capture.Attempt
		want     string
		took     time.Duration
		ok       bool
	}{
		{capture.StateAnswered, 200, nil, "200", 3, true},
		{capture.StateAnswered, 200, attempt(200, ""), "200", 3, true},
		{capture.StateAnswered, 200, attempt(500, ""), "200 → 500", 5, true},
		{capture.StateAnswered, 200, attempt(200, "reset"), "200 → reset", 5, true},
		{capture.StateGone, 0, nil, "  —", 3, false},
		{capture.StateWaiting, 0, nil, "···", 3, false},
		{capture.StateHeld, 0, attempt(200, ""), "··· → 200", 5, true},
	} {
		l := newList(t)
		ex := &capture.Exchange{State: tt.state, Reply: capture.Reply{Status: tt.status, Took: 3}, Attempts: tt.attempts}
		row := l.Theme.NewRow(20, theme.Style{})
		drawOutcome(&drawing{l: l, ex: ex}, row, 20)
		if got := ansi.Strip(row.Drawn()); got != tt.want || outcomeWidth(ex) != ansi.StringWidth(tt.want) {
			t.Errorf("%v %d: %q in %d cells, want %q", tt.state, tt.status, got, outcomeWidth(ex), tt.want)
		}
		if took, ok := lastTook(ex); took != tt.took || ok != tt.ok {
			t.Errorf("%s took %d %v", tt.want, took, ok)
		}
	}
}

// What is in sight moves by lines and stays within the rows; only at the end arrivals move
// the selection still.
func TestScrolling(t *testing.T) {
	l := newList(t)
	l.First = 407
	l.SetSize(80, 4)
	l.SetRows(sample(), noon)
	if l.Page() != 3 || l.top != 6 {
		t.Errorf("a page of %d, the top is %d", l.Page(), l.top)
	}
	for _, tt := range []struct {
		by, top int
		follow  bool
	}{{0, 6, true}, {5, 6, true}, {-1, 5, false}, {-100, 0, false}, {2, 2, false}, {100, 6, false}} {
		if l.Scroll(tt.by); l.top != tt.top || l.Follow() != tt.follow {
			t.Errorf("by %d: the top is %d, follows %v", tt.by, l.top, l.Follow())
		}
	}
	if l.ResumeFollow(); !l.Follow() {
		t.Error("the newest is selected, and it does not follow")
	}
	l.Select(410)
	if l.ResumeFollow(); l.Follow() {
		t.Error("it follows with an older one selected")
	}
	if l.Select(9) || l.Selected().ID != 410 {
		t.Error("what is in no row was selected")
	}
	l.SetSize(80, 1)
	if l.Page() != 1 {
		t.Errorf("a page of %d", l.Page())
	}
}

// Of several jumps the first one counts that was a moment ago, if its row is there still.
func TestActingAfterSeveralJumps(t *testing.T) {
	l, rows := newList(t), sample()
	l.SetSize(80, 4)
	l.SetRows(rows[:1], noon)
	l.SetRows(rows[:2], noon)
	l.SetRows(rows[:3], noon.Add(300*time.Millisecond))
	for after, want := range map[time.Duration]capture.ID{300: 407, 399: 407, 400: 408, 699: 408, 700: 409} {
		if got := l.Acting(noon.Add(after * time.Millisecond)); got.ID != want {
			t.Errorf("after %d ms: %v, want %v", after, got.ID, want)
		}
	}
	l.SetRows(rows[1:3], noon.Add(310*time.Millisecond))
	if got := l.Acting(noon.Add(320 * time.Millisecond)); got.ID != 408 {
		t.Errorf("the first one is gone: %v", got.ID)
	}
}
