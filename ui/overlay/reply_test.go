package overlay

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
	"creel/capture/filter"
	"creel/capture/reply"
	"creel/capture/safe"
	"creel/capture/tomlfile"
)

// give gives an overlay keys: names, or texts to type after a quote. It returns
// the last message and whether the dialog closed.
func give(o Overlay, keys ...string) (msg tea.Msg, done bool) {
	for _, k := range keys {
		var presses []tea.KeyPressMsg
		switch code, ok := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "space": tea.KeySpace}[k]; {
		case ok:
			presses = append(presses, tea.KeyPressMsg{Code: code})
		case strings.HasPrefix(k, "'"):
			for _, r := range k[1:] {
				presses = append(presses, tea.KeyPressMsg{Code: r, Text: string(r)})
			}
		case strings.HasPrefix(k, "ctrl+"):
			presses = append(presses, tea.KeyPressMsg{Code: rune(k[5]), Mod: tea.ModCtrl})
		default:
			presses = append(presses, press(k))
		}
		for _, p := range presses {
			var cmd tea.Cmd
			cmd, done = o.Update(p)
			if cmd != nil {
				msg = cmd()
			}
		}
	}
	return msg, done
}

// plain draws an overlay without styles and without blanks at the ends.
func plain(o Overlay, w, h int) []string {
	var lines []string
	for line := range strings.SplitSeq(ansi.Strip(o.View(w, h).Content), "\n") {
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

// asksName is a reply whose name as a preset is asked for.
type asksName struct{ spec reply.Spec }

var presets = []reply.Spec{{Preset: "busy", Statuses: []int{503}, Body: "later"}, {Preset: "ok", Statuses: []int{200}}}

// A preset that was kept is there at once; why it could not be is said.
func TestReplyKeepsPresets(t *testing.T) {
	r := NewReply(testTheme(t), ReplySpec{
		Now: reply.Spec{Statuses: []int{503}, Fields: []capture.Field{{Name: "A", Value: "b"}}}, Presets: presets, Set: with[reply.Spec],
		Keep: func(s reply.Spec) tea.Cmd { return with(asksName{s}) },
	})
	msg, done := give(r, "ctrl+s")
	asked, ok := msg.(asksName)
	if !ok || done || asked.spec.Status(0) != 503 || len(asked.spec.Fields) != 1 {
		t.Fatalf("%#v, closed %v", msg, done)
	}
	r.PresetKept(asked.spec, "c.toml", errors.New("disk full"))
	if got := strings.Join(plain(r, 60, 20), "\n"); !strings.Contains(got, "disk full") || !strings.Contains(got, "presets, with @ and tab: @busy @ok ") {
		t.Error(got)
	}
	asked.spec.Preset = "mine"
	r.PresetKept(asked.spec, "c.toml", nil)
	if got := strings.Join(plain(r, 60, 20), "\n"); !strings.Contains(got, "@mine is kept in c.toml") || !strings.Contains(got, "@busy @ok @mine") {
		t.Error(got)
	}
	if msg, _ := give(r, "ctrl+u", "'@mine", "enter"); !cmp.Equal(msg, tea.Msg(asked.spec)) {
		t.Errorf("%#v", msg)
	}
	if msg, _ := give(r, "ctrl+u", "'700", "ctrl+s"); msg != nil {
		t.Errorf("a wrong reply was kept: %#v", msg)
	}
}

func TestReplyDecides(t *testing.T) {
	for _, tt := range []struct {
		name string
		now  reply.Spec
		keys []string
		want tea.Msg
	}{
		{"one line", reply.Spec{}, []string{"ctrl+u", `'422 {"error":"x"}`, "enter"}, reply.Spec{Statuses: []int{422}, Body: `{"error":"x"}`}},
		{
			"unchanged",
			reply.Spec{Statuses: []int{503}, Fields: []capture.Field{{Name: "A", Value: "b; c"}}, Delay: time.Second},
			[]string{"enter"},
			reply.Spec{Statuses: []int{503}, Fields: []capture.Field{{Name: "A", Value: "b; c"}}, Delay: time.Second},
		},
		{"wrong stays open", reply.Spec{}, []string{"ctrl+u", "'700", "enter"}, nil},
		{"sequence for all", reply.Spec{}, []string{"ctrl+u", "'500x2,200", "up", "space", "enter"}, reply.Spec{Statuses: []int{500, 500, 200}, PerRule: true}},
		{
			"fields and delay",
			reply.Spec{},
			[]string{"tab", "tab", "'Retry-After: 5; X-A: a;b", "tab", "'250ms", "enter"},
			reply.Spec{Statuses: []int{200}, Fields: []capture.Field{{Name: "Retry-After", Value: "5"}, {Name: "X-A", Value: "a;b"}}, Delay: 250 * time.Millisecond},
		},
		{"a file", reply.Spec{}, []string{"ctrl+e", "' /tmp/x.json", "tab", "space", "enter"}, reply.Spec{Statuses: []int{200}, BodyFile: "/tmp/x.json"}},
		{"a file at home", reply.Spec{}, []string{"ctrl+e", "' ~/x.json", "tab", "space", "enter"}, reply.Spec{Statuses: []int{200}, BodyFile: tomlfile.Path("~/x.json")}},
		{"the file of now", reply.Spec{TemplateFile: "/t"}, []string{"enter"}, reply.Spec{Statuses: []int{200}, TemplateFile: "/t"}},
		{"preset by name", reply.Spec{}, []string{"ctrl+u", "'@b", "tab", "enter"}, presets[0]},
		{"next preset", reply.Spec{}, []string{"ctrl+u", "'@", "tab", "tab", "enter"}, presets[1]},
		{"left", reply.Spec{}, []string{"'x", "esc"}, nil},
	} {
		got, _ := give(NewReply(testTheme(t), ReplySpec{Now: tt.now, Presets: presets, Set: with[reply.Spec]}), tt.keys...)
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
}

// Another reply than the preset that is set has none of its fields.
func TestReplyInPlaceOfAPreset(t *testing.T) {
	now := reply.Spec{Preset: "down", Statuses: []int{503}, Fields: []capture.Field{{Name: "Retry-After", Value: "5"}}, Delay: time.Second, PerRule: true}
	r := NewReply(testTheme(t), ReplySpec{Now: now, Set: with[reply.Spec]})
	got, _ := give(r, "'500,200", "enter")
	if d := cmp.Diff(reply.Spec{Statuses: []int{500, 200}}, got); d != "" {
		t.Error(d)
	}
}

func TestReplyView(t *testing.T) {
	r := NewReply(testTheme(t), ReplySpec{Now: reply.Spec{Statuses: []int{500, 500, 200}, Body: `{"a":1}`}, Presets: presets, Note: safe.Const("the app answers while a target is on")})
	want := []string{
		"╭─ what senders get ───────────────────────────────────────╮",
		`│ Reply    500x2,200 {"a":1}                               │`,
		"│ Body is  [text] file  template  template file            │",
		"│ Headers  Retry-After: 5; X-A: b                          │",
		"│ Delay    250ms, 5s: a slow first byte (faults: S)        │",
		"│ Counted  [per delivery] all together                     │",
		"│                                                          │",
		"│ 500 x2 then 200, 7 bytes of application/json             │",
		"│ presets, with @ and tab: @busy @ok @accepted @empty @bad │",
		"│ @unauthorized @missing @conflict @invalid @error @down   │",
		"│ @timeout                                                 │",
		"│ the app answers while a target is on                     │",
		"╰──────────────────────────────────────────────────────────╯",
	}
	if d := cmp.Diff(want, plain(r, 60, 24)); d != "" {
		t.Error(d)
	}
	give(r, "ctrl+u", "'204 x")
	if got := plain(r, 60, 24)[6]; !strings.Contains(got, "204 No Content has no body") {
		t.Errorf("%q", got)
	}
}

func heldSpec(look *HeldNow, forward string) HeldSpec {
	start := time.Date(2026, 11, 23, 13, 37, 0, 0, time.UTC)
	look.Since, look.Limit = start, 3*time.Second
	return HeldSpec{
		ID: 412, Name: "#412", Subject: safe.Const("POST /stripe  stripe invoice.paid"), Presets: presets, Forward: safe.Line(forward), Otherwise: safe.Const("503"),
		Look: func() HeldNow { return *look }, Now: func() time.Time { return start.Add(1840 * time.Millisecond) },
	}
}

func TestAnswerDecides(t *testing.T) {
	type nextTry struct{ spec reply.Spec }
	decided := func(d reply.Decision) tea.Msg { return d }
	for _, tt := range []struct {
		name    string
		forward string
		gone    bool
		keys    []string
		want    tea.Msg
		done    bool
	}{
		{"answer", "", false, []string{"enter"}, decided(reply.Decision{Way: reply.WayReply, Reply: reply.Spec{Statuses: []int{200}}}), true},
		{"what is typed", "", false, []string{"ctrl+u", "'409 no", "enter"}, decided(reply.Decision{Way: reply.WayReply, Reply: reply.Spec{Statuses: []int{409}, Body: "no"}}), true},
		{"preset", "", false, []string{"ctrl+u", "'@busy", "enter"}, decided(reply.Decision{Way: reply.WayReply, Reply: presets[0]}), true},
		{"wrong", "", false, []string{"ctrl+u", "'4", "enter"}, nil, false},
		{"forward", ":3000", false, []string{"down", "enter"}, decided(reply.Decision{Way: reply.WayForward}), true},
		{"forward nowhere", "", false, []string{"down", "enter"}, nil, false},
		{"release", "", false, []string{"down", "down", "enter"}, decided(reply.Decision{Way: reply.WayRelease}), true},
		{"drop", "", false, []string{"up", "enter"}, decided(reply.Decision{Way: reply.WayDrop}), true},
		{"typing goes back to the answer", "", false, []string{"up", "'1", "ctrl+h", "enter"}, decided(reply.Decision{Way: reply.WayReply, Reply: reply.Spec{Statuses: []int{200}}}), true},
		{"left", "", false, []string{"esc"}, nil, true},
		{"the sender left", ":3000", true, []string{"down", "enter"}, nextTry{reply.Spec{Statuses: []int{200}}}, true},
	} {
		look := HeldNow{Held: true}
		spec, left := heldSpec(&look, tt.forward), false
		spec.Decide = with[reply.Decision]
		spec.NextTry = func(s reply.Spec) tea.Cmd { return with(nextTry{s}) }
		spec.Leave = func() { left = true }
		a := NewHeld(testTheme(t), spec)
		look.Held = !tt.gone
		got, done := give(a, tt.keys...)
		if d := cmp.Diff(tt.want, got, cmp.AllowUnexported(nextTry{})); d != "" || done != tt.done || left != (done && got == nil) {
			t.Errorf("%s: done %v, left %v %s", tt.name, done, left, d)
		}
	}
}

func TestAnswerView(t *testing.T) {
	look := HeldNow{Held: true}
	a := NewHeld(testTheme(t), heldSpec(&look, "→ :3000/stripe"))
	want := []string{
		"╭─ reply to #412 ──────────────────────────────────────────╮",
		"│ POST /stripe  stripe invoice.paid                        │",
		"│ ████████████········ 1.8 s of 3.0 s until the sender gi… │",
		"│                                                          │",
		`│ 200   422 {"error":"x"}   @preset                        │`,
		"│                                                          │",
		"│ ▌ reply     200, empty body                              │",
		"│   forward   → :3000/stripe                               │",
		"│   release   503                                          │",
		"│   drop      close the connection without a reply         │",
		"╰──────────────────────────────────────────────────────────╯",
	}
	if d := cmp.Diff(want, plain(a, 60, 24)); d != "" {
		t.Error(d)
	}
	look.Limit, look.Left = 0, 23160*time.Millisecond
	if got := plain(a, 60, 24)[2]; !strings.Contains(got, " held 1.8 s  released automatically in 23 s") {
		t.Errorf("%q", got)
	}
	look.Paused = true
	if got := plain(a, 60, 24)[2]; !strings.Contains(got, "its timer is paused") {
		t.Errorf("%q", got)
	}
	look.Held = false
	got := strings.Join(plain(a, 70, 24), "\n")
	for _, want := range []string{"the sender has left", "next try", "give it to the delivery's next try: 200, empty body"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "drop") {
		t.Errorf("there is nobody to drop:\n%s", got)
	}
}

func TestHold(t *testing.T) {
	asked := 0
	would := func(f *filter.Filter) (int, int) { asked++; return 3, 40 }
	h := NewHold(testTheme(t), "path:/stripe", would, with[*filter.Filter])
	if got := plain(h, 80, 24)[2]; !strings.Contains(got, "3 of the 40 newest would have been held") {
		t.Errorf("%q", got)
	}
	if plain(h, 80, 24); asked != 1 {
		t.Errorf("counted %d times for one text", asked)
	}
	msg, _ := give(h, "' status:500", "enter")
	if msg != nil || !strings.Contains(plain(h, 80, 24)[2], "at 14: status: is not known when a request arrives") {
		t.Errorf("%v %q", msg, plain(h, 80, 24)[2])
	}
	msg, done := give(NewHold(testTheme(t), "", would, with[*filter.Filter]), "enter")
	if set, ok := msg.(*filter.Filter); !ok || !done || !set.IsEmpty() {
		t.Errorf("%v", msg)
	}
}

func someRules() RulesNow {
	return RulesNow{File: "/etc/rules.toml", Unsaved: true, Removed: 1, List: []reply.RuleInfo{
		{Name: "stripe down", Match: "path:/hooks/stripe event:invoice.*", Action: "500 x3 then 200 after 250ms", Enabled: true, Matched: 12},
		{Name: "rule 2", Match: "path:/slow", Action: "fault hang", Enabled: true, Matched: 3, Used: 3, Times: 3},
		{Name: "rule 3", Action: "hold"},
	}}
}

// rulesSpec notes the calls of a dialog about rules.
func rulesSpec(now *RulesNow, from safe.Text, calls *[]string) RulesSpec {
	note := func(what string, args ...any) {
		*calls = append(*calls, strings.TrimSpace(what+" "+fmt.Sprintln(args...)))
	}
	return RulesSpec{
		Look: func() RulesNow { return *now }, From: from,
		Make:   func() tea.Cmd { note("make"); return nil },
		Enable: func(i int, on bool) tea.Cmd { note("enable", i, on); return nil },
		Move:   func(from, to int) tea.Cmd { note("move", from, to); return nil },
		Remove: func(i int) tea.Cmd { note("remove", i); return nil },
		Edit:   func(i int) tea.Cmd { note("edit", i); return nil },
		Undo:   func() tea.Cmd { note("undo"); return nil },
		Save:   func() tea.Cmd { note("save"); return nil },
	}
}

func TestRulesDecide(t *testing.T) {
	now := someRules()
	for _, tt := range []struct {
		keys []string
		want string
	}{
		{[]string{"space"}, "enable 0 false"},
		{[]string{"G", "space"}, "enable 2 true"},
		{[]string{"j", "enter"}, "edit 1"},
		{[]string{"j", "K"}, "move 1 0"},
		{[]string{"J", "J"}, "move 0 1, move 1 2"},
		{[]string{"K"}, ""},
		{[]string{"j", "j", "j", "J"}, ""},
		{[]string{"d"}, "remove 0"},
		{[]string{"n"}, "make"},
		{[]string{"w"}, "save"},
		{[]string{"u"}, "undo"},
		{[]string{"esc"}, ""},
	} {
		var calls []string
		_, done := give(NewRules(testTheme(t), rulesSpec(&now, safe.Const("#412"), &calls)), tt.keys...)
		if got := strings.Join(calls, ", "); got != tt.want || done != (tt.keys[0] == "esc") {
			t.Errorf("%q: %q %v, want %q", tt.keys, calls, done, tt.want)
		}
	}
	var calls []string
	give(NewRules(testTheme(t), rulesSpec(&RulesNow{}, safe.Text{}, &calls)), "space", "J", "d", "enter", "n", "G")
	if calls != nil {
		t.Errorf("%q of no rules", calls)
	}
}

func TestRulesView(t *testing.T) {
	now := someRules()
	r := NewRules(testTheme(t), rulesSpec(&now, safe.Const("#412"), nil))
	want := []string{
		"╭─ rules: the first that matches decides ──────────────────────────────────────╮",
		"│ ▌ on  stripe down  path:/hooks/stripe…  500 x3 then 200 af…              12× │",
		"│   on  rule 2       path:/slow           fault hang           used up, 3 of 3 │",
		"│   off rule 3                            hold                              0× │",
		"│                                                                              │",
		"│ when  path:/hooks/stripe event:invoice.*                                     │",
		"│ then  500 x3 then 200 after 250ms                                            │",
		"│                                                                              │",
		"│ changed until creel ends; w writes /etc/rules.toml                           │",
		"╰──────────────────────────────────────────────────────────────────────────────╯",
	}
	if d := cmp.Diff(want, plain(r, 80, 24)); d != "" {
		t.Error(d)
	}
	now.Err = errors.New("rules.toml:3:1: unknown key nome")
	if got := strings.Join(plain(r, 80, 24), "\n"); !strings.Contains(got, "not in force: rules.toml:3:1") {
		t.Error(got)
	}
}

func TestReplyDialogsFitEverySize(t *testing.T) {
	th := testTheme(t)
	look, now := HeldNow{Held: true}, someRules()
	long := strings.Repeat("世界\x1b[31m", 30)
	now.List = append(now.List, reply.RuleInfo{Name: long, Match: long, Action: long, Enabled: true, Matched: 1 << 40})
	for _, o := range []Overlay{
		NewReply(th, ReplySpec{Now: reply.Spec{Statuses: []int{500, 200}, Body: long, Fields: []capture.Field{{Name: "A", Value: long}}}, Presets: presets, Note: safe.Line(long)}),
		NewHeld(th, heldSpec(&look, long)),
		NewHold(th, long, func(*filter.Filter) (int, int) { return 1, 2 }, nil),
		NewRules(th, rulesSpec(&now, safe.Const("#1"), nil)),
	} {
		for w := 20; w < 130; w += 9 {
			for _, h := range []int{5, 7, 9, 12, 24} {
				f := o.View(w, h)
				lines := strings.Split(f.Content, "\n")
				if len(lines) > h {
					t.Fatalf("%T at %dx%d: %d lines", o, w, h, len(lines))
				}
				for _, line := range lines {
					if n := ansi.StringWidth(line); n > w || n != ansi.StringWidth(lines[0]) {
						t.Fatalf("%T at %dx%d: %d wide: %q", o, w, h, n, ansi.Strip(line))
					}
				}
				if f.Cursor != nil && (f.Cursor.X >= w || f.Cursor.Y >= h) {
					t.Fatalf("%T at %dx%d: cursor %d,%d", o, w, h, f.Cursor.X, f.Cursor.Y)
				}
			}
		}
	}
}
