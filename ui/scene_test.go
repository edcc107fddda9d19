package ui_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"creel/capture"
	"creel/capture/golden"
	"creel/capture/nats"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/forward"
	"creel/ui"
	"creel/ui/engine"
	"creel/ui/uitest"
)

// scene plays the screen and writes down what is seen after each step, in the
// colours of the terminal, and what is kept.
type scene struct {
	golden.Script
	t *testing.T
	*world
}

func (s *scene) begin(what string, w *world) {
	s.world = w
	s.Begin("%s, %d by %d", what, w.W, w.H)
	s.look()
}

// full is a screen on which everything can be done.
func (s *scene) full(what string, w, h int, changes ...func(*ui.Deps)) {
	s.t.Helper()
	s.begin(what, everything(s.t, w, h, append(changes, s.keeps)...))
}

// keeps has the screen keep what it can, with a word of what that is.
func (s *scene) keeps(d *ui.Deps) {
	d.Config.ConfigFile, d.Config.Mouse = "~/config.toml", true
	d.Views = []ui.View{failedView, bodyView}
	d.KeepSecret = func(name, value string) error { s.Say("keeps the secret %s of %s", value, name); return nil }
	d.KeepTheme = func(name string) error { s.Say("keeps the theme %s", name); return nil }
	d.KeepView = func(name string, is ui.View) error { s.Say("keeps the view %q as %+v", name, is); return nil }
	d.KeepPreset = func(r reply.Spec) error { s.Say("keeps the reply %+v", r); return nil }
	d.KeepTarget = func(t forward.Target) error { s.Say("keeps the target %s", t.Spec()); return nil }
	d.DevKey = func(name string) (provider.DevKey, error) {
		s.Say("makes a key for %s", name)
		return provider.DevKey{}, nil
	}
	d.KeepRequests = func(_ context.Context, list []*capture.Exchange) (string, error) {
		s.Say("keeps %d requests", len(list))
		return "~/history.db", nil
	}
	d.Exec = func(c *exec.Cmd, done tea.ExecCallback) tea.Cmd {
		s.Say("runs %s with %d arguments", c.Args[0], len(c.Args)-1)
		return func() tea.Msg { return done(nil) }
	}
	d.Environ = []string{"EDITOR=ed"}
}

// do does steps: names of keys with blanks between, 'text that is typed,
// "click X Y", "press X Y", "drag X Y", "drop", "wheel up X Y", "size W H", "wait SECONDS".
func (s *scene) do(steps ...string) {
	s.t.Helper()
	for _, step := range steps {
		s.Step("%s", step)
		verb, rest, _ := strings.Cut(step, " ")
		var x, y int
		_, _ = fmt.Sscan(strings.TrimLeft(rest, "updown "), &x, &y)
		switch {
		case strings.HasPrefix(step, "'"):
			s.Type(step[1:])
		case verb == "click":
			s.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
			s.Send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
		case verb == "press":
			s.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
		case verb == "right":
			s.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseRight})
		case verb == "drag":
			s.Send(tea.MouseMotionMsg{X: x, Y: y, Button: tea.MouseLeft})
		case verb == "drop":
			s.Send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
		case verb == "wheel":
			button := tea.MouseWheelDown
			if strings.HasPrefix(rest, "up") {
				button = tea.MouseWheelUp
			}
			s.Send(tea.MouseWheelMsg{X: x, Y: y, Button: button})
		case verb == "size":
			s.Resize(x, y)
		case verb == "wait":
			s.now = s.now.Add(time.Duration(x) * time.Second)
			s.Look()
		default:
			s.Press(strings.Fields(step)...)
		}
		s.Look()
		s.look()
	}
}

// realTime is what a gate says of its own clock.
var realTime = regexp.MustCompile(`automatically in \d\d s`)

func (s *scene) look() {
	s.t.Helper()
	s.Exact()
	v := s.Model.View()
	at := "no cursor"
	if v.Cursor != nil {
		at = fmt.Sprintf("cursor at %d,%d", v.Cursor.X, v.Cursor.Y)
	}
	if s.Quit {
		at = "it has ended"
	}
	s.See(realTime.ReplaceAllString(v.Content, "automatically in 00 s"), at, fmt.Sprintf("title %s, mouse %v", v.WindowTitle, v.MouseMode))
}

// TestScenes plays the screen: what is seen after each key, and what is kept, is as
// it was.
func TestScenes(t *testing.T) {
	for name, play := range map[string]func(*scene){
		"moves": movesScene, "mouse": mouseScene, "keep": keepScene, "filter": filterScene, "menus": menusScene, "replies": repliesScene,
		"targets": targetsScene, "quit": quitScene, "first": firstScene, "edit": editScene, "send": sendScene, "fail": failScene, "dark": darkScene, "team": teamScene,
	} {
		t.Run(name, func(t *testing.T) {
			s := &scene{t: t}
			play(s)
			golden.File(t, "scene-"+name+".txt", s.String())
		})
	}
}

func movesScene(s *scene) {
	s.full("beside each other", 120, 24)
	s.do("k", "k", "j", "g", "G", "ctrl+u", "ctrl+d", "pgup", "pgdown", "home", "end", "up", "down", "enter", "j", "ctrl+d", "ctrl+u", "pgdown", "G", "g", "2", "3", "4", "5", "6", "7", "1", "tab", "tab", "tab", "h", "l", "left", "right", "enter", "enter", "esc", "esc", "esc")
	s.do("w", "z", "z", "v", "esc", "v r", "v p", "o", "esc", "/", "'evt", "enter", "n", "N", "esc", "=", "'.data", "enter", "esc", "< <", "> >", "-", "+", "ctrl+l")
	s.full("below each other", 80, 24)
	s.do("k", "enter", "tab", "tab", "enter", "esc", "o", "esc", "esc", "size 60 16", "size 40 12", "size 30 8", "size 20 5", "size 160 45", "size 80 24")
}

func mouseScene(s *scene) {
	s.full("mouse", 120, 24)
	s.do("click 10 4", "click 10 3", "click 10 3", "click 90 8", "wheel up 10 4", "wheel down 10 4", "wheel down 90 8", "wheel up 90 8", "right 10 4", "click 10 23", "click 10 0", "click 10 1", "click 25 1", "click 3 1", "esc")
	for x := 40; x < 80; x += 3 {
		s.do(fmt.Sprintf("press %d 10", x), fmt.Sprintf("drag %d 10", x+7), "drop")
	}
}

func keepScene(s *scene) {
	s.full("marks", 120, 24)
	s.do("space", "k space", "p", "j", ";", "'a note", "enter", ";", "ctrl+u", "enter", "d", "u", "u", "space", "d", "enter", "u", "D", "j", "enter", "esc", "u", "D", "enter", "y", "u", "D", "j", "j", "enter", "y", "u", "g d", "g d", "u", "u", "u")
	s.full("nothing selected", 80, 12)
	s.do("D", "j", "enter", "y", "d", "p", ";", "space", "y", "c", "r", "e", "x", "f", "enter", "u", "wait 60")
}

func filterScene(s *scene) {
	s.full("filter", 120, 24)
	s.do("/", "'is:invalid", "enter", "k", "esc", "esc", "/", "'stripe is:nonsense", "enter", "ctrl+u", "'evt_2", "tab", "down", "up", "enter", "]", "]", "]", "[", "[", "esc", "/", "'path:/stripe", "ctrl+s", "'mine", "enter", "enter", "]", "esc", "esc", "ctrl+f", "'status:500", "enter", "enter", "ctrl+f", "esc", "B", "s", "enter", "esc", "B", "x", "esc", "/", "'zzz", "enter", "D", "esc", "esc")
}

func menusScene(s *scene) {
	s.full("menus", 120, 30)
	s.do("y", "j", "esc", "?", "j", "/", "'resend", "enter", "esc", "esc", "ctrl+p", "'pin", "enter", ":", "'theme", "enter", "j", "esc", ":", "'relative", "esc", ":", "'times", "enter", "k c", "j", "esc", "c", "esc", "t", "'stripe", "esc", "!", "esc", "R", "tab", "esc", "S", "n", "tab", "esc", "esc", "x", "j", "esc", "T", "esc", "6", "enter", "'whsec_x", "tab", "tab", "space", "enter", "wait 9")
	for _, key := range []string{"u", "b", "c", "h", "i", "f", "r", "w", "1", "e", "s"} {
		s.do("y "+key, "esc", "G")
	}
}

func repliesScene(s *scene) {
	s.full("replies", 120, 24)
	s.do("s", "ctrl+u", "'503 later", "ctrl+s", "'busy", "enter", "enter", "s", "ctrl+u", "'@busy", "enter", "S", "space", "j", "J", "d", "u", "w", "n", "enter", "esc", "I", "I", "i", "ctrl+u", "'path:/x", "enter", "a", "down", "esc", "a", "'422", "esc", "A", "wait 1", "a", "A", "I")
}

func targetsScene(s *scene) {
	s.full("targets", 120, 24)
	s.do("F", "space", "j", "w", "n", "'3001", "enter", "esc", "f", "'4000", "esc", "F", "d", "d", "d", "d", "'9", "enter", "P", "esc")
}

func quitScene(s *scene) {
	for _, keys := range [][]string{{"q", "n", "q", "y"}, {"ctrl+c", "ctrl+c"}, {"q", "enter"}, {"esc", "esc", "q", "w"}, {"q", "h", "q", "x"}} {
		s.full("quit with "+strings.Join(keys, " "), 80, 16, func(d *ui.Deps) { d.Config.History = "" })
		for _, k := range keys {
			if !s.Quit {
				s.do(k)
			}
		}
	}
}

func firstScene(s *scene) {
	for _, size := range sizes {
		w := newWorld(s.t, size[0], size[1])
		s.begin("before the first request", w)
		s.do("?", "esc", "r", "enter", "/", "'x", "esc", "y", "x", "D", "S", "F", "esc", "t", "T")
		w.arrive(s.t, samples(1)...)
		s.do("wait 1", "wait 30", "wait 3600")
	}
	w := &world{ring: ring.New(capture.Bounds{}), now: noon}
	d := w.deps()
	d.Config.Banners = []string{"port 4665 is taken: this is 4666", "another line"}
	d.Config.Public, d.Config.History = "https://abc.example", ""
	w.Screen = uitest.New(s.t, d, 100, 24)
	s.begin("banners", w)
	d.Log.Problem("the disk is full")
	d.Log.Problem("another thing")
	s.do("wait 1", "j", "wait 9", "q")
}

func editScene(s *scene) {
	s.full("edit", 120, 24)
	s.do("k", "e", "'x", "esc", "e", "ctrl+z", "esc", "E", "v", "2", "j", "enter", "'9", "enter", "esc", "q", "esc", "d", "u", "e", "tab", "enter", "esc", "esc", "esc")
}

// darkScene is what colours mean, on a terminal that has all of them and is dark.
func darkScene(s *scene) {
	w := everything(s.t, 120, 20)
	w.Send(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
	s.begin("dark", w)
	s.do("k", "k", "space", "enter", "6", "esc", "/", "'stripe")
}

// teamScene is what a team makes different: for a node of it, and for a screen that looks
// only.
func teamScene(s *scene) {
	var now engine.TeamStatus
	for _, node := range []string{"ana", ""} {
		now = engine.TeamStatus{}
		w := &world{ring: ring.New(capture.Bounds{}), now: noon}
		d := w.deps()
		d.Config.Team = &ui.Team{Space: "payments", Node: node, Command: "creel --team payments", Status: func() engine.TeamStatus { return now }}
		w.Screen = uitest.New(s.t, d, 120, 16)
		s.begin(fmt.Sprintf("node %q", node), w)
		s.do("i", "esc")
		list := samples(3)
		for i, from := range []string{"ana", "bo", "cleo"} {
			list[i].Origin = &capture.Origin{Node: from, Short: string('a' + rune(i)), ID: 1}
			list[i].Attempts = []*capture.Attempt{{N: 1, At: list[i].At, To: "http://" + from + ".test/", Method: "POST", Err: "send: refused", Cause: capture.CauseRefused}}
		}
		w.arrive(s.t, list...)
		s.do("wait 1", "k")
		for _, now = range []engine.TeamStatus{
			{Waiting: 1},
			{Waiting: 2, Here: []string{"bo", "cleo"}},
			{Here: []string{"bo"}, Claims: []nats.Claim{{Path: "/stripe", To: "http://localhost:3000", Who: "bo"}, {Path: "/x", To: "no URL", Who: "cleo"}}},
			{Waiting: 1, Err: errors.New("nats: no servers"), Here: []string{"bo"}, Claims: []nats.Claim{{Path: "/a", To: "http://a", Who: "bo"}}},
			{},
		} {
			s.Say("the team: %d waiting, %v, here %v, claims %v", now.Waiting, now.Err, now.Here, now.Claims)
			w.Look()
			for width := 160; width >= 30; width -= 10 {
				w.Resize(width, 16)
				header, _, _ := strings.Cut(w.Model.View().Content, "\n")
				s.Say("%3d %s", width, strings.TrimSuffix(golden.Styled(header), "\n"))
			}
		}
	}
}
