package compose

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/provider"
	"creel/forward"
	"creel/ui/theme"
)

const stripeBody = `{"id":"evt_1","object":"event","amount":1900,"note":"two  words","big":18446744073709551616,"data":{"customer":"cus_1"}}`

func exchange(body string, fields ...capture.Field) *capture.Exchange {
	req := capture.Request{
		Method: "POST", Target: "/stripe?x=%2F", Host: "hooks.example.com", Proto: "HTTP/1.1", Exact: true,
		Fields: append([]capture.Field{
			{Name: "Host", Value: "hooks.example.com"},
			{Name: "Content-Type", Value: "application/json"},
			{Name: "Content-Length", Value: fmt.Sprint(len(body))},
			{Name: "Stripe-Signature", Value: "t=1,v1=abc"},
		}, fields...),
		Body: capture.NewBody([]byte(body)), Size: int64(len(body)),
	}
	return &capture.Exchange{ID: 412, Request: req}
}

func target(t testing.TB, s string) forward.Target {
	u, err := forward.ParseURL(s)
	if err != nil {
		t.Fatal(err)
	}
	return forward.Target{URL: u}
}

func start(t testing.TB, body string, o theme.Options) *Compose {
	th, err := theme.New(o)
	if err != nil {
		t.Fatal(err)
	}
	c := New(Spec{
		Theme: th, Exchange: exchange(body), Body: []byte(body), To: target(t, "3000"),
		Signature: func(req *capture.Request) provider.Edit {
			b, _ := req.Body.Bytes(context.Background())
			if string(b) == body {
				return provider.Edit{State: provider.EditValid, Text: "valid"}
			}
			return provider.Edit{State: provider.EditRenewed, Provider: "stripe", Text: "broken by this edit, renewed on send (stripe, now)"}
		},
		Editor: func(text []byte) tea.Cmd { return func() tea.Msg { return Edited{Text: text} } },
		ReadFile: func(path string) tea.Cmd {
			return func() tea.Msg { return FileRead{Path: path, Bytes: []byte("FILE")} }
		},
	})
	c.SetSize(80, 23)
	run(c, c.Init())
	return c
}

// run runs commands and returns the messages that come of them; those that are for
// the screen itself are given to it.
func run(c *Compose, cmd tea.Cmd) (out []tea.Msg) {
	for cmd != nil {
		msg := cmd()
		cmd = nil
		switch msg := msg.(type) {
		case Edited, FileRead, signature:
			cmd = c.Update(msg)
		case tea.BatchMsg:
			for _, cmd := range msg {
				out = append(out, run(c, cmd)...)
			}
		default:
			out = append(out, msg)
		}
	}
	return out
}

var codes = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp,
	"pgdown": tea.KeyPgDown, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "space": tea.KeySpace,
}

func keyMsg(name string) tea.KeyPressMsg {
	k := tea.KeyPressMsg{}
	for {
		switch {
		case strings.HasPrefix(name, "ctrl+"):
			k.Mod |= tea.ModCtrl
		case strings.HasPrefix(name, "alt+"):
			k.Mod |= tea.ModAlt
		case strings.HasPrefix(name, "shift+"):
			k.Mod |= tea.ModShift
		default:
			if code, ok := codes[name]; ok {
				k.Code = code
				return k
			}
			k.Code = []rune(name)[0]
			if k.Mod == 0 {
				k.Text = name
			}
			return k
		}
		_, name, _ = strings.Cut(name, "+")
	}
}

// press gives keys and returns the messages that come of them; see run.
func press(c *Compose, keys ...string) []tea.Msg {
	var out []tea.Msg
	for _, k := range keys {
		out = append(out, run(c, c.Update(keyMsg(k)))...)
	}
	return out
}

func typed(c *Compose, s string) {
	for _, r := range s {
		press(c, string(r))
	}
}

// goTo puts the cursor behind the first place of s.
func goTo(c *Compose, s string) {
	for i, l := range c.text.lines {
		if at := strings.Index(string(l), s); at >= 0 {
			c.text.at = pos{i, at + len(s)}
			c.follow()
			return
		}
	}
	panic(s + " is not there")
}

func plain(c *Compose) string {
	s, _ := c.View()
	lines := strings.Split(ansi.Strip(s), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func TestScreen(t *testing.T) {
	c := start(t, stripeBody, theme.Options{})
	goTo(c, "19")
	press(c, "backspace", "backspace", "2", "0")
	want := `
 edit #412  →  http://localhost:3000/stripe?x=%2F       draft, nothing sent yet
────────────────────────────────────────────────────────────────────────────────
  1 POST /stripe?x=%2F HTTP/1.1
  2 Host: localhost:3000
  3 Content-Type: application/json
  4 Content-Length: 120         counted on send; a ! after the name keeps yours
  5 Stripe-Signature: t=1,v1=abc                        will be renewed on send
  6
  7 {
  8   "id": "evt_1",
  9   "object": "event",
~10   "amount": 2000,                                                  was 1900
 11   "note": "two  words",
 12   "big": 18446744073709551616,
 13   "data": {
 14     "customer": "cus_1"
 15   }
────────────────────────────────────────────────────────────────────────────────
   Send to    http://localhost:3000/stripe?x=%2F
   Signature  broken by this edit, renewed on send (stripe, now)           [on]
   Spacing    shown pretty, sent as captured; only line 10 changed   [captured]
   Body       120 bytes, valid JSON
   Response   none yet`
	if diff := cmp.Diff(want[1:], plain(c)); diff != "" {
		t.Error(diff)
	}
	if _, cursor := c.View(); cursor == nil || cursor.X != 4+len(`  "amount": 20`) || cursor.Y != 11 {
		t.Errorf("cursor at %+v", cursor)
	}
}

func TestSubmit(t *testing.T) {
	c := start(t, stripeBody, theme.Options{})
	goTo(c, "19")
	press(c, "backspace", "5")
	msgs := press(c, "ctrl+s")
	s, ok := msgs[0].(Submitted)
	if !ok {
		t.Fatalf("%+v", msgs)
	}
	body, _ := s.Request.Body.Bytes(t.Context())
	if diff := cmp.Diff(strings.Replace(stripeBody, "1900", "1500", 1), string(body)); diff != "" {
		t.Error(diff)
	}
	if !s.Edited || !s.Renew || s.To.Host != forward.KeepHost || s.To.URL.String() != "http://localhost:3000" {
		t.Errorf("%+v", s)
	}
	if msgs := press(c, "ctrl+s"); len(msgs) != 0 {
		t.Errorf("sent twice: %+v", msgs)
	}
	c = start(t, stripeBody, theme.Options{})
	goTo(c, "19")
	press(c, "backspace", "5", "tab", "tab", "enter")
	if s := press(c, "ctrl+s")[0].(Submitted); s.Renew {
		t.Error("renewed although switched off")
	}
	c.Sending()
	if msgs := press(c, "ctrl+s"); len(msgs) != 0 {
		t.Errorf("sent twice: %+v", msgs)
	}
	c.Responded(&capture.Attempt{Took: 12 * time.Millisecond, Signed: true, Reply: capture.Reply{Status: 422, Body: capture.NewBody([]byte("no\nreally\x1b[2J"))}})
	if p := plain(c); !strings.Contains(p, "Response   422   12 ms   re-signed   no\n              really␛[2J") {
		t.Error(p)
	}
}

func TestUntouchedIsSentAsItIs(t *testing.T) {
	c := start(t, stripeBody, theme.Options{})
	s := press(c, "alt+enter")[0].(Submitted)
	body, _ := s.Request.Body.Bytes(t.Context())
	if s.Edited || s.Renew || string(body) != stripeBody || c.Dirty() {
		t.Errorf("%+v", s)
	}
}

func TestBrokenJSONAsksOnce(t *testing.T) {
	c := start(t, stripeBody, theme.Options{})
	goTo(c, `"evt_1"`)
	press(c, "delete")
	if p := plain(c); !strings.Contains(p, ` ! Body       line 9: comma missing before "object"          [enter goes there]`) {
		t.Error(p)
	}
	if msgs := press(c, "ctrl+s"); len(msgs) != 0 || !strings.Contains(plain(c), "send again") {
		t.Error("did not ask", msgs)
	}
	if msgs := press(c, "ctrl+s"); len(msgs) != 1 {
		t.Error("asked twice")
	}
	press(c, "ctrl+home", "shift+tab", "shift+tab", "enter")
	if c.focus != onText || c.text.at != (pos{8, 2}) {
		t.Errorf("enter went to %+v", c.text.at)
	}
}

func TestBrokenHeadIsNotSent(t *testing.T) {
	c := start(t, stripeBody, theme.Options{})
	goTo(c, "Host")
	press(c, "delete")
	if msgs := press(c, "ctrl+s", "ctrl+s"); len(msgs) != 0 || !strings.Contains(plain(c), "not sent: line 2") {
		t.Error(msgs, plain(c))
	}
}

func TestSendTo(t *testing.T) {
	c := start(t, stripeBody, theme.Options{})
	press(c, "tab", "enter", "ctrl+u")
	typed(c, "4000/other")
	press(c, "enter")
	if p := plain(c); !strings.Contains(p, "POST /other?x=%2F HTTP/1.1") || !strings.Contains(p, "Host: localhost:4000") {
		t.Error(p)
	}
	s := press(c, "ctrl+s")[0].(Submitted)
	if s.To.URL.String() != "http://localhost:4000" || s.Request.Target != "/other?x=%2F" {
		t.Errorf("%+v", s.To)
	}
	press(c, "enter", "ctrl+u", "x", "enter")
	if msgs := press(c, "ctrl+s"); len(msgs) != 0 || !strings.Contains(plain(c), "did you mean") {
		t.Error("a bad URL was taken", plain(c))
	}
}

func TestEditorAndBack(t *testing.T) {
	c := start(t, "a\r\n\x00\xff", theme.Options{})
	press(c, "ctrl+o")
	if c.Dirty() {
		t.Errorf("%q", c.Text())
	}
	file := strings.ReplaceAll(string(c.Text()), "\r", "␍")
	file = strings.ReplaceAll(strings.ReplaceAll(file, "\x00", "␀"), "\xff", `\xff`)
	c.Update(Edited{Text: []byte(strings.Replace(file, "a␍", "b␍", 1) + "\n")})
	if got := string(c.Text()); !strings.HasSuffix(got, "\n\nb\r\n\x00\xff") || !strings.Contains(plain(c), "final line break") {
		t.Errorf("%q %s", got, plain(c))
	}
	press(c, "ctrl+z")
	if c.Dirty() {
		t.Error("undo does not take an editor's work back")
	}
	c.Update(Edited{Err: errors.New("editor: killed")})
	if c.Dirty() || !strings.Contains(plain(c), "editor: killed") {
		t.Error(plain(c))
	}
}

func TestBodyOfAFile(t *testing.T) {
	c := start(t, "\x00\x01\x02\x03\x04\x05\x06\xff", theme.Options{})
	if !strings.Contains(plain(c), "(binary body of 8 bytes, sent as it is)") {
		t.Error(plain(c))
	}
	press(c, "shift+tab", "shift+tab", "enter")
	typed(c, "/tmp/x")
	press(c, "enter")
	s := press(c, "ctrl+s")[0].(Submitted)
	if body, _ := s.Request.Body.Bytes(t.Context()); string(body) != "FILE" || !s.Edited {
		t.Errorf("%q", body)
	}
}

func TestSpacingAsShown(t *testing.T) {
	c := start(t, `{"a":1}`, theme.Options{})
	press(c, "tab", "tab", "tab", "enter")
	s := press(c, "ctrl+s")[0].(Submitted)
	if body, _ := s.Request.Body.Bytes(t.Context()); string(body) != "{\n  \"a\": 1\n}" {
		t.Errorf("%q", body)
	}
}

func TestPaste(t *testing.T) {
	c := start(t, "", theme.Options{})
	c.Update(tea.PasteMsg{Content: "a\r\nb\rc"})
	if got := string(c.Text()); !strings.HasSuffix(got, "\n\na\nb\nc") {
		t.Errorf("%q", got)
	}
	press(c, "ctrl+z")
	if c.Dirty() {
		t.Error("one undo does not take a paste back")
	}
}

func TestLeave(t *testing.T) {
	c := start(t, stripeBody, theme.Options{})
	typed(c, "x")
	if msgs := press(c, "tab", "esc", "esc"); len(msgs) != 1 || msgs[0] != tea.Msg(Left{412}) || !c.Dirty() {
		t.Errorf("%+v", msgs)
	}
}

// A draft for where a request last went keeps its own path.
func TestDraftForAnExactTarget(t *testing.T) {
	c := start(t, stripeBody, theme.Options{})
	s := c.spec
	s.To, _ = forward.Exactly("http://localhost:3000/hooks?a=1")
	c = New(s)
	c.SetSize(80, 23)
	typed(c, " ")
	if s := press(c, "ctrl+s")[0].(Submitted); s.To.Resolve(s.Request.Target).String() != "http://localhost:3000/hooks?a=1" {
		t.Errorf("%+v", s.To)
	}
}

func TestUnsent(t *testing.T) {
	c := start(t, stripeBody, theme.Options{})
	if c.Unsent() {
		t.Error("nothing was written")
	}
	typed(c, " ")
	press(c, "ctrl+s")
	c.Sending()
	c.Responded(&capture.Attempt{Reply: capture.Reply{Status: 200}})
	if c.Unsent() || !c.Dirty() {
		t.Error("it was sent, and still says something else than what was captured")
	}
	typed(c, " ")
	if !c.Unsent() {
		t.Error("it was changed since")
	}
	press(c, "ctrl+s")
	typed(c, " ") // before it is on its way
	if c.Sending(); !c.Unsent() {
		t.Error("it was changed after ctrl+s")
	}
}

// A large text that is left before it was checked is a draft all the same.
func TestLargeDraftIsKept(t *testing.T) {
	c := start(t, strings.Repeat("line\n", 9000), theme.Options{})
	cmd := c.Update(keyMsg("x"))
	if cmd == nil || !c.Dirty() {
		t.Fatal("not to be checked later, or no draft")
	}
	examine := c.Update(cmd())
	c.Update(examine())
	if !c.Dirty() || len(c.state.was) != 1 {
		t.Errorf("%d lines changed", len(c.state.was))
	}
	press(c, "ctrl+z")
	if s, ok := press(c, "ctrl+s")[0].(Submitted); !ok || s.Edited {
		t.Error("what was undone is sent, or asked about")
	}
}
