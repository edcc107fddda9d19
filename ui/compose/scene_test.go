package compose

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/golden"
	"creel/capture/provider"
	"creel/forward"
	"creel/ui/theme"
	"creel/ui/uitest/keys"
)

// scene plays a compose screen and writes down what is seen after each step, and
// what is sent.
type scene struct {
	golden.Script
	t *testing.T
	c *Compose
}

func (s *scene) open(what, text string, w, h int, change func(*Spec)) *Compose {
	s.t.Helper()
	th, err := theme.New(theme.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	spec := Spec{
		Theme: th, Exchange: exchange(text), Body: []byte(text), To: target(s.t, "3000"),
		Signature: func(req *capture.Request) provider.Edit {
			if b, _ := req.Body.Bytes(context.Background()); string(b) == text {
				return provider.Edit{State: provider.EditValid, Text: "valid"}
			}
			return provider.Edit{State: provider.EditRenewed, Provider: "stripe", Text: "broken by this edit, renewed on send"}
		},
		Editor:   func(text []byte) tea.Cmd { return func() tea.Msg { return Edited{Text: append(text, '!')} } },
		ReadFile: func(path string) tea.Cmd { return func() tea.Msg { return readFile(path) } },
	}
	if change != nil {
		change(&spec)
	}
	s.c = New(spec)
	s.c.SetSize(w, h)
	s.Begin("%s, %d by %d", what, w, h)
	s.messages(run(s.c, s.c.Init()))
	s.look()
	return s.c
}

func readFile(path string) FileRead {
	switch path {
	case "none":
		return FileRead{Path: path, Err: errors.New("there is no such file")}
	case "empty":
		return FileRead{Path: path}
	case "binary":
		return FileRead{Path: path, Bytes: []byte("\x00\x01\xff")}
	}
	return FileRead{Path: path, Bytes: []byte(`{"file":true}`)}
}

func (s *scene) messages(msgs []tea.Msg) {
	for _, msg := range msgs {
		switch msg := msg.(type) {
		case Submitted:
			body, _ := msg.Request.Body.Bytes(context.Background())
			s.Say("sends %s %s %q of %v, edited %v, renew %v, to %s", msg.Request.Method, msg.Request.Target, body, msg.Request.Fields, msg.Edited, msg.Renew, msg.To.URL)
			for _, to := range msg.Also {
				s.Say("and to %s", to.URL)
			}
		case Left:
			s.Say("leaves %s", msg.ID)
		default:
			s.Say("asks for %T", msg)
		}
	}
}

// do does steps: the name of a key, 'text that is typed, "click X Y", "wheel up",
// "paste TEXT", or a function.
func (s *scene) do(steps ...any) {
	s.t.Helper()
	for _, step := range steps {
		if do, ok := step.(func()); ok {
			s.Step("it goes on")
			do()
			s.look()
			continue
		}
		step := step.(string)
		s.Step("%s", step)
		verb, rest, _ := strings.Cut(step, " ")
		switch {
		case strings.HasPrefix(step, "'"):
			for _, r := range step[1:] {
				s.messages(run(s.c, s.c.Update(keys.Press(string(r)))))
			}
		case verb == "click":
			var x, y int
			if _, err := fmt.Sscan(rest, &x, &y); err != nil {
				s.t.Fatal(err)
			}
			s.messages(run(s.c, s.c.Update(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})))
		case verb == "wheel":
			button := map[string]tea.MouseButton{"up": tea.MouseWheelUp, "down": tea.MouseWheelDown}[rest]
			s.messages(run(s.c, s.c.Update(tea.MouseWheelMsg{Button: button})))
		case verb == "paste":
			s.messages(run(s.c, s.c.Update(tea.PasteMsg{Content: rest})))
		default:
			s.messages(run(s.c, s.c.Update(keys.Press(step))))
		}
		s.look()
	}
}

func (s *scene) look() {
	frame, cursor := s.c.View()
	at := "no cursor"
	if cursor != nil {
		at = fmt.Sprintf("cursor at %d,%d", cursor.X, cursor.Y)
	}
	foot := "keys"
	for _, k := range s.c.Keys() {
		foot += " · " + k.Help().Key + " " + k.Help().Desc
	}
	s.See(frame, at, foot, fmt.Sprintf("dirty %v, unsent %v, typing %v", s.c.Dirty(), s.c.Unsent(), s.c.Typing()))
}

// TestScenes plays drafts: what is seen after each key, and what is sent, is as it
// was.
func TestScenes(t *testing.T) {
	for name, play := range map[string]func(*scene){"text": textScene, "options": optionsScene, "bodies": bodiesScene, "sent": sentScene, "sizes": sizesScene} {
		t.Run(name, func(t *testing.T) {
			s := &scene{t: t}
			play(s)
			golden.File(t, "scene-"+name+".txt", s.String())
		})
	}
}

func textScene(s *scene) {
	s.open("moved", stripeBody, 80, 24, nil)
	s.do("down", "down", "end", "left", "right", "right", "up", "home", "home", "home", "ctrl+right", "ctrl+right", "ctrl+left", "alt+f", "alt+b", "ctrl+e", "ctrl+a",
		"pgdown", "pgup", "ctrl+end", "right", "ctrl+home", "left", "up", "ctrl+f", "ctrl+b", "ctrl+n", "ctrl+p", "wheel down", "wheel down", "wheel up", "click 10 9", "click 70 3", "click 1 4", "click 30 1", "alt+<", "alt+>")
	s.open("changed", `{"a":1,"b":[1,2,3],"c":"x"}`, 80, 24, nil)
	s.do("down", "end", "backspace", "'7", "ctrl+z", "ctrl+z", "ctrl+y", "down", "end", "enter", "'\"new\": tru", "ctrl+s", "'e,", "ctrl+w", "ctrl+k", "ctrl+k", "ctrl+u", "ctrl+y", "alt+d", "alt+backspace", "delete", "ctrl+d", "ctrl+t", "end", "ctrl+t", "left", "ctrl+t", "paste a\r\nb\rc", "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z")
	s.open("odd characters", "e\u0301 世界 \U0001F469\u200d\U0001F467 ü_9 \xff\x1b[31m\ttab", 60, 22, nil)
	s.do("right", "right", "right", "right", "right", "right", "right", "right", "ctrl+right", "ctrl+right", "ctrl+left", "up", "down", "end", "left", "left", "left", "left", "backspace", "backspace", "ctrl+t")
	s.open("a long line", strings.Repeat("word ", 60), 60, 22, nil)
	s.do("end", "left", "home", "ctrl+right", "ctrl+end", "'x", "click 20 7", "click 2 7")
}

func optionsScene(s *scene) {
	targets := func(spec *Spec) {
		named := target(s.t, "https://staging.example.com/hooks*")
		named.Name, named.Insecure = "staging", true
		spec.Targets = []forward.Target{named, target(s.t, "5000")}
	}
	s.open("to", stripeBody, 90, 24, targets)
	s.do("tab", "enter", "ctrl+u", "'4000/new", "enter", "enter", "ctrl+u", "'nope://", "enter", "esc", "enter", "end", "' staging", "enter", "ctrl+s", "enter", "ctrl+u", "enter", "ctrl+u", "'staging 5000 6000", "tab", "shift+tab", "shift+tab", "esc", "esc")
	s.open("signature and spacing", `{"a": 1,  "b":2}`, 90, 24, nil)
	s.do("tab", "down", "space", "space", "down", "enter", "ctrl+s", "space", "down", "down", "down", "up", "up", "j", "k", "x", "paste x", "click 10 19", "click 10 20", "click 10 99")
	s.open("kept signature", stripeBody, 90, 24, func(spec *Spec) { spec.KeepSignature = true; spec.Editor, spec.ReadFile = nil, nil })
	s.do("'x", "ctrl+o", "ctrl+e", "tab", "tab", "enter", "tab", "tab", "enter", "ctrl+s")
	s.open("nobody knows", stripeBody, 90, 24, func(spec *Spec) { spec.Signature = nil })
	s.do("'x", "ctrl+o")
}

func bodiesScene(s *scene) {
	s.open("a file", stripeBody, 90, 24, nil)
	s.do("tab", "tab", "tab", "tab", "enter", "esc", "enter", "enter", "enter", "'none", "enter", "enter", "ctrl+u", "'a.json", "enter", "esc", "'x", "down", "end", "'y", "tab", "tab", "tab", "tab", "ctrl+s", "enter", "enter", "'empty", "ctrl+s", "ctrl+s", "enter", "enter", "'binary", "enter", "enter")
	s.open("broken", `{"a":1}`, 90, 24, nil)
	s.do("down", "end", "',,", "tab", "tab", "tab", "tab", "enter", "ctrl+s", "ctrl+s", "backspace", "backspace", "ctrl+s")
	s.open("a wrong head", `x=1`, 90, 24, nil)
	s.do("ctrl+home", "' ", "ctrl+s", "backspace", "delete", "delete", "delete", "delete", "ctrl+s", "'G T", "ctrl+s", "ctrl+k", "ctrl+s")
	s.open("binary", "\x00\x01\xff", 90, 24, nil)
	s.do("'x", "ctrl+s", "ctrl+o", "tab", "tab", "tab", "enter")
	s.open("none", "", 90, 24, nil)
	s.do("'x", "backspace", "ctrl+s")
	s.open("edited", `{"a":1}`, 90, 24, func(spec *Spec) {
		spec.Editor = func([]byte) tea.Cmd { return func() tea.Msg { return Edited{Err: errors.New("it ended with 1")} } }
	})
	s.do("ctrl+o", func() {
		run(s.c, s.c.Update(Edited{Text: []byte("POST /other HTTP/1.1\n\nnew"), Err: errors.New("it ended with 2")}))
	}, "ctrl+s")
}

func sentScene(s *scene) {
	c := s.open("one", stripeBody, 90, 24, nil)
	attempt := func(to string, status int, cause capture.Cause) func() {
		return func() {
			c.Responded(&capture.Attempt{N: 2, To: to, Cause: cause, Err: "send: " + string(cause), Took: 12e6, Reply: capture.Reply{Status: status, Body: capture.NewBody([]byte("answer\nlines\nof it"))}})
		}
	}
	s.do("ctrl+s", c.Sending, attempt("http://localhost:3000/stripe?x=%2F", 200, ""), "'x", "ctrl+s", "ctrl+s", c.Sending, attempt("http://localhost:3000/stripe?x=%2F", 0, capture.CauseRefused), "backspace",
		func() { c.Failed(errors.New("the URL is creel's own")) }, func() { c.Say("kept") }, "tab", "shift+tab", "ctrl+s", "esc", "esc")
	c = s.open("two", stripeBody, 90, 24, nil)
	s.do("tab", "enter", "end", "' 4000", "enter", "ctrl+s", c.Sending, attempt("http://localhost:4000/", 500, ""), attempt("http://localhost:3000/stripe?x=%2F", 302, ""))
}

func sizesScene(s *scene) {
	for _, size := range [][2]int{{120, 40}, {80, 22}, {80, 21}, {40, 22}, {39, 22}, {60, 14}, {60, 10}, {60, 8}, {60, 6}, {30, 5}, {12, 3}, {1, 1}} {
		s.open("size", stripeBody, size[0], size[1], nil)
		s.do("down", "'x", "tab", "tab", "tab", func() { s.c.Failed(errors.New("a reason that is longer than a line of a small screen")) })
	}
	s.open("resized", stripeBody, 80, 12, nil)
	s.do("ctrl+end", func() { s.c.SetSize(80, 30) }, func() { s.c.SetSize(80, 9) }, "ctrl+home")
}
