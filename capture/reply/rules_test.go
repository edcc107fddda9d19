package reply_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/reply"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "rules.toml")
	if err := os.WriteFile(name, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	return name
}

func load(t *testing.T, text string) *reply.Rules {
	t.Helper()
	r := reply.NewRules(reply.Source{File: write(t, text)}, nil)
	if err := r.Load(); err != nil {
		t.Fatal(err)
	}
	return r
}

// brief is what a test looks at.
func brief(r *reply.Rules) []string {
	var all []string
	for _, i := range r.List() {
		s := i.Name + " | " + i.Match + " | " + i.Action
		if !i.Enabled {
			s += " | off"
		}
		all = append(all, s)
	}
	return all
}

// The list says what a rule is that forwards: its first URL, where it forwards.
func TestRulesThatForward(t *testing.T) {
	r := load(t, `
[[rule]]
forward = ["http://localhost:3000/a", "http://localhost:3000/b"]
[[rule]]
reply = { status = 500 }
`)
	if list := r.List(); list[0].Forward != "http://localhost:3000/a" || list[1].Forward != "" {
		t.Errorf("%q and %q", list[0].Forward, list[1].Forward)
	}
}

func TestRulesFile(t *testing.T) {
	r := load(t, `
# what the app gets
[[rule]]
name  = "stripe down"
match = "path:/hooks/stripe event:invoice.*"
reply = { statuses = [500, 500, 500, 200], headers = { Retry-After = 5, Set-Cookie = ["a=1", "b=2"] }, body = "try later", delay = "250ms" }

[[rule]]
match   = "provider:github"
forward = ["http://localhost:3000/github"]

[[rule]]
match = "path:/slow"
fault = "hang"                 # hang | reset | close | drip | garbage | truncate
times = 3                      # then it no longer matches, until reload

[[rule]]
match = "is:invalid"
hold  = true
enabled = false

[[rule]]
hold  = true
[rule.reply]
status = 401
per = "rule"
`)
	want := []string{
		"stripe down | path:/hooks/stripe event:invoice.* | 500 x3 then 200 after 250ms",
		"rule 2 | provider:github | forward → http://localhost:3000/github",
		"rule 3 | path:/slow | fault hang",
		"rule 4 | is:invalid | hold | off",
		"rule 5 |  | hold, then 401",
	}
	if d := cmp.Diff(want, brief(r)); d != "" {
		t.Error(d)
	}
}

func TestRuleErrors(t *testing.T) {
	for text, want := range map[string]string{
		"[[rule]]\nnome = 'x'\nhold = true":                                    "2:1: unknown key nome: a rule has name match",
		"[[rule]]\nreply = { status = 200, bdy = 'x' }":                        "2:25: unknown key reply.bdy: a reply has status",
		"[[rule]]\nname = 'x'\nhold = true\n[[rule]]\nhold = true\nname = 'x'": "6:8: rule 1 is called x, too",
		"port = 1":                                                                  "1:1: unknown key port: a rules file has [[rule]] only",
		"[[rule]]\nhold = 'yes'":                                                    "2:8: hold is a text, not true or false",
		"[[rule]]\nforward = 'http://x'":                                            "2:11: forward is a text, not a list of texts",
		"[[rule]]\nreply = {status = '200'}":                                        "2:19: status is a text, not a number",
		"[[rule]]\nreply = {delay = 5}":                                             "2:18: delay is a number, not a text",
		"[[rule]]\n[rule.reply]\nbody = true":                                       "3:8: body is true or false, not a text",
		"[[rule]]\nreply = 'x'":                                                     "2:9: reply is a text, not a table",
		"[[rule]]\nname = \n":                                                       "2:8:",
		"[[rule]]\nname = 'x'":                                                      "1:3: nothing to do",
		"[[rule]]\nreply = { status = 500 }\n fault = 'hang'":                       "3:10: fault with reply",
		"[[rule]]\nforward = ['http://a']\nfault = 'hang'":                          "3:9: fault with forward",
		"[[rule]]\nfault = 'explode'":                                               "2:9: fault = \"explode\": one of hang reset close drip garbage truncate; a slow first byte is a reply with a delay",
		"[[rule]]\nhold = true\ntimes = 0":                                          "3:9: times = 0",
		"[[rule]]\nhold = true\nmatch = \"path:/a stauts:5\"":                       "3:18: match: no key is called \"stauts\"",
		"[[rule]]\nhold = true\nmatch = 'status:500'":                               "3:10: match: status: is not known when a request arrives",
		"[[rule]]\nreply = { status = 700 }":                                        "2:20: reply: status 700 is not between",
		"[[rule]]\nreply = { status = 204, body = 'x' }":                            "2:20: reply: 204 No Content has no body",
		"[[rule]]\nreply = { status = 200, statuses = [500] }":                      "2:20: reply: only one of status and statuses",
		"[[rule]]\nreply = { delay = 'soon' }":                                      "2:19: reply: delay = \"soon\" is not a duration",
		"[[rule]]\nreply = { per = 'day' }":                                         "2:17: reply: per = \"day\"",
		"[[rule]]\nreply = { headers = { A = true } }":                              "2:27: reply: the header field A is not a text",
		"[[rule]]\nreply.headers.\"A.b\" = 1.5":                                     "2:23: reply: the header field A.b is not a text",
		"[[rule]]\nreply = { headers = { Content-Length = 5 } }":                    "2:40: reply: creel writes Content-Length as the body needs it: leave it out",
		"[[rule]]\nreply = { headers = { Transfer-Encoding = 'identity' } }":        "2:43: reply: creel writes Transfer-Encoding",
		"[[rule]]\nreply = { headers = { A = \"b\\nc\" } }":                         "2:27: reply: the value of A has a line break",
		"[[rule]]\n[rule.reply]\nstatus = 200\ntemplate = '{{'":                     "4:12: reply: template: line 1",
		"[[rule]]\nreply = { statuses = [] }":                                       "2:11: reply: statuses is empty: leave it out or name some",
		"[[rule]]\nreply = { statuses = [" + strings.Repeat("200,", 10_001) + "] }": "2:11: reply: a sequence has at most 10000 statuses",
		"[[rule]]\nreply.body = 'a'\nreply.template = 'b'":                          "1:3: reply: only one of body, body_file, template and template_file",
		"[[rule]]\nreply = { statuses = [200, 700] }":                               "2:11: reply: status 700 is not between",
		"[[rule]]\nreply = { template = '{{.Nope}}' }":                              "2:22: reply: template: line 1:2: executing \"reply\" at <.Nope>: can't evaluate field Nope of a request: it has Method",
		"[[rule]]\nreply = { template = '{{.Header}}' }":                            "2:22: reply: template: line 1:2: executing \"reply\" at <.Header>: wrong number of args",
		"[[rule]]\nhold = true\n\n[[rule]]\nforward = ['ftp://x', 'http://']":       "5:1: not http: ftp://x",
	} {
		_, err := reply.CheckRules(reply.Source{File: write(t, text), CheckURL: func(u string) error {
			if strings.HasPrefix(u, "ftp:") {
				return errors.New("not http: " + u)
			}
			return nil
		}})
		var all reply.RuleErrors
		if !errors.As(err, &all) {
			t.Errorf("%q: %v", text, err)
			continue
		}
		_, got, _ := strings.Cut(all[0].Error(), "rules.toml:")
		if !strings.HasPrefix(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestAllMistakesAreFound(t *testing.T) {
	_, err := reply.CheckRules(reply.Source{File: write(t, "[[rule]]\nname = 'a'\n\n[[rule]]\nfault = 'x'\nmatch = 'a:b'\n")})
	var all reply.RuleErrors
	if !errors.As(err, &all) || len(all) != 3 {
		t.Errorf("%v", err)
	}
}

func TestRulesOfTheConfiguration(t *testing.T) {
	file := write(t, "listen = [':1']\n[[rule]]\nhold = true\n[secrets]\nstripe = 'x'\n")
	r := reply.NewRules(reply.Source{File: file, Config: true}, nil)
	if err := r.Load(); err != nil {
		t.Fatal(err)
	}
	if err := r.Enable(0, false); err != nil {
		t.Fatal(err)
	}
	if err := r.Save(); err != nil {
		t.Fatal(err)
	}
	want := "listen = [':1']\n[[rule]]\nenabled = false\nhold = true\n[secrets]\nstripe = 'x'\n"
	if d := cmp.Diff(want, read(t, file)); d != "" {
		t.Error(d)
	}
	_, err := reply.CheckRules(reply.Source{File: write(t, "x = 1\n[[rule]]\nhold = true\nreply.sttus = 1\n[rule.other]\na = 1"), Config: true})
	if err == nil || !strings.Contains(err.Error(), "4:1: unknown key reply.sttus") || !strings.Contains(err.Error(), "5:2: unknown key other") {
		t.Errorf("%v", err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const commented = `# my rules
# (kept by hand)

# one
[[rule]]
  name = "one" # the first
  hold = true

# two, which
# matters
[[rule]] # here
name = "two"
body = "not me"
enabled = true # on
reply = { body = """
[[rule]]
# not a comment
""" }

[[rule]]
name = "three"
fault = "hang"
# the end`

func TestEditingKeepsTheFile(t *testing.T) {
	base := strings.Replace(commented, "body = \"not me\"\n", "", 1)
	r := load(t, base)
	if r.Unsaved() {
		t.Error("unsaved at once")
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(r.Enable(1, false))
	must(r.Enable(0, false))
	want := strings.Replace(base, "enabled = true # on", "enabled = false # on", 1)
	want = strings.Replace(want, "[[rule]]\n  name = \"one\"", "[[rule]]\nenabled = false\n  name = \"one\"", 1)
	if !r.Unsaved() {
		t.Error("not unsaved after a change")
	}
	must(r.Save())
	if d := cmp.Diff(want, read(t, r.File())); d != "" || r.Unsaved() {
		t.Errorf("unsaved: %v %s", r.Unsaved(), d)
	}
	info, err := os.Stat(r.File())
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v %v", info.Mode(), err)
	}

	must(r.Move(2, 0))
	if d := cmp.Diff([]string{"three |  | fault hang", "one |  | hold | off", "two |  | 200 | off"}, brief(r)); d != "" {
		t.Error(d)
	}
	must(r.Move(0, 2))
	draft := reply.RuleFor(&capture.Exchange{
		Request: capture.Request{Method: "POST", Target: "/a b?c"}, Sender: capture.Sender{Provider: "stripe", Event: "in\"v"},
	}, nil)
	draft.Reply = "500,200 x"
	text, err := draft.Text(nil)
	must(err)
	must(r.Add(text))
	if d := cmp.Diff("stripe in\"v | path:\"/a b\" provider:stripe event:\"in\\\"v\" | 500 then 200", brief(r)[0]); d != "" {
		t.Error(d)
	}
	if got := r.List()[2].Text; !strings.HasPrefix(got, "# two, which\n# matters\n[[rule]] # here\n") || !strings.HasSuffix(got, "\"\"\" }\n\n") {
		t.Errorf("block of two: %q", got)
	}
	must(r.Remove(0))
	if err := r.Replace(0, "something else", "[[rule]]\nname = 'uno'\nhold = true\n"); err == nil || brief(r)[0] != "one |  | hold | off" {
		t.Errorf("replaced what was not edited: %v %q", err, brief(r)[0])
	}
	must(r.Replace(0, r.List()[0].Text, "[[rule]]\nname = 'uno'\nhold = true\n"))
	if d := cmp.Diff([]string{"uno |  | hold", "two |  | 200 | off", "three |  | fault hang"}, brief(r)); d != "" {
		t.Error(d)
	}
	if err := r.Replace(0, r.List()[0].Text, "[[rule]]\nname = 'uno'\n"); err == nil {
		t.Error("a wrong rule was taken")
	}
	if brief(r)[0] != "uno |  | hold" {
		t.Error("a wrong rule is in force")
	}
	must(r.Save())
	if got := read(t, r.File()); !strings.HasPrefix(got, "# my rules\n# (kept by hand)\n\n[[rule]]\nname = 'uno'") {
		t.Errorf("%s", got)
	}
}

// A rule that is removed comes back where it stood, with its text and counts;
// the last one first.
func TestRestore(t *testing.T) {
	r := load(t, "# top\n[[rule]]\nname = 'a'\nhold = true\n\n# of b\n[[rule]]\nname = 'b'\ntimes = 2\nhold = true\n\n[[rule]]\nname = 'c'\nhold = true\n")
	before := r.List()
	for _, i := range []int{1, 1} { // b, then c
		if err := r.Remove(i); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"c", "b"} {
		if name, err := r.Restore(); name != want || err != nil {
			t.Errorf("%s is back, %v, want %s", name, err, want)
		}
	}
	if _, err := r.Restore(); err == nil {
		t.Error("a third one came back")
	}
	trim := func(list []reply.RuleInfo) []reply.RuleInfo {
		for i := range list {
			list[i].Text = strings.TrimSpace(list[i].Text)
		}
		return list
	}
	if d := cmp.Diff(trim(before), trim(r.List())); d != "" {
		t.Error(d)
	}
}

func TestRuleDraft(t *testing.T) {
	with := func(change func(*reply.RuleDraft)) reply.RuleDraft {
		d := reply.RuleDraft{Name: "n", Match: "path:/a", Action: reply.ActionReply, Reply: "200"}
		change(&d)
		return d
	}
	for _, tt := range []struct {
		name  string
		draft reply.RuleDraft
		want  string // a rule as brief has it; else a part of the error
		wrong bool
	}{
		{"reply", with(func(d *reply.RuleDraft) { d.Reply = "500x3,200 later" }), "n | path:/a | 500 x3 then 200", false},
		{"preset", with(func(d *reply.RuleDraft) { d.Reply = "@down" }), "n | path:/a | 503", false},
		{"everything", with(func(d *reply.RuleDraft) { d.Match = " " }), "n |  | 200", false},
		{"hold and reply", with(func(d *reply.RuleDraft) { d.Hold = true }), "n | path:/a | hold, then 200", false},
		{"hold alone", with(func(d *reply.RuleDraft) { d.Action = reply.ActionHold }), "n | path:/a | hold", false},
		{"fault", with(func(d *reply.RuleDraft) { d.Action, d.Fault, d.Times = reply.ActionFault, "hang", "1" }), "n | path:/a | fault hang", false},
		{"targets", with(func(d *reply.RuleDraft) { d.Action, d.Forward = reply.ActionForward, "3000, :4000/x" }), "n | path:/a | forward → 3000 :4000/x", false},
		{"no target", with(func(d *reply.RuleDraft) { d.Action, d.Forward = reply.ActionForward, " , " }), "a port of this machine", true},
		{"never", with(func(d *reply.RuleDraft) { d.Times = "0" }), "not a number from 1", true},
		{"times in words", with(func(d *reply.RuleDraft) { d.Times = "three" }), "not a number from 1", true},
		{"filter", with(func(d *reply.RuleDraft) { d.Match = "pth:/a" }), "when: ", true},
		{"reply that is none", with(func(d *reply.RuleDraft) { d.Reply = "700" }), "between 200 and 599", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, err := tt.draft.Text([]reply.Spec{{Statuses: []int{503}, Preset: "down"}})
			if tt.wrong {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%q, %v", text, err)
				}
				return
			}
			r := reply.NewRules(reply.Source{}, nil)
			if err != nil || r.Add(text) != nil || brief(r)[0] != tt.want {
				t.Errorf("%v %v %q", err, brief(r), text)
			}
		})
	}
}

func TestRulesWithoutAFile(t *testing.T) {
	r := reply.NewRules(reply.Source{}, nil)
	if err := r.Add("[[rule]]\nhold = true\n"); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"rule 1 |  | hold"}, brief(r)); d != "" {
		t.Error(d)
	}
	if err := r.Save(); err == nil || !strings.Contains(err.Error(), "--rules FILE") {
		t.Errorf("%v", err)
	}
}

func TestCountsSurviveAnEditAndNotAReload(t *testing.T) {
	r := load(t, "[[rule]]\nmatch = 'path:/a'\ntimes = 2\nreply = { statuses = [500, 200] }\n\n[[rule]]\nhold = true\nenabled = false\n")
	c := reply.Chain{Rules: r}
	come := func() int { return c.Respond(t.Context(), request("GET", "/a", ""), &notes{}).Reply.Status }
	if come() != 500 {
		t.Error("first")
	}
	if err := r.Move(0, 1); err != nil {
		t.Fatal(err)
	}
	if i := r.List()[1]; i.Matched != 1 || i.Used != 1 || i.UsedUp() {
		t.Errorf("%+v", i)
	}
	if come() != 200 || !r.List()[1].UsedUp() {
		t.Error("the sequence began again")
	}
	if c.Respond(t.Context(), request("GET", "/a", ""), &notes{}).Reply.By != "default" {
		t.Error("used up, but it matched")
	}
	if err := r.Load(); err != nil || r.List()[0].Matched != 0 {
		t.Error("counts survived a reload")
	}
}

func TestReloadKeepsTheOldRulesWhenTheFileIsWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pokes := 0
		name := write(t, "[[rule]]\nname = 'a'\nhold = true\n")
		r := reply.NewRules(reply.Source{File: name}, func() { pokes++ })
		if err := r.Load(); err != nil {
			t.Fatal(err)
		}
		go r.Watch(t.Context(), time.Second)
		synctest.Wait()
		change := func(text string) {
			t.Helper()
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second)
			synctest.Wait()
		}
		change("[[rule]]\nname = 'broken")
		if err := r.Err(); err == nil || brief(r)[0] != "a |  | hold" || pokes != 1 {
			t.Errorf("%v %v %d", err, brief(r), pokes)
		}
		if err := r.Save(); err == nil {
			t.Error("saved over a file that somebody is mending")
		}
		change("[[rule]]\nname = 'b'\nfault = 'hang'\n")
		if r.Err() != nil || brief(r)[0] != "b |  | fault hang" || pokes != 2 {
			t.Errorf("%v %v %d", r.Err(), brief(r), pokes)
		}
		if err := r.Enable(0, false); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("# changed\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := r.Save(); err == nil || !strings.Contains(err.Error(), "changed by someone else") {
			t.Errorf("%v", err)
		}
	})
}

// What is wrong with a rule that was given is said of it, not of the file, which does not
// have it and may not be there.
func TestMistakesOfARuleThatIsGiven(t *testing.T) {
	r := reply.NewRules(reply.Source{File: filepath.Join(t.TempDir(), "config.toml"), Config: true}, nil)
	const one = "[[rule]]\nname = 'one'\nhold = true\n"
	if err := errors.Join(r.Load(), r.Add(one)); err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		"the rule:3:1: unknown key nome: a rule has name match enabled times hold reply forward fault": r.Add("[[rule]]\nhold = true\nnome = 'x'\n"),
		"the rule:1:3: nothing to do: give the rule a reply, forward, fault or hold = true":            r.Replace(0, one, "[[rule]]\n"),
		"rules: rule 1 is called one, too: the list and the reply name a rule by its name":             r.Add(one),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// FuzzRules holds that a file is either wrong, with a place in it, or can be
// edited without losing a line.
func FuzzRules(f *testing.F) {
	for _, s := range []string{commented, "[[rule]]\nhold=true", "rule=[{hold=true}]", "[[rule]]\n[rule.reply]\nstatus=3", "[a]\n[[rule]]\r\nhold=true\r\n"} {
		f.Add(s)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		name := filepath.Join(dir, "rules.toml")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		r := reply.NewRules(reply.Source{File: name, Config: true}, nil)
		err := r.Load()
		var all reply.RuleErrors
		if errors.As(err, &all) {
			for _, e := range all {
				if e.Line < 1 || e.Line > 1+strings.Count(text, "\n") || e.Col < 0 {
					t.Fatalf("%v in %q", e, text)
				}
			}
			return
		}
		n := len(r.List())
		if n == 0 || r.List()[0].Text == "" {
			return
		}
		if err := r.Enable(0, false); err != nil {
			t.Fatalf("%v in %q", err, text)
		}
		if err := r.Move(0, n-1); err != nil {
			t.Fatalf("%v in %q", err, text)
		}
		if got := r.List(); len(got) != n || got[n-1].Enabled {
			t.Fatalf("%v of %q", got, text)
		}
	})
}

func BenchmarkPick(b *testing.B) {
	// A rule that does not match must cost less than a microsecond.
	r := reply.NewRules(reply.Source{}, nil)
	if err := r.Add(strings.Repeat("[[rule]]\nmatch = 'path:/none event:x'\nhold = true\n", 100)); err != nil {
		b.Fatal(err)
	}
	c, ex, rec := reply.Chain{Rules: r, Env: &filter.Env{}}, request("GET", "/a", ""), &notes{}
	for b.Loop() {
		c.Respond(b.Context(), ex, rec)
	}
}

func TestRuleForTakesAFreeName(t *testing.T) {
	ex := &capture.Exchange{Sender: capture.Sender{Provider: "stripe", Event: "invoice.paid"}}
	taken := []reply.RuleInfo{{Name: "stripe invoice.paid"}, {Name: "stripe invoice.paid 3"}}
	if d := reply.RuleFor(ex, taken); d.Name != "stripe invoice.paid 2" {
		t.Errorf("%q", d.Name)
	}
	if d := reply.RuleFor(ex, nil); d.Name != "stripe invoice.paid" {
		t.Errorf("%q", d.Name)
	}
}

// What may be right with another request is no mistake of a template, nor is a limit that
// a slow machine reaches.
func TestTemplatesThatMayBeRight(t *testing.T) {
	for _, text := range []string{
		`{{slice .Body 0 4000}}`, `{{index .Body 4000}}`, `{{slice (.JSON "a") 2 1}}`, `{{range 1000000000}}{{end}}`,
		`{{range 100000}}{{printf "%100s" "x"}}{{end}}`, `{{.JSON "a.b"}}{{.Header "X"}}{{.Query "y"}}{{now}}{{uuid}}{{json .}}`,
	} {
		s := reply.Spec{Template: text}
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A text is checked as a file is; where files may not be read, none can be named.
func TestRulesInAText(t *testing.T) {
	got, err := reply.CheckText(reply.Source{}, []byte("[[rule]]\nname = 'a'\nhold = true\n\n[[rule]]\nreply = { status = 404 }\n"))
	if err != nil || len(got) != 2 || got[0].Name != "a" || got[1].Name != "rule 2" {
		t.Errorf("%+v, %v", got, err)
	}
	for text, want := range map[string]string{
		"body = 'x'":            "",
		"template = 'x'":        "",
		"body_file = '/d/x'":    ":2:1: x: files may not be read here: write the body or the template itself",
		"template_file = 'd/y'": ":2:1: y: files may not be read here: write the body or the template itself",
	} {
		_, err := reply.CheckText(reply.Source{NoFiles: true}, []byte("[[rule]]\nreply = { "+text+" }\n"))
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// The files of a reply are read for each; whether they are there is asked only where
// rules are checked.
func TestFilesOfRules(t *testing.T) {
	for text, want := range map[string]string{
		`body_file = "none"`:                     "2:23: reply: read the body of the reply: ",
		`body_file = "."`:                        "2:23: reply: read the body of the reply: ",
		`template_file = "none"`:                 "2:27: reply: read the body of the reply: ",
		`template_file = "failing"`:              "2:27: reply: template: line 1",
		`template_file = "rules.toml"`:           "",
		`status = 500, body_file = "rules.toml"`: "",
	} {
		file := write(t, "[[rule]]\nreply = { "+text+" }\n")
		if err := os.WriteFile(filepath.Join(filepath.Dir(file), "failing"), []byte("{{.Nope}}"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := reply.CheckRules(reply.Source{File: file}); err != nil {
			t.Errorf("%s: %v, though it is not asked for", text, err)
		}
		_, err := reply.CheckRules(reply.Source{File: file, CheckFiles: true})
		said := ""
		if err != nil {
			_, said, _ = strings.Cut(err.Error(), "rules.toml:")
		}
		if (said == "") != (want == "") || !strings.HasPrefix(said, want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
