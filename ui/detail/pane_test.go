package detail

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/golden"
	"creel/capture/provider"
	"creel/ui/theme"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

func newTheme(t testing.TB) *theme.Theme {
	t.Helper()
	th, err := theme.New(theme.Options{Colors: theme.NoColors})
	if err != nil {
		t.Fatal(err)
	}
	return th
}

func newPane(t testing.TB, d Deps, w, h int, titled bool) *Pane {
	t.Helper()
	d.Now = func() time.Time { return noon }
	p := New(newTheme(t), d)
	p.SetSize(w, h, titled, false)
	return p
}

// drain does all commands that follow, as the program would.
func drain(p *Pane, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	msg := cmd()
	if v := reflect.ValueOf(msg); v.IsValid() && v.Kind() == reflect.Slice {
		for i := range v.Len() {
			drain(p, v.Index(i).Interface().(tea.Cmd))
		}
		return
	}
	drain(p, p.Update(msg))
}

func typeIn(p *Pane, text string) {
	for _, r := range text {
		drain(p, p.Update(tea.KeyPressMsg{Text: string(r), Code: r}))
	}
}

func fields(lines ...string) []capture.Field {
	var out []capture.Field
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		out = append(out, capture.Field{Name: name, Value: value})
	}
	return out
}

const event = `{"id":"evt_1MqqbKLt4dXK03v5qaIbiNCC","object":"event","created":1795441026,"type":"invoice.paid",` +
	`"data":{"object":{"amount_paid":2000,"customer":"cus_NffrFeUfNV2Hib","lines":{"object":"list","data":[{"id":"il_1"},{"id":"il_2"}]}}}}`

func stripe() *capture.Exchange {
	old := noon.Add(-25 * time.Minute)
	return &capture.Exchange{
		ID: 412, At: old, State: capture.StateAnswered,
		Request: capture.Request{
			Method: "POST", Target: "/stripe?x=%2F&name=J%C3%BCrgen&flag", Host: "127.0.0.1:4665", Proto: "HTTP/1.1", Exact: true,
			Fields: fields("Host: 127.0.0.1:4665", "Content-Type: application/json; charset=utf-8", "Date: Mon, 23 Nov 2026 11:35:00 GMT",
				"Authorization: Basic dXNlcjpzM2NyZXQ=", "Cookie: a=1; theme=d%20k",
				"X-Token: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UiLCJleHAiOjE3OTU0NDEwMjZ9.c2ln", "X-Request-Timestamp: 1795433700"),
			Body: capture.NewBody([]byte(event)), Size: int64(len(event)),
		},
		Sender:    capture.Sender{Provider: "stripe", Event: "invoice.paid", Delivery: "evt_1", Try: 1},
		Signature: capture.Signature{Verdict: capture.Valid},
		Reply: capture.Reply{
			Status: 500, By: "forward", Took: 44 * time.Millisecond, Fields: fields("Content-Type: text/plain"),
			Body: capture.NewBody([]byte("oops\nno database\n")),
		},
		Attempts: []*capture.Attempt{
			{
				N: 1, At: old, To: "http://localhost:3000/stripe", Method: "POST", Took: 44 * time.Millisecond, FirstByte: 43 * time.Millisecond, Proto: "HTTP/1.1",
				SameBody: true, Reply: capture.Reply{Status: 500, Body: capture.NewBody([]byte("oops\nno database\n"))}, Changes: []string{"Host: localhost:3000 instead of 127.0.0.1:4665"},
			},
			{
				N: 2, At: noon.Add(-time.Minute), To: "http://localhost:3000/stripe", Method: "POST", Took: 3 * time.Millisecond, Cause: capture.CauseRefused,
				Err: "send: dial tcp 127.0.0.1:3000: connect: connection refused", Resend: true, Unsent: true,
			},
			{
				N: 3, At: noon.Add(-time.Second), To: "http://localhost:3000/stripe", Method: "POST", Took: 12 * time.Millisecond, Resend: true, Edited: true, Signed: true,
				Body:  capture.NewBody([]byte(`{"type":"invoice.void"}`)),
				Reply: capture.Reply{Status: 200, Fields: fields("Content-Type: application/json"), Body: capture.NewBody([]byte(`{"ok":true}`))},
			},
		},
	}
}

func previous() *capture.Exchange {
	ex := stripe()
	ex.ID = 398
	ex.Request.Body = capture.NewBody([]byte(strings.NewReplacer("2000", "1900", "1795441026", "1795437419").Replace(event)))
	return ex
}

func stripeDeps() Deps {
	return Deps{
		Check: func(_ context.Context, ex *capture.Exchange, now time.Time) (provider.Result, error) {
			return provider.Result{
				Signature: capture.Signature{Verdict: capture.Stale, Explanation: "the signature is right, but 25 min old: Stripe allows 5 min"}, Provider: "stripe", Title: "Stripe", Scheme: "HMAC-SHA256 of {ts}.{body}, hex",
				Content: []byte("1795441026." + event), Expected: "5257a869e7", Received: []string{"5257a869e7"}, At: ex.At, Tol: 5 * time.Minute, HasTime: true, CanSign: true,
			}, nil
		},
		Before: func(*capture.Exchange) *capture.Exchange { return previous() },
		Limit:  func(string) time.Duration { return 20 * time.Second },
		Delivery: func(ex *capture.Exchange) provider.Delivery {
			return provider.Delivery{Tries: []provider.Try{
				{Exchange: 411, State: capture.StateAnswered, Status: 500}, {Exchange: ex.ID, After: time.Second, State: ex.State, Status: ex.Reply.Status},
			}}
		},
	}
}

// looksLike compares the pane with a file.
func looksLike(t *testing.T, name string, p *Pane) {
	t.Helper()
	got := ansi.Strip(p.View(true))
	for i, l := range strings.Split(got, "\n") {
		if w := ansi.StringWidth(l); w != p.w {
			t.Errorf("%s: line %d is %d cells wide, not %d: %q", name, i, w, p.w, l)
		}
	}
	golden.File(t, name+".txt", golden.Trimmed(got))
}

func TestTabs(t *testing.T) {
	for tab := range tabCount {
		p := newPane(t, stripeDeps(), 80, 24, false)
		drain(p, p.Show(stripe()))
		drain(p, p.Open(tab))
		looksLike(t, "tab-"+strings.ToLower(tabs[tab].name.String()), p)
	}
	for name, size := range map[string][2]int{"wide": {57, 20}, "small": {40, 8}, "tiny": {20, 4}} {
		p := newPane(t, stripeDeps(), size[0], size[1], true)
		drain(p, p.Show(stripe()))
		looksLike(t, name, p)
	}
}

func TestSearch(t *testing.T) {
	p := newPane(t, stripeDeps(), 80, 24, false)
	drain(p, p.Show(stripe()))
	drain(p, p.ViewAs("tree"))
	looksLike(t, "tree", p)
	p.Search()
	typeIn(p, "il_")
	looksLike(t, "search", p)
	drain(p, p.Update(tea.KeyPressMsg{Code: tea.KeyEnter}))
	p.Next(1)
	if l := p.drawn.rows[len(p.drawn.rows)-1]; p.sheet().cursor != 16 || l < 0 {
		t.Errorf("the second hit is in row %d, want 16", p.sheet().cursor)
	}
	p.Next(1)
	if p.sheet().cursor != 13 {
		t.Errorf("after the last hit comes the one in row %d, want 13", p.sheet().cursor)
	}
	if _, ok := p.Back(); !ok || p.search.text != "" {
		t.Error("back does not end the search")
	}
	if _, ok := p.Back(); ok {
		t.Error("back went on where there was nothing to go back from")
	}
}

func TestAttemptOpens(t *testing.T) {
	p := newPane(t, stripeDeps(), 80, 24, false)
	drain(p, p.Show(stripe()))
	cmd, ok := p.OpenResponse()
	if !ok {
		t.Fatal("no answer to open")
	}
	drain(p, cmd)
	looksLike(t, "answer", p)
	if _, ok := p.Back(); !ok || p.attempt != 0 {
		t.Error("back does not lead to the list of attempts")
	}
	p.Move(-1)
	cmd, _ = p.OpenResponse()
	drain(p, cmd)
	looksLike(t, "answer-refused", p)
}

func TestFoldsByKeys(t *testing.T) {
	p := newPane(t, stripeDeps(), 80, 24, false)
	drain(p, p.Show(stripe()))
	p.Move(12)
	for range 3 {
		p.Left()
	}
	looksLike(t, "folded", p)
	p.Right()
	if p.sheet().cursor != 9 {
		t.Errorf("the cursor is in row %d, want 9", p.sheet().cursor)
	}
	drain(p, p.Click(3, 10))
	drain(p, p.Click(3, 10))
	if p.sheet().len() != 23 {
		t.Errorf("%d rows after two clicks on a fold, want 23", p.sheet().len())
	}
	drain(p, p.Click(3, 10))
	if p.sheet().len() != 13 {
		t.Errorf("%d rows after a click on a fold, want 13", p.sheet().len())
	}
	p.FoldAll() // something is folded: all is unfolded
	if p.sheet().len() != 23 {
		t.Errorf("%d rows are unfolded, want 23", p.sheet().len())
	}
	last := 0
	for level := 1; level <= 3; level++ {
		p.FoldLevel(level)
		if n := p.sheet().len(); n <= last || n >= 23 {
			t.Errorf("%d rows at level %d, %d at the one above", n, level, last)
		}
		last = p.sheet().len()
	}
}

func TestTabStays(t *testing.T) {
	p := newPane(t, stripeDeps(), 80, 24, false)
	drain(p, p.Show(stripe()))
	drain(p, p.Open(Headers))
	next := stripe()
	next.ID = 413
	drain(p, p.Show(next))
	if p.Tab() != Headers {
		t.Errorf("the tab became %d", p.Tab())
	}
	x := p.drawn.tabs[Query].from
	drain(p, p.Click(x, 0))
	if p.Tab() != Query {
		t.Errorf("a click on it opened tab %d, not Query", p.Tab())
	}
}

// A tab that was opened before more is known of the request shows what one opened
// afterwards shows.
func TestTabsFollowTheRequest(t *testing.T) {
	for tab := range tabCount {
		early := stripe()
		early.State, early.Reply, early.Attempts, early.Signature = capture.StateHeld, capture.Reply{}, nil, capture.Signature{}
		p := newPane(t, stripeDeps(), 80, 24, false)
		drain(p, p.Show(early))
		for other := range tabCount {
			drain(p, p.Open(other))
		}
		drain(p, p.Open(tab))
		drain(p, p.Show(stripe()))
		late := newPane(t, stripeDeps(), 80, 24, false)
		drain(late, late.Show(stripe()))
		drain(late, late.Open(tab))
		if d := cmp.Diff(late.View(true), p.View(true)); d != "" {
			t.Errorf("%s:\n%s", tabs[tab].name, d)
		}
	}
}

func TestBigBodyIsLaidOutBesideTheScreen(t *testing.T) {
	p := newPane(t, Deps{}, 80, 12, false)
	p.mode = body.Tree // of which the beginning does not tell what is folded
	ex := stripe()
	ex.Request.Body = capture.NewBody([]byte("[" + strings.Repeat("1234567,", 100_000) + "1]"))
	cmd := p.Show(ex)
	if got := ansi.Strip(p.View(false)); !strings.Contains(got, "laying out 800 kB…") {
		t.Errorf("nothing says what is waited for:\n%s", got)
	}
	other := stripe()
	other.ID = 500
	drain(p, p.Show(other))
	drain(p, cmd) // too late: it is no longer shown
	if got := ansi.Strip(p.View(false)); strings.Contains(got, "1234567") {
		t.Errorf("a body is shown that belongs to another request:\n%s", got)
	}
	drain(p, p.Show(ex))
	if got := ansi.Strip(p.View(false)); !strings.Contains(got, "1234567,") {
		t.Errorf("the body is not shown:\n%s", got)
	}
}

func TestNothingToShow(t *testing.T) {
	p := newPane(t, stripeDeps(), 80, 14, false)
	check(t, p)
	drain(p, p.Show(stripe()))
	drain(p, p.Show(nil))
	for tab := range tabCount {
		drain(p, p.Open(tab))
		drain(p, p.Open(tab)) // again
		p.Move(1)
		p.Right()
		p.Left()
		p.FoldAll()
		drain(p, p.ViewAs("hex"))
		p.Search()
		typeIn(p, "x")
		p.Back()
		check(t, p)
	}
	if _, ok := p.OpenResponse(); ok {
		t.Error("an answer of nothing")
	}
	if _, ok := p.Node(); ok {
		t.Error("a value of nothing")
	}
}

// What came of the newest attempt and how long it took are seen in any pane that
// a screen beside a list has.
func TestAttemptLineKeepsTheTime(t *testing.T) {
	for w := 40; w < 120; w++ {
		for _, status := range []int{200, 500, 0} {
			ex := stripe()
			ex.ID = 41234
			ex.Attempts = ex.Attempts[:1]
			a := ex.Attempts[0]
			a.To, a.Reply.Status = "https://staging.example.com/hooks/of/stripe/1", status
			want := []string{"44 ms", fmt.Sprint(status)}
			if status == 0 {
				a.Cause, a.Err = capture.CauseRefused, "send: dial tcp 127.0.0.1:3000: connect: connection refused"
				want[1] = "refused"
			}
			p := newPane(t, stripeDeps(), w, 20, false)
			drain(p, p.Show(ex))
			lines := strings.Split(ansi.Strip(p.View(false)), "\n")
			for _, want := range want {
				if last := lines[len(lines)-1]; !strings.Contains(last, want) {
					t.Errorf("%d cells: no %s in %q", w, want, last)
				}
			}
		}
	}
}

// What is said of a body is wrapped between words.
func TestNotesWrapBetweenWords(t *testing.T) {
	ex := stripe()
	ex.Request.Body = capture.NewBody([]byte(`{"a":1,,}`))
	p := newPane(t, Deps{}, 34, 20, false)
	drain(p, p.Show(ex))
	text := ansi.Strip(p.View(false))
	p.SetSize(300, 20, false, false)
	note := strings.TrimSpace(strings.Split(ansi.Strip(p.View(false)), "\n")[1])
	words := strings.Fields(note)
	if len(words) < 5 {
		t.Fatalf("the note is %q", note)
	}
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q is parted:\n%s", word, text)
		}
	}
}

// A click on a tab opens it, one beside it opens none.
func TestClickOnTabs(t *testing.T) {
	p := newPane(t, stripeDeps(), 80, 24, false)
	drain(p, p.Show(stripe()))
	for i, at := range p.drawn.tabs {
		other := (Tab(i) + 1) % tabCount
		for x, want := range map[int]Tab{at.from - 1: other, at.from: Tab(i), at.to - 1: Tab(i), at.to: other} {
			drain(p, p.Open(other))
			if drain(p, p.Click(x, 0)); p.Tab() != want {
				t.Errorf("a click at %d of %+v opened %d, want %d", x, at, p.Tab(), want)
			}
		}
	}
}
