package overlay

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"creel/capture"
	"creel/capture/safe"
	"creel/forward"
)

func parseURL(t testing.TB, s string) forward.URL {
	t.Helper()
	u, err := forward.ParseURL(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// given presses keys and types what is no key, and returns the last message.
func given(o Overlay, keys ...string) (last tea.Msg, done bool) {
	special := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "down": tea.KeyDown, "up": tea.KeyUp, "tab": tea.KeyTab, "space": tea.KeySpace}
	for _, k := range keys {
		msgs := []tea.KeyPressMsg{{Code: special[k]}}
		if special[k] == 0 {
			msgs = nil
			for _, r := range k {
				msgs = append(msgs, tea.KeyPressMsg{Code: r, Text: string(r)})
			}
		}
		if k == "ctrl+u" {
			msgs = []tea.KeyPressMsg{{Code: 'u', Mod: tea.ModCtrl}}
		}
		for _, m := range msgs {
			var cmd tea.Cmd
			if cmd, done = o.Update(m); cmd != nil {
				last = cmd()
			}
		}
	}
	return last, done
}

func drawn(o Overlay, w, h int) string { return ansi.Strip(o.View(w, h).Content) }

func TestForward(t *testing.T) {
	used := []string{"http://localhost:3000/hooks", "https://example.com"}
	own := func(u forward.URL) error {
		if u.Host == "localhost:4665" {
			return errors.New("that is creel's own address")
		}
		return nil
	}
	f := NewForward(testTheme(t), safe.Const("forward #412 to"), "send", "/stripe?x=%2F", used, own, with[forward.URL])
	given(f, "4000/api*")
	want := `╭─ forward #412 to ────────────────────────────────────────────╮
│ 4000/api*                                                    │
│ → http://localhost:4000/api/stripe?x=%2F                     │
╰──────────────────────────────────────────────────────────────╯`
	if diff := cmp.Diff(want, drawn(f, 80, 24)); diff != "" {
		t.Error(diff)
	}
	if msg, done := given(f, "enter"); msg != tea.Msg(parseURL(t, "4000/api*")) || !done {
		t.Errorf("%+v", msg)
	}
	if msg, _ := given(f, "ctrl+u", "4665", "enter"); msg != nil || !strings.Contains(drawn(f, 80, 24), "creel's own") {
		t.Error(msg, drawn(f, 80, 24))
	}
	if msg, _ := given(f, "ctrl+u", "down", "down", "enter"); msg != tea.Msg(parseURL(t, used[1])) {
		t.Errorf("%+v", msg)
	}
	given(f, "up", "tab", "2")
	if f.field.Value() != used[0]+"2" {
		t.Error(f.field.Value())
	}
}

func TestTargets(t *testing.T) {
	now := time.Unix(1000, 0)
	list := []forward.Status{
		{Target: forward.Target{URL: parseURL(t, "3000")}, Health: forward.HealthUp},
		{Target: forward.Target{URL: parseURL(t, "4000/x*"), Path: "/github", StripPrefix: true, Insecure: true}, Health: forward.HealthDown, Since: now.Add(-2 * time.Minute), Cause: capture.CauseRefused, Pending: 7},
	}
	var set []forward.Target
	d := NewTargets(testTheme(t), TargetsSpec{Look: func() []forward.Status { return list }, Now: func() time.Time { return now }, Captured: "/github/a", Set: func(l []forward.Target) { set = l }})
	given(d, "down")
	want := `╭─ targets: where requests are forwarded ──────────────────────────────────────╮
│   every path         → :3000                                            ● up │
│ ▌ /github            → :4000/x*                         ○ down 2m, 7 pending │
│                                                                              │
│ /github/a → http://localhost:4000/x/a                                        │
│ down: refused · /github is taken off · takes any certificate                 │
╰──────────────────────────────────────────────────────────────────────────────╯`
	if diff := cmp.Diff(want, drawn(d, 80, 24)); diff != "" {
		t.Error(diff)
	}
	specs := func(list []forward.Target) string {
		var out []string
		for _, t := range list {
			s := t.Spec()
			if t.Disabled {
				s += " off"
			}
			out = append(out, s)
		}
		return strings.Join(out, ", ")
	}
	for _, c := range []struct {
		keys []string
		want string
	}{
		{[]string{"space"}, "http://localhost:3000, /github=http://localhost:4000/x* off"},
		{[]string{"K"}, "/github=http://localhost:4000/x*, http://localhost:3000"},
		{[]string{"down", "d"}, "http://localhost:3000"},
		{[]string{"n", "/a=5000", "enter"}, "http://localhost:3000, /github=http://localhost:4000/x*, /a=http://localhost:5000"},
		{[]string{"up", "up", "enter", "ctrl+u", "9", "enter"}, "http://localhost:9, /github=http://localhost:4000/x*"},
	} {
		set = nil
		if _, done := given(d, c.keys...); done {
			t.Errorf("%v: closed", c.keys)
		}
		if got := specs(set); got != c.want {
			t.Errorf("%v: %s, want %s", c.keys, got, c.want)
		}
	}
	set = nil
	if given(d, "n", "3000", "enter"); set != nil {
		t.Error("the same target twice")
	}
}

func TestTargetsWithoutAny(t *testing.T) {
	var set []forward.Target
	d := NewTargets(testTheme(t), TargetsSpec{Look: func() []forward.Status { return nil }, Now: time.Now, Set: func(l []forward.Target) { set = l }})
	if given(d, "3000", "enter"); len(set) != 1 || set[0].Spec() != "http://localhost:3000" {
		t.Errorf("%+v", set)
	}
}

func TestRepeat(t *testing.T) {
	canceled := 0
	r := NewRepeat(testTheme(t), RepeatSpec{What: safe.Const("#412 → :3000/stripe"), Runs: 1, Start: with[RepeatPlan], Cancel: func() { canceled++ }})
	want := `╭─ repeat #412 → :3000/stripe ─────────────────────────────╮
│ Times    2                                               │
│ At once  1                                               │
│ Delay    none; 200ms between two                         │
│                                                          │
│ sends 2 requests                                         │
╰──────────────────────────────────────────────────────────╯`
	if diff := cmp.Diff(want, drawn(r, 80, 24)); diff != "" {
		t.Error(diff)
	}
	if msg, _ := given(r, "ctrl+u", "0", "enter"); msg != nil {
		t.Errorf("%+v", msg)
	}
	msg, _ := given(r, "ctrl+u", "200", "tab", "ctrl+u", "8", "tab", "5ms", "enter")
	if diff := cmp.Diff(tea.Msg(RepeatPlan{Times: 200, Concurrency: 8, Delay: 5 * time.Millisecond}), msg, cmpopts.EquateComparable()); diff != "" {
		t.Error(diff)
	}
	r.Progress(forward.Histogram{
		Total: 200, Done: 100, Sent: 99, Failed: 10, Took: 2 * time.Second, P50: 12 * time.Millisecond, P95: 1500 * time.Microsecond, Max: 2 * time.Second,
		Buckets: []forward.Bucket{{Name: "200", Count: 90}, {Name: "503", Count: 9}, {Name: "refused", Count: 1}},
	})
	want = `╭─ repeat #412 → :3000/stripe ─────────────────────────────╮
│ 99 of 200 sent, 10 failed, 2.0 s, 50/s                   │
│ ████████████████████████████····························  │
│                                                          │
│ 200      ██████████████████████████████████····       90 │
│ 503      ███···································        9 │
│ refused  █·····································        1 │
│                                                          │
│ p50 12 ms   p95 1.5 ms   max 2.0 s                       │
╰──────────────────────────────────────────────────────────╯`
	want = strings.Replace(want, "····  │", "···· │", 1)
	if diff := cmp.Diff(want, drawn(r, 80, 24)); diff != "" {
		t.Error(diff)
	}
	if _, done := given(r, "esc", "esc"); canceled != 1 || done {
		t.Errorf("canceled %d times, closed %v", canceled, done)
	}
	r.Progress(forward.Histogram{Total: 200, Done: 101, Sent: 101, Ended: true})
	if !strings.Contains(drawn(r, 80, 24), "canceled: 101 of 200 sent") {
		t.Error(drawn(r, 80, 24))
	}
	if _, done := given(r, "esc"); !done {
		t.Error("does not close")
	}
}

// Whatever is pressed at whatever size, the dialogs fit the screen and all their
// lines are equally wide.
func TestSendingDialogsFit(t *testing.T) {
	now := time.Unix(1000, 0)
	list := []forward.Status{{Target: forward.Target{URL: parseURL(t, "3000")}}, {Target: forward.Target{Name: strings.Repeat("世界", 40), Path: "/" + strings.Repeat("x", 90), URL: parseURL(t, "4000")}, Health: forward.HealthDown}}
	keys := strings.Fields("j k n e d J K o i s enter esc space tab down up a 3 / = x : R")
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		set := list
		put := func(list []forward.Target) {
			set = nil
			for _, t := range list {
				set = append(set, forward.Status{Target: t})
			}
		}
		for _, o := range []Overlay{
			NewForward(testTheme(t), safe.Const("forward"), "send", "/x", []string{"http://h/" + strings.Repeat("世", 60), "3000"}, nil, with[forward.URL]),
			NewTargets(testTheme(t), TargetsSpec{Look: func() []forward.Status { return set }, Now: func() time.Time { return now }, Set: put}),
			NewRepeat(testTheme(t), RepeatSpec{What: safe.Const("#1"), Runs: 1 + int(seed%2), Start: with[RepeatPlan], Cancel: func() {}}),
		} {
			for range 40 {
				w, h := 20+r.IntN(100), 5+r.IntN(40)
				checkFits(t, o, w, h)
				given(o, keys[r.IntN(len(keys))])
				if o, ok := o.(*Repeat); ok && r.IntN(9) == 0 {
					o.Progress(forward.Histogram{Total: 9, Done: r.IntN(9), Ended: r.IntN(2) == 0, Max: 1, Buckets: []forward.Bucket{{Name: "200", Count: 3}, {Name: "canceled", Count: 1}}})
				}
			}
		}
	}
}

func checkFits(t *testing.T, o Overlay, w, h int) {
	t.Helper()
	f := o.View(w, h)
	lines := strings.Split(f.Content, "\n")
	if len(lines) > h {
		t.Fatalf("%T: %d lines at %dx%d", o, len(lines), w, h)
	}
	for _, l := range lines {
		if n := ansi.StringWidth(l); n > w || n != ansi.StringWidth(lines[0]) {
			t.Fatalf("%T: a line of %d cells at %dx%d:\n%s", o, n, w, h, ansi.Strip(f.Content))
		}
	}
	if c := f.Cursor; c != nil && (c.X >= w || c.Y >= len(lines)) {
		t.Fatalf("%T: cursor at %d,%d at %dx%d", o, c.X, c.Y, w, h)
	}
}

// However many kinds of results there are and however little room: each has its line, or
// is counted by the last one.
func TestHistogramsCountAll(t *testing.T) {
	for n := range 8 {
		for h := 4; h < 16; h++ {
			p := new(forward.Histogram)
			for i := range n {
				p.Buckets = append(p.Buckets, forward.Bucket{Name: fmt.Sprint("kind", i), Count: 1})
			}
			r := NewRepeat(theme16(t), RepeatSpec{Runs: 1})
			r.shown = p
			lines := r.histogram(60, h)
			text := ansi.Strip(strings.Join(lines, "\n"))
			shown := strings.Count(text, "kind")
			left := n - shown
			if more := fmt.Sprintf("and %d more", left); strings.Contains(text, "more") != (left > 0) || left > 0 && !strings.Contains(text, more) || left == 1 {
				t.Errorf("%d kinds, height %d: %d are shown:\n%s", n, h, shown, text)
			}
			if most := max(h, 6); len(lines) > most {
				t.Errorf("%d kinds, height %d: %d lines", n, h, len(lines))
			}
		}
	}
}
