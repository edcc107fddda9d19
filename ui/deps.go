package ui

import (
	"context"
	"io"
	"os/exec"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/forward"
	"creel/ui/layout"
)

// Deps are what the screen shows and works with; a nil, but for Ring, switches off what goes through it.
type Deps struct {
	Ring    Ring
	Targets Targets
	// Resender sends captured requests again.
	Resender  Resender
	Queue     Queue
	Standing  Standing
	Gate      Gate
	Rules     Rules
	Presets   []reply.Spec // named replies of the configuration
	Providers Providers
	Tunnel    Tunnel
	Views     []View // the saved filters of the configuration
	// These write to the configuration file: a secret under its provider, which may be
	// pinned to a path, a theme, a named reply and a target; and what became of the saved
	// filter of a name: a new one had no name, one that was removed is empty.
	KeepSecret func(name, value string) error
	KeepTheme  func(name string) error
	KeepPreset func(reply.Spec) error
	KeepTarget func(forward.Target) error
	KeepView   func(name string, is View) error
	// Split is how far the line between list and detail was moved; KeepSplit is told when that changed.
	Split     layout.Shift
	KeepSplit func(layout.Shift)
	// KeepRequests adds requests that are in memory only to the history and returns its file.
	KeepRequests func(context.Context, []*capture.Exchange) (file string, err error)
	// DevKey is the development key for an asymmetric provider, made and kept if there is none yet.
	DevKey func(provider string) (provider.DevKey, error)
	// Export is how exports are made: the known secrets, which are masked.
	Export export.Options
	// Exec runs a program on the terminal; nil is what [tea.ExecProcess] does.
	Exec func(*exec.Cmd, tea.ExecCallback) tea.Cmd
	// Log is what went wrong and what changed by itself so far.
	Log *Log
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Config is what flags and configuration say.
	Config Config

	// In and Out are the terminal, Environ is the environment; nil for the process's own.
	In      io.Reader
	Out     io.Writer
	Environ []string
	// Width and Height are the size of an Out that is no terminal.
	Width, Height int
}

// Config are the settings that concern the screen, and the facts that it shows.
type Config struct {
	// URL is where programs on this machine reach the capture, Public the URL that
	// senders call; may be empty.
	URL     string
	Public  string
	Banners []string // lines that stay until they are read, such as that the port was busy
	// History is the file that the ring is kept in; empty for memory only.
	History    string
	Keep       int
	KeepBytes  int64
	ConfigFile string           // in which what is chosen on the screen may be kept
	Sign       forward.SignMode // when an editor renews a signature unless told otherwise
	Defaults   forward.Defaults // complete a target of which only the URL is known
	Async      bool             // senders do not wait for the responses of targets
	Team       *Team            // whose ring is shown; nil without one
	Attached   *Attached        // the capture is another process's; nil: this one's

	Theme   string // a chroma style; empty for one that suits
	ThemeBy string // the flag or variable that gave it, which outranks the file
	ASCII   bool
	Mouse   bool
}

// Run shows the screen until the user quits or ctx ends. An error of the
// terminal, or a [Panic] of the screen, is returned with the terminal restored.
func Run(ctx context.Context, d Deps) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g := guard{end: cancel}
	err := g.run(ctx, d)
	if ctx.Err() != nil {
		err = nil // told to end
	}
	return g.err(err)
}

// framesPerSecond is how often what changed is written. Bubble Tea writes a frame up to two
// of these later, so at its usual 60 a key was seen 50 ms after it was pressed. Nothing is
// drawn more often for it: that is when something changed.
const framesPerSecond = 120

// run returns when the terminal is restored.
func (g *guard) run(ctx context.Context, d Deps) error {
	defer g.caught()
	m := New(ctx, d)
	m.watch = d.Ring.Watch(ctx)
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithoutCatchPanics(), tea.WithFPS(framesPerSecond)}
	if d.In != nil {
		options = append(options, tea.WithInput(d.In))
	}
	if d.Out != nil {
		options = append(options, tea.WithOutput(d.Out))
	}
	if d.Width > 0 {
		options = append(options, tea.WithWindowSize(d.Width, d.Height))
	}
	if d.Environ != nil {
		options = append(options, tea.WithEnvironment(d.Environ))
	}
	p := tea.NewProgram(guarded{m, g}, options...)
	defer p.Kill() // does nothing but after a panic
	_, err := p.Run()
	if m.shift != d.Split && d.KeepSplit != nil {
		d.KeepSplit(m.shift)
	}
	return err
}
