package ui_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/forward"
	"creel/ui"
	"creel/ui/engine"
	"creel/ui/uitest"
	"creel/ui/uitest/keys"
)

// hostile are pieces that captured text is made of in the property test: all
// that acts on terminals or lies about its width.
var hostile = []string{
	"\x1b[2J", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\link", "\x1bP1;2q\x1b\\", "\x1b_Gx\x1b\\", "\u009b31m", "\x9b31m",
	"\x00", "\r", "\n", "\t", "\u202e", "\u200b", "\ufeff", "世界", "👨‍👩‍👧‍👦", "e\u0301\u0301\u0301", "\xff\xfe", "🇩🇪", "⚠️", "ः", "plain", "/", "?", "%2F", " ", "{\"a\":1}",
}

func hostileText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(hostile), 0, 6).Draw(t, "pieces"), "")
	})
}

func hostileExchange(t *rapid.T) *capture.Exchange {
	text := hostileText()
	return &capture.Exchange{
		At: noon, State: capture.State(rapid.IntRange(0, 4).Draw(t, "state")),
		Request: capture.Request{
			Method: text.Draw(t, "method"), Target: "/" + text.Draw(t, "target"), Host: text.Draw(t, "host"), Proto: "HTTP/1.1",
			Fields: []capture.Field{{Name: text.Draw(t, "name"), Value: text.Draw(t, "value")}, {Name: "Content-Type", Value: text.Draw(t, "type")}},
			Body:   capture.NewBody([]byte(text.Draw(t, "body"))),
		},
		Sender:    capture.Sender{Provider: text.Draw(t, "provider"), Event: text.Draw(t, "event"), Delivery: text.Draw(t, "delivery"), Try: rapid.IntRange(0, 5).Draw(t, "try")},
		Signature: capture.Signature{Verdict: rapid.SampledFrom([]capture.Verdict{"", capture.Valid, capture.Invalid, capture.Stale, capture.NoSecret}).Draw(t, "verdict"), Explanation: text.Draw(t, "why")},
		Reply:     capture.Reply{Status: rapid.SampledFrom([]int{0, 200, 302, 404, 500}).Draw(t, "status")},
		Note:      text.Draw(t, "note"),
	}
}

// propertyKeys are pressed at random; those that reach the machine outside (a
// clipboard, a file, an editor, the network) are left out.
var propertyKeys = strings.Fields("j k g G ctrl+d ctrl+u pgdn pgup h l left right tab shift+tab 1 2 3 4 5 6 7 enter esc / ctrl+f n N space p ; R t F s S i I a A c v w z = D u b ctrl+p : ? ! q ctrl+z down up backspace X { \" 0 o")

// TestScreenHoldsItsShape: whatever is captured, pressed and resized, each line
// is exactly as wide as the screen, there are no more lines than rows, nothing
// that acts on a terminal is written, and nothing panics.
func TestScreenHoldsItsShape(t *testing.T) {
	t.Chdir(t.TempDir()) // where exports go
	rapid.Check(t, func(t *rapid.T) {
		ring := ring.New(capture.Bounds{})
		defer ring.Close()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		providers, err := provider.New(provider.Config{})
		if err != nil {
			t.Fatal(err)
		}
		sender, targets := &forward.Sender{}, &forward.Targets{}
		m := ui.New(ctx, ui.Deps{
			Ring: ring, Targets: targets, Queue: forward.NewQueue(ring, sender, targets), Log: &ui.Log{},
			Standing: &reply.Standing{}, Gate: &reply.Gate{}, Rules: reply.NewRules(reply.Source{}, nil), Providers: engine.Providers{Set: providers, Ring: ring},
			Now: func() time.Time { return noon }, Environ: []string{}, Config: ui.Config{URL: "http://127.0.0.1:4665", Mouse: true},
		})
		w, h := 80, 24
		send := func(msg tea.Msg) { drainSome(m, msg, 3) }
		send(tea.WindowSizeMsg{Width: w, Height: h})
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0:
				if _, err := ring.Submit(hostileExchange(t)).Wait(ctx); err != nil {
					t.Fatal(err)
				}
				m.Refresh()
			case 1:
				w, h = rapid.IntRange(1, 130).Draw(t, "w"), rapid.IntRange(1, 45).Draw(t, "h")
				send(tea.WindowSizeMsg{Width: w, Height: h})
			case 2:
				send(tea.MouseClickMsg{X: rapid.IntRange(0, w).Draw(t, "x"), Y: rapid.IntRange(0, h).Draw(t, "y"), Button: tea.MouseLeft})
				send(tea.PasteMsg{Content: hostileText().Draw(t, "paste")})
			default:
				send(keys.Press(rapid.SampledFrom(propertyKeys).Draw(t, "key")))
			}
			content := m.View().Content
			checkShape(t, content, w, h)
			send(tea.WindowSizeMsg{Width: w, Height: h})
			if again := m.View().Content; uitest.Panes(again) != uitest.Panes(content) {
				t.Fatalf("%dx%d: this is not laid out for what it shows:\n%s\nwhich gives\n%s", w, h, ansi.Strip(content), ansi.Strip(again))
			}
		}
	})
}

// drainSome updates m and does what follows, a few commands deep.
func drainSome(m *ui.Model, msg tea.Msg, depth int) {
	_, cmd := m.Update(msg)
	if cmd == nil || depth == 0 {
		return
	}
	switch next := cmd().(type) {
	case nil, tea.QuitMsg:
	case tea.BatchMsg:
		for _, c := range next {
			if c != nil {
				if msg := c(); msg != nil {
					drainSome(m, msg, depth-1)
				}
			}
		}
	default:
		drainSome(m, next, depth-1)
	}
}

func checkShape(t *rapid.T, content string, w, h int) {
	lines := strings.Split(content, "\n")
	if len(lines) > h {
		t.Fatalf("%d lines on %d rows", len(lines), h)
	}
	for i, line := range lines {
		if n := ansi.StringWidth(line); n != w {
			t.Fatalf("%dx%d: line %d is %d wide: %q", w, h, i, n, line)
		}
		if bad := acting(line); bad != "" {
			t.Fatalf("%dx%d: line %d writes %s: %q", w, h, i, bad, line)
		}
	}
}

// acting names the first thing in a line that acts on a terminal, SGR apart.
func acting(line string) string {
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == 0x1b:
			end := strings.IndexByte(line[i:], 'm')
			if end < 0 || i+1 >= len(line) || line[i+1] != '[' || strings.Trim(line[i+2:i+end], "0123456789;") != "" {
				return "an escape sequence"
			}
			i += end
		case c < 0x20 || c == 0x7f:
			return fmt.Sprintf("control %#x", c)
		}
	}
	for _, r := range line {
		if r >= 0x80 && r <= 0x9f || r == 0x202e || r == 0x200b || r == 0xfeff {
			return fmt.Sprintf("%U", r)
		}
	}
	return ""
}
