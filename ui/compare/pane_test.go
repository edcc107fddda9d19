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
	"creel/capture/golden"
	"creel/ui/theme"
)

var noon = time.Date(2026, 11, 23, 13, 37, 0, 0, time.Local)

func exchange(id capture.ID, target, contentType, body string, more ...capture.Field) *capture.Exchange {
	return &capture.Exchange{ID: id, At: noon.Add(time.Duration(id) * time.Second), Request: capture.Request{
		Method: "POST", Target: target, Proto: "HTTP/1.1",
		Fields: append([]capture.Field{{Name: "Content-Type", Value: contentType}}, more...),
		Body:   capture.NewBody([]byte(body)),
	}}
}

func samples() map[string][2]*capture.Exchange {
	sig := func(s string) capture.Field {
		return capture.Field{Name: "Stripe-Signature", Value: "t=1795441026,v1=" + s}
	}
	long := strings.Repeat("0123456789abcdef", 10)
	return map[string][2]*capture.Exchange{
		"json": {
			exchange(398, "/stripe?a=1", "application/json", `{"id":"evt_1","data":{"object":{"amount_paid":1900,"lines":[1,2,3],"note":"","gone":true}},"created":1795437419}`, sig(long+"aa")),
			exchange(412, "/stripe?a=2&b", "application/json", `{"id":"evt_2","data":{"object":{"amount_paid":2000,"lines":[1,2,3,4],"note":"x\u001b[31my","a b":"`+strings.Repeat("long ", 40)+`"}},"created":1795441026}`, sig(long+"bb"), capture.Field{Name: "X-New", Value: "\x1b]52;c;aGk=\x07"}),
		},
		"text":   {exchange(1, "/", "text/plain", "a\n\tb\nc\n"), exchange(2, "/", "text/plain", "a\n\tx\x1b[2J\nc\nd\n")},
		"binary": {exchange(1, "/", "x/y", "0123456789abcdef\x00\xffA"), exchange(2, "/", "x/y", "0123456789abcdef\x00\xffBC")},
		"bytes":  {exchange(1, "/", "x/y", "\x000123456789abcdefghij"), exchange(2, "/", "x/y", "\x00zyxwvutsrqponmlkjihgf")},
		"far":    {exchange(1, "/", "text/plain", strings.Repeat("same\n", 20)+"a\n"), exchange(2, "/", "text/plain", "first\n"+strings.Repeat("same\n", 20)+"b\n")},
		"moved":  {exchange(1, "/?a=1&b=2", "application/json", `{"a":1,"b":"x"}`), exchange(2, "/?b=2&a=1", "application/json", `{"b":"","a":1}`)},
		"same":   {exchange(1, "/", "x/y", "a"), exchange(2, "/", "x/y", "a")},
		"head":   {exchange(1, "/a", "x/y", "a"), exchange(2, "/b", "x/y", "a")},
	}
}

// opened opens a pane, drains its command, and gives it a size.
func opened(t testing.TB, ex, other *capture.Exchange, further []*capture.Exchange, w, h int) *Pane {
	t.Helper()
	th, err := theme.New(theme.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, cmd := New(context.Background(), th, ex, other, further)
	p.SetSize(w, h)
	drain(p, cmd)
	return p
}

func drain(p *Pane, cmd tea.Cmd) {
	if cmd != nil {
		p.Update(cmd())
	}
}

func TestGolden(t *testing.T) {
	for name, pair := range samples() {
		for _, size := range [][2]int{{80, 30}, {40, 24}} {
			p := opened(t, pair[1], pair[0], nil, size[0], size[1])
			golden.File(t, fmt.Sprintf("%s-%d.txt", name, size[0]), golden.Trimmed(ansi.Strip(p.View())))
		}
	}
}

// attempts are a request with attempts that failed, and that got other responses.
func attempts() *capture.Exchange {
	ex := exchange(412, "/stripe", "application/json", `{"id":"evt_2","amount":2000}`)
	ex.Reply = capture.Reply{Status: 502, By: "forward", Took: time.Second}
	attempt := func(took time.Duration, status int, kind, body string) *capture.Attempt {
		n := len(ex.Attempts) + 1
		return &capture.Attempt{
			N: n, At: noon.Add(time.Duration(n) * time.Minute), To: "http://localhost:3000/stripe",
			Method: "POST", Target: "/stripe", Fields: ex.Request.Fields, Body: ex.Request.Body, Took: took,
			Reply: capture.Reply{Status: status, Fields: []capture.Field{{Name: "Content-Type", Value: kind}, {Name: "Server", Value: "app"}}, Body: capture.NewBody([]byte(body))},
		}
	}
	failed := attempt(3*time.Millisecond, 0, "", "")
	failed.Reply, failed.Cause, failed.Err = capture.Reply{}, capture.CauseRefused, "send: dial tcp 127.0.0.1:3000: connect: connection refused"
	ex.Attempts = append(ex.Attempts, failed)
	ex.Attempts = append(ex.Attempts, attempt(44*time.Millisecond, 500, "text/plain", "Error: no such customer \x1b[2Jcus_NffrFeUfNV2Hib, which is a line too long for half of the pane\n    at charge (app.js:12)\n"))
	ex.Attempts = append(ex.Attempts, attempt(12*time.Millisecond, 200, "application/json", `{"ok":true,"seen":["a","b"]}`))
	ex.Attempts = append(ex.Attempts, attempt(12*time.Millisecond, 200, "application/json", `{"ok":true,"seen":["a","c","d"]}`))
	return ex
}

// openedAttempt opens a pane on an attempt.
func openedAttempt(t testing.TB, n, w, h int) *Pane {
	t.Helper()
	th, err := theme.New(theme.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, cmd := NewAttempts(context.Background(), th, attempts(), n)
	p.SetSize(w, h)
	drain(p, cmd)
	return p
}

// Attempts stand side by side where there is room, else one over the other.
func TestAttempts(t *testing.T) {
	for _, w := range []int{120, 72, 40} {
		var b strings.Builder
		for n := range 4 {
			b.WriteString(golden.Trimmed(ansi.Strip(openedAttempt(t, n+1, w, 30).View())))
		}
		golden.File(t, fmt.Sprintf("attempts-%d.txt", w), b.String())
	}
}

func TestExactSize(t *testing.T) {
	pairs := samples()
	pairs["attempts"] = [2]*capture.Exchange{attempts(), attempts()}
	for name, pair := range pairs {
		for _, size := range [][2]int{{120, 40}, {80, 24}, {20, 5}, {3, 3}, {1, 1}} {
			p := opened(t, pair[0], pair[1], nil, size[0], size[1])
			if name == "attempts" {
				p = openedAttempt(t, 3, size[0], size[1])
			}
			for range 50 {
				view := p.View()
				lines := strings.Split(view, "\n")
				if len(lines) != size[1] {
					t.Fatalf("%s: %d lines on %v", name, len(lines), size)
				}
				for _, l := range lines {
					if w := ansi.StringWidth(l); w != size[0] {
						t.Fatalf("%s: %q is %d wide on %v", name, l, w, size)
					}
				}
				if strings.Contains(view, "\x1b]") || strings.Contains(view, "\x07") || strings.Contains(view, "\x1b[2J") {
					t.Fatalf("%s: captured bytes act: %q", name, view)
				}
				p.Update(tea.KeyPressMsg{Code: 'j', Text: "j"})
			}
		}
	}
}

func TestSteps(t *testing.T) {
	a, b, c := exchange(1, "/a", "x", "1"), exchange(2, "/b", "x", "2"), exchange(3, "/c", "x", "3")
	p := opened(t, c, b, []*capture.Exchange{a, b}, 80, 20)
	press := func(key rune) {
		cmd, done := p.Update(tea.KeyPressMsg{Code: key, Text: string(key)})
		if done {
			t.Fatalf("%c closes", key)
		}
		drain(p, cmd)
	}
	has := func(want string) {
		t.Helper()
		if got := ansi.Strip(p.View()); !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	has("/b → /c")
	has("2 of 2")
	press('[')
	has("/a → /c")
	press('[')
	has("1 of 2")
	press(']')
	has("/b → /c")
	// A result that comes too late is not shown.
	cmd, _ := p.Update(tea.KeyPressMsg{Code: '[', Text: "["})
	late := cmd
	press(']')
	drain(p, late)
	has("/b → /c")
	if _, done := p.Update(tea.KeyPressMsg{Code: tea.KeyEscape}); !done {
		t.Error("esc does not close")
	}
}

// BenchmarkView must stay below 0.5 ms: it runs after every message.
func BenchmarkView(b *testing.B) {
	pair := samples()["json"]
	p := opened(b, pair[1], pair[0], nil, 120, 40)
	for b.Loop() {
		p.View()
	}
}
