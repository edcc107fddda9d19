package cli

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/reply"
	"creel/capture/safe"
	"creel/ui/control"
	"creel/ui/theme"
)

// seenForCompletion is how many of the newest requests completion looks at.
const seenForCompletion = 200

func (p *program) completeIDs(cmd *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out []cobra.Completion
	for _, ex := range slices.Backward(p.seen(cmd)) {
		if id := strings.TrimPrefix(ex.ID.String(), "#"); strings.HasPrefix(id, word) {
			out = append(out, cobra.CompletionWithDesc(id, textLine(ex, paint{})))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// completeFilter offers how a word of a filter can go on.
func (p *program) completeFilter(cmd *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	from, to, list := filter.Complete(word, len(word), filter.History, p.seen(cmd))
	if word == "" {
		list = filter.Keys(filter.History)
	}
	var out []cobra.Completion
	for _, c := range list {
		text := word[:from] + c.Text + word[to:]
		if safe.Line(text).String() != text {
			continue // captured text that no command line may get
		}
		out = append(out, cobra.CompletionWithDesc(text, safe.Line(c.Help).String()))
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// seen are the newest requests, oldest first; none when they cannot be read: completion does not complain.
func (p *program) seen(cmd *cobra.Command) []*capture.Exchange {
	if p.opts.load(p.env) != nil {
		return nil
	}
	h, err := p.read(cmd.Context())
	if err != nil {
		return nil
	}
	defer h.close()
	var out []*capture.Exchange
	for ex, err := range (selection{}).newest(cmd.Context(), h, seenForCompletion) {
		if err != nil {
			return out
		}
		out = append(out, ex)
	}
	return out
}

// completeFlags gives the flags of a command, and of those below it, the values
// that can be completed. Flags that name files get the names of files.
func (p *program) completeFlags(cmd *cobra.Command) {
	byName := map[string]cobra.CompletionFunc{
		"at": p.completeRunning, "theme": completeThemes, "tunnel": fixed("cloudflared", "tailscale", "ssh://"),
		"forward": p.completeTargets, "to": p.completeTargets, "reply": p.completeReply, "hold": p.completeFilter,
		"secret": completeSecret, "listen": fixed("127.0.0.1:4665", ":4665", ":0", "0.0.0.0:4665"),
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		complete := byName[f.Name]
		if f.Name == "at" && (cmd.Name() == "verify" || cmd.Name() == "sign") {
			complete = fixed("now") // a time
		}
		switch v := f.Value.(type) {
		case *oneOf:
			complete = fixed(v.words...)
		case *parsed[int], *parsed[time.Duration], *size:
			complete = fixed()
		}
		if complete != nil {
			_ = cmd.RegisterFlagCompletionFunc(f.Name, complete) // the settings are shared by commands
		}
	})
	for _, c := range cmd.Commands() {
		p.completeFlags(c)
	}
}

func fixed(list ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
}

// completeThemes reads the names only when they are asked for: it takes a third of a start.
func completeThemes(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return theme.Names(), cobra.ShellCompDirectiveNoFileComp
}

func (p *program) completeRunning(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	all, _ := p.findRunning(cmd.Context())
	var out []cobra.Completion
	for _, r := range all {
		out = append(out, cobra.CompletionWithDesc(strconv.Itoa(r.PID), oneLine(r.URL+" "+r.History)))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

func (p *program) completeTargets(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if p.opts.load(p.env) != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []cobra.Completion
	for _, t := range p.opts.file.Targets {
		out = append(out, cobra.CompletionWithDesc(t.URL, oneLine(t.Name)))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

func (p *program) completeReply(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out []cobra.Completion
	if p.opts.load(p.env) == nil {
		own, _ := p.presets() // those that are wrong are for the command to refuse
		for _, s := range reply.Presets(own) {
			out = append(out, cobra.CompletionWithDesc("@"+s.Preset, s.Words()))
		}
	}
	return append(out, "200", "202", "400", "401", "404", "410", "422", "429", "500", "503"), cobra.ShellCompDirectiveNoFileComp
}

// completeSecret offers what begins a secret of each provider.
func completeSecret(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	names, _ := completeProviders(cmd, args, word)
	var out []cobra.Completion
	for _, n := range names {
		name, title, _ := strings.Cut(n, "\t")
		out = append(out, cobra.CompletionWithDesc(name+"=", title))
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

func (p *program) completeIDsOrFiles(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ids, _ := p.completeIDs(cmd, args, word)
	return ids, cobra.ShellCompDirectiveDefault | cobra.ShellCompDirectiveKeepOrder
}

// withClient completes from what the only running creel knows.
func (p *program) withClient(list func(*control.Client) []cobra.Completion) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		const files = cobra.ShellCompDirectiveNoFileComp
		if len(args) > 0 {
			return nil, files
		}
		c, err := p.connect(cmd.Context())
		if err != nil {
			return nil, files
		}
		defer c.Close()
		if c.Look(cmd.Context()) != nil {
			return nil, files
		}
		return list(c), files
	}
}

func heldRequests(c *control.Client) []cobra.Completion {
	out := []cobra.Completion{cobra.CompletionWithDesc("@held", "the one that has waited longest")}
	for _, id := range c.HeldIDs() {
		out = append(out, strings.TrimPrefix(id.String(), "#"))
	}
	return out
}

func targetLabels(c *control.Client) []cobra.Completion {
	var out []cobra.Completion
	for _, t := range c.Targets.List() {
		out = append(out, oneLine(t.Label()))
	}
	return out
}

// completeWait offers a filter, and the names of programs after --.
func (p *program) completeWait(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	dash := slices.Index(p.args, "--")
	switch {
	case dash < 0 || dash == len(p.args)-1:
		return p.completeFilter(cmd, args, word)
	case dash < len(p.args)-2 || strings.ContainsRune(word, filepath.Separator):
		return nil, cobra.ShellCompDirectiveDefault
	}
	path, _ := p.env("PATH")
	return programs(filepath.SplitList(path), word), cobra.ShellCompDirectiveNoFileComp
}

// programs are the names that begin with word of what can be run in dirs.
func programs(dirs []string, word string) []cobra.Completion {
	var out []cobra.Completion
	for _, dir := range dirs {
		entries, _ := os.ReadDir(dir) // one that cannot be read has none
		for _, e := range entries {
			if !strings.HasPrefix(e.Name(), word) || oneLine(e.Name()) != e.Name() {
				continue
			}
			info, err := os.Stat(filepath.Join(dir, e.Name()))
			if err == nil && info.Mode().IsRegular() && (info.Mode()&0o111 != 0 || runtime.GOOS == "windows") {
				out = append(out, e.Name())
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

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
