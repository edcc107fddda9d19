package cli

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"creel/forward"
)

const rootLong = `creel is a webhook inspector in the terminal. It records every request that
reaches it, shows it, and lets you edit and resend it, forward it to your app,
or decide which reply its sender gets.`

const rootExample = `creel                       # capture on 127.0.0.1:4665, open the screen
creel 3000                  # also forward to http://localhost:3000
creel -f /github=3000 -f /slack=4000 --reply 503
creel listen --json         # no screen: JSON lines`

// rootFor returns the root with what args may lead to. Where they begin with the name of
// a command that is only the command: making all of them is a twelfth of its whole run.
func rootFor(p *program, args []string) *cobra.Command {
	if len(args) > 0 && args[0] != "man" && args[0] != "completion" { // which are about all of them
		for _, g := range commandGroups() {
			for _, c := range g.list {
				if c.name == args[0] {
					root := bareRoot(p)
					root.AddCommand(c.make(p))
					return root
				}
			}
		}
	}
	return newRoot(p)
}

// newRoot returns the root with all commands.
func newRoot(p *program) *cobra.Command {
	root := bareRoot(p)
	for _, g := range commandGroups() {
		root.AddGroup(&cobra.Group{ID: g.title, Title: g.title})
		for _, c := range g.list {
			cmd := c.make(p)
			cmd.GroupID = g.title
			root.AddCommand(cmd)
		}
	}
	root.SetHelpCommand(newHelp(p))
	p.completeFlags(root)
	return root
}

// bareRoot returns the root without commands.
func bareRoot(p *program) *cobra.Command {
	root := p.command(&cobra.Command{
		Use:     "creel [URL]",
		Short:   "A webhook inspector in the terminal",
		Long:    rootLong,
		Example: rootExample,
		Args:    cobra.ArbitraryArgs,
		Version: version(),
	}, whenCapturing, asService, onScreen, []string{"no-capture"})
	var detach bool
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if err := p.positional(cmd, args); err != nil {
			return err
		}
		if detach {
			return p.detach(cmd.Context())
		}
		if p.opts.noCapture {
			return p.teamScreen(cmd.Context())
		}
		if !p.canDraw() {
			return p.listen(cmd.Context(), listenOutput{})
		}
		return p.screen(cmd.Context())
	}
	root.Flags().BoolVar(&detach, "detach", false, "capture in the background, without a screen; creel stop ends it")
	root.CompletionOptions.DisableDefaultCmd = true
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveDefault)
	return root
}

// canDraw reports whether standard output is a terminal that can show a screen.
// One that says not what it is gets lines of text, except on Windows, where none
// says so.
func (p *program) canDraw() bool {
	kind, _ := p.env("TERM")
	return isTerminal(p.stdout) && kind != "dumb" && (kind != "" || runtime.GOOS == "windows")
}

type commandGroup struct {
	title string
	list  []commandMaker
}

// commandMaker makes the command of a name.
type commandMaker struct {
	name string
	make func(*program) *cobra.Command
}

func commandGroups() []commandGroup {
	return []commandGroup{
		{"capture", []commandMaker{{"listen", newListen}, {"attach", newAttach}, {"wait", newWait}, {"status", newStatus}, {"stop", newStop}, {"team", newTeam}, {"dial-stdio", newDialStdio}}},
		{"change the running creel", []commandMaker{{"reply", newReply}, {"hold", newHold}, {"answer", newAnswer}, {"release", newRelease}, {"target", newTarget}}},
		{"look", []commandMaker{{"ls", newLs}, {"show", newShow}, {"stats", newStats}, {"export", newExport}, {"import", newImport}}},
		{"send", []commandMaker{{"resend", newResend}, {"send", newSend}, {"trigger", newTrigger}}},
		{"check", []commandMaker{{"verify", newVerify}, {"sign", newSign}, {"providers", newProviders}, {"rules", newRules}}},
		{"change the history", []commandMaker{{"note", newNote}, {"pin", newPin}, {"unpin", newUnpin}, {"rm", newRm}, {"clear", newClear}}},
		{"coding agents", []commandMaker{{"mcp", newMCP}, {"skill", newSkill}}},
		{"about creel", []commandMaker{{"doctor", newDoctor}, {"keys", newKeys}, {"man", newMan}, {"completion", newCompletion}, {"version", newVersion}}},
	}
}

// needsSubcommand runs a command that does nothing itself.
func needsSubcommand(cmd *cobra.Command, args []string) error {
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	have := strings.Join(names, ", ")
	if len(args) == 0 {
		return usagef("%s needs one of %s", cmd.CommandPath(), have)
	}
	e := &exitError{code: exitUsage, err: fmt.Errorf("no command %q in %s: it has %s", args[0], cmd.CommandPath(), have)}
	if s := suggest(args[0], "", names); s != "" {
		e.hint = "did you mean: " + cmd.CommandPath() + " " + s + "?"
	}
	return e
}

// positional takes over the argument of the root command, a port or URL to forward to.
func (p *program) positional(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if len(args) > 1 {
		if s := suggestCommand(newRoot(p), args[0]); s != "" {
			return &exitError{code: exitUsage, err: fmt.Errorf("%q is no command", args[0]), hint: "did you mean: creel " + s + "?"}
		}
		shown := slices.Clone(args)
		for i := range shown {
			shown[i] = forward.Redact(shown[i])
		}
		err := usagef("takes one URL, but was given %q", strings.Join(shown, " "))
		return &exitError{code: exitUsage, err: err, hint: "for more targets: creel -f /a=3000 -f /b=4000"}
	}
	_, err := forward.ParseURL(args[0])
	if err == nil {
		if p.opts.from["forward"] != fromFlag {
			p.opts.forward.values = nil // it is said on the command line, too
		}
		p.opts.forward.values = append(slices.Clip(p.opts.forward.values), args[0])
		return nil
	}
	e := &exitError{code: exitUsage, err: fmt.Errorf("%q is neither a command, a port nor a URL", forward.Redact(args[0])), hint: "try: creel --help"}
	port := args[0][strings.LastIndexByte(args[0], ':')+1:]
	if strings.Contains(args[0], "://") || port != "" && strings.Trim(port, "0123456789") == "" {
		e.err = err // it is meant as a URL or a port
	}
	if s := suggestCommand(newRoot(p), args[0]); s != "" {
		e.hint = "did you mean: creel " + s + "?"
	} else if _, err := forward.ParseTarget(args[0]); err == nil {
		e.hint = "did you mean: creel -f " + args[0] + "?"
	} else if _, err := forward.ParseURL("http://" + args[0]); err == nil && strings.Contains(args[0], ".") {
		e.hint = "did you mean: creel http://" + forward.Redact(args[0]) + "?"
	}
	return e
}
