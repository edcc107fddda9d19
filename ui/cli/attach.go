package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/export"
	"creel/forward"
	"creel/ui"
	"creel/ui/control"
)

func newAttach(p *program) *cobra.Command {
	var at, remote string
	cmd := p.command(&cobra.Command{
		Use:   "attach [ssh://[USER@]HOST]",
		Short: "Open the screen on a creel that runs already",
		Long: `Open the screen on a creel that runs already, on this machine or on another one
that ssh reaches. Quitting leaves it running.`,
		Example: "creel attach\ncreel attach ssh://dev@staging",
		Args:    atMost(1, "one ssh://[USER@]HOST"),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := p.attachTo(cmd.Context(), args, at, remote)
			if err != nil {
				return err
			}
			return p.attach(cmd.Context(), to)
		},
	}, onScreen)
	addAt(cmd, &at)
	cmd.Flags().StringVar(&remote, "remote-creel", "creel", "the creel program on the other machine, a `PATH`")
	return cmd
}

// attaching is how to reach the creel that is meant.
type attaching struct {
	dial    func(context.Context) (net.Conn, error)
	machine string // what to call the machine; empty for this one
}

func (p *program) attachTo(ctx context.Context, args []string, at, remote string) (to attaching, err error) {
	if len(args) == 0 {
		r, err := p.pick(ctx, at)
		if err != nil {
			return to, err
		}
		return attaching{dial: p.clientConfig(r.socket).Dial}, nil
	}
	host, ok := strings.CutPrefix(args[0], "ssh://")
	if !ok || host == "" || strings.HasPrefix(host, "-") {
		return to, usagef("attach %s: want ssh://[USER@]HOST, or nothing for a creel on this machine", args[0])
	}
	name, port, hasPort := strings.Cut(host, ":")
	argv := []string{"ssh"}
	if hasPort {
		argv = append(argv, "-p", port)
	}
	argv = append(argv, "--", name, remote, "dial-stdio")
	if at != "" {
		argv = append(argv, "--at", at)
	}
	to.dial = func(context.Context) (net.Conn, error) { return dialProgram(argv) }
	to.machine = name[strings.IndexByte(name, '@')+1:]
	return to, nil
}

// attach shows the screen of another creel until the user quits.
func (p *program) attach(ctx context.Context, to attaching) error {
	log := &ui.Log{}
	config := control.ClientConfig{Dial: to.dial, Notice: log.Notice, Problem: log.Problem}
	if to.machine != "" {
		host, _ := os.Hostname()
		config.By = fmt.Sprintf("pid %d on %s", os.Getpid(), host)
	}
	c, err := control.Connect(ctx, config)
	if err != nil && to.machine != "" {
		return fmt.Errorf("attach to %s: %w", to.machine, err)
	} else if err != nil {
		return fmt.Errorf("attach: %w", err)
	}
	defer c.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go c.Follow(ctx)
	select {
	case <-c.Ready():
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	redaction, err := p.redaction()
	if err != nil {
		return err
	}
	saved, err := p.savedViews()
	if err != nil {
		return err
	}
	s := &c.Status
	o := p.opts
	log.Poke = c.Ring().Notify
	attached := &ui.Attached{Machine: to.machine, PID: s.PID, Lost: c.Lost}
	if to.machine != "" {
		attached.Here = p.resenderHere(c)
	}
	err = p.draw(ctx, ui.Deps{
		Ring: c.Ring(), Targets: c.Targets(), Queue: c.Queue(), Resender: c.Resender(), Standing: c.Standing(),
		Gate: c.Gate(), Rules: c.Rules(), Presets: s.Settings.Presets, Providers: c.Providers(), Tunnel: c.Tunnel(), Log: log,
		Export: export.Options{Redact: redaction}, KeepTheme: p.keepTheme,
		Views: saved, KeepView: p.keepView, Split: p.split(), KeepSplit: p.keepSplit,
		Config: ui.Config{
			Version: version(), URL: s.URL, Addresses: s.Addresses, Public: s.PublicURL, History: s.History,
			Keep: s.Settings.Keep, KeepBytes: s.Settings.KeepBytes, ConfigFile: p.configFile(),
			Sign: s.Settings.Sign, Defaults: s.Settings.Defaults, Async: s.Settings.Async,
			Theme: o.theme, ThemeBy: o.givenBy("theme"), ASCII: o.ascii || !p.utf8Locale(), Mouse: !o.noMouse,
			Attached: attached,
		},
	})
	if err == nil {
		p.infof("capturing goes on: pid %d, %s", s.PID, s.URL)
	}
	return err
}

// resenderHere sends from this machine and records the attempts where they were
// captured. Secrets stay there, so nothing is signed.
func (p *program) resenderHere(c *control.Client) *forward.Resender {
	return &forward.Resender{Sender: p.opts.sender(nil), Sign: forward.SignNever, Record: func(id capture.ID, a capture.Attempt) {
		op := capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: a}}
		if _, err := c.History().Commit(context.Background(), op); err != nil {
			c.Problem("record the attempt: " + err.Error())
		}
	}}
}

func newDialStdio(p *program) *cobra.Command {
	var at string
	cmd := p.command(&cobra.Command{
		Use:    "dial-stdio",
		Short:  "Connect standard input and output to a creel that runs",
		Hidden: true,
		Args:   none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := p.pick(cmd.Context(), at)
			if err != nil {
				return err
			}
			conn, err := control.Dial(cmd.Context(), r.socket)
			if err != nil {
				return err
			}
			defer conn.Close()
			done := make(chan error, 2)
			go func() { _, err := io.Copy(conn, p.stdin); done <- err }()
			go func() { _, err := io.Copy(p.stdout, conn); done <- err }()
			return <-done
		},
	})
	addAt(cmd, &at)
	return cmd
}

// dialProgram starts a program whose standard input and output are a connection.
func dialProgram(argv []string) (net.Conn, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c := &programConn{cmd: cmd, in: in, out: out}
	cmd.Stderr = &c.said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return c, nil
}

// programConn is a program as a connection. It has no deadlines.
type programConn struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  io.ReadCloser
	said tail
}

// Read reads what the program writes. When it ends, the error has its last words.
func (c *programConn) Read(b []byte) (int, error) {
	n, err := c.out.Read(b)
	if text := c.said.String(); err != nil && text != "" {
		err = fmt.Errorf("%s: %s", c.cmd.Args[0], text)
	}
	return n, err
}

// Write writes to the program.
func (c *programConn) Write(b []byte) (int, error) { return c.in.Write(b) }

// Close ends the program.
func (c *programConn) Close() error {
	_ = c.in.Close()
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
	return nil
}

// LocalAddr is no address.
func (c *programConn) LocalAddr() net.Addr { return programAddr(c.cmd.Args[0]) }

// RemoteAddr is no address.
func (c *programConn) RemoteAddr() net.Addr { return programAddr(c.cmd.Args[0]) }

// SetDeadline does nothing.
func (c *programConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (c *programConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (c *programConn) SetWriteDeadline(time.Time) error { return nil }

type programAddr string

func (a programAddr) Network() string { return "program" }
func (a programAddr) String() string  { return string(a) }
