package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/reply"
	"creel/capture/ring"
)

func TestARuleIsEditedUntilItIsRight(t *testing.T) {
	rules := reply.NewRules(reply.Source{}, nil)
	const was = "[[rule]]\nhold = true\n"
	if err := rules.Add(was); err != nil {
		t.Fatal(err)
	}
	m := New(t.Context(), Deps{Ring: ring.New(capture.Bounds{}), Log: &Log{}, Rules: rules, Environ: []string{"EDITOR=true"}})
	if m.takeRule(0, was, "[[rule]]\nnome = 'x'\nfault = 'explode'\n") == nil || rules.List()[0].Text != was {
		t.Error("a wrong rule does not go back into the editor")
	}
	if m.takeRule(0, was, " \n") != nil || rules.List()[0].Text != was {
		t.Error("an empty file does not leave the rule as it was")
	}
	if m.takeRule(0, was, "[[rule]]\nfault = 'hang'\n") != nil || rules.List()[0].Action != "fault hang" {
		t.Errorf("%+v", rules.List())
	}
	if m.takeRule(0, was, "[[rule]]\nfault = 'close'\n"); !strings.Contains(m.rulesSaid.String(), "nothing was replaced") {
		t.Errorf("%q", m.rulesSaid)
	}
}

// A rule that was made of a request can be changed in the editor it opens in.
func TestAMadeRuleIsEdited(t *testing.T) {
	rules := reply.NewRules(reply.Source{}, nil)
	if err := rules.Add("# mine\n[[rule]]\nhold = true"); err != nil {
		t.Fatal(err)
	}
	if err := rules.Add("[[rule]]\nhold = true"); err != nil {
		t.Fatal(err)
	}
	m := New(t.Context(), Deps{Ring: ring.New(capture.Bounds{}), Log: &Log{}, Rules: rules, Environ: []string{"EDITOR=true"}})
	made := rules.List()[0].Text
	if got := withoutRemarks(ruleRemark() + made); got != made {
		t.Errorf("%q, want %q", got, made)
	}
	if m.takeRule(0, made, "[[rule]]\nfault = 'hang'\n") != nil || rules.List()[0].Action != "fault hang" || len(rules.List()) != 2 {
		t.Errorf("%+v, %s", rules.List(), m.rulesSaid)
	}
}

func TestMistakesStandAboveTheRule(t *testing.T) {
	rules := reply.NewRules(reply.Source{File: filepath.Join(t.TempDir(), "r.toml")}, nil)
	const text = "# mine\n[[rule]]\nnome = 'x'\nfault = 'explode'\n"
	shown := mistakes(rules.Check(text)) + text
	lines := strings.Split(shown, "\n")
	for _, line := range lines[:2] {
		var n int
		rest, _ := strings.CutPrefix(line, "#! line ")
		for _, c := range rest {
			if c < '0' || c > '9' {
				break
			}
			n = n*10 + int(c-'0')
		}
		key := "nome"
		if strings.Contains(line, "explode") {
			key = "fault"
		}
		if n < 1 || n > len(lines) || !strings.HasPrefix(lines[n-1], key) {
			t.Errorf("%q points at line %d of\n%s", line, n, shown)
		}
	}
	if got := withoutRemarks(shown); got != text {
		t.Errorf("%q", got)
	}
	if len(mistakes(os.ErrNotExist)) == 0 {
		t.Error("an error without a place is not said")
	}
}
