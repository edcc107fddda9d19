package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// shells are those that creel completes its commands in.
var shells = []struct {
	name  string
	print func(root *cobra.Command, w io.Writer) error
}{
	{"bash", func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) }},
	{"zsh", (*cobra.Command).GenZshCompletion},
	{"fish", func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) }},
	{"powershell", (*cobra.Command).GenPowerShellCompletionWithDesc},
}

func newCompletion(p *program) *cobra.Command {
	var names []string
	for _, s := range shells {
		names = append(names, s.name)
	}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the completion script of a shell",
		Long:  "Print the script that completes creel's commands, flags and values in a shell: " + strings.Join(names, ", ") + ".",
		Example: `source <(creel completion bash)
creel completion zsh > "${fpath[1]}/_creel"
creel completion fish > ~/.config/fish/completions/creel.fish
creel completion powershell | Out-String | Invoke-Expression`,
		ValidArgs: names,
		Args:      exactly(1, "one shell: "+strings.Join(names, ", ")),
		RunE: func(cmd *cobra.Command, args []string) error {
			i := slices.Index(names, args[0])
			if i < 0 {
				return usagef("no completion for the shell %q: there is one for %s", args[0], strings.Join(names, ", "))
			}
			return shells[i].print(cmd.Root(), p.out)
		},
	}
}
