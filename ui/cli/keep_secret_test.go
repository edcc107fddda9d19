package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWithSecret(t *testing.T) {
	for _, c := range []struct{ name, old, want string }{
		{"empty", "", "[secrets]\n\"stripe@/a\" = \"s\\\"1\"\n"},
		{"no table", "keep = 5 # few", "keep = 5 # few\n\n[secrets]\n\"stripe@/a\" = \"s\\\"1\"\n"},
		{"a table", "[secrets] # mine\ngithub = 'x'\n\n[[rule]]\nmatch = \"\"\n", "[secrets] # mine\n\"stripe@/a\" = \"s\\\"1\"\ngithub = 'x'\n\n[[rule]]\nmatch = \"\"\n"},
		{"replaced", "[secrets]\n# one\n'stripe@/a' = \"old\" # note\ngithub = 'x'", "[secrets]\n\"stripe@/a\" = \"s\\\"1\"\n# one\ngithub = 'x'"},
		{"header last", "[secrets]", "[secrets]\n\"stripe@/a\" = \"s\\\"1\"\n"},
	} {
		got, err := withSecret([]byte(c.old), "stripe@/a", `s"1`)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if d := cmp.Diff(c.want, string(got)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
	// What a line more does not fit into is refused, not damaged.
	for _, old := range []string{"secrets = { github = 'x' }\n", "[secrets\n", "secrets.github = 'x'\n[secrets.more]\na = 1\n"} {
		if _, err := withSecret([]byte(old), "stripe", "s"); err == nil {
			t.Errorf("%q: taken", old)
		}
	}
}

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
