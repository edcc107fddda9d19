package compare

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"creel/capture"
	"creel/ui/theme"
	"creel/ui/uitest/keys"
)

// What came later is what is new, whichever of the two was selected.
func TestOrderOfAPair(t *testing.T) {
	a, b := exchange(1, "/a", "x", "1"), exchange(2, "/b", "x", "2")
	for _, pair := range [][2]*capture.Exchange{{a, b}, {b, a}} {
		if got := ansi.Strip(opened(t, pair[0], pair[1], nil, 80, 20).View()); !strings.Contains(got, "/a → /b") {
			t.Errorf("%v with %v:\n%s", pair[0].ID, pair[1].ID, got)
		}
	}
}

// The keys for it go to the next older and newer one, one at a time, and stop at the ends.
func TestStepsOfOne(t *testing.T) {
	var all []*capture.Exchange
	for id := range capture.ID(5) {
		all = append(all, exchange(id+1, fmt.Sprintf("/%d", id+1), "x", "x"))
	}
	p := opened(t, all[4], all[3], all[:4], 80, 20)
	for _, step := range []struct{ key, want string }{
		{"[", "3 of 4"}, {"[", "2 of 4"}, {"]", "3 of 4"}, {"[", "2 of 4"}, {"[", "1 of 4"}, {"[", "1 of 4"}, {"]", "2 of 4"}, {"]", "3 of 4"}, {"]", "4 of 4"}, {"]", "4 of 4"},
	} {
		cmd, _ := p.Update(keys.Press(step.key))
		drain(p, cmd)
		if got := ansi.Strip(p.View()); !strings.Contains(got, step.want) || !strings.Contains(got, "/"+step.want[:1]+" → /5") {
			t.Errorf("%s leads to\n%s\nwant %s", step.key, got, step.want)
		}
	}
}

// unreadable has a body that was evicted.
type unreadable struct{}

func (unreadable) Body(context.Context, capture.BodyRef) ([]byte, error) {
	return nil, capture.ErrEvicted
}

// While two are compared the pane says so, and an error is shown in place of a result.
func TestWhileComparing(t *testing.T) {
	th, err := theme.New(theme.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lost := exchange(2, "/b", "x", "")
	lost.Request.Body = capture.StoredBody(unreadable{}, 1, 10)
	p, cmd := New(t.Context(), th, exchange(1, "/a", "x", "1"), lost, nil)
	p.SetSize(80, 10)
	if got := ansi.Strip(p.View()); !strings.Contains(got, "comparing") {
		t.Errorf("nothing says what is waited for:\n%s", got)
	}
	drain(p, cmd)
	if got := ansi.Strip(p.View()); strings.Contains(got, "comparing") || !strings.Contains(got, "no longer in the history") {
		t.Errorf("no error:\n%s", got)
	}
}

// The lines go up and down by one, by a page and by half of one, by the wheel, and to both
// ends; no further.
func TestPaneScrolls(t *testing.T) {
	var body strings.Builder
	for i := range 50 {
		fmt.Fprintf(&body, "line %d\n", i)
	}
	const h = 14 + headLines
	p := opened(t, exchange(2, "/", "text/plain", body.String()), exchange(1, "/", "text/plain", "x\n"), nil, 80, h)
	last := len(p.lines) - 14
	if last < 30 {
		t.Fatalf("%d lines", len(p.lines))
	}
	for _, step := range []struct {
		by   any
		want int
	}{
		{"k", 0},
		{"j", 1},
		{"down", 2},
		{"up", 1},
		{"ctrl+d", 8},
		{"ctrl+u", 1},
		{"pgdown", 15},
		{"pgup", 1},
		{tea.MouseWheelDown, 4},
		{tea.MouseWheelUp, 1},
		{"G", last},
		{"j", last},
		{"k", last - 1},
		{tea.MouseWheelDown, last},
		{"g", 0},
		{tea.MouseWheelUp, 0},
	} {
		if button, ok := step.by.(tea.MouseButton); ok {
			p.Update(tea.MouseWheelMsg{Button: button})
		} else {
			p.Update(keys.Press(step.by.(string)))
		}
		if p.top != step.want {
			t.Errorf("%v: the first line is %d, want %d", step.by, p.top, step.want)
		}
	}
	p.Update(keys.Press("G"))
	p.Update(tea.WindowSizeMsg{Width: 80, Height: h + 3})
	if p.top != last-3 {
		t.Errorf("on a higher screen the first line is %d, want %d", p.top, last-3)
	}
	if n := len(p.Keys()); n != 3 {
		t.Errorf("%d keys", n)
	}
	p.SetSize(80, len(p.lines)+headLines)
	if n := len(p.Keys()); n != 1 || p.top != 0 {
		t.Errorf("all is in sight: %d keys, the first line is %d", n, p.top)
	}
}

// Of long values, what is the same at the beginning is left out but for a few characters,
// and never a part of one.
func TestCutValues(t *testing.T) {
	same, x := strings.Repeat("s", 4*before), strings.Repeat("x", 4*before)
	for _, tt := range []struct{ old, new, from, to string }{
		{"a", "b", "a", "b"},
		{same, same + "b", "…" + same[:before], "…" + same[:before] + "b"},
		{same + "b", same, "…" + same[:before] + "b", "…" + same[:before]},
		{same[1:] + "a", same[1:] + "b", same[1:] + "a", same[1:] + "b"},
		{same + "a", same + "b", "…" + same[:before] + "a", "…" + same[:before] + "b"},
		{x, same, x, same},
		{same + "a", "", same + "a", ""},
		{same + "世" + same[:before-1] + "a", same + "世" + same[:before-1] + "b", "…世" + same[:before-1] + "a", "…世" + same[:before-1] + "b"},
		{same[:2*before] + x, same[:2*before] + "b", "…" + same[:before] + x, "…" + same[:before] + "b"},
		{same[:2*before-1] + x, same[:2*before-1] + "b", same[:2*before-1] + x, same[:2*before-1] + "b"},
	} {
		from, to := cut(tt.old, tt.new)
		if from.String() != tt.from || to.String() != tt.to {
			t.Errorf("%s, %s: %s, %s; want %s, %s", tt.old, tt.new, from, to, tt.from, tt.to)
		}
	}
	long := strings.Repeat("l", shown)
	for text, want := range map[string]string{long: long, long + "l": long + "… 1 bytes more"} {
		if got := window(text, 0).String(); got != want {
			t.Errorf("%d bytes: %s", len(text), got)
		}
	}
}

// What a response is where it is no usual one: of too many lines the first, of one that was cut
// the beginning, and of one that is not there any more why.
func TestOtherResponses(t *testing.T) {
	th, err := theme.New(theme.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lines := func(n int) capture.Body { return capture.NewBody([]byte(strings.Repeat("x\n", n-1) + "x")) }
	for _, tt := range []struct {
		name      string
		was, is   capture.Attempt
		want, not string
	}{
		{"as many lines as are shown", capture.Attempt{Reply: capture.Reply{Body: lines(maxLines)}}, capture.Attempt{}, "x", "more lines"},
		{"a line more", capture.Attempt{Reply: capture.Reply{Body: lines(maxLines + 1)}}, capture.Attempt{}, "1 more lines", "--max-answer"},
		{"cut", capture.Attempt{Truncated: true, Reply: capture.Reply{Body: lines(1)}}, capture.Attempt{}, "larger than --max-answer", "more lines"},
		{"the same", capture.Attempt{Took: time.Second, Reply: capture.Reply{Body: lines(1)}}, capture.Attempt{Took: 2 * time.Second, Reply: capture.Reply{Body: lines(1)}}, "the same  1.0 s", "│"},
		{"the old one is lost", capture.Attempt{Reply: capture.Reply{Body: capture.StoredBody(unreadable{}, 1, 10)}}, capture.Attempt{}, "read the response of attempt 1", "Response"},
		{"the new one is lost", capture.Attempt{}, capture.Attempt{Reply: capture.Reply{Body: capture.StoredBody(unreadable{}, 1, 10)}}, "read the response of attempt 2", "Response"},
	} {
		ex := exchange(1, "/", "x", "")
		tt.was.N, tt.is.N = 1, 2
		ex.Attempts = []*capture.Attempt{&tt.was, &tt.is}
		p, cmd := NewAttempts(t.Context(), th, ex, 2)
		p.SetSize(160, 3000)
		drain(p, cmd)
		if got := ansi.Strip(p.View()); !strings.Contains(got, tt.want) || strings.Contains(got, tt.not) {
			t.Errorf("%s:\n%s", tt.name, strings.TrimSpace(got[:min(len(got), 2000)]))
		}
	}
}

// The keys for an older and a newer one are offered where there is one.
func TestKeysForOthers(t *testing.T) {
	a, b, c := exchange(1, "/", "x", "1"), exchange(2, "/", "x", "2"), exchange(3, "/", "x", "3")
	for n, further := range [][]*capture.Exchange{{b}, {a, b}} {
		if got := len(opened(t, c, b, further, 80, 40).Keys()); got != 1+2*n {
			t.Errorf("with %d others: %d keys", n+1, got)
		}
	}
	p := opened(t, b, a, nil, 0, 0)
	if p.View() != "" {
		t.Errorf("without room: %q", p.View())
	}
}
