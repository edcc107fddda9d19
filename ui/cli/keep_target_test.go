package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/forward"
)

// targetOf is what --forward makes of spec.
func targetOf(t *testing.T, spec string) forward.Target {
	t.Helper()
	out, err := forward.ParseTarget(spec)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A target that is kept is a target of the next start, with all that was set.
func TestKeepTarget(t *testing.T) {
	plain := targetOf(t, "3000")
	full := targetOf(t, "/hooks=https://example.com/x?a=1")
	full.Name, full.Host, full.StripPrefix = `my "app"`, "shop.example", true
	full.Headers = []capture.Field{{Name: "X+A", Value: "1"}, {Name: "X-B", Value: `"é"`}}
	full.Insecure, full.Ordered, full.Disabled = true, true, true
	keepHost := targetOf(t, "/k=3000")
	keepHost.Host = forward.KeepHost
	socket := targetOf(t, "unix:///tmp/a.sock:/x")
	want := []forward.Target{plain, full, keepHost, socket}

	dir := t.TempDir()
	env := func(name string) (string, bool) { return dir, name == "XDG_CONFIG_HOME" }
	p := &program{opts: newOptions(), env: env}
	for _, x := range want {
		if err := p.keepTarget(x); err != nil {
			t.Fatal(err)
		}
	}
	p.opts = newOptions()
	if err := p.opts.load(env); err != nil {
		t.Fatal(err)
	}
	got, err := p.targets()
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(d, err)
	}
}

// What a flag has set is written, too, so that the target is the same without it,
// and what was switched off although a flag has set it.
func TestKeepTargetUnderFlags(t *testing.T) {
	flags := newOptions()
	flags.keepHost, flags.insecure, flags.ordered = true, true, true
	on := flags.defaults().Apply(targetOf(t, "3000"))
	off := targetOf(t, "3001")
	text, err := addTarget(nil, on, flags)
	if err == nil {
		text, err = addTarget(text, off, flags)
	}
	if err != nil {
		t.Fatal(err)
	}
	list, err := targetConfigs(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []*options{flags, newOptions()} {
		for i, want := range []forward.Target{on, off} {
			got, err := list[i].target(o)
			if d := cmp.Diff(want, got); d != "" || err != nil {
				t.Error(d, err)
			}
		}
	}
}

// A file into which a target does not fit stays as it is.
func TestKeepTargetRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"[[target]]\nurl = \"3000\"\n":                  "it has the target http://localhost:3000 already",
		"[[target]]\nurl = \"http://localhost:3000\"\n": "already",
		"target = [{url = \"3001\"}]\n":                 "not written as [[target]]",
		"a = \n":                                        "line 1",
	} {
		dir := t.TempDir()
		p := &program{opts: newOptions(), env: func(name string) (string, bool) { return dir, name == "XDG_CONFIG_HOME" }}
		p.opts.file.path = dir + "/c.toml"
		if err := os.WriteFile(p.opts.file.path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := p.keepTarget(targetOf(t, "3000"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		if is, _ := os.ReadFile(p.opts.file.path); string(is) != text {
			t.Errorf("%q became %q", text, is)
		}
	}
}

// A target that is both a flag and in the file is one target.
func TestTargetGivenTwice(t *testing.T) {
	p := &program{opts: newOptions()}
	p.opts.forward.values = []string{"3000", "/a=3000"}
	p.opts.file.Targets = []targetConfig{{URL: "localhost:3000", Name: "app"}, {URL: "3000", Path: "/b"}}
	got, err := p.targets()
	var specs []string
	for _, x := range got {
		specs = append(specs, x.Spec())
	}
	if len(got) > 0 && got[0].Name != "app" {
		t.Errorf("the target of the flag is %+v, want what the file says of it", got[0])
	}
	if d := cmp.Diff([]string{"http://localhost:3000", "/a=http://localhost:3000", "/b=http://localhost:3000"}, specs); d != "" || err != nil {
		t.Error(d, err)
	}
}
