package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture/reply"
	"creel/ui/layout"
)

func TestKeepSecret(t *testing.T) {
	dir := t.TempDir()
	p := &program{opts: newOptions(), env: func(name string) (string, bool) {
		if name == "XDG_CONFIG_HOME" {
			return dir, true
		}
		return "", false
	}}
	const pem = "-----BEGIN PUBLIC KEY-----\nabc\x01\\=\n-----END PUBLIC KEY-----"
	for _, s := range []string{"first", pem} {
		if err := p.keepSecret("discord", s); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, "creel", "config.toml"))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info.Mode(), err)
		}
		p.opts = newOptions()
		if err := p.opts.load(p.env); err != nil || p.opts.file.Secrets["discord"] != s {
			t.Errorf("%q, %v", p.opts.file.Secrets["discord"], err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "creel", ".creel-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Where the line between list and detail stood is where the next run begins.
func TestKeepSplit(t *testing.T) {
	dir, said := t.TempDir(), new(strings.Builder)
	p := &program{errs: said, env: func(name string) (string, bool) { return dir, name == "XDG_STATE_HOME" }}
	if s := p.split(); s != (layout.Shift{}) {
		t.Errorf("moved by %v before anything is kept", s)
	}
	want := layout.Shift{Columns: -8, Rows: 3}
	p.keepSplit(want)
	if s := p.split(); s != want || said.Len() > 0 {
		t.Errorf("moved by %v, want %v; %s", s, want, said)
	}
	if err := os.WriteFile(p.splitFile(), []byte(`{"columns":9`), 0o600); err != nil {
		t.Fatal(err)
	}
	if s := p.split(); s != (layout.Shift{}) {
		t.Errorf("moved by %v with a file that is cut off", s)
	}
	if err := errors.Join(os.Remove(p.splitFile()), os.Mkdir(p.splitFile(), 0o700)); err != nil {
		t.Fatal(err)
	}
	if p.keepSplit(want); !strings.Contains(said.String(), "is not kept: ") {
		t.Errorf("said %q where nothing can be kept", said)
	}
}

// A theme that was chosen is that of the next start; --theme goes before it.
func TestKeepTheme(t *testing.T) {
	dir := t.TempDir()
	env := func(name string) (string, bool) { return dir, name == "XDG_CONFIG_HOME" }
	p := &program{opts: newOptions(), env: env}
	if err := p.keepTheme("nord"); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{"nord": nil, "vim": {"--theme", "vim"}} {
		o := newOptions()
		if err := o.set.Parse(args); err != nil {
			t.Fatal(err)
		}
		if err := o.load(env); err != nil || o.theme != want {
			t.Errorf("%v: theme %q, want %q; %v", args, o.theme, want, err)
		}
		if by := o.givenBy("theme"); (by == "--theme") != (args != nil) {
			t.Errorf("%v: given by %q", args, by)
		}
	}
}

// A preset that is kept is a --reply of the next start; one beside a secret does
// not open the file to others, and a file that others may read stays so.
func TestKeepPreset(t *testing.T) {
	dir := t.TempDir()
	env := func(name string) (string, bool) { return dir, name == "XDG_CONFIG_HOME" }
	p := &program{opts: newOptions(), env: env}
	if err := p.keepPreset(reply.Spec{Preset: "busy", Statuses: []int{503}, BodyFile: "later.txt"}); err != nil {
		t.Fatal(err)
	}
	file := p.configFile()
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := p.keepPreset(reply.Spec{Preset: "ok", Statuses: []int{200}}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o644 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := p.keepSecret("stripe", "whsec"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	p.opts = newOptions()
	if err := p.opts.load(env); err != nil {
		t.Fatal(err)
	}
	presets, err := p.presets()
	if err != nil {
		t.Fatal(err)
	}
	got, err := reply.ParseSpec("@busy", presets)
	here, _ := filepath.Abs("later.txt")
	if d := cmp.Diff(reply.Spec{Preset: "busy", Statuses: []int{503}, BodyFile: here}, got); d != "" || err != nil {
		t.Error(d, err)
	}
}
