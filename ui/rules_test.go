package ui_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture/reply"
	"creel/ui/uitest"
)

const oneRule = "# why it is here\n[[rule]]\nname = 'mine'\nmatch = 'path:/x' # and this\nhold = true\n"

// newRulesWorld is a screen with the rules of a file and a request, whose editor
// runs the scripts one after the other; runs counts how often it was opened. The
// clock goes on by think each time.
func newRulesWorld(t *testing.T, think time.Duration, scripts ...string) (w *world, rules *reply.Rules, runs *int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rules.toml")
	if err := os.WriteFile(file, []byte(oneRule), 0o600); err != nil {
		t.Fatal(err)
	}
	rules, runs = reply.NewRules(reply.Source{File: file}, nil), new(int)
	if err := rules.Load(); err != nil {
		t.Fatal(err)
	}
	w = newWorld(t, 120, 40)
	d := w.deps()
	d.Rules, d.Environ = rules, []string{"EDITOR=ed"}
	d.Exec = func(c *exec.Cmd, done tea.ExecCallback) tea.Cmd {
		return func() tea.Msg {
			if *runs++; *runs > len(scripts) {
				t.Errorf("the editor is opened %d times", *runs)
				return done(nil)
			}
			w.now = w.now.Add(think)
			sh := exec.Command("sh", "-c", scripts[*runs-1], "sh", c.Args[1])
			return done(sh.Run())
		}
	}
	w.Screen = uitest.New(t, d, 120, 40)
	w.arrive(t, samples(1)...)
	w.Press("S")
	return w, rules, runs
}

const (
	leave   = "true"
	wrong   = `printf '[[rule]]\nnome = 1\nhold = true\n' >"$1"`
	wrong2  = `printf '[[rule]]\n\nnome = 1\nhold = true\n' >"$1"`
	right   = `printf '[[rule]]\nname = "good"\nfault = "hang"\n' >"$1"`
	save    = `cp "$1" "$1.x"; cat "$1.x" >"$1"`
	abort   = "exit 1"
	empty   = `: >"$1"`
	comment = `sed -i 's/^hold.*/hold = true\nname = "renamed"/; /mine/d' "$1"`
)

// A rule that is edited is replaced only by a right one. A wrong one comes back
// into the editor while the user works on it there, and never by itself.
func TestEditARule(t *testing.T) {
	for _, tt := range []struct {
		name    string
		think   time.Duration
		scripts []string
		rule    string // its name afterwards
		shows   string
	}{
		{"left", time.Minute, []string{leave}, "mine", "the rule is as it was: it was left without saving"},
		{"saved as it was", time.Minute, []string{save}, "mine", "as in"},
		{"emptied", time.Minute, []string{empty}, "mine", "the rule is as it was"},
		{"right", time.Minute, []string{right}, "good", "changed until creel ends; w writes"},
		{"wrong, then right", time.Minute, []string{wrong, right}, "good", "changed until creel ends; w writes"},
		{"wrong, then left", time.Minute, []string{wrong, leave}, "mine", "line 2: unknown key nome"},
		{"wrong, then saved as it was", time.Minute, []string{wrong, save}, "mine", "line 2: unknown key nome"},
		{"wrong, then wrong elsewhere, then left", time.Minute, []string{wrong, wrong2, leave}, "mine", "line 3: unknown key nome"},
		{"wrong within a moment", time.Second - 1, []string{wrong}, "mine", "line 2: unknown key nome"},
		{"wrong after a moment", time.Second, []string{wrong, right}, "good", "changed until creel ends; w writes"},
		{"aborted", time.Minute, []string{abort}, "mine", "exit status 1"},
		{"wrong and aborted", time.Minute, []string{wrong + ";" + abort}, "mine", "exit status 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, rules, runs := newRulesWorld(t, tt.think, tt.scripts...)
			w.Press("e")
			if *runs != len(tt.scripts) {
				t.Errorf("the editor was opened %d times, want %d", *runs, len(tt.scripts))
			}
			if list := rules.List(); len(list) != 1 || list[0].Name != tt.rule {
				t.Errorf("%+v", list)
			}
			w.has(t, tt.shows)
			w.Press("esc")
			w.has(t, "resend")
		})
	}
}

// What was written of a rule is not lost when it is wrong: e goes on with it.
func TestEditGoesOnWithAWrongRule(t *testing.T) {
	w, rules, _ := newRulesWorld(t, 0, wrong, `sed -i 's/nome = 1//' "$1"`)
	w.Press("e")
	w.has(t, "e goes on with what you wrote")
	w.Press("e")
	if list := rules.List(); list[0].Name != "rule 1" || list[0].Match != "" {
		t.Errorf("%+v", list)
	}
}

// What was written of one rule does not get into another.
func TestEditAnotherRuleAfterAWrongOne(t *testing.T) {
	opened := filepath.Join(t.TempDir(), "opened")
	w, rules, _ := newRulesWorld(t, 0, wrong, `cp "$1" `+opened)
	if err := rules.Add("[[rule]]\nname = 'other'\nfault = 'hang'\n"); err != nil {
		t.Fatal(err)
	}
	w.Press("e", "down", "e")
	if got, err := os.ReadFile(opened); err != nil || string(got) != oneRule {
		t.Errorf("%s %v", got, err)
	}
}

// What is wrong with a new rule is said in its form, which stays open.
func TestMakeAWrongRule(t *testing.T) {
	w, rules, _ := newRulesWorld(t, time.Minute)
	w.Press("n", "ctrl+u")
	w.Type("nosuch:x")
	w.has(t, `no key is called "nosuch"`)
	w.Press("enter")
	w.has(t, "a rule from #1")
	if list := rules.List(); len(list) != 1 {
		t.Errorf("made: %+v", list[0])
	}
	w.Press("esc")
	w.has(t, "no rule was made")
}

func TestEditingARuleKeepsComments(t *testing.T) {
	w, rules, _ := newRulesWorld(t, time.Minute, comment)
	w.Press("e")
	if text := rules.List()[0].Text; !strings.Contains(text, "# why it is here") || !strings.Contains(text, "# and this") || rules.List()[0].Name != "renamed" {
		t.Errorf("%s", text)
	}
}

// A rule is made by enter in the form or by saving in the editor, and by nothing
// else.
func TestMakeARule(t *testing.T) {
	for _, tt := range []struct {
		name    string
		scripts []string
		keys    []string
		rule    string // what the new one does; empty: none is made
		shows   string
	}{
		{"enter", nil, []string{"enter"}, "200", "stripe invoice.paid is in force"},
		{"fault", nil, []string{"tab", "right", "right", "tab", "right", "enter"}, "fault reset", "is in force"},
		{"three times", nil, []string{"shift+tab", "3", "enter"}, "200", "0 of 3"},
		{"nothing to forward to", nil, []string{"tab", "right", "enter", "esc"}, "", "no rule was made"},
		{"esc", nil, []string{"esc"}, "", "no rule was made"},
		{"ctrl+c", nil, []string{"ctrl+c"}, "", "no rule was made"},
		{"editor left", []string{leave}, []string{"ctrl+o"}, "", "no rule was made: it was left without saving"},
		{"editor saved", []string{save}, []string{"ctrl+o"}, "200", "is in force"},
		{"editor changed", []string{right}, []string{"ctrl+o"}, "fault hang", "good is in force"},
		{"editor aborted", []string{abort}, []string{"ctrl+o"}, "", "exit status 1"},
		{"editor wrong, then left", []string{wrong, leave}, []string{"ctrl+o"}, "", "line 2: unknown key nome"},
		{"editor emptied", []string{empty}, []string{"ctrl+o"}, "", "no rule was made"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, rules, _ := newRulesWorld(t, time.Minute, tt.scripts...)
			w.Press("n")
			w.has(t, "a rule from #1")
			w.Press(tt.keys...)
			w.has(t, tt.shows)
			list := rules.List()
			switch {
			case tt.rule == "" && len(list) != 1:
				t.Errorf("made: %+v", list[0])
			case tt.rule != "" && (len(list) != 2 || list[0].Action != tt.rule || list[1].Name != "mine"):
				t.Errorf("%+v", list)
			}
		})
	}
}

// No two rules have the same name: a second one for the same requests gets another.
func TestRulesHaveNamesOfTheirOwn(t *testing.T) {
	w, rules, _ := newRulesWorld(t, 0)
	w.Press("n", "enter", "n", "enter")
	var names []string
	for _, r := range rules.List() {
		names = append(names, r.Name)
	}
	if want := []string{"stripe invoice.paid 2", "stripe invoice.paid", "mine"}; !slices.Equal(want, names) {
		t.Errorf("%q", names)
	}
}

// What comes of a change after the list of rules was closed is a notice.
func TestRulesThatChangeAfterTheListIsClosed(t *testing.T) {
	w, _, _ := newRulesWorld(t, 0)
	held := w.Hold(func() { w.Press("u") })
	w.Press("esc")
	w.hasNot(t, "none was removed")
	held.End()
	w.has(t, "none was removed")
}

func TestRemovedRulesComeBack(t *testing.T) {
	w, rules, _ := newRulesWorld(t, 0)
	for i := range 3 {
		if err := rules.Add("[[rule]]\nname = 'n" + strconv.Itoa(i) + "'\nhold = true\n"); err != nil {
			t.Fatal(err)
		}
	}
	w.Press("j", "d", "d", "u")
	w.has(t, "n0 is back")
	w.Press("u")
	w.has(t, "n1 is back")
	var names []string
	for _, r := range rules.List() {
		names = append(names, r.Name)
	}
	if got := strings.Join(names, " "); got != "n2 n1 n0 mine" {
		t.Errorf("%s", got)
	}
	w.Press("u")
	w.has(t, "none was removed")
}

func TestNoRules(t *testing.T) {
	w, _, _ := newRulesWorld(t, 0)
	w.hasNot(t, "u undo")
	w.Press("d")
	w.has(t, "n makes one from #1")
	w.has(t, "u undo")
	w.Press("u")
	w.has(t, "mine is back")
	w.hasNot(t, "u undo")
	w.Press("d", "n")
	w.has(t, "a rule from #1")
}

// A rule that is used up counts from zero again at a key.
func TestResetARule(t *testing.T) {
	w, rules, _ := newRulesWorld(t, 0)
	once := strings.Replace(oneRule, "hold = true", "reply = { status = 204 }\ntimes = 1", 1)
	if err := rules.Replace(0, oneRule, once); err != nil {
		t.Fatal(err)
	}
	chain := reply.Chain{Rules: rules}
	ex := samples(1)[0]
	ex.Request.Target = "/x"
	chain.Respond(t.Context(), ex, nil)
	w.Look()
	w.has(t, "used up, 1 of 1")
	w.Press("r")
	w.has(t, "mine counts from zero again")
	w.has(t, "0 of 1")
	if got := rules.List()[0]; got.UsedUp() || got.Text != once {
		t.Errorf("%+v", got)
	}
}

// Rules that were changed and not saved are asked about before quitting, and can be
// saved there.
func TestQuitAsksForRules(t *testing.T) {
	w, rules, _ := newRulesWorld(t, 0)
	w.Press("space", "esc", "q")
	w.has(t, "changed rules are not saved and will be lost")
	w.Press("s")
	w.has(t, "rules saved to")
	if rules.Unsaved() || w.Quit {
		t.Errorf("unsaved %v, quit %v", rules.Unsaved(), w.Quit)
	}
	if w.Press("q"); !w.Quit {
		t.Error("a question although the rules are saved")
	}
}
