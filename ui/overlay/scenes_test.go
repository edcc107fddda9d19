package overlay

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/golden"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/capture/safe"
	"creel/capture/stats"
	"creel/forward"
)

// TestScenes plays every dialog: what is seen after each key, and what is decided,
// is as it was.
func TestScenes(t *testing.T) {
	for name, play := range map[string]func(*scene){
		"menu": menuScene, "palette": paletteScene, "themes": themesScene, "confirm": confirmScene, "curl": curlScene,
		"prompt": promptScene, "forward": forwardScene, "targets": targetsScene, "repeat": repeatScene, "reply": replyScene,
		"rule": ruleScene, "rules": rulesScene, "answer": answerScene, "secret": secretScene, "page": pageScene,
		"breakdown": breakdownScene, "hold": holdScene, "trigger": triggerScene,
	} {
		t.Run(name, func(t *testing.T) {
			s := &scene{t: t}
			play(s)
			golden.File(t, "scene-"+name+".txt", s.String())
		})
	}
}

func (s *scene) numbered(n int) (list []Item) {
	for i := range n {
		it := Item{Key: string(rune('a' + i)), Name: safe.Linef("item %d", i), Hint: safe.Linef("does %d", i), Do: s.to(fmt.Sprint("item ", i))}
		if i%4 == 1 {
			it.Off = safe.Const("cannot be")
		}
		list = append(list, it)
	}
	return list
}

func menuScene(s *scene) {
	th := theme16(s.t)
	first := func() *Menu { return NewMenu(th, safe.Const("copy"), s.numbered(4)[1:]) }
	s.play("all fit", first(), 80, 24, "j", "j", "k", "tab", "shift+tab", "ctrl+n", "ctrl+p", "down", "up", "u", "x", "click 3 1", "wheel down", "wheel up", "click 3 2")
	for _, key := range []string{"enter", "l", "right", "space", "c", "esc", "q", "ctrl+c", "h", "left"} {
		s.play(key, first(), 80, 24, key)
	}
	s.play("scrolled", NewMenu(th, safe.Const("many"), s.numbered(9)), 34, 8, "j", "j", "j", "j", "k", "j", "j", "k", "k", "click 3 6", "click 3 1")
	s.play("narrow", NewMenu(th, safe.Const("a title that is longer than what is in it"), s.numbered(2)), 20, 4)
	s.play("as high as it can be", NewMenu(th, safe.Const("three"), s.numbered(3)), 40, 5)
	s.play("one line less", NewMenu(th, safe.Const("three"), s.numbered(3)), 40, 4, "j")
	m := NewMenu(th, safe.Const("selected"), s.numbered(4))
	for _, i := range []int{-1, 1, 4, 3, 0, 2} { // 1 cannot be chosen, others are none
		m.Select(i)
	}
	s.play("selected", m, 60, 20, "enter")
}

func paletteScene(s *scene) {
	th := theme16(s.t)
	list := append(s.numbered(3),
		Item{Key: "ctrl+s", Group: safe.Const("Request"), Name: safe.Const("Resend"), Hint: safe.Const("send it again"), Words: "replay", Do: s.to("resend")},
		Item{Group: safe.Const("Request"), Name: safe.Const("Remove"), Do: s.to("remove")},
		Item{Group: safe.Const("List"), Name: safe.Const("Reset the filter"), Hint: safe.Const("a hint that is much longer than there is room for in a palette, cut"), Do: s.to("reset")})
	s.play("all", NewPalette(th, list), 100, 30, "down", "up", "up", "tab", "shift+tab", "ctrl+n", "ctrl+p", "wheel down", "wheel up", "'re", "'s", "backspace", "'move", "ctrl+u", "'replay", "ctrl+u", "'item", "up", "enter", "down", "enter")
	s.play("esc", NewPalette(th, list), 100, 30, "esc")
	s.play("ctrl+c", NewPalette(th, list), 100, 30, "ctrl+c")
	s.play("off last", NewPalette(th, s.numbered(6)), 60, 30, "enter")
	s.play("none", NewPalette(th, s.numbered(2)), 60, 30, "'xyz", "enter", "click 3 2", "ctrl+u", "click 3 1", "click 3 2")
	s.play("small", NewPalette(th, s.numbered(9)), 40, 9, "down", "down", "down", "down", "down", "up", "up", "click 3 7", "click 3 2")
	s.play("as high as it can be", NewPalette(th, s.numbered(4)), 40, 7)
	s.play("one line less", NewPalette(th, s.numbered(4)), 40, 6)
	s.play("tiny", NewPalette(th, s.numbered(4)), 16, 5, "down")
	s.play("one", NewPalette(th, s.numbered(4)), 16, 4, "down")
}

func themesScene(s *scene) {
	var names []string
	for i := range 9 {
		names = append(names, fmt.Sprint("theme-", string(rune('a'+i)), " ", strings.Repeat("x", 5*i)))
	}
	open := func() *Palette {
		return NewThemes(theme16(s.t), names, names[4], func(name string) { s.decides("try on %s", name) }, func(name string) tea.Cmd { return s.decides("wear %s", name) })
	}
	s.play("moved", open(), 80, 24, "j", "k", "k", "down", "up", "wheel down", "'e-b", "'j", "backspace", "backspace", "backspace", "backspace", "j", "enter")
	s.play("left", open(), 80, 24, "j", "q")
	s.play("esc", open(), 80, 24, "j", "'a", "esc")
	s.play("unknown", open(), 80, 24, "'zz", "'q", "enter", "esc")
}

func confirmScene(s *scene) {
	th := theme16(s.t)
	open := func() *Confirm {
		c := NewConfirm(th, safe.Const("delete 3 requests?"), safe.Const("delete them"), s.to("delete"), safe.Const("one line that there is to know"), safe.Const("and a second one, which is longer than all others"))
		c.Others = []Choice{{"u", safe.Const("only those that nobody has read"), s.to("unread")}, {"x", safe.Const("export"), s.to("export")}}
		return c
	}
	for _, key := range []string{"y", "Y", "enter", "n", "N", "esc", "q", "ctrl+c", "u", "x"} {
		s.play(key, open(), 80, 24, "z", "click 3 4", key)
	}
	insist := open()
	insist.Insist = true
	s.play("insist", insist, 80, 24, "ctrl+c")
	s.play("small", open(), 30, 7, "n")
	s.play("smaller", open(), 12, 5, "n")
	s.play("without lines", NewConfirm(th, safe.Const("quit?"), safe.Const("quit"), s.to("quit")), 80, 24, "n")
	s.play("long title", NewConfirm(th, safe.Const("a title that is longer than anything else in the dialog"), safe.Const("do"), s.to("do")), 80, 24, "n")
}

func curlScene(s *scene) {
	open := func() *Curl {
		return NewCurl(theme16(s.t), func(text string) (safe.Text, error) {
			if !strings.HasPrefix(text, "curl ") {
				return safe.Text{}, errors.New("this is no curl command")
			}
			return safe.Linef("POST of %q", text), nil
		}, func(text string) tea.Cmd { return s.decides("send %q", text) })
	}
	s.play("pasted", open(), 100, 24, "enter", "'xyz", "paste wget x", "enter", "paste curl a\r\nb\rc", "enter")
	s.play("narrow", open(), 24, 8, "paste curl "+strings.Repeat("x", 90), "q")
	clip := open()
	s.play("from the clipboard", clip, 80, 24, func() { clip.Update(tea.ClipboardMsg{Content: ""}) }, func() { clip.Update(tea.ClipboardMsg{Content: "curl z"}) },
		func() { clip.Update(tea.ClipboardMsg{Content: "curl late"}) }, "esc")
	s.play("ctrl+c", open(), 80, 24, "ctrl+c")
}

func promptScene(s *scene) {
	line := 3
	spec := PromptSpec{Title: safe.Const("a note"), Verb: "keep it", Text: "old note", Select: true, Ghost: "say something", Done: func(text string) tea.Cmd { return s.decides("note %s", text) }, About: func() int { return line }}
	open := func() *Prompt { return NewPrompt(theme16(s.t), spec) }
	s.play("replaced", open(), 80, 24, "'new", "enter")
	s.play("left", open(), 80, 24, "esc")
	s.play("changed", open(), 80, 24, "end", "'!", "left", "home", "delete", "ctrl+c")
	spec.Secret, spec.Select = true, false
	s.play("secret", open(), 40, 24, "'x", "enter")
	spec.Title = safe.Const("a title that is a good deal longer than the sixty cells of a field")
	s.play("long", open(), 120, 24, "enter")
	spec.About = nil
	s.play("about nothing", open(), 40, 24, "paste enter", "click 3 3", "esc")
}

func holdScene(s *scene) {
	open := func(text string) *Prompt {
		return NewHold(theme16(s.t), text, func(f *filter.Filter) (int, int) { return len(f.String()), 40 }, func(f *filter.Filter) tea.Cmd { return s.decides("hold %s", f) })
	}
	s.play("everything", open(""), 80, 24, "enter")
	s.play("written", open("path:/a"), 80, 24, "' status:500", "enter", "backspace", "esc")
}

func triggerScene(s *scene) {
	open := func() *Palette {
		return NewTrigger(theme16(s.t), TriggerSpec{Samples: []provider.SampleInfo{{Provider: "stripe", Event: "invoice.paid", Signed: true}, {Provider: "stripe", Event: "charge.failed"}, {Provider: "github", Event: "push"}}, Sample: func(name, event string) tea.Cmd { return s.decides("sample %s %s", name, event) }, Empty: s.to("empty"), Curl: s.to("curl")})
	}
	s.play("sample", open(), 80, 24, "'push", "enter")
	s.play("signed", open(), 80, 24, "enter")
	s.play("empty", open(), 80, 24, "'empty", "enter")
	s.play("curl", open(), 80, 24, "'clip", "enter")
	s.play("none", open(), 80, 24, "'zzz")
}

func forwardScene(s *scene) {
	used := []string{"http://localhost:3000/hooks", "https://example.com", "http://localhost:8080", "https://staging.example.com/" + strings.Repeat("long/", 12)}
	open := func(used []string) *Forward {
		return NewForward(theme16(s.t), safe.Const("forward #412 to"), "send", "/stripe?x=%2F", used, func(u forward.URL) error {
			if u.Host == "localhost:4665" {
				return errors.New("that is creel's own address, where it would come back to again and again without an end")
			}
			return nil
		}, func(u forward.URL) tea.Cmd { return s.decides("send to %s", u) })
	}
	s.play("the last one", open(used), 80, 24, "enter")
	s.play("typed", open(used), 120, 24, "'4665", "enter", "ctrl+u", "'3000", "down", "tab", "'x", "enter")
	s.play("chosen", open(used), 80, 24, "down", "ctrl+n", "down", "down", "down", "up", "ctrl+p", "enter")
	s.play("clicked", open(used), 80, 24, "click 3 4", "click 3 3", "click 3 5", "click 3 1", "click 3 6", "click 3 7", "click 3 9", "'x", "ctrl+u", "down", "enter")
	s.play("back to the field", open(used), 80, 24, "down", "up", "up", "tab", "esc")
	s.play("small", open(used), 40, 8, "down", "down", "down", "down", "up", "up", "click 3 5", "click 3 4", "ctrl+c")
	s.play("tiny", open(used), 24, 5, "down", "click 3 3", "click 3 1", "esc")
	s.play("none used", open(nil), 80, 24, "enter", "down", "tab", "'example.com*", "enter")
}

func targetsScene(s *scene) {
	now := time.Unix(1000, 0)
	list := []forward.Status{
		{Target: forward.Target{URL: parseURL(s.t, "3000")}, Health: forward.HealthUp},
		{Target: forward.Target{URL: parseURL(s.t, "4000/x*"), Path: "/github", StripPrefix: true, Insecure: true}, Health: forward.HealthDown, Since: now.Add(-2 * time.Minute), Cause: capture.CauseRefused, Pending: 7},
		{Target: forward.Target{URL: parseURL(s.t, "https://example.com"), Name: "staging", Host: forward.KeepHost, Headers: []capture.Field{{Name: "A", Value: "b"}}, Forwarded: true, CACert: "ca.pem", Ordered: true}},
		{Target: forward.Target{URL: parseURL(s.t, "https://other.example"), Path: "/stripe", Host: "x.example", Disabled: true}, Health: forward.HealthDown, Since: now},
	}
	var d *Targets
	open := func(file string, n int, captured string) *Targets {
		set := list[:n]
		d = NewTargets(theme16(s.t), TargetsSpec{
			Look: func() []forward.Status { return set }, Now: func() time.Time { return now }, Captured: captured, File: file,
			Set:  func(list []forward.Target) { s.decides("targets: %s", targetTexts(list)) },
			Keep: func(t forward.Target) tea.Cmd { return s.decides("keep %s", targetTexts([]forward.Target{t})) },
			Check: func(u forward.URL) error {
				if u.Host == "localhost:4665" {
					return errors.New("that is creel's own address")
				}
				return nil
			},
		})
		return d
	}
	s.play("moved", open("c.toml", 4, "/github/a"), 90, 24, "j", "down", "ctrl+n", "tab", "k", "up", "ctrl+p", "shift+tab", "wheel down", "wheel up", "click 3 3", "click 3 9", "click 3 4", "w", "J", "i", "o", "space", "s", "K", "shift+down", "shift+up")
	s.play("switched", open("", 4, ""), 90, 24, "w", "K", "space", "o", "i", "s", "j", "s", "delete", "d", "x", "h")
	s.play("kept", open("c.toml", 4, "/github/a"), 90, 24, "w", func() { d.Kept(&list[0].Target, nil) }, "j", "k", func() { d.Kept(&list[0].Target, errors.New("the disk is full")) }, "q")
	s.play("written", open("", 4, "/other"), 90, 24, "n", "enter", "'/github=", "'4665", "enter", "backspace", "enter", "a", "esc", "e", "enter", "j", "enter", "ctrl+u", "'/new=9", "enter", "j", "e", "ctrl+c", "F")
	s.play("twice", open("", 4, ""), 90, 24, "n", "'3000", "enter", "esc", "j", "e", "ctrl+u", "'3000", "enter", "ctrl+u", "'/github=4000/x*", "enter", "esc")
	s.play("wide", open("", 4, ""), 160, 24, "j", "j")
	s.play("small", open("", 4, ""), 40, 8, "j", "j", "j", "n", "esc", "left")
	s.play("one", open("", 1, ""), 60, 7, "j", "K", "J", "ctrl+c")
	s.play("none", open("", 0, ""), 60, 12, "'3", "enter")
	s.play("none, and left", open("", 0, ""), 60, 12, "esc")
}

func repeatScene(s *scene) {
	th := theme16(s.t)
	var r *Repeat
	open := func(n int) *Repeat {
		r = NewRepeat(th, RepeatSpec{
			What: safe.Const("#412 → :3000/stripe"), Runs: n,
			Start: func(p RepeatPlan) tea.Cmd { return s.decides("%+v", p) }, Cancel: func() { s.decides("cancel") },
		})
		return r
	}
	told := func(h forward.Histogram) func() { return func() { r.Progress(h) } }
	buckets := []forward.Bucket{{Name: "200", Count: 90}, {Name: "404", Count: 1}, {Name: "503", Count: 9}, {Name: "refused", Count: 1}}
	s.play("one", open(1), 80, 24, "enter", "x", told(forward.Histogram{Total: 2, Done: 1, Sent: 1, Failed: 1, Took: 50 * time.Millisecond, Buckets: buckets[:1]}),
		"R", told(forward.Histogram{Total: 2, Done: 2, Sent: 2, Took: 51 * time.Millisecond, Max: 1, Buckets: buckets[:1], Ended: true}), "R", "esc")
	s.play("several", open(3), 80, 24, "up", "space", "space", "right", "l", "left", "h", "shift+tab", "ctrl+u", "'-1s", "enter", "ctrl+u", "'0s", "ctrl+u", "'1.5s", "tab", "tab", "ctrl+u", "'0", "ctrl+u", "'1000000", "ctrl+u", "'1000001", "ctrl+u", "'34", "down", "ctrl+u", "'256", "ctrl+u", "'257", "ctrl+u", "'0", "ctrl+u", "'2", "enter",
		told(forward.Histogram{Total: 102, Done: 101, Sent: 101, Failed: 11, Took: 2 * time.Second, P50: 12 * time.Millisecond, P95: 1500 * time.Microsecond, Max: 2 * time.Second, Buckets: buckets}),
		"q", "esc", told(forward.Histogram{Total: 102, Done: 101, Sent: 101, Ended: true, Buckets: buckets}), "enter")
	s.play("exactly a hundred", open(50), 80, 24, "ctrl+u", "'2", "ctrl+c")
	s.play("two", open(2), 80, 24, "esc")
	s.play("small", open(1), 40, 8, "enter", told(forward.Histogram{Total: 2, Done: 1, Sent: 1, Buckets: buckets}), "ctrl+c", told(forward.Histogram{Total: 2, Done: 2, Sent: 2, Ended: true, Buckets: buckets[:2]}), "q")
	s.play("long name", NewRepeat(th, RepeatSpec{What: safe.Line(strings.Repeat("name ", 13)), Runs: 1}), 120, 24, "esc")
}

func replyScene(s *scene) {
	th := theme16(s.t)
	open := func(now reply.Spec, presets []reply.Spec, note string) *Reply {
		return NewReply(th, ReplySpec{
			Now: now, Presets: presets, Note: safe.Line(note),
			Set: func(r reply.Spec) tea.Cmd { return s.decides("%+v", r) }, Keep: func(r reply.Spec) tea.Cmd { return s.decides("keep %+v", r) },
		})
	}
	s.play("written", open(reply.Spec{}, presets, "the app answers while a target is on"), 90, 24, "ctrl+u", "'700", "enter", "ctrl+s", "ctrl+u", "'500x2,200 {}", "up", "space", "up", "'x", "ctrl+u", "'1s", "up", "'A", "enter", "': b; c;  D: e", "up", "right", "right", "left", "shift+tab", "ctrl+s", "enter")
	s.play("preset", open(reply.Spec{}, presets, ""), 90, 24, "ctrl+u", "'@", "tab", "tab", "tab", "ctrl+u", "'@o", "tab", "'x", "tab", "ctrl+u", "'@ok", "tab", "enter")
	s.play("no presets", open(reply.Spec{Statuses: []int{422}, BodyFile: "/tmp/a.json", Delay: time.Second, PerRule: true, Fields: []capture.Field{{Name: "A", Value: "b"}, {Name: "C", Value: "d"}}}, nil, ""), 90, 24, "'@", "tab", "tab", "space", "space", "esc")
	s.play("sequence", open(reply.Spec{Statuses: []int{500, 200}, PerRule: true}, nil, ""), 90, 24, "enter")
	s.play("small", open(reply.Spec{Statuses: []int{500, 200}, Body: "x"}, presets, "a note"), 50, 8, "tab", "tab", "tab", "tab", "tab", "ctrl+c")
	var r *Reply
	r = open(reply.Spec{Preset: "busy", Statuses: []int{503}, Body: "later"}, presets, "")
	s.play("kept", r, 90, 12, func() { r.PresetKept(reply.Spec{}, "c.toml", errors.New("the disk is full")) },
		func() { r.PresetKept(reply.Spec{Preset: "mine", Statuses: []int{204}}, "c.toml", nil) }, "esc")
	r = open(reply.Spec{}, nil, "")
	for h := 9; h <= 11; h++ { // a line is left free where there is room
		s.play("high", r, 90, h)
	}
}

func ruleScene(s *scene) {
	open := func(d reply.RuleDraft) *Rule {
		return NewRule(theme16(s.t), RuleSpec{
			From: safe.Const("#412"), Draft: d,
			Text: func(d reply.RuleDraft) (string, error) {
				if d.Match == "wrong" {
					return "", errors.New("a filter that is wrong, which takes more words to say than fit into a line of a dialog as wide as this one")
				}
				return fmt.Sprintf("%+v", d), nil
			},
			Make: func(text string) tea.Cmd { return s.decides("make %s", text) }, Edit: func(text string) tea.Cmd { return s.decides("edit %s", text) }, Leave: func() { s.decides("none") },
		})
	}
	draft := reply.RuleDraft{Name: "n", Match: "path:/a", Action: reply.ActionReply, Reply: "503"}
	s.play("made", open(draft), 90, 24, "tab", "space", "space", "space", "space", "space", "left", "left", "tab", "tab", "tab", "'3", "enter")
	s.play("forwarded", open(draft), 90, 24, "tab", "right", "tab", "'4000", "tab", "space", "ctrl+o")
	s.play("fault", open(draft), 90, 24, "tab", "right", "right", "tab", "space", "up", "up", "ctrl+u", "'wrong", "enter", "ctrl+o", "esc")
	s.play("left", open(reply.RuleDraft{}), 50, 8, "tab", "tab", "tab", "ctrl+c")
	for h := 9; h <= 11; h++ {
		s.play("high", open(draft), 90, h)
	}
}

func rulesScene(s *scene) {
	now := someRules()
	now.Status = safe.Const("removed; u brings it back")
	open := func(n int, from string) *Rules {
		return NewRules(theme16(s.t), RulesSpec{
			Look: func() RulesNow { now := now; now.List = now.List[:n]; return now }, From: safe.Line(from), Make: s.to("make"),
			Enable: func(i int, on bool) tea.Cmd { return s.decides("enable %d %v", i, on) }, Move: func(from, to int) tea.Cmd { return s.decides("move %d to %d", from, to) },
			Remove: func(i int) tea.Cmd { return s.decides("remove %d", i) }, Edit: func(i int) tea.Cmd { return s.decides("edit %d", i) },
			Reset: func(i int) tea.Cmd { return s.decides("reset %d", i) },
			Undo:  s.to("undo"), Save: s.to("save"),
		})
	}
	s.play("keys", open(3, "#412"), 80, 24, "j", "down", "ctrl+n", "tab", "k", "up", "ctrl+p", "shift+tab", "G", "g", "end", "home", "wheel down", "wheel up", "space", "e", "E", "enter", "r", "d", "delete", "J", "shift+down", "J", "K", "shift+up", "K", "n", "u", "w", "x", "q")
	s.play("small", open(3, "#412"), 60, 10, "j", "j", "esc")
	s.play("smaller", open(3, ""), 60, 8, "j", "j", "n", "h")
	now.Unsaved = false
	s.play("saved", open(3, ""), 80, 24, "left")
	now.Status = safe.Text{}
	s.play("none", open(0, ""), 80, 24, "space", "G", "u", "esc")
	s.play("none yet", open(0, "#1"), 80, 24, "n", "esc")
	now.Err = errors.New("line 3 is wrong")
	s.play("wrong", open(1, ""), 120, 24, "esc")
}

func answerScene(s *scene) {
	look := HeldNow{Held: true}
	waited := 1840 * time.Millisecond
	spec := heldSpec(&look, "→ :3000/stripe")
	spec.Now = func() time.Time { return look.Since.Add(waited) }
	spec.Decide = func(d reply.Decision) tea.Cmd { return s.decides("%s: %+v %v", d, d.Reply, d.URLs) }
	spec.NextTry = func(r reply.Spec) tea.Cmd { return s.decides("next try %+v", r) }
	spec.Leave = func() { s.decides("nothing") }
	open := func() *Held { return NewHeld(theme16(s.t), spec) }
	s.play("ways", open(), 80, 24, "down", "tab", "ctrl+n", "down", "up", "shift+tab", "ctrl+p", "'5", "enter", "'03 x", "enter")
	for i, way := range []string{"forward", "release", "drop"} {
		s.play(way, open(), 80, 24, append(make([]any, 0), append([]any{"down", "down", "down"}[:i+1], "enter")...)...)
	}
	s.play("left", open(), 80, 24, "esc")
	s.play("ctrl+c", open(), 80, 9, "ctrl+c")
	s.play("small", open(), 40, 8, "down", "down", "down", func() { look.Held = false }, "down", "'x", "enter", "ctrl+u", "enter")
	look.Held, look.Ended = false, safe.Const("it was answered by hand")
	s.play("ended", open(), 80, 24, "enter")
	look.Held = true
	for _, waited = range []time.Duration{-time.Second, 0, 3 * time.Second, 3001 * time.Millisecond, 90 * time.Second} {
		s.play(fmt.Sprint("after ", waited), open(), 80, 24)
	}
	look.Limit, look.Left = 0, 59950*time.Millisecond
	s.play("no limit", open(), 80, 24, func() { look.Paused = true })
	spec.Forward = safe.Text{}
	s.play("nowhere", open(), 80, 24, "down", "enter", "esc")
}

func secretScene(s *scene) {
	th := theme16(s.t)
	spec := secretSpec()
	spec.Done = func(e EnteredSecret) tea.Cmd {
		return s.decides("%s@%s %q, entered %q, keep %v, URL %q", e.Secret.Provider, e.Secret.Path, e.Secret.Value, e.Entered, e.Keep, e.PublicURL)
	}
	open := func() *Secret { return NewSecret(th, spec) }
	s.play("typed", open(), 80, 24, "enter", "'whsec_wrong", "ctrl+u", "'whsec_right", "tab", "space", "tab", "space", "tab", "shift+tab", "ctrl+g", "enter")
	s.play("pasted", open(), 80, 24, "paste one\ntwo\r\n", "tab", "shift+tab", "paste x\r", "'y", "paste a\nb", "tab", "space", "enter")
	s.play("left", open(), 80, 24, "esc")
	s.play("ctrl+c", open(), 80, 24, "ctrl+c")
	spec.DevKey, spec.File, spec.Came, spec.Asks = s.to("development key"), "", "came", provider.PublicKey
	spec.Check = func(s provider.Secret) error {
		if s.Value == "no" {
			return errors.New("it is not a key")
		}
		return nil
	}
	s.play("came", open(), 80, 24, "ctrl+u", "'no", "enter", "ctrl+g")
	spec.Came, spec.SignsURL, spec.PublicURL, spec.Known = "", true, "https://a.example", true
	s.play("URL alone", open(), 80, 24, "enter")
	s.play("wrong URL", open(), 80, 24, "up", "ctrl+u", "enter", "'nope", "enter", "esc")
	spec.Path = "/a/path/that/is/longer/than/there/is/room/for/it"
	spec.Known = false
	s.play("URL without a secret", open(), 80, 24, "enter", "'s", "enter")
	s.play("small", open(), 40, 6, "tab", "tab", "'x", "esc")
}

func pageScene(s *scene) {
	rows := []PageRow{{Name: safe.Const("Keys")}}
	for i := range 12 {
		rows = append(rows, PageRow{Name: safe.Linef(" k%d", i), At: 8, Text: safe.Linef("what key %d does, in a few words that take some room", i), Look: theme16(s.t).Key})
	}
	rows = append(rows, PageRow{}, PageRow{Name: safe.Const("More")}, PageRow{Name: safe.Const(" a name that is too long"), At: 8, Text: safe.Const("and its text")}, PageRow{Name: safe.Const(" alone, with 5")})
	open := func(n, w, h int) *Page {
		p := NewPage(theme16(s.t), safe.Const("help"), rows[:n], w, h)
		p.Finds(func() []PageRow {
			return []PageRow{{Name: safe.Const("Elsewhere")}, {Name: safe.Const(" z"), At: 8, Text: safe.Const("is on another page: key 5")}}
		})
		return p
	}
	s.play("scrolled", open(17, 60, 8), 60, 8, "j", "down", "ctrl+n", "k", "up", "ctrl+p", "space", "pgdown", "ctrl+f", "pgup", "ctrl+b", "ctrl+d", "ctrl+u", "G", "g", "end", "home", "q")
	s.play("searched", open(17, 60, 24), 60, 24, "/", "'5", "enter", "/", "'key WORDS", "backspace", "ctrl+u", "'zzz", "down", "esc", "/", "'too", "enter", "esc", "esc")
	s.play("narrow", open(17, 24, 30), 24, 30, "j", "?")
	s.play("wide", open(3, 140, 24), 140, 24, "!")
	rows[1].Text = safe.Line(strings.Repeat("many words ", 20))
	s.play("wider than it may be", open(3, 140, 24), 140, 24)
	s.play("short texts", NewPage(theme16(s.t), safe.Const("p"), []PageRow{{Name: safe.Const("19:45:48"), At: 10, Text: safe.Const("the disk is full")}}, 80, 24), 80, 24)
	s.play("as high as it can be", open(5, 80, 7), 80, 7, "h")
	s.play("one line less", open(5, 80, 6), 80, 6, "left")
	p := open(17, 60, 8)
	s.play("resized", p, 80, 20, func() { p.Update(tea.WindowSizeMsg{Width: 80, Height: 21}) }, "G", "enter")
}

func breakdownScene(s *scene) {
	at := time.Unix(100000, 0)
	var rows []stats.Row
	for i := range 12 {
		r := stats.Row{
			Key: stats.Key{Method: "POST", Path: fmt.Sprint("/hook/", i), Event: []string{"push", "invoice.paid"}[i%2]}, Count: 10 * i, Failed: i % 3 * i, Rate: []float64{0, 0.05, 0.1, 99.96, 100}[i%5],
			P50: time.Duration(i) * time.Millisecond, P95: time.Duration(i) * 700 * time.Millisecond, Invalid: i % 2, Retries: i / 4, Last: at.Add(-time.Duration(i*i) * time.Minute),
		}
		for j := range r.Hour {
			r.Hour[j] = stats.Count{N: j * i / 7, Failed: j % 4 / 3 * i}
		}
		rows = append(rows, r)
	}
	rows[3].Count, rows[3].Failed = 1000, 1
	rows[5].Other = true
	rows[7].Cut = true
	spec := BreakdownSpec{
		Filter: func(r *stats.Row) tea.Cmd { return s.decides("filter %s", r.Endpoint()) },
		Export: func(list []stats.Row) { s.decides("export %d rows", len(list)) },
	}
	open := func(n, w, h int) *Breakdown {
		b := NewBreakdown(theme16(s.t), spec, w, h)
		b.Set(append([]stats.Row(nil), rows[:n]...), at)
		return b
	}
	b := open(12, 160, 10)
	s.play("wide", b, 160, 10, "j", "down", "ctrl+n", "k", "up", "ctrl+p", "ctrl+d", "ctrl+d", "ctrl+u", "pgdown", "space", "pgup", "G", "g", "end", "home", "wheel down", "wheel up", "click 3 4", "click 3 0", "click 3 1", "click 60 1", "s", "s", "S", "x",
		func() { b.Set(append([]stats.Row(nil), rows[:8]...), at.Add(time.Minute)) }, "G", "enter")
	for _, i := range []int{5, 7} {
		b = NewBreakdown(theme16(s.t), spec, 100, 6)
		b.Set(rows[i:i+1], at)
		s.play("without a filter", b, 100, 6, "enter", "esc")
	}
	for _, w := range []int{120, 80, 60, 40, 20, 8} {
		s.play("narrower", open(4, w, 10), w, 10, "S", "s", "s", "click 3 6", "click 3 5")
	}
	for _, key := range []string{"esc", "q", "ctrl+c", "B", "h", "left", "enter", "l", "right"} {
		s.play(key, open(1, 100, 6), 100, 6, key)
	}
	b = open(12, 100, 6)
	s.play("resized", b, 100, 12, "G", func() { b.Update(tea.WindowSizeMsg{Width: 100, Height: 13}) }, "esc")
	s.play("none", open(0, 100, 6), 100, 6, "j", "x", "enter", "s", "esc")
}
