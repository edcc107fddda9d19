package ui

import (
	"context"
	"fmt"
	"reflect"
	"runtime/debug"
	"sync"

	tea "charm.land/bubbletea/v2"
)

// Panic is the error of a screen that panicked.
type Panic struct {
	// Trace is what it said and where that was. It may hold captured bytes: no
	// terminal may get it as it is.
	Trace []byte
}

// Error implements error without a word of the trace.
func (*Panic) Error() string { return "the screen panicked" }

// guard keeps the first panic of a screen and ends it. Bubble Tea would print
// it to the terminal, and beside commands go on to the end of the program before
// it has.
type guard struct {
	end   context.CancelFunc
	mu    sync.Mutex
	first *Panic
}

// caught is for defer: it ends the screen when what is left was a panic.
func (g *guard) caught() {
	r := recover()
	if r == nil {
		return
	}
	g.mu.Lock()
	if g.first == nil {
		g.first = &Panic{Trace: fmt.Appendf(nil, "%v\n\n%s", r, debug.Stack())}
	}
	g.mu.Unlock()
	g.end()
}

// err is the panic, if there was one, else what the screen ended with.
func (g *guard) err(ended error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.first != nil {
		return g.first
	}
	return ended
}

// guarded is a model with commands that are guarded.
type guarded struct {
	tea.Model
	guard *guard
}

// Init implements tea.Model.
func (m guarded) Init() tea.Cmd { return m.guard.cmd(m.Model.Init()) }

// Update implements tea.Model.
func (m guarded) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	next, cmd := m.Model.Update(msg)
	return guarded{next, m.guard}, m.guard.cmd(cmd)
}

// cmd guards a command, and those that it gives.
func (g *guard) cmd(c tea.Cmd) tea.Cmd {
	if c == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer g.caught()
		msg = c()
		list := commands(msg)
		for i, each := range list {
			list[i] = g.cmd(each)
		}
		return msg
	}
}

// commands are those that a message is made of. Those that are run one after the
// other have a type without a name outside Bubble Tea.
func commands(msg tea.Msg) []tea.Cmd {
	list := reflect.ValueOf(msg)
	if to := reflect.TypeFor[[]tea.Cmd](); list.IsValid() && list.Kind() == reflect.Slice && list.CanConvert(to) {
		return list.Convert(to).Interface().([]tea.Cmd)
	}
	return nil
}
