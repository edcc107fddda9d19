package compose

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/provider"
	"creel/forward"
	"creel/forward/edit"
	"creel/ui/field"
	"creel/ui/theme"
)

// Spec is what a compose screen is made of.
type Spec struct {
	Theme    *theme.Theme
	Exchange *capture.Exchange
	Body     []byte           // of its request
	To       forward.Target   // where it would go
	Targets  []forward.Target // the standing ones, which can be sent to by name
	// Signature says what an edit does to the signature of the request; it may wait, and
	// is called in commands. Nil when it is not known.
	Signature     func(req *capture.Request) provider.Edit
	KeepSignature bool // it is left alone until it is switched on here
	// Beside does work that takes long beside the screen, which what names, and then calls
	// what work returned, unless the user could leave it and did. Nil: it is done at once.
	Beside func(what string, canLeave bool, work func() (then func() tea.Cmd)) tea.Cmd
	// Editor opens a text in $EDITOR; its command ends with Edited. Nil when there is none.
	Editor func(text []byte) tea.Cmd
	// ReadFile reads a file for the body; its command ends with FileRead. Nil when files cannot be used.
	ReadFile func(path string) tea.Cmd
}

// Submitted says that the user sends what was composed, as it stands, to To.
type Submitted struct {
	Exchange *capture.Exchange
	Request  capture.Request
	To       forward.Target
	Also     []forward.Target // further ones, which get the same at their own URL
	Edited   bool             // it is not the captured request
	Renew    bool             // its signature is to be renewed first
}

// Left says that the user went away; the draft is kept as long as the Compose is.
type Left struct{ ID capture.ID }

// Edited is what $EDITOR left ([edit.File]), nil when nothing. Err says how the editor failed.
type Edited struct {
	Text []byte
	Err  error
}

// Taken says that what $EDITOR left is in the draft, and whether that changed it.
type Taken struct {
	ID      capture.ID
	Changed bool
	Err     error
}

// FileRead is a file that was read to be the body.
type FileRead struct {
	Path  string
	Bytes []byte
	Err   error
}

// Compose is one draft, with its cursor and its undo, and its screen. It is for one goroutine.
type Compose struct {
	spec  Spec
	draft *edit.Draft
	text  text
	w, h  int

	opts     edit.Options
	renew    bool   // the signature is renewed on send, where it can be
	file     string // whose bytes are the body
	fixed    []byte // the body in the text that stands for the one that is sent; nil: none does
	before   []byte // the body in the text before that of the file
	to       forward.Target
	also     []forward.Target // that get the same
	replaced replaced
	focus    focus
	field    *field.Field // the option that is being written, nil when none is
	initial  [][]byte     // the lines to begin with

	state    state
	sign     provider.Edit
	checked  int    // counts checks, so that a late one can be told
	checking bool   // a large text is being checked beside the screen
	again    bool   // the text changed while it was checked beside the screen: it is due again
	asked    bool   // it was said that the body is broken: sending again sends
	note     string // one line for what happened last

	sending   int                // attempts under way
	sent      bool               // since the file of the body was changed last
	sentLines [][]byte           // the text that was sent last
	sentShown bool               // with the spacing that it is shown with
	sentTo    []string           // the URLs that it was sent to last
	responses []*capture.Attempt // that came so far, in the order of the URLs
}

// state is what is known of the text as it stands.
type state struct {
	result  edit.Result
	err     error          // the text cannot be sent
	problem *edit.Problem  // the body is broken JSON, or the text cannot be sent
	was     map[int][]byte // what changed lines were, by line; empty: new
	same    bool           // the text is what it was to begin with
	late    bool           // all of this is of the text before: the one of now is being checked
}

// New returns a compose screen with the cursor in the body. Tell it its size with SetSize.
func New(s Spec) *Compose {
	prepared := forward.Prepare(&s.Exchange.Request, s.To)
	c := &Compose{spec: s, draft: edit.New(prepared, s.Body), renew: !s.KeepSignature}
	c.to = s.To
	c.to.URL.Path, c.to.URL.Query = "", ""
	c.replaced = replaced{target: s.Exchange.Request.Target, by: prepared.Target}
	c.to.Exact, c.to.Host, c.to.Headers, c.to.Forwarded = false, forward.KeepHost, nil, false
	c.text = text{buffer: newBuffer(c.draft.Text()), want: -1, page: 1}
	c.initial = bytes.Split(c.draft.Text(), []byte("\n"))
	c.text.at = after(pos{}, c.draft.Text()[:c.draft.BodyAt()])
	if c.draft.IsBinary() {
		c.fixed = c.bodyText()
	}
	c.state = c.examine()()
	return c
}

// Init asks what is said about the signature.
func (c *Compose) Init() tea.Cmd { return c.askSign() }

// ID is the exchange that is edited.
func (c *Compose) ID() capture.ID { return c.spec.Exchange.ID }

// Name is that exchange as people say it: #412.
func (c *Compose) Name() string { return c.spec.Exchange.Name() }

// TooLarge reports whether the text is for an editor rather than this screen.
func (c *Compose) TooLarge() bool { return c.draft.TooLarge() }

// Dirty reports whether the draft says something else than what was captured.
func (c *Compose) Dirty() bool {
	return !c.state.same || c.opts.Body != nil || c.opts.AsShown && c.draft.LaidOut()
}

// Unsent reports whether there is something in the draft that was not sent.
func (c *Compose) Unsent() bool { return c.Dirty() && !c.asSent() }

// asSent reports whether the draft is what was sent last.
func (c *Compose) asSent() bool {
	return c.sent && c.sentShown == c.opts.AsShown && slices.Equal(c.sentTo, c.urls()) &&
		slices.EqualFunc(c.sentLines, c.text.lines, bytes.Equal)
}

// SetSize lays the screen out for w by h cells, the footer not among them.
func (c *Compose) SetSize(w, h int) {
	c.w, c.h = w, h
	if h > 0 && c.text.at.line < c.layout().textH-2 { // what a smaller size scrolled away comes back
		c.text.top = 0
	}
	c.follow()
}

// Sending says that what was submitted is in flight.
func (c *Compose) Sending() {
	c.sending, c.note, c.sent = len(c.sentTo), "", true
}

// Responded shows what came of it, once for each target.
func (c *Compose) Responded(a *capture.Attempt) {
	c.sending, c.note = max(0, c.sending-1), ""
	at := len(c.responses)
	for at > 0 && slices.Index(c.sentTo, c.responses[at-1].To) > slices.Index(c.sentTo, a.To) {
		at--
	}
	c.responses = slices.Insert(c.responses, at, a)
	c.follow()
}

// Failed says why what was submitted was not sent.
func (c *Compose) Failed(err error) {
	c.sending, c.sent, c.note = max(0, c.sending-1), false, "not sent: "+err.Error()
}

// Say puts one line of news under the text.
func (c *Compose) Say(news string) { c.note = news }

// OpenEditor is what E does: the text goes to $EDITOR.
func (c *Compose) OpenEditor() tea.Cmd {
	if c.spec.Editor == nil {
		c.note = "no editor: set EDITOR"
		return nil
	}
	lines := slices.Clone(c.text.lines)
	return c.beside("opening the editor", true, func() func() tea.Cmd {
		file := edit.File(bytes.Join(lines, []byte("\n")))
		return func() tea.Cmd { return c.spec.Editor(file) }
	})
}

// Text is the text as it stands.
func (c *Compose) Text() []byte { return c.text.text() }

// checkLater is how long a large text is left alone before it is checked.
const (
	checkLater = 150 * time.Millisecond
	largeText  = 32 << 10
)

// rechecked says that it is time to check a large text.
type rechecked struct {
	id capture.ID
	n  int
}

// changed is after each change of the text.
func (c *Compose) changed() tea.Cmd {
	c.asked, c.note = false, ""
	if c.size() < largeText {
		return c.check()
	}
	c.checked++
	c.state.same, c.state.late = false, true // until it is known
	due := rechecked{c.ID(), c.checked}
	return tea.Tick(checkLater, func(time.Time) tea.Msg { return due })
}

func (c *Compose) size() int {
	n := 0
	for _, l := range c.text.lines {
		n += len(l)
	}
	return n
}

// examined is what was found out of a large text.
type examined struct {
	id capture.ID
	n  int
	state
}

// check finds out all that is shown of the text, of a large one beside the screen; the signature later.
func (c *Compose) check() tea.Cmd {
	c.checked++
	if c.size() >= largeText {
		c.state.late = true
		return c.checkBeside()
	}
	c.state = c.examine()()
	return c.askSign()
}

// checkBeside checks a large text, one at a time.
func (c *Compose) checkBeside() tea.Cmd {
	if c.again = c.checking; c.checking {
		return nil
	}
	c.checking = true
	id, n, examine := c.ID(), c.checked, c.examine()
	return func() tea.Msg { return examined{id, n, examine()} }
}

func (c *Compose) takeExamined(msg examined) tea.Cmd {
	c.checking = false
	if msg.n == c.checked {
		c.state = msg.state
		return c.askSign()
	}
	if c.again {
		return c.checkBeside()
	}
	return nil
}

// beside does work that takes long where the text is large; see [Spec].
func (c *Compose) beside(what string, canLeave bool, work func() (then func() tea.Cmd)) tea.Cmd {
	if c.spec.Beside == nil || c.size() < largeText {
		return work()()
	}
	return c.spec.Beside(what, canLeave, work)
}

// signature is what is said about the signature of a text.
type signature struct {
	id capture.ID
	n  int
	provider.Edit
}

func (c *Compose) askSign() tea.Cmd {
	if c.state.err != nil || c.spec.Signature == nil {
		c.sign = provider.Edit{}
		return nil
	}
	id, n, sign, req := c.ID(), c.checked, c.spec.Signature, c.state.result.Request
	return func() tea.Msg { return signature{id, n, sign(&req)} }
}

// examine returns what check does, to be done beside the screen.
func (c *Compose) examine() func() state {
	lines, draft, opts, initial := slices.Clone(c.text.lines), c.draft, c.opts, c.initial
	return func() state {
		now := bytes.Join(lines, []byte("\n"))
		s := state{same: bytes.Equal(now, draft.Text()), problem: draft.Check(now)}
		s.result, s.err = draft.Build(now, opts)
		s.was = changedLines(initial, lines)
		return s
	}
}

// submit sends, once the text is checked.
func (c *Compose) submit() tea.Cmd {
	if c.sending > 0 {
		c.note = "in flight: wait for its response"
		return nil
	}
	if !c.state.late && c.size() >= largeText {
		return c.send() // it is checked
	}
	examine, n := c.examine(), c.checked
	return c.beside("checking the draft of "+c.Name(), true, func() func() tea.Cmd {
		s := examine()
		return func() tea.Cmd {
			if n != c.checked {
				return c.submit() // it changed meanwhile
			}
			c.checked++
			c.state = s
			return c.send()
		}
	})
}

// send sends, once what is wrong has been said.
func (c *Compose) send() tea.Cmd {
	asked := c.askSign()
	switch {
	case c.state.err != nil:
		c.note = "not sent: " + c.state.err.Error()
		return nil
	case c.state.problem != nil && !c.asked && !c.state.result.SameBody && c.opts.Body == nil:
		c.asked = true
		c.note = fmt.Sprintf("line %d is not valid: send again to send it anyway", c.state.problem.Line)
		return asked
	}
	r := &c.state.result
	msg := Submitted{
		Exchange: c.spec.Exchange, Request: r.Request, To: c.to, Also: c.further(),
		Edited: r.Edited || c.Dirty(),
	}
	renew := c.renew
	c.sending, c.responses = 1, nil // until it is known how many
	c.sentTo, c.sentLines, c.sentShown = c.urls(), slices.Clone(c.text.lines), c.opts.AsShown
	return func() tea.Msg {
		if asked != nil {
			s := asked().(signature)
			msg.Renew = renew && s.State == provider.EditRenewed
		}
		return msg
	}
}
