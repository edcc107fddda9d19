package reply

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

func TestAddPreset(t *testing.T) {
	old := "# mine\nkeep = 5 # few\n\n[secrets]\nx = 'y'"
	spec := Spec{
		Statuses: []int{500, 500, 200}, PerRule: true, Delay: 250 * time.Millisecond, Body: "a\"\\b\tü\x00", Preset: "down",
		Fields: []capture.Field{{Name: "Retry-After", Value: "5"}, {Name: "A.b", Value: "1"}, {Name: "A.b", Value: "0"}},
	}
	got, err := AddPreset([]byte(old), spec)
	if err != nil {
		t.Fatal(err)
	}
	want := old + "\n\n[[preset]]\nname = \"down\"\nstatuses = [500, 500, 200]\nper = \"rule\"\n" +
		"headers = { Retry-After = \"5\", \"A.b\" = [\"1\", \"0\"] }\n" +
		`body = "a\"\\b\u0009ü\u0000"` + "\ndelay = \"250ms\"\n"
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
	if again, err := AddPreset(got, spec); err == nil || !strings.Contains(err.Error(), "down already") {
		t.Errorf("%v: %s", err, again)
	}
	spec.Preset = "second"
	if got, err = AddPreset(got, spec); err != nil || strings.Count(string(got), "[[preset]]") != 2 {
		t.Errorf("%v: %s", err, got)
	}
	got, err = AddPreset(nil, Spec{Statuses: []int{503}, BodyFile: "down.json", Preset: "one"})
	if d := cmp.Diff("[[preset]]\nname = \"one\"\nstatus = 503\nbody_file = \"down.json\"\n", string(got)); d != "" || err != nil {
		t.Error(d, err)
	}
	for old, why := range map[string]string{
		"preset = [{ name = 'a' }]\n": "not written as [[preset]]",
		"[[preset\n":                  "line 1, column",
	} {
		if text, err := AddPreset([]byte(old), spec); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v: %s", old, err, text)
		}
	}
	if _, err := AddPreset(nil, Spec{Statuses: []int{200}, Body: "\xff", Preset: "x"}); err == nil {
		t.Error("a byte was changed")
	}
}

func TestCheckPresetName(t *testing.T) {
	for name, ok := range map[string]bool{"": false, "a b": false, "a@b": false, "a\x1b": false, "down": false, "üp-2.x": true} {
		if err := CheckPresetName(name, []Spec{{Preset: "down"}}); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// What is changed in a configuration beside its rules leaves their counts alone,
// and what was changed on screen and is not saved.
func TestConfigurationChangesBesideRules(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.toml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const rule = "[[rule]]\nname = 'a'\ntimes = 2\nfault = 'hang'\n"
	write("keep = 5\n" + rule)
	r := NewRules(Source{File: file, Config: true}, nil)
	if err := r.Load(); err != nil {
		t.Fatal(err)
	}
	(&Chain{Rules: r}).pick(&capture.Exchange{})
	const more = "keep = 6\n" + rule + "\n[[preset]]\nname = 'p'\n"
	write(more)
	if r.differs() || r.List()[0].Used != 1 || r.Unsaved() {
		t.Errorf("differs %v, used %d, unsaved %v", r.differs(), r.List()[0].Used, r.Unsaved())
	}
	if err := r.Enable(0, false); err != nil {
		t.Fatal(err)
	}
	write("theme = 'x'\n" + more)
	if r.differs() || r.List()[0].Enabled || !r.Unsaved() {
		t.Errorf("differs %v, %+v, unsaved %v", r.differs(), r.List()[0], r.Unsaved())
	}
	write("theme = 'y'\n" + more)
	if err := r.Save(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	want := strings.Replace("theme = 'y'\n"+more, "[[rule]]\n", "[[rule]]\nenabled = false\n", 1)
	if d := cmp.Diff(want, string(text)); d != "" || err != nil {
		t.Error(d, err)
	}
	write("theme = \n" + string(text))
	if !r.differs() || r.Save() == nil {
		t.Error("a configuration that cannot be read was taken over, or overwritten")
	}
	write("[[rule]]\nfault = 'reset'\n")
	if !r.differs() || r.Save() == nil {
		t.Error("other rules were taken over, or overwritten")
	}
}

// A rules file in which all but the rules was changed is read again, and not overwritten.
func TestRulesFileThatIsChanged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rules.toml")
	const rule = "[[rule]]\nname = 'a'\nfault = 'hang'\n"
	if err := os.WriteFile(file, []byte(rule), 0o600); err != nil {
		t.Fatal(err)
	}
	r := NewRules(Source{File: file}, nil)
	if err := errors.Join(r.Load(), r.Enable(0, false)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("# mine\n"+rule), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.Save(); !r.differs() || err == nil || !strings.HasSuffix(err.Error(), "was changed by someone else: it is read again") {
		t.Errorf("differs %v, %v", r.differs(), err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "# mine\n"+rule {
		t.Errorf("%q, %v", text, err)
	}
}

// The configuration need not exist: rules that are made without it make it, and
// one that disappears takes no rules away.
func TestConfigurationThatIsNotThere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "creel", "config.toml")
	if err := NewRules(Source{File: file}, nil).Load(); err == nil {
		t.Error("a rules file need not exist")
	}
	r := NewRules(Source{File: file, Config: true}, nil)
	if err := r.Load(); err != nil || r.Unsaved() {
		t.Fatal(err, r.Unsaved())
	}
	const rule, secrets = "[[rule]]\nname = 'a'\nfault = 'hang'\n", "[secrets]\nx = 'y'"
	if err := r.Add(rule); err != nil || !r.Unsaved() {
		t.Fatal(err, r.Unsaved())
	}
	if err := r.Save(); err != nil || r.Unsaved() {
		t.Fatal(err, r.Unsaved())
	}
	text, err := os.ReadFile(file)
	if d := cmp.Diff(rule, string(text)); d != "" || err != nil {
		t.Error(d, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := r.Load(); err == nil || len(r.List()) != 1 {
		t.Errorf("%v, %d rules", err, len(r.List()))
	}
	if err := os.WriteFile(file, []byte(secrets), 0o600); err != nil {
		t.Fatal(err)
	}
	r = NewRules(Source{File: file, Config: true}, nil)
	if err := errors.Join(r.Load(), r.Add(rule), r.Save()); err != nil {
		t.Fatal(err)
	}
	text, err = os.ReadFile(file)
	if d := cmp.Diff(secrets+"\n\n"+rule, string(text)); d != "" || err != nil {
		t.Error(d, err)
	}
}
