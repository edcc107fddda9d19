package overlay

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/capture/words"
	"creel/forward"
	"creel/ui/field"
	"creel/ui/keys"
	"creel/ui/theme"
)

// RepeatPlan is what the dialog asks for; see [forward.Repeat].
type RepeatPlan struct {
	Times       int
	Concurrency int
	Delay       time.Duration
	Speed       float64 // 0: the original spacing is not kept
}

// RepeatSpec is what the dialog needs.
type RepeatSpec struct {
	What safe.Text // what is sent and where: "#412 → :3000/stripe"
	Runs int       // how many requests that are
	// Start sends them as planned, and gives the dialog the Progress; Cancel ends that.
	Start  func(RepeatPlan) tea.Cmd
	Cancel func()
}

// Repeat asks how often and how fast, shows how it goes, and what came of it.
type Repeat struct {
	t      *theme.Theme
	s      RepeatSpec
	form   form
	going  bool
	ending bool // it was canceled, and what is under way comes to its end
	shown  *forward.Histogram
}

// The inputs of the form, in order.
const (
	repeatTimes = iota
	repeatAtOnce
	repeatDelay
	repeatSpacing
)

// speeds are the choices for the spacing of several requests.
var speeds = []float64{0, 1, 2, 10}

// NewRepeat returns the dialog.
func NewRepeat(t *theme.Theme, s RepeatSpec) *Repeat {
	r := &Repeat{t: t, s: s}
	times := "2"
	if s.Runs > 1 {
		times = "1"
	}
	r.form.inputs = []input{
		{label: safe.Const("Times"), field: field.Prefilled(times)},
		{label: safe.Const("At once"), field: field.New("1")},
		{label: safe.Const("Delay"), field: field.New("")},
		{label: safe.Const("Spacing"), hidden: s.Runs < 2, choices: choices("none", "as they came", "2× as fast", "10× as fast")},
	}
	r.form.inputs[repeatDelay].field.Ghost = "none; 200ms between two"
	if s.Runs > 1 {
		r.form.inputs[repeatSpacing].at = 1
	}
	return r
}

// Progress shows how far the repeat is, and that it has ended.
func (r *Repeat) Progress(h forward.Histogram) {
	r.shown = &h
	r.going = !h.Ended
	r.ending = r.ending && !h.Ended
}

// Update implements Overlay.
func (r *Repeat) Update(msg tea.Msg) (tea.Cmd, bool) {
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		switch {
		case r.going:
			if key.Matches(msg, shutKey) && !r.ending {
				r.ending = true
				r.s.Cancel()
			}
			return nil, false
		case r.shown != nil:
			if key.Matches(msg, againKey) {
				r.shown = nil
			}
			return nil, key.Matches(msg, shutKey, enterKey)
		case key.Matches(msg, leaveKey):
			return nil, true
		case key.Matches(msg, enterKey):
			return r.start(), false
		}
	}
	if !r.going && r.shown == nil {
		r.form.update(msg)
	}
	return nil, false
}

func (r *Repeat) start() tea.Cmd {
	plan, err := r.plan()
	if err != nil {
		return nil
	}
	r.going = true
	r.shown = &forward.Histogram{Total: plan.Times * r.s.Runs}
	return r.s.Start(plan)
}

// plan is what is written in the form, or what is wrong with it.
func (r *Repeat) plan() (RepeatPlan, error) {
	var p RepeatPlan
	var err error
	value := func(i int) string { return strings.TrimSpace(r.form.inputs[i].field.Value()) }
	if p.Times, err = strconv.Atoi(value(repeatTimes)); err != nil || p.Times < 1 || p.Times > 1_000_000 {
		return p, errors.New("times: a number from 1 to 1,000,000")
	}
	if p.Concurrency, err = strconv.Atoi(value(repeatAtOnce)); err != nil || p.Concurrency < 1 || p.Concurrency > 256 {
		return p, errors.New("at once: a number from 1 to 256")
	}
	if text := value(repeatDelay); text != "" {
		if p.Delay, err = time.ParseDuration(text); err != nil || p.Delay < 0 {
			return p, errors.New("delay: a time such as 200ms or 1s")
		}
	}
	p.Speed = speeds[r.form.inputs[repeatSpacing].at]
	if r.s.Runs < 2 {
		p.Speed = 0
	}
	return p, nil
}

// View implements Overlay.
func (r *Repeat) View(w, h int) Frame {
	inner := max(1, min(max(56, r.s.What.Width()+10), 80, w-theme.BoxFrameWidth))
	title := safe.Concat(safe.Const("repeat "), r.s.What)
	if r.shown == nil {
		lines, x, y := r.form.view(r.t, inner)
		return framed(r.t, title, append(lines, "", r.says(inner)), inner, h, x, y)
	}
	lines := r.histogram(inner, h-theme.BoxFrameHeight)
	lines = lines[:min(len(lines), max(1, h-theme.BoxFrameHeight))]
	return Frame{Content: r.t.Box(title, lines, inner+theme.BoxFrameWidth)}
}

func (r *Repeat) says(w int) string {
	row := r.t.NewRow(w, theme.Style{})
	p, err := r.plan()
	if err != nil {
		return row.Text(r.t.Warn, safe.Line(err.Error())).String()
	}
	n := p.Times * r.s.Runs
	text := "sends " + words.Count(n, "request")
	if n > 100 {
		text += "; failures and histogram are kept"
	}
	return row.Text(r.t.Dim, safe.Line(text)).String()
}

func (r *Repeat) histogram(w, h int) []string {
	t, s := r.t, r.shown
	head := t.NewRow(w, theme.Style{}).Text(t.Plain, safe.Line(r.progressWords()))
	lines := []string{head.String(), t.Progress(w, s.Done, s.Total, t.Accent), ""}
	names := 8
	for _, b := range s.Buckets {
		names = max(names, theme.Width(b.Name))
	}
	room := max(1, h-len(lines)-2)
	for i, b := range s.Buckets[:min(len(s.Buckets), room)] {
		if i == room-1 && len(s.Buckets) > room {
			lines = append(lines, t.NewRow(w, theme.Style{}).Text(t.Dim, safe.Linef("and %d more", len(s.Buckets)-i)).String())
			break
		}
		style := t.Bad
		if code, err := strconv.Atoi(b.Name); err == nil {
			style = t.Status(code)
		}
		row := t.NewRow(w, theme.Style{}).Text(style, safe.Line(b.Name)).To(names + 1)
		count := safe.Linef("%d", b.Count)
		width := max(0, w-names-2-len("1000000 "))
		row.Styled(t.Progress(width, b.Count, max(1, s.Done), style), width)
		lines = append(lines, row.To(w-count.Width()).Text(t.Plain, count).String())
	}
	if s.Max > 0 {
		lines = append(lines, "", t.NewRow(w, theme.Style{}).Text(t.Plain, safe.Linef("p50 %s   p95 %s   max %s", words.Latency(s.P50), words.Latency(s.P95), words.Latency(s.Max))).String())
	}
	return lines
}

func (r *Repeat) progressWords() string {
	s := r.shown
	text := fmt.Sprintf("%d of %d sent", s.Sent, s.Total)
	switch {
	case r.ending:
		text = "ending: " + text
	case !r.going && s.Done < s.Total:
		text = "canceled: " + text
	case !r.going:
		text = "done: " + text
	}
	if s.Failed > 0 {
		text += fmt.Sprintf(", %d failed", s.Failed)
	}
	if sec := s.Took.Seconds(); sec > 0.05 {
		text += fmt.Sprintf(", %s, %.0f/s", words.Latency(s.Took), float64(s.Sent)/sec)
	}
	return text
}

// Keys implements Overlay.
func (r *Repeat) Keys() []key.Binding {
	switch {
	case r.going:
		return []key.Binding{does(shutKey, "end it")}
	case r.shown != nil:
		return []key.Binding{againKey, shutKey}
	}
	list := append([]key.Binding{does(enterKey, "send")}, r.form.keys()...)
	return append(list, does(leaveKey, "cancel"))
}

var againKey = keys.Bind("again", "R", "r")
