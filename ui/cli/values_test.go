package cli

import (
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// leastValues has all flags that are a number, a time span or a size: the least that
// they take, and what is one less.
var leastValues = map[string][2]string{
	"concurrency":     {"1", "0"},
	"connect-timeout": {"1ns", "0s"},
	"count":           {"1", "0"},
	"exactly":         {"0", "-1"},
	"forward-timeout": {"1ns", "0s"},
	"hold-timeout":    {"1ns", "0s"},
	"inflight-bytes":  {"1", "0"},
	"keep":            {"1", "0"},
	"keep-bytes":      {"1", "0"},
	"max-answer":      {"1", "0"},
	"max-body":        {"1", "0"},
	"number":          {"1", "0"},
	"settle":          {"0s", "-1ns"},
	"timeout":         {"1ns", "0s"},
	"tunnel-for":      {"1ns", "0s"},
}

// Every flag takes the least that makes sense, in all commands that have it, and
// nothing less.
func TestLeastValues(t *testing.T) {
	p := newProgram()
	seen := map[string]bool{}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			switch f.Value.(type) {
			case *parsed[int], *parsed[time.Duration], *size:
			default:
				return
			}
			seen[f.Name] = true
			least, ok := leastValues[f.Name]
			if !ok {
				t.Errorf("%s --%s: which value is the least?", cmd.CommandPath(), f.Name)
				return
			}
			if err := f.Value.Set(least[0]); err != nil {
				t.Errorf("%s --%s %s: %v", cmd.CommandPath(), f.Name, least[0], err)
			}
			if err := f.Value.Set(least[1]); err == nil {
				t.Errorf("%s --%s %s is taken", cmd.CommandPath(), f.Name, least[1])
			}
		})
		for _, c := range cmd.Commands() {
			walk(c)
		}
	}
	walk(newRoot(p))
	for name := range leastValues {
		if !seen[name] {
			t.Errorf("no command has --%s", name)
		}
	}
}

// Commands send once, one at a time, and wait for one request, unless a flag
// says otherwise.
func TestUsualNumbers(t *testing.T) {
	everyCommand(newRoot(newProgram()), func(cmd *cobra.Command) {
		for name, want := range map[string]string{"concurrency": "1", "count": "1", "exactly": "0", "number": "1"} {
			if cmd.Name() == "ls" {
				want = "0" // all
			}
			if f := cmd.Flags().Lookup(name); f != nil && f.DefValue != want {
				t.Errorf("%s --%s: %s, want %s", cmd.CommandPath(), name, f.DefValue, want)
			}
		}
	})
}
