package detail

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/provider"
	"creel/capture/safe"
	"creel/forward"
	"creel/ui/theme"
)

// Deps are what the pane asks others for. Each may be nil, which leaves out
// what comes of it.
type Deps struct {
	Ctx context.Context  // ends the commands of the pane; nil is context.Background
	Now func() time.Time // nil is time.Now
	// Check verifies the signature of an exchange as of a time; CheckWaits says that it asks another process.
	Check      func(ctx context.Context, ex *capture.Exchange, now time.Time) (provider.Result, error)
	CheckWaits bool
	// Enter says what enter does in the tab of the signature; nil or an empty text: nothing.
	Enter func(ex *capture.Exchange) safe.Text
	// Before finds the previous different delivery of the same event.
	Before func(ex *capture.Exchange) *capture.Exchange
	// Limit is how long a provider waits for an answer; 0 when not known.
	Limit func(provider string) time.Duration
	// InFlight are the attempts with an exchange that are under way.
	InFlight func(capture.ID) []forward.InFlight
	// Delivery finds the tries of the delivery that an exchange is one of.
	Delivery func(ex *capture.Exchange) provider.Delivery
}

// Pane shows one request. It is for the goroutine of Update.
type Pane struct {
	deps     Deps
	t        *theme.Theme
	w, h     int
	titled   bool // the method and the path stand above the tabs
	together bool // the request leaves the newest attempt to the response, the response the title to the request

	ex            *capture.Exchange
	tab           Tab
	sheets        [tabCount + 1]sheet // the last is that of the response
	attempt       int                 // the attempt that is open in its tab, by number; 0 for the list
	mode          string              // how bodies are viewed; empty as suits them
	wrap          bool
	words         []string // of the filter, marked
	sign          signature
	prompt        prompt
	search        search
	jq            jqState
	tints         map[string]tints // that are known, by source.key
	showsInFlight bool             // a page of a response shows what is in flight

	drawn frame
}

// frame is what was drawn last, which View shows.
type frame struct {
	lines, focused []string
	rows           []int // of the page, by line; -1 for none
	tabs           []cells
	cursorX        int
	more           int // lines below those in sight, or unknown
	needs          int // see Needs
}

// New returns an empty pane.
func New(t *theme.Theme, d Deps) *Pane {
	if d.Ctx == nil {
		d.Ctx = context.Background()
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	p := &Pane{deps: d, t: t, wrap: true}
	p.redraw()
	return p
}

// SetTheme draws the pane in another theme.
func (p *Pane) SetTheme(t *theme.Theme) {
	p.t = t
	p.redraw()
}

// SetSize gives the pane w by h cells. Titled says that nothing else on the
// screen names the request: the pane then does, above its tabs. Together says that
// request and response are both in sight.
func (p *Pane) SetSize(w, h int, titled, together bool) {
	if p.w == w && p.h == h && p.titled == titled && p.together == together {
		return
	}
	p.w, p.h, p.titled, p.together = w, h, titled, together
	p.relistAttempts()
	p.redraw()
}

// SetWords marks words of the filter; a body that is opened from now on opens at the first of them.
func (p *Pane) SetWords(words []string) {
	p.words = nil
	for _, w := range words {
		p.words = append(p.words, strings.ToLower(w))
	}
	p.redraw()
}

// Tick tells the pane that time went on, or that other attempts are in flight.
func (p *Pane) Tick() tea.Cmd {
	if p.tab == response {
		if !p.showsInFlight && len(p.inFlight()) == 0 {
			return nil
		}
		p.sheets[response].built = false
		cmd := p.build()
		p.redraw()
		return cmd
	}
	p.relistAttempts()
	p.redraw()
	return nil
}

// ShowsInFlight reports whether a pane that [NewResponse] made shows what is in flight.
func (p *Pane) ShowsInFlight() bool { return p.showsInFlight && p.ex != nil }

func (p *Pane) inFlight() []forward.InFlight {
	if p.ex == nil || p.deps.InFlight == nil {
		return nil
	}
	return p.deps.InFlight(p.ex.ID)
}

// Show gives the pane the request to show, or the one it shows as it now is.
func (p *Pane) Show(ex *capture.Exchange) tea.Cmd {
	if ex == p.ex {
		return nil
	}
	same := ex != nil && p.ex != nil && ex.ID == p.ex.ID
	p.ex = ex
	if !same {
		for i := range p.sheets {
			p.sheets[i].stop()
		}
		p.search.forget()
		p.jq.close()
		p.attempt, p.prompt, p.sheets, p.sign = 0, prompt{}, [tabCount + 1]sheet{}, signature{}
		if !slices.Contains([]string{body.Pretty, body.Tree, body.Raw, body.Hex}, p.mode) {
			p.mode = "" // a format was chosen for one body, not for all
		}
	}
	for i := range p.sheets {
		p.sheets[i].built = p.sheets[i].built && same && tabs[i].kept
	}
	cmd := tea.Batch(p.checkSignature(), p.build())
	p.redraw()
	return cmd
}

// build makes the page of the tab, if it is not made. What is in sight of it, redraw says.
func (p *Pane) build() tea.Cmd {
	s := &p.sheets[p.tab]
	if s.built || p.ex == nil {
		return nil
	}
	s.built = true
	s.head, s.empty = nil, empty
	cmd := tabs[p.tab].build(p, s)
	s.head = split(s.head)
	if s.view == nil && !s.loading.runs() {
		cmd = tea.Batch(cmd, p.searchAgain())
	}
	return cmd
}

// sheet is the page in sight: that of the tab, or what jq gave.
func (p *Pane) sheet() *sheet {
	if p.jq.shown {
		return &p.jq.sheet
	}
	return &p.sheets[p.tab]
}

// Tab returns the tab that is open.
func (p *Pane) Tab() Tab { return p.tab }

// Open opens a tab. It stays open when another request is shown.
func (p *Pane) Open(tab Tab) tea.Cmd {
	if tab >= tabCount {
		return nil
	}
	if tab == p.tab && tab == Attempts && p.ex != nil {
		p.closeAttempt()
	}
	p.tab = tab
	p.jq.close()
	p.search.forget()
	cmd := tea.Batch(p.build(), p.searchAgain())
	p.redraw()
	return cmd
}

// View draws the pane: h lines of exactly w cells. It assigns nothing.
func (p *Pane) View(focused bool) string {
	if focused {
		return strings.Join(p.drawn.focused, "\n")
	}
	return strings.Join(p.drawn.lines, "\n")
}

// Node is the value at the cursor of the body; false when there is none.
func (p *Pane) Node() (body.Node, bool) {
	s := p.sheet()
	i, ok := s.line(&s.page)
	if !ok {
		return body.Node{}, false
	}
	return s.view.Node(i)
}

// AtScalar reports whether the cursor is at a string, number or literal of the request's JSON body.
func (p *Pane) AtScalar() bool {
	l, ok := p.jsonLine()
	return ok && slices.ContainsFunc(l.Spans, func(s body.Span) bool {
		return s.Kind == body.String || s.Kind == body.Number || s.Kind == body.Constant
	})
}

// AtFold is the fold that a container at the cursor of a JSON body has; none for the whole body.
func (p *Pane) AtFold() body.Fold {
	if l, ok := p.jsonLine(); ok && l.Depth > 0 {
		return l.Fold
	}
	return body.FoldNone
}

// jsonLine is the line at the cursor in the request's JSON body.
func (p *Pane) jsonLine() (body.Line, bool) {
	s := p.sheet()
	i, ok := s.line(&s.page)
	if p.tab != Body || !ok || s.view.Format != body.JSON || s.folds() == nil {
		return body.Line{}, false
	}
	return s.view.Doc.Line(i), true
}

// Fold folds what the line at the cursor opens, or unfolds it.
func (p *Pane) Fold() {
	p.actOnAll(func(s *sheet) {
		if i, ok := s.line(&s.page); ok && s.folds() != nil {
			s.folds().Toggle(i)
			s.clamp(&s.page)
		}
	})
}

// Line is the first line of the pane with the row at the cursor; -1 when it is out of sight.
func (p *Pane) Line() int {
	if i := slices.Index(p.drawn.rows, p.sheet().cursor); i >= 0 {
		return p.top() + i
	}
	return -1
}

// Value is the header field, parameter or cookie at the cursor; false when there is none.
func (p *Pane) Value() (Value, bool) {
	s := p.sheet()
	if s.cursor >= len(s.head) || s.head[s.cursor].value == nil {
		return Value{}, false
	}
	return *s.head[s.cursor].value, true
}

// Update takes the messages of the pane's own commands.
func (p *Pane) Update(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case done:
		if msg.pane != p {
			return nil
		}
		cmd = msg.do()
	case tea.KeyPressMsg, tea.PasteMsg:
		if !p.Typing() {
			return nil
		}
		cmd = p.typed(msg)
	default:
		return nil
	}
	p.redraw()
	return cmd
}
