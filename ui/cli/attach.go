package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/forward"
	"creel/ui"
	"creel/ui/control"
)

func newAttach(p *program) *cobra.Command {
	var remote string
	cmd := p.command(&cobra.Command{
		Use:   "attach [ssh://[USER@]HOST]",
		Short: "Open the screen on a creel that runs already",
		Long: `Open the screen on a creel that runs already, on this machine or on another one
that ssh reaches. Quitting leaves it running.`,
		Example: "creel attach\ncreel attach ssh://dev@staging",
		Args:    atMost(1, "one ssh://[USER@]HOST"),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := p.attachTo(cmd.Context(), args, remote)
			if err != nil {
				return err
			}
			return p.attach(cmd.Context(), to)
		},
	}, onScreen)
	p.addAt(cmd)
	cmd.Flags().StringVar(&remote, "remote-creel", "creel", "the creel program on the other machine, a `PATH`")
	return cmd
}

// attaching is how to reach the creel that is meant.
type attaching struct {
	dial    func(context.Context) (net.Conn, error)
	machine string // what to call the machine; empty for this one
}

func (p *program) attachTo(ctx context.Context, args []string, remote string) (to attaching, err error) {
	if len(args) == 0 {
		r, err := p.pick(ctx, p.at)
		if err != nil {
			return to, err
		}
		return attaching{dial: p.dialAgain(r)}, nil
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
	if p.at != "" {
		argv = append(argv, "--at", p.at)
	}
	to.dial = func(context.Context) (net.Conn, error) { return dialProgram(argv) }
	to.machine = name[strings.IndexByte(name, '@')+1:]
	return to, nil
}

// dialAgain connects to a creel, or when that has ended to the one at the same address now.
func (p *program) dialAgain(r running) func(context.Context) (net.Conn, error) {
	silent := *p
	silent.errs = io.Discard // the screen is shown
	var mu sync.Mutex
	return func(ctx context.Context) (net.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		conn, err := control.Dial(ctx, r.socket)
		if err == nil {
			return conn, nil
		}
		all, _ := silent.findRunning(ctx)
		if i := slices.IndexFunc(all, func(other running) bool { return other.URL == r.URL }); i >= 0 {
			r = all[i]
			return control.Dial(ctx, r.socket)
		}
		return nil, fmt.Errorf("%w: %w", ui.ErrEnded, err)
	}
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
	d, err := p.attachedDeps(c, log, to.machine)
	if err != nil {
		return err
	}
	log.Poke = c.Ring.Notify
	if err = p.show(ctx, d); err != nil {
		return err
	}
	pid, _ := c.Process()
	if _, lost := c.Lost(); errors.Is(lost, ui.ErrEnded) {
		p.infof("the creel with pid %d has ended", pid)
	} else {
		p.infof("capturing goes on: pid %d, %s", pid, c.Status.URL)
	}
	return nil
}

// attachedDeps is what a screen works with on the creel of a client.
func (p *program) attachedDeps(c *control.Client, log *ui.Log, machine string) (ui.Deps, error) {
	d, err := p.screenDeps(log)
	d.Ring, d.Targets, d.Queue, d.Resender, d.Standing = c.Ring, c.Targets, c.Queue, c.Resender, c.Standing
	d.Gate, d.Rules, d.Providers, d.Tunnel = c.Gate, c.Rules, c.Providers, c.Tunnel
	d.Split, d.KeepSplit = p.split(), p.keepSplit
	s := &c.Status
	is, has := &d.Config, &s.Settings
	is.URL, is.Public, is.History = s.URL, s.PublicURL, s.History
	is.Keep, is.KeepBytes, is.Sign, is.Defaults, is.Async = has.Keep, has.KeepBytes, has.Sign, has.Defaults, has.Async
	d.Presets = has.Presets
	is.Attached = &ui.Attached{Machine: machine, PID: s.PID, Started: s.Started, Process: c.Process, Lost: c.Lost}
	if machine != "" {
		is.Attached.Here = p.resenderHere(c)
	}
	return d, err
}

// resenderHere sends from here and records there. Secrets stay there, so nothing is signed.
func (p *program) resenderHere(c *control.Client) *forward.Resender {
	return &forward.Resender{Sender: p.opts.sender(nil), Sign: forward.SignNever, Record: func(id capture.ID, a capture.Attempt) {
		op := capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: a}}
		if _, err := c.History.Commit(context.Background(), op); err != nil {
			c.Problem("record the attempt: " + err.Error())
		}
	}}
}

func newDialStdio(p *program) *cobra.Command {
	return p.addAt(p.command(&cobra.Command{
		Use:    "dial-stdio",
		Short:  "Connect standard input and output to a creel that runs",
		Hidden: true,
		Args:   none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := p.pick(cmd.Context(), p.at)
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
	}))
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

func (c *programConn) Write(b []byte) (int, error) { return c.in.Write(b) }

func (c *programConn) Close() error {
	_ = c.in.Close()
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
	return nil
}

func (c *programConn) LocalAddr() net.Addr {
	return &net.UnixAddr{Net: "program", Name: c.cmd.Args[0]}
}
func (c *programConn) RemoteAddr() net.Addr             { return c.LocalAddr() }
func (c *programConn) SetDeadline(time.Time) error      { return nil }
func (c *programConn) SetReadDeadline(time.Time) error  { return nil }
func (c *programConn) SetWriteDeadline(time.Time) error { return nil }

// maxTail is how much a tail keeps, in bytes.
const maxTail = 4 << 10

// tail keeps the end of what is written to it. It is safe for concurrent use.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	t.text = t.text[max(0, len(t.text)-maxTail):]
	return len(b), nil
}

// String is the last line that says something.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.text)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
