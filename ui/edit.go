package ui

import (
	"context"
	"fmt"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/jsontok"
	"creel/capture/provider"
	"creel/capture/safe"
	"creel/capture/tomlfile"
	"creel/capture/words"
	"creel/forward"
	"creel/forward/edit"
	"creel/ui/compose"
	"creel/ui/editor"
	"creel/ui/overlay"
)

// opened reports that the body of a request that is to be edited was read.
type opened struct {
	ex    *capture.Exchange
	body  []byte
	draft *compose.Compose // nil: where it would go is not known
	then  opening
	err   error
}

// opening is what is done first with a draft that is on screen; nil is nothing.
type opening func(*compose.Compose) tea.Cmd

// edit opens the draft of the request; a new one opens at the value that the cursor is at.
func (m *Model) edit() tea.Cmd {
	ex := m.acting()
	n, ok := m.detail.Node()
	if !ok || !m.atValue() || m.drafts[ex.ID] != nil {
		return m.openCompose(ex, nil)
	}
	return m.openCompose(ex, func(c *compose.Compose) tea.Cmd {
		if c.TooLarge() {
			return m.editOutside(c)
		}
		c.GoToValue(n.Path, string(n.Value))
		return nil
	})
}

// editOutside has the draft that is on screen edited in the user's editor,
// which when it changes nothing leads back to where the user was.
func (m *Model) editOutside(c *compose.Compose) tea.Cmd {
	if top, ok := m.stack.Top().(*composeOverlay); ok {
		top.outside = true
	}
	return c.OpenEditor()
}

func (m *Model) openCompose(ex *capture.Exchange, then opening) tea.Cmd {
	if c := m.drafts[ex.ID]; c != nil {
		return m.showCompose(c, then)
	}
	if !m.canSend(ex) {
		return nil
	}
	o := opened{ex: ex, then: then}
	to, known := m.resendTarget(ex)
	spec := m.composeSpec(ex, to)
	return m.prepare(safe.Linef("reading the body of %s", ex.Name()), func(ctx context.Context) tea.Msg {
		if o.body, o.err = ex.Request.Body.Bytes(ctx); o.err == nil && known {
			spec.Body = o.body
			o.draft = compose.New(spec)
		}
		return o
	})
}

func (m *Model) newCompose(o opened) tea.Cmd {
	if o.err != nil {
		m.logProblem(fmt.Sprintf("edit %s: %v", o.ex.Name(), o.err))
		return nil
	}
	if o.draft == nil {
		m.askURL(safe.Linef("edit %s, to be sent to", o.ex.Name()), "open the draft", o.ex, func(u forward.URL) tea.Cmd {
			spec := m.composeSpec(o.ex, m.targetForURL(u))
			return m.prepare(safe.Linef("opening the draft of %s", o.ex.Name()), func(context.Context) tea.Msg {
				spec.Body = o.body
				o.draft = compose.New(spec)
				return o
			})
		})
		return nil
	}
	then := o.then
	if then == nil && o.draft.TooLarge() {
		then = m.editOutside
	}
	return m.showCompose(o.draft, then)
}

// composeSpec is what the draft of a request is made of, but for its body.
func (m *Model) composeSpec(ex *capture.Exchange, to forward.Target) compose.Spec {
	spec := compose.Spec{
		Theme: m.theme, Exchange: ex, To: to, Beside: m.workBeside, Editor: m.composeEditor, ReadFile: readFile,
		KeepSignature: m.deps.Config.Sign == forward.SignNever,
	}
	for _, t := range m.facts.targets {
		spec.Targets = append(spec.Targets, t.Target)
	}
	if p := m.deps.Providers; p != nil {
		spec.Signature = func(req *capture.Request) provider.Edit {
			e := p.Edited(m.ctx, ex, req, m.deps.Now())
			if m.deps.Config.Sign == forward.SignAlways {
				return e.Always()
			}
			return e
		}
	}
	return spec
}

// workBeside does work for the draft on screen; see [compose.Spec].
func (m *Model) workBeside(what string, canLeave bool, work func() func() tea.Cmd) tea.Cmd {
	cmd := m.prepare(safe.Line(what), func(context.Context) tea.Msg {
		then := work()
		return order(func(*Model) tea.Cmd { return then() })
	})
	m.ahead.awaited.stays = !canLeave
	return cmd
}

func (m *Model) showCompose(c *compose.Compose, then opening) tea.Cmd {
	m.drafts[c.ID()] = c
	o := &composeOverlay{m: m, Compose: c}
	m.list.EndFollow()
	m.fitCover(o)
	m.stack.Open(o)
	if n := len(m.marked); n > 0 && (n > 1 || !m.marked[c.ID()]) {
		c.Say(fmt.Sprintf("this is %s alone: the %d marked are not edited", c.Name(), n))
	}
	if then == nil {
		return c.Init()
	}
	return tea.Batch(c.Init(), then(c))
}

func (m *Model) composeEditor(text []byte) tea.Cmd {
	return m.inEditor("request.http", text, func(r editor.Result, err error) tea.Msg { return compose.Edited{Text: r.Text, Err: err} })
}

// maxFile is how large a file may be that becomes a body.
const maxFile = 256 << 20

func readFile(path string) tea.Cmd {
	return func() tea.Msg {
		path = tomlfile.Path(path)
		info, err := os.Stat(path)
		if err == nil && (!info.Mode().IsRegular() || info.Size() > maxFile) {
			err = fmt.Errorf("read %s: not a file of at most %s", path, words.Size(maxFile))
		}
		if err != nil {
			return compose.FileRead{Path: path, Err: err}
		}
		data, err := os.ReadFile(path)
		return compose.FileRead{Path: path, Bytes: data, Err: err}
	}
}

func (m *Model) submit(s compose.Submitted) tea.Cmd {
	c := m.drafts[s.Exchange.ID]
	if c == nil {
		return nil
	}
	c.Sending()
	var cmds []tea.Cmd
	for _, to := range append([]forward.Target{s.To}, s.Also...) {
		m.inFlight[s.Exchange.ID]++
		cmds = append(cmds, m.composedCmd(c, s, to))
	}
	return tea.Batch(cmds...)
}

// composedCmd sends what was composed to one target, and keeps the attempt.
func (m *Model) composedCmd(c *compose.Compose, s compose.Submitted, to forward.Target) tea.Cmd {
	x := forward.Resend{Exchange: s.Exchange, Request: &s.Request, Edited: s.Edited, To: to, Sign: forward.SignNever}
	if s.Renew {
		x.Sign = forward.SignAlways
	}
	send := m.sendCmd(x)
	return func() tea.Msg {
		s := send().(sent)
		return order(func(m *Model) tea.Cmd {
			if s.err != nil {
				c.Failed(s.err)
			} else {
				c.Responded(&s.attempt)
			}
			return m.reportSent(s)
		})
	}
}

// leaveCompose closes the compose screen. A draft that says something is kept.
func (m *Model) leaveCompose(id capture.ID) (cmd tea.Cmd) {
	if top, ok := m.stack.Top().(*composeOverlay); ok && top.ID() == id {
		m.stack.Remove(top)
	}
	switch c := m.drafts[id]; {
	case c == nil || !c.Dirty():
		delete(m.drafts, id)
	case m.index.get(id) == nil:
		cmd = m.writeDraft(c)
	default:
		m.notify(safe.Linef("the draft of %s is kept: e resumes it", c.Name()))
	}
	m.relayout()
	return cmd
}

// atValue reports whether enter is about a scalar at the cursor of the request's JSON body.
func (m *Model) atValue() bool { return m.inRequest() && m.selected() != nil && m.detail.AtScalar() }

// atFold reports whether enter folds or unfolds what the line at the cursor opens.
func (m *Model) atFold() bool {
	return m.inRequest() && m.selected() != nil && m.detail.AtFold() != body.FoldNone
}

// valueLine is the line of the screen with the value at the cursor, from 1; 0 when out of sight.
func (m *Model) valueLine() int {
	if line := m.detail.Line(); line >= 0 {
		return m.lay.Detail.Y + line + 1
	}
	return 0
}

// editValue asks for another value, and opens the draft with it.
func (m *Model) editValue() {
	n, ok := m.detail.Node()
	if !ok {
		return
	}
	ex, was := m.acting(), string(n.Value)
	note := safe.Const("this value alone; the draft opens with it")
	if m.drafts[ex.ID] != nil {
		note = safe.Const("your draft opens with it, and with its other changes")
	}
	m.stack.Open(overlay.NewPrompt(m.theme, overlay.PromptSpec{
		Title: safe.Linef("%s of %s", n.Path, ex.Name()), Verb: "open the draft", Text: was, Select: true, Ghost: "JSON", About: m.valueLine,
		Check: func(s string) (safe.Text, error) {
			value := valueFor(was, s)
			if p := edit.CheckJSON([]byte(value)); p != nil {
				return safe.Text{}, p
			}
			if value != s {
				return safe.Linef("as the string %s; %s", value, note), nil
			}
			return note, nil
		},
		Done: func(s string) tea.Cmd {
			return m.openCompose(ex, func(c *compose.Compose) tea.Cmd {
				cmd, err := c.SetValue(n.Path, was, valueFor(was, s))
				if err != nil {
					c.Say(fmt.Sprintf("not set, this is the draft of before: %v", err))
				}
				return cmd
			})
		},
	}))
}

// valueFor is the JSON that was typed: in a string's place, text needs no quotes.
func valueFor(was, typed string) string {
	if !strings.HasPrefix(was, `"`) || edit.CheckJSON([]byte(typed)) == nil || strings.ContainsAny(typed[:min(1, len(typed))], `"{[`) {
		return typed
	}
	return jsontok.Quote(typed)
}
