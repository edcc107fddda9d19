package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/spf13/cobra"

	"creel/ui/control"
)

// The URL that is an argument adds to -f, and takes the place of what the environment
// or the configuration say.
func TestURLAsAnArgument(t *testing.T) {
	for _, tt := range []struct {
		from source
		args []string
		want []string
	}{
		{fromFlag, nil, []string{"/a=1"}},
		{fromFlag, []string{"3000"}, []string{"/a=1", "3000"}},
		{fromEnv, nil, []string{"/a=1"}},
		{fromEnv, []string{"3000"}, []string{"3000"}},
		{fromFile, []string{"3000"}, []string{"3000"}},
	} {
		p := inProcess(t, t.TempDir(), nil)
		if err := p.opts.assign("forward", "/a=1", tt.from); err != nil {
			t.Fatal(err)
		}
		if err := p.positional(newRoot(p), tt.args); err != nil || !slices.Equal(p.opts.forward.values, tt.want) {
			t.Errorf("%v and %q: %q, %v; want %q", tt.from, tt.args, p.opts.forward.values, err, tt.want)
		}
	}
}

// The command that arguments begin with is made alone, the same as with all others,
// and all of them when they may be about another one.
func TestRootFor(t *testing.T) {
	help := func(root *cobra.Command, name string) string {
		cmd, _, err := root.Find([]string{name})
		if err != nil || cmd.Name() != name {
			t.Fatalf("%s: finds %v, %v", name, cmd.CommandPath(), err)
		}
		return helpText(cmd, false)
	}
	p := newProgram()
	whole := newRoot(p)
	for _, g := range commandGroups() {
		for _, c := range g.list {
			if got := c.make(p).Name(); got != c.name {
				t.Errorf("%s makes %s", c.name, got)
			}
			alone := rootFor(p, []string{c.name, "ls"})
			want := 1
			if c.name == "man" || c.name == "completion" {
				want = len(whole.Commands())
			}
			if n := len(alone.Commands()); n != want {
				t.Errorf("%s is one of %d commands, want %d", c.name, n, want)
			}
			if got := help(alone, c.name); got != help(whole, c.name) {
				t.Errorf("alone it has another help:\n%s", got)
			}
		}
	}
	for _, args := range [][]string{nil, {"3000"}, {"--reply", "503", "listen"}, {"help", "listen"}, {"-h"}, {"__complete", "listen", ""}} {
		if n := len(rootFor(p, args).Commands()); n < 30 {
			t.Errorf("%q: %d commands", args, n)
		}
	}
}

// A creel that runs is named by its number, a URL, an address, a port or its history.
func TestNamesOfARunningCreel(t *testing.T) {
	r := running{Status: control.Status{
		PID: 812, URL: "http://127.0.0.1:4665", PublicURL: "https://x.example", Addresses: []string{"127.0.0.1:4665", "[::1]:4665"}, History: "/home/ana/shop.db",
	}}
	for at, want := range map[string]bool{
		"812": true, "81": false, "http://127.0.0.1:4665": true, "https://x.example": true, "127.0.0.1:4665": true, "[::1]:4665": true, "4665": true, ":4665": true,
		"http://127.0.0.1:4665/": true, "localhost:4665": true, "http://localhost:4665/": true, "localhost:466": false, "other:4665": false, "http://": false,
		"466": false, "/home/ana/shop.db": true, "shop.db": true, "shop": true, "sho": false, "ana": false, "": false, ".db": false,
	} {
		if got := r.isAt(at); got != want {
			t.Errorf("%q: %v", at, got)
		}
	}
	t.Chdir(t.TempDir())
	dir, _ := os.Getwd()
	r.History = filepath.Join(dir, "sub", "h.db")
	for at, want := range map[string]bool{"sub/h.db": true, "./sub/h.db": true, "other/h.db": false} {
		if got := r.isAt(at); got != want {
			t.Errorf("%q: %v", at, got)
		}
	}
	memory := running{Status: control.Status{PID: 1, URL: "http://127.0.0.1:1", Addresses: []string{"127.0.0.1:1"}}}
	for _, at := range []string{"", ".", "/"} {
		if memory.isAt(at) {
			t.Errorf("%q names one without a history", at)
		}
	}
}

// Where there is no history yet, no request is there.
func TestNoHistoryYet(t *testing.T) {
	p := inProcess(t, t.TempDir(), io.Discard, "show", "1")
	env := p.env
	p.env = func(name string) (string, bool) {
		if name == "CREEL_HISTORY" {
			return "", false
		}
		return env(name)
	}
	err := p.execute(t.Context())
	if exit := (*exitError)(nil); !errors.As(err, &exit) || exit.code != exitNoSuch || err.Error() != "no request #1: the history is empty" {
		t.Errorf("it ends with %v", err)
	}
}
