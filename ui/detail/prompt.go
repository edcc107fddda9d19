package detail

import (
	"sync"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/field"
	"creel/ui/keys"
	"creel/ui/theme"
)

// promptKind says what the field in the last line is for.
type promptKind uint8

const (
	noPrompt promptKind = iota
	searchPrompt
	jqPrompt
)

// prompt is the field in the last line, while it is open.
type prompt struct {
	kind  promptKind
	field field.Field
}

var promptKeys = struct{ done, cancel, up, down key.Binding }{
	done:   keys.Bind("done", "enter"),
	cancel: keys.Bind("cancel", "esc"),
	up:     keys.Bind("", "up"),
	down:   keys.Bind("", "down"),
}

// PromptKeys are the keys of the open field.
func (p *Pane) PromptKeys() []key.Binding {
	return []key.Binding{promptKeys.done, promptKeys.cancel}
}

// Typing reports whether a field is open, which takes the keys that Update is given.
func (p *Pane) Typing() bool { return p.prompt.kind != noPrompt }

// Cursor returns the cell of the pane with the cursor of the open field; ok is false without one.
func (p *Pane) Cursor() (x, y int, ok bool) {
	return p.drawn.cursorX, p.h - 1, p.Typing() && p.h > 0
}

// Search opens the field that searches the page.
func (p *Pane) Search() {
	p.prompt = prompt{kind: searchPrompt, field: field.Prefilled(p.search.text)}
	p.redraw()
}

// JQ opens the field whose expression is run over the body; false when there is no body.
func (p *Pane) JQ() (tea.Cmd, bool) {
	s := p.sheet()
	if s.content == nil {
		return nil, false
	}
	if text := s.content.Text; !p.jq.shown {
		p.jq = jqState{shown: true, values: sync.OnceValues(func() ([]any, error) { return parse(text) })}
	}
	p.prompt = prompt{kind: jqPrompt, field: field.New(p.jq.text)}
	cmd := p.runJQ()
	p.redraw()
	return cmd, true
}

func (p *Pane) typed(msg tea.Msg) tea.Cmd {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		switch {
		case key.Matches(press, promptKeys.done):
			p.closePrompt()
			return nil
		case key.Matches(press, promptKeys.cancel):
			p.cancelPrompt()
			return nil
		case key.Matches(press, promptKeys.up):
			p.Move(-1)
			return nil
		case key.Matches(press, promptKeys.down):
			p.Move(1)
			return nil
		}
	}
	before := p.prompt.field.Value()
	p.prompt.field.Update(msg)
	text := p.prompt.field.Value()
	if text == before {
		return nil
	}
	if p.prompt.kind == jqPrompt {
		p.jq.text = text
		return p.runJQ()
	}
	p.search.text = text
	return p.searchAgain()
}

// closePrompt keeps what the field gave; that of an expression which is wrong or runs stays open.
func (p *Pane) closePrompt() {
	if p.prompt.kind == jqPrompt {
		switch {
		case p.jq.text == "":
			p.jq.close()
		case !p.jq.status.Empty():
			return
		case p.jq.sheet.loading.runs():
			p.jq.taken = true
			return
		}
	}
	p.prompt = prompt{}
}

// cancelPrompt closes the field and forgets what it gave.
func (p *Pane) cancelPrompt() {
	if p.prompt.kind == jqPrompt {
		p.jq.close()
	} else {
		p.search.forget()
		p.search.text = ""
	}
	p.prompt = prompt{}
}

// promptLine draws the field, and at the right what it gives.
func (p *Pane) promptLine() string {
	out := p.t.NewRow(p.w, theme.Style{}).Gap(1)
	label, status, look := safe.Const("jq › "), p.jq.status, look(badWord)
	if p.prompt.kind == searchPrompt {
		label, status, look = safe.Const("search › "), p.search.status(), dim
		if p.ex != nil {
			label = safe.Linef("search in %s › ", p.ex.Name())
		}
	}
	if p.w < 30 {
		label = safe.Const("› ")
	}
	out.Text(p.t.Accent, label)
	status = status.Cut(p.w / 2)
	room := max(1, out.Room()-status.Width()-2)
	drawn, at := p.prompt.field.View(p.t, room)
	p.drawn.cursorX = min(out.Col()+at, p.w-1)
	out.Styled(drawn, room).Gap(1).Text(look(p.t), status)
	return out.String()
}
