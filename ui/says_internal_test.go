package ui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/capture/safe"
	"creel/forward"
	"creel/ui/compose"
)

var midday = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// newModel is a screen of some size over these requests.
func newModel(t *testing.T, d Deps, rows ...*capture.Exchange) *Model {
	t.Helper()
	r := ring.New(capture.Bounds{})
	for _, ex := range rows {
		if _, err := r.Submit(ex).Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	d.Ring, d.Log, d.Now = r, &Log{}, func() time.Time { return midday }
	if d.Environ == nil {
		d.Environ = []string{}
	}
	m := New(t.Context(), d)
	m.resize(120, 40)
	return m
}

func parseURL(t *testing.T, text string) forward.URL {
	t.Helper()
	u, err := forward.ParseURL(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func strs[T fmt.Stringer](list []T) (out []string) {
	for _, s := range list {
		out = append(out, s.String())
	}
	return out
}

// What would be cut short is counted, each kind in a line, one of it in the singular.
func TestWhatQuittingCutsShort(t *testing.T) {
	held := func(n int) func(*Model) { return func(m *Model) { m.facts.held = make([]reply.Held, n) } }
	flying := func(n int) func(*Model) {
		return func(m *Model) {
			for i := range n {
				m.inFlight[capture.ID(i+1)] = 1
			}
		}
	}
	drafts := func(ids ...capture.ID) func(*Model) {
		return func(m *Model) {
			for _, id := range ids {
				c := compose.New(compose.Spec{Theme: m.theme, Exchange: &capture.Exchange{ID: id, Request: capture.Request{Method: "GET", Target: "/"}}})
				c.SetSize(80, 24)
				c.Update(tea.KeyPressMsg{Code: 'x', Text: "x"})
				m.drafts[id] = c
			}
		}
	}
	other := &Attached{Lost: func() (time.Time, error) { return midday, nil }}
	attached := Config{History: "h", Attached: other}
	for _, tt := range []struct {
		config Config
		is     func(*Model)
		want   []string
	}{
		{Config{History: "h"}, func(*Model) {}, nil},
		{Config{History: "h"}, held(1), []string{"1 sender is held and waits for your reply"}},
		{Config{History: "h"}, held(2), []string{"2 senders are held and wait for your reply"}},
		{attached, held(2), nil},
		{Config{History: "h"}, flying(1), []string{"1 attempt is in flight"}},
		{Config{History: "h"}, flying(1234), []string{"1,234 attempts are in flight"}},
		{Config{History: "h"}, drafts(1), []string{"1 draft is not sent and will be lost"}},
		{Config{History: "h"}, drafts(1, 2), []string{"2 drafts are not sent and will be lost"}},
		{Config{History: "h"}, drafts(1, 9), []string{"1 draft is not sent and will be lost"}}, // #9 is gone
		{Config{}, func(*Model) {}, []string{"2 requests are in memory only and will be lost"}},
		{Config{}, func(m *Model) { m.keptUpTo = 1 }, []string{"1 request is in memory only and will be lost"}},
		{Config{}, func(m *Model) { m.keptUpTo = 2 }, nil},
		{Config{Attached: other}, func(*Model) {}, nil},
	} {
		m := newModel(t, Deps{Config: tt.config}, &capture.Exchange{}, &capture.Exchange{})
		tt.is(m)
		if d := cmp.Diff(tt.want, strs(m.unfinished())); d != "" {
			t.Errorf("%+v: %s", tt.config, d)
		}
	}
}

// The URLs that are offered are those that were sent to, the last one first, and the
// targets: each once, and not too many.
func TestURLsThatAreOffered(t *testing.T) {
	m := newModel(t, Deps{})
	is := func(want ...string) {
		t.Helper()
		var got []string
		for _, u := range m.usedURLs() {
			got = append(got, strings.TrimPrefix(u, "http://localhost:"))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
	m.facts.targets = []forward.Status{{Target: forward.Target{URL: parseURL(t, "5000")}}, {Target: forward.Target{URL: parseURL(t, "1002")}}}
	is("5000", "1002")
	for port := 1001; port <= 1002; port++ {
		m.given = append(m.given, parseURL(t, fmt.Sprint(port)))
		m.use(forward.Target{URL: parseURL(t, fmt.Sprint(port))})
	}
	is("1002", "1001", "5000")
	m.use(forward.Target{URL: parseURL(t, "1003")}) // it was not given
	is("1002", "1001", "5000")
	m.given = append(m.given, parseURL(t, "1004/path"), parseURL(t, "1004/other"))
	m.use(forward.Target{URL: parseURL(t, "1004")}) // the path is in the draft
	is("1004/other", "1002", "1001", "5000")
	if len(m.given) != 1 || m.given[0].Path != "/path" {
		t.Errorf("given are still %v", m.given)
	}
	for port := 2001; port <= 2009; port++ {
		m.given = append(m.given, parseURL(t, fmt.Sprint(port)))
		m.use(forward.Target{URL: parseURL(t, fmt.Sprint(port))})
	}
	is("2009", "2008", "2007", "2006", "2005", "2004", "2003", "2002")
}

// The notice about what was copied or written has its size, its file and what is not in it.
func TestWhatWasCopiedAndWritten(t *testing.T) {
	for _, tt := range []struct {
		report func(*Model)
		want   string
	}{
		{func(m *Model) { m.reportCopied(copied{what: "x"}) }, "x is empty: nothing was sent"},
		{func(m *Model) { m.reportCopied(copied{what: "x", n: 1, osc: "a"}) }, "x, 1 B: sent to the terminal's clipboard (OSC 52)"},
		{func(m *Model) { m.reportCopied(copied{what: "x", n: 2000}) }, "x, 2.0 kB: sent to tmux's buffer and clipboard"},
		{func(m *Model) { m.reportCopied(copied{what: "x", err: errors.New("why")}) }, "why"},
		{func(m *Model) { m.reportExported(exported{path: "/home/ann/a.har", n: 2}) }, "2 written to ~/a.har"},
		{func(m *Model) {
			m.reportExported(exported{path: "/tmp/a.har", n: 1, masked: []string{"Cookie", "Host"}, leftOut: "a body"})
		}, "1 written to /tmp/a.har; masked: Cookie, Host"},
		{func(m *Model) { m.reportExported(exported{path: "/tmp/a.har", n: 1, leftOut: "a body left out"}) }, "1 written to /tmp/a.har; a body left out"},
		{func(m *Model) { m.reportExported(exported{path: "/tmp/a.har", err: errors.New("why")}) }, "why"},
		{func(m *Model) {
			m.reportSent(sent{id: 1, attempt: capture.Attempt{To: "http://localhost:3000/a", Took: 12e6, Reply: capture.Reply{Status: 204}}})
		}, "#1 → :3000/a   204 No Content   12 ms"},
		{func(m *Model) {
			m.reportSent(sent{id: 1, attempt: capture.Attempt{To: "http://localhost:3000/a", Took: 12e6, Signed: true, Reply: capture.Reply{Status: 599}}})
		}, "#1 → :3000/a   599   12 ms   re-signed"},
		{func(m *Model) {
			m.reportSent(sent{id: 1, attempt: capture.Attempt{To: "http://localhost:3000/a", Took: 12e6, Cause: capture.CauseTimeout}})
		}, "#1 → :3000/a   timeout   12 ms"},
		{func(m *Model) { m.reportSent(sent{id: 1, err: errors.New("why")}) }, "#1 not sent: why"},
	} {
		m := newModel(t, Deps{Environ: []string{"HOME=/home/ann"}})
		if tt.report(m); m.notice.text.String() != tt.want {
			t.Errorf("%q, want %q", m.notice.text, tt.want)
		}
		if bad := strings.Contains(tt.want, "why") || strings.Contains(tt.want, "timeout") || strings.Contains(tt.want, "599"); m.notice.bad != bad {
			t.Errorf("%q: bad %v", tt.want, m.notice.bad)
		}
	}
}

// Only what is below the home directory is written with a tilde.
func TestAtHome(t *testing.T) {
	for _, tt := range []struct{ home, path, want string }{
		{"/home/ann", "/home/ann/x", "~/x"},
		{"/home/ann", "/home/anna/x", "/home/anna/x"},
		{"/home/ann", "/home/ann", "/home/ann"},
		{"/", "/x", "/x"},
		{"", "/x", "/x"},
	} {
		m := newModel(t, Deps{Environ: []string{"XHOME=/no", "HOME=" + tt.home}})
		if got := m.atHome(tt.path); got != tt.want {
			t.Errorf("%s at %q: %s, want %s", tt.path, tt.home, got, tt.want)
		}
	}
}

// A notice ends when its time has come, and one without a time does not.
func TestNoticesExpire(t *testing.T) {
	for _, tt := range []struct {
		until time.Time
		ends  bool
	}{{midday.Add(1), false}, {midday, true}, {midday.Add(-1), true}, {time.Time{}, false}} {
		n := notice{text: safe.Const("x"), until: tt.until}
		if n.expire(midday); n.text.Empty() != tt.ends {
			t.Errorf("until %v: ended %v", tt.until, n.text.Empty())
		}
	}
}

// What marks count is said with how many of them can be sent.
func TestMarkedToSend(t *testing.T) {
	broken := &capture.Exchange{Request: capture.Request{Malformed: "no colon"}}
	whole := func() *capture.Exchange {
		return &capture.Exchange{Request: capture.Request{Method: "GET", Target: "/"}}
	}
	m := newModel(t, Deps{}, whole(), whole(), broken)
	for _, tt := range []struct {
		marks []capture.ID
		want  string
	}{{[]capture.ID{1}, "1 marked"}, {[]capture.ID{1, 2}, "2 marked"}, {[]capture.ID{1, 3}, "1 of 2 marked"}, {[]capture.ID{3}, "0 of 1 marked"}, {[]capture.ID{2, 9}, "1 of 2 marked"}} {
		clear(m.marked)
		for _, id := range tt.marks {
			m.marked[id] = true
		}
		if got := m.markedToSend().String(); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.marks, got, tt.want)
		}
	}
}

// Keys that have to do with a number of things are named with it, and not without any.
func TestLabelsWithNumbers(t *testing.T) {
	m := newModel(t, Deps{Gate: &reply.Gate{}})
	for _, tt := range []struct {
		held, pending    int
		release, deliver string
	}{{0, 0, "", ""}, {1, 1, "", "deliver 1 pending"}, {2, 1234, "release 2", "deliver 1,234 pending"}} {
		m.facts.held, m.facts.pending = make([]reply.Held, tt.held), tt.pending
		if r, d := m.releaseLabel().String(), m.flushLabel().String(); r != tt.release || d != tt.deliver {
			t.Errorf("%d and %d: %q and %q", tt.held, tt.pending, r, d)
		}
	}
}

// The first screen counts minutes and seconds where there is room for them.
func TestTimeOfTheFirstScreen(t *testing.T) {
	m := newModel(t, Deps{})
	for since, want := range map[time.Duration]string{0: "00:00", 59 * time.Second: "00:59", time.Minute: "01:00", 100*time.Minute + 1*time.Second: "100:01"} {
		m.now = m.started.Add(since)
		if got := strings.TrimSpace(ansi.Strip(m.waitingLine(60))); !strings.HasSuffix(got, " "+want) {
			t.Errorf("%v: %q, want %s", since, got, want)
		}
	}
	m.now = m.started
	whole := len([]rune("  ⠋ waiting for the first request"))
	for room, want := range map[int]bool{6: false, 7: true} {
		if got := ansi.Strip(m.waitingLine(whole + room)); strings.Contains(got, "00:00") != want {
			t.Errorf("%d cells: %q", room, got)
		}
	}
}

// An attached screen says when the other creel was started, and of one in its place when
// that was.
func TestAttachedSaysWhenItWasStarted(t *testing.T) {
	first, second := midday.Add(-3*time.Hour), midday.Add(-time.Minute)
	now := first
	m := newModel(t, Deps{Config: Config{Attached: &Attached{
		Started: first, Lost: func() (time.Time, error) { return midday, nil },
		Process: func() (int, time.Time) { return 812, now },
	}}})
	for _, now = range []time.Time{first, second} {
		m.takeFacts()
		if m.list.Started != now {
			t.Errorf("started %v, want %v", m.list.Started, now)
		}
	}
}
