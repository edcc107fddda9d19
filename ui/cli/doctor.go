package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/filter"
	"creel/capture/reply"
	"creel/capture/server"
	"creel/capture/sqlite"
	"creel/capture/words"
)

type finding struct {
	Type   string `json:"type"`
	Check  string `json:"check"`
	State  state  `json:"state"`
	Detail string `json:"detail"`
	Todo   string `json:"todo"` // empty: nothing
}

type state string

const (
	stateOK      state = "ok"
	stateWarning state = "warning"
	stateProblem state = "problem"
)

func newDoctor(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check the terminal, the history, the port and the targets",
		Long: `Check what creel needs: the configuration, the history, the port, the programs for
public URLs, the targets and the terminal. Each finding says what to do. Exit 1
when one is a problem. Nothing is changed, and nothing is sent but a connection to
each target.`,
		Example: "creel doctor\ncreel doctor --json",
		Args:    none,
	}
	p.command(cmd, whenCapturing, asService)
	load := cmd.PreRunE
	var broken error
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		broken = load(cmd, args) // a finding, not the end
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return p.doctor(cmd.Context(), broken, asJSON) }
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	return cmd
}

func (p *program) doctor(ctx context.Context, broken error, asJSON bool) error {
	if broken == nil {
		broken = p.checkSettings()
	}
	list := []finding{p.checkConfig(broken), p.checkHistory(ctx), p.checkClock(ctx), p.checkPort(ctx), checkTunnels()}
	if broken == nil {
		list = append(list, p.checkTargets(ctx)...)
	}
	list = append(list, p.checkTerminal(), p.checkLocale())
	failed := false
	for _, f := range list {
		failed = failed || f.State == stateProblem
		if err := p.printFinding(f, asJSON); err != nil {
			return err
		}
	}
	if failed {
		return &exitError{code: exitFailure}
	}
	return nil
}

func (p *program) printFinding(f finding, asJSON bool) error {
	f.Type, f.Detail, f.Todo = typeCheck, oneLine(f.Detail), oneLine(f.Todo)
	if asJSON {
		return p.printJSON(f)
	}
	colour := map[state]string{stateOK: green, stateWarning: yellow, stateProblem: red}[f.State]
	begin := p.paint().in(colour, string(f.State)) + strings.Repeat(" ", 8-len(f.State)) + fmt.Sprintf("%-15s", f.Check)
	for _, text := range []string{f.Detail, f.Todo} {
		for _, line := range p.fit(text, 23) {
			if _, err := fmt.Fprintln(p.out, begin+line); err != nil {
				return err
			}
			begin = strings.Repeat(" ", 23)
		}
	}
	return nil
}

// fit wraps a text that begins at a column, for people; programs get one line.
func (p *program) fit(text string, column int) []string {
	switch {
	case text == "":
		return nil
	case !isTerminal(p.stdout):
		return []string{text}
	}
	return wrap(text, helpWidth-column)
}

func (p *program) checkConfig(broken error) finding {
	f := finding{Check: "configuration", State: stateOK, Detail: cmp.Or(p.opts.file.path, "no file: the defaults hold")}
	if broken != nil {
		f.State, f.Detail, f.Todo = stateProblem, broken.Error(), "correct it there: creel help settings"
	}
	return f
}

// checkSettings reads what the settings and the tables say, as the commands do that use it.
func (p *program) checkSettings() error {
	_, err := p.engineConfig(capturing{checking: true})
	if err == nil {
		_, redaction := p.redaction()
		err = errors.Join(p.checkPresets(), redaction)
	}
	source := p.rulesSource()
	source.CheckFiles = true
	_, rules := reply.CheckRules(source)
	return errors.Join(err, rules)
}

// checkPresets checks the presets with the files that they name.
func (p *program) checkPresets() error {
	list, err := p.presets()
	if err != nil {
		return err
	}
	for i := range list {
		if key, err := list[i].CheckFiles(); err != nil {
			return p.presetError(i, key, err)
		}
	}
	return nil
}

func (p *program) checkHistory(ctx context.Context) finding {
	f := finding{Check: "history", State: stateOK}
	path := p.opts.historyPath(p.env)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		f.Detail = "none yet: it will be " + path
		return f
	}
	h, herr := p.readFileHistory()
	if err = errors.Join(err, herr); err != nil {
		f.State, f.Detail, f.Todo = stateProblem, err.Error(), "use --history FILE or --ephemeral meanwhile"
		return f
	}
	defer h.close()
	n := 0
	for _, err := range h.store.Select(ctx, sqlite.Query{}) { // each row has a checksum
		if err != nil {
			f.State, f.Detail = stateProblem, fmt.Sprintf("%s: request %d of it cannot be read: %v", path, n+1, err)
			f.Todo = "start creel: it saves what can be read and keeps the damaged file"
			return f
		}
		n++
	}
	f.Detail = fmt.Sprintf("%s: %s requests, %s on disk, all of it can be read", path, words.Number(n), words.Size(info.Size()))
	return f
}

// checkClock looks at how signatures with a timestamp were judged: senders agree on
// the time, so when none is fresh it is this clock that is wrong.
func (p *program) checkClock(ctx context.Context) finding {
	f := finding{Check: "clock", State: stateOK, Detail: "no signature with a timestamp to compare it with"}
	h, err := p.readFileHistory()
	if err != nil {
		return f // a finding of the history
	}
	defer h.close()
	stale, valid := 0, 0
	for ex, err := range (selection{filter: &filter.Filter{}}).newest(ctx, h, seenForCompletion) {
		switch {
		case err != nil:
			return f
		case ex.Signature.Verdict == capture.Stale:
			stale++
		case ex.Signature.Verdict == capture.Valid:
			valid++
		}
	}
	switch {
	case valid > 0:
		f.Detail = "signatures that arrived were fresh"
	case stale > 0:
		f.State, f.Detail = stateWarning, fmt.Sprintf("%d signatures were valid but stale when they arrived, none was fresh", stale)
		f.Todo = "compare the clock of this machine: it is " + time.Now().UTC().Format(time.RFC3339)
	}
	return f
}

func (p *program) checkPort(ctx context.Context) finding {
	f := finding{Check: "port", State: stateOK}
	running, err := p.findRunning(ctx)
	if err == nil && len(running) > 0 {
		f.Detail = fmt.Sprintf("creel runs with pid %d at %s", running[0].PID, running[0].URL)
		return f
	}
	l, err := server.Listen(ctx, p.opts.listen.values...)
	if err != nil {
		f.State, f.Detail, f.Todo = stateProblem, err.Error(), "use --listen :PORT, or :0 for a free one"
		return f
	}
	listeners := l.Listeners
	if p.opts.admin != "" { // while the others are taken
		if a, err := server.Listen(ctx, p.opts.admin); err != nil {
			f.State, f.Detail, f.Todo = stateProblem, "--admin: "+err.Error(), "use --admin :PORT with a free port"
		} else {
			listeners = append(listeners, a.Listeners...)
		}
	}
	for _, ln := range listeners {
		if f.State == stateOK {
			f.Detail += ln.Addr().String() + " "
		}
		_ = ln.Close()
	}
	if f.State == stateOK {
		f.Detail += "can be listened on"
	}
	return f
}

func checkTunnels() finding {
	var have []string
	for _, name := range []string{"cloudflared", "tailscale"} {
		if _, err := exec.LookPath(name); err == nil {
			have = append(have, name)
		}
	}
	f := finding{Check: "public URL", State: stateOK, Detail: strings.Join(have, ", ") + " installed"}
	if len(have) == 0 {
		f.State, f.Detail = stateWarning, "neither cloudflared nor tailscale is installed"
		f.Todo = "install one, or use --tunnel ssh://localhost.run, which needs nothing"
	}
	return f
}

// targetWithin is how long a target has to accept a connection.
const targetWithin = 2 * time.Second

func (p *program) checkTargets(ctx context.Context) []finding {
	targets, err := p.targets()
	if err != nil {
		return []finding{{Check: "target", State: stateProblem, Detail: err.Error()}}
	}
	var out []finding
	sender := p.opts.sender(nil)
	sender.ConnectTimeout = targetWithin
	defer sender.Close()
	for _, t := range targets {
		f := finding{Check: "target", State: stateOK, Detail: t.Label() + " accepts connections"}
		if t.Disabled {
			f.Detail = t.Label() + " is off"
		} else if err := sender.Dial(ctx, t.URL); err != nil {
			f.State, f.Detail = stateWarning, fmt.Sprintf("%s: %v", t.Label(), err)
			f.Todo = "start the app; until then creel keeps what arrives as pending"
		}
		out = append(out, f)
	}
	return out
}

func (p *program) checkTerminal() finding {
	f := finding{Check: "terminal", State: stateOK}
	kind, _ := p.env("TERM")
	if !isTerminal(p.stdout) {
		f.Detail = "standard output is none: creel prints lines in place of a screen"
		return f
	}
	width, height, err := term.GetSize(p.stdout.Fd())
	f.Detail = fmt.Sprintf("%s, %d columns and %d rows, %s", kind, width, height, colourDepth(colorprofile.Env(p.variables)))
	switch {
	case !p.canDraw():
		f.State, f.Todo = stateWarning, "TERM names no terminal that can draw: set it, for example to xterm-256color"
	case err == nil && (width < 80 || height < 24):
		f.State, f.Todo = stateWarning, "make it at least 80 columns wide and 24 rows high"
	}
	program, _ := p.env("TERM_PROGRAM")
	switch mux, _ := p.env("TMUX"); {
	case mux != "":
		f.Detail += ", in tmux: copying needs `set -g set-clipboard on`, the mouse `set -g mouse on`"
	case program == "Apple_Terminal":
		f.Detail += ", which takes no copies from programs (OSC 52): `w` in the menu of `y` writes a file, or use another terminal"
	}
	return f
}

// colourDepth says how many colours the screen uses there.
func colourDepth(p colorprofile.Profile) string {
	switch {
	case p >= colorprofile.TrueColor:
		return "16 million colours"
	case p >= colorprofile.ANSI256:
		return "256 colours"
	case p >= colorprofile.ANSI:
		return "16 colours"
	}
	return "no colours (NO_COLOR, or TERM has none)"
}

func (p *program) checkLocale() finding {
	f := finding{Check: "characters", State: stateOK, Detail: "UTF-8"}
	if !p.utf8Locale() {
		f.State, f.Detail = stateWarning, "the locale is not UTF-8: creel draws with ASCII"
		f.Todo = "set LC_ALL to one that ends with UTF-8"
	}
	return f
}
