package ui

import (
	"bytes"
	"errors"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// TestCommandPanics has a command panic by itself and among others.
func TestCommandPanics(t *testing.T) {
	wrong := func() tea.Msg { panic("went wrong") }
	right := func() tea.Msg { return nil }
	for name, cmd := range map[string]tea.Cmd{
		"alone": wrong, "in a batch": tea.Batch(right, wrong), "in a sequence": tea.Sequence(right, wrong),
		"deeper": tea.Batch(right, tea.Sequence(right, tea.Batch(right, wrong))),
	} {
		t.Run(name, func(t *testing.T) {
			ended := false
			g := guard{end: func() { ended = true }}
			run(g.cmd(cmd))
			var p *Panic
			if !errors.As(g.err(tea.ErrProgramKilled), &p) || !ended {
				t.Fatalf("%v, ended %v", g.err(nil), ended)
			}
			if !bytes.HasPrefix(p.Trace, []byte("went wrong\n")) || !bytes.Contains(p.Trace, []byte("TestCommandPanics")) {
				t.Errorf("the trace is %s", p.Trace)
			}
		})
	}
	g := guard{end: func() { t.Error("ended") }}
	run(g.cmd(tea.Batch(right, right)))
	if err := g.err(tea.ErrProgramKilled); !errors.Is(err, tea.ErrProgramKilled) {
		t.Error(err)
	}
}

// run runs a command and those that it gives, as Bubble Tea does.
func run(c tea.Cmd) {
	for _, c := range commands(c()) {
		if c != nil {
			run(c)
		}
	}
}
