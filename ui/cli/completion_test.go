package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// wait completes a filter, after -- the name of a program, and after that files.
func TestCompletionOfWait(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"curl": 0o700, "curl-old": 0o755, "cups": 0o700, "curl.txt": 0o600} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	const files = cobra.ShellCompDirectiveDefault
	for _, tt := range []struct {
		args []string // what was typed, with the word
		want []cobra.Completion
		how  cobra.ShellCompDirective
	}{
		{[]string{"wait", "--", "curl"}, []cobra.Completion{"curl", "curl-old"}, cobra.ShellCompDirectiveNoFileComp},
		{[]string{"wait", "status:200", "--", "nosuch"}, nil, cobra.ShellCompDirectiveNoFileComp},
		{[]string{"wait", "--", "./curl"}, nil, files},
		{[]string{"wait", "--", "curl", "cu"}, nil, files},
		{[]string{"wait", "--", "curl", "-d", "cu"}, nil, files},
	} {
		p := inProcess(t, t.TempDir(), nil, tt.args...)
		p.env = func(name string) (string, bool) { return dir, name == "PATH" }
		got, how := p.completeWait(newWait(p), nil, tt.args[len(tt.args)-1])
		if d := cmp.Diff(tt.want, got); d != "" || how != tt.how {
			t.Errorf("%q: %v (-want +got):\n%s", tt.args, how, d)
		}
	}
}
