package overlay

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"golang.org/x/net/http/httpguts"

	"creel/capture"
	"creel/capture/reply"
	"creel/capture/safe"
	"creel/capture/tomlfile"
	"creel/ui/field"
	"creel/ui/keys"
	"creel/ui/theme"
)

// ReplySpec is what the dialog needs. Replies that it calls back with are valid.
type ReplySpec struct {
	Now     reply.Spec // the reply to begin with
	Presets []reply.Spec
	Note    safe.Text // what there is to know, such as that a target is on; may be empty
	// Set is called with what senders get from now on, Keep with what is to be a preset;
	// it is nil where there is no file for it.
	Set, Keep func(reply.Spec) tea.Cmd
}

// Reply asks what senders get: one line is enough, and there is a form below it for the rest.
type Reply struct {
	t    *theme.Theme
	s    ReplySpec
	kept keptPreset // the last one that was asked for
	form form
}

// keptPreset is what came of a preset that was to be kept.
type keptPreset struct {
	name, file string
	err        error
}

// The inputs of the form, in order.
const (
	replyLine = iota
	replySource
	replyFields
	replyDelay
	replyCount
)

// NewReply returns the dialog.
func NewReply(t *theme.Theme, s ReplySpec) *Reply {
	r, now := &Reply{t: t, s: s}, s.Now
	line, source := now.Line(), 0
	if now.Preset != "" {
		now = reply.Spec{} // what stands beside another line is empty
	}
	for i, other := range []string{now.BodyFile, now.Template, now.TemplateFile} {
		if other != "" {
			line, source = line+" "+other, i+1
		}
	}
	r.form.inputs = []input{
		{label: safe.Const("Reply"), field: field.Prefilled(line)},
		{label: safe.Const("Body is"), choices: choices("text", "file", "template", "template file"), at: source},
		{label: safe.Const("Headers"), field: field.New(fieldsLine(now.Fields))},
		{label: safe.Const("Delay"), field: field.New(delayText(now.Delay))},
		{label: safe.Const("Counted"), choices: choices("per delivery", "all together")},
	}
	if now.PerRule {
		r.form.inputs[replyCount].at = 1
	}
	r.form.inputs[replyLine].field.Ghost = `200   503   422 {"error":"x"}   500x3,200`
	r.form.inputs[replyFields].field.Ghost = "Retry-After: 5; X-A: b"
	r.form.inputs[replyDelay].field.Ghost = "250ms, 5s: a slow first byte (faults: S)"
	r.fit()
	return r
}

func delayText(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// fieldsLine writes header fields on one line: "A: b; C: d".
func fieldsLine(fields []capture.Field) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = f.Name + ": " + f.Value
	}
	return strings.Join(parts, "; ")
}

// parseFields reads what fieldsLine wrote; a semicolon parts fields only before a name and a colon.
func parseFields(line string) ([]capture.Field, error) {
	var fields []capture.Field
	for part := range strings.SplitSeq(line, ";") {
		name, value, ok := strings.Cut(part, ":")
		name = strings.TrimSpace(name)
		switch {
		case ok && httpguts.ValidHeaderFieldName(name):
			fields = append(fields, capture.Field{Name: name, Value: strings.TrimSpace(value)})
		case strings.TrimSpace(part) == "" && len(fields) == 0:
		case len(fields) > 0:
			fields[len(fields)-1].Value += ";" + strings.TrimRight(part, " ")
		default:
			return nil, fmt.Errorf("fields are written NAME: VALUE; NAME: VALUE")
		}
	}
	return fields, nil
}

// preset reports whether the line names one, whose own settings count then.
func (r *Reply) preset() bool {
	return strings.HasPrefix(strings.TrimSpace(r.form.inputs[replyLine].field.Value()), "@")
}

func (r *Reply) spec() (reply.Spec, error) {
	in := r.form.inputs
	s, err := reply.ParseSpec(in[replyLine].field.Value(), r.s.Presets)
	if err != nil || r.preset() {
		return s, err
	}
	body := s.Body
	switch in[replySource].at {
	case 1:
		s.Body, s.BodyFile = "", tomlfile.Path(body)
	case 2:
		s.Body, s.Template = "", body
	case 3:
		s.Body, s.TemplateFile = "", tomlfile.Path(body)
	}
	if s.Fields, err = parseFields(in[replyFields].field.Value()); err != nil {
		return s, err
	}
	if text := strings.TrimSpace(in[replyDelay].field.Value()); text != "" {
		if s.Delay, err = time.ParseDuration(text); err != nil {
			return s, fmt.Errorf("delay: %q is not a duration such as 250ms or 5s", text)
		}
	}
	s.PerRule = len(s.Statuses) > 1 && in[replyCount].at == 1
	return s, s.Validate()
}

// fit hides what has no meaning for the line as it is.
func (r *Reply) fit() {
	in := r.form.inputs
	s, err := reply.ParseSpec(in[replyLine].field.Value(), r.s.Presets)
	for i := replySource; i <= replyDelay; i++ {
		in[i].hidden = r.preset()
	}
	in[replyCount].hidden = r.preset() || err != nil || len(s.Statuses) < 2
}

// PresetKept says what came of a preset that was to be kept in a file.
func (r *Reply) PresetKept(s reply.Spec, file string, err error) {
	r.kept = keptPreset{s.Preset, file, err}
	if err == nil {
		r.s.Presets = append(slices.Clip(r.s.Presets), s)
	}
}

// Update implements Overlay.
func (r *Reply) Update(msg tea.Msg) (tea.Cmd, bool) {
	if press, ok := msg.(tea.KeyPressMsg); ok {
		switch {
		case key.Matches(press, leaveKey):
			return nil, true
		case key.Matches(press, enterKey):
			spec, err := r.spec()
			if err != nil {
				return nil, false
			}
			return r.s.Set(spec), true
		case key.Matches(press, presetKey):
			spec, err := r.spec()
			if err != nil || r.s.Keep == nil {
				return nil, false
			}
			return r.s.Keep(spec), false
		case press.String() == "tab" && r.complete():
			return nil, false
		}
	}
	r.form.update(msg)
	r.fit()
	return nil, false
}

// complete puts in the next preset whose name begins as the line does.
func (r *Reply) complete() bool {
	in := &r.form.inputs[replyLine].field
	text := in.Value()
	if r.form.at != replyLine || !strings.HasPrefix(text, "@") {
		return false
	}
	presets := reply.Presets(r.s.Presets)
	at := slices.IndexFunc(presets, func(p reply.Spec) bool { return "@"+p.Preset == text })
	if at < 0 {
		at = slices.IndexFunc(presets, func(p reply.Spec) bool { return strings.HasPrefix("@"+p.Preset, text) }) - 1
		if at < -1 {
			return true
		}
	}
	in.Set("@" + presets[(at+1)%len(presets)].Preset)
	return true
}

// View implements Overlay.
func (r *Reply) View(w, h int) Frame {
	inner := min(72, w-theme.BoxFrameWidth)
	lines, x, y := r.form.view(r.t, inner)
	say := func(s theme.Style, text safe.Text) {
		lines = append(lines, r.t.NewRow(inner, theme.Style{}).Text(s, text).String())
	}
	if h >= theme.BoxFrameHeight+len(lines)+3 {
		lines = append(lines, "")
	}
	spec, err := r.spec()
	unknown := err != nil && r.preset() // which names those that there are
	if err != nil {
		lines = append(lines, paragraph(r.t, r.t.Warn, safe.Line(strings.TrimPrefix(err.Error(), "reply: ")), inner)...)
	} else {
		say(r.t.Plain, describe(&spec))
	}
	if r.kept.err != nil {
		lines = append(lines, paragraph(r.t, r.t.Warn, safe.Line(r.kept.err.Error()), inner)...)
	} else if r.kept.file != "" {
		say(r.t.Plain, safe.Linef("@%s is kept in %s", r.kept.name, r.kept.file))
	}
	if !unknown {
		lines = append(lines, paragraph(r.t, r.t.Dim, presetNames(reply.Presets(r.s.Presets)), inner)...)
	}
	if !r.s.Note.Empty() {
		say(r.t.Dim, r.s.Note)
	}
	return framed(r.t, safe.Const("what senders get"), lines, inner, h, x, y)
}

// paragraph draws a text in as many lines of w cells as it takes.
func paragraph(t *theme.Theme, s theme.Style, text safe.Text, w int) (lines []string) {
	for _, line := range text.WrapWords(max(1, w)) {
		lines = append(lines, t.NewRow(w, theme.Style{}).Text(s, line).String())
	}
	return lines
}

// framed draws a dialog with its cursor at x, y. Where there is no room for all lines, the
// cursor's stays.
func framed(t *theme.Theme, title safe.Text, lines []string, inner, h, x, y int) Frame {
	room := max(1, h-theme.BoxFrameHeight)
	first := max(0, min(y-room+1, len(lines)-room))
	lines = lines[first:min(len(lines), first+room)]
	return Frame{
		Content: t.Box(title, lines, max(0, inner)+theme.BoxFrameWidth),
		Cursor:  tea.NewCursor(theme.BoxFrameWidth/2+x, 1+y-first),
	}
}

// describe says what the sender will get: "422, 13 bytes of application/json".
func describe(s *reply.Spec) safe.Text {
	what := safe.Const("empty body")
	switch {
	case s.BodyFile != "":
		what = safe.Linef("the file %s, read each time", s.BodyFile)
	case s.Template != "":
		what = safe.Const("a template over the request")
	case s.TemplateFile != "":
		what = safe.Linef("the template in %s, read each time", s.TemplateFile)
	case s.Body != "":
		what = safe.Linef("%d bytes of %s", len(s.Body), s.ContentType())
	}
	return safe.Linef("%s, %s", s.Words(), what)
}

func presetNames(presets []reply.Spec) safe.Text {
	parts := []safe.Text{safe.Const("presets, with @ and tab:")}
	for _, p := range presets {
		parts = append(parts, safe.Linef("@%s", p.Preset))
	}
	return safe.Join(safe.Const(" "), parts...)
}

// Keys implements Overlay.
func (r *Reply) Keys() []key.Binding {
	list := []key.Binding{does(enterKey, "reply this from now on")}
	if r.s.Keep != nil {
		list = append(list, presetKey)
	}
	return append(append(list, r.form.keys()...), does(leaveKey, "cancel"))
}

var presetKey = keys.Bind("keep as preset", "ctrl+s")
