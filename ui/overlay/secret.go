package overlay

import (
	"cmp"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"creel/capture/provider"
	"creel/capture/safe"
	"creel/ui/field"
	"creel/ui/keys"
	"creel/ui/theme"
)

// EnteredSecret is a secret to check signatures with. Keep also writes it, as entered, to the configuration.
type EnteredSecret struct {
	Secret  provider.Secret
	Entered string
	Keep    bool
	// PublicURL is what senders call, where that was asked for.
	PublicURL string
}

// SecretSpec is what a secret is asked for.
type SecretSpec struct {
	Provider, Title string
	Asks            provider.SecretKind         // what is asked for: a secret, a public key, a token
	DevKey          func() tea.Cmd              // makes a key of creel's own to sign with instead; nil where there is none
	Path            string                      // of the request; the secret can be pinned to it
	Came            string                      // a secret that the sender sent along, to begin with
	File            string                      // the configuration file; empty: it cannot be kept there
	Check           func(provider.Secret) error // why what was entered cannot be one; nil takes everything
	// Try says what the secret gives for the request at hand, and whether it fits; nil says nothing.
	Try       func(s provider.Secret, publicURL string) (says safe.Text, fits bool)
	SignsURL  bool   // the URL is signed: the public URL is asked for, too
	PublicURL string // as far as it is known
	Known     bool   // there is a secret already: the public URL alone will do
	Done      func(EnteredSecret) tea.Cmd
}

// The inputs of the dialog.
const (
	secretValue = iota
	secretFor
	secretKeep
	secretURL
)

// Secret asks for a secret, shows of it only how long it is, and says whether it fits.
type Secret struct {
	t      *theme.Theme
	spec   SecretSpec
	form   form
	pasted string // several lines, which the field cannot hold
	says   safe.Text
	fits   bool
}

// NewSecret returns the dialog.
func NewSecret(t *theme.Theme, spec SecretSpec) *Secret {
	s := &Secret{t: t, spec: spec}
	what := safe.Line(string(cmp.Or(spec.Asks, provider.SharedSecret)))
	value := field.New(spec.Came)
	value.Secret = true
	value.Ghost = "type or paste it, or env:NAME, file:PATH"
	s.form.inputs = []input{
		secretValue: {label: what, field: value},
		secretFor:   {label: safe.Const("for"), choices: []safe.Text{safe.Const("any path"), safe.Linef("only %s", spec.Path).Cut(40)}},
		secretKeep:  {label: safe.Const("keep"), choices: choices("until creel ends", "in the configuration file"), hidden: spec.File == ""},
		secretURL:   {label: safe.Const("public URL"), field: field.New(spec.PublicURL), hidden: !spec.SignsURL},
	}
	if spec.Came != "" {
		// Such a secret is for the one subscription it came with.
		s.form.inputs[secretFor].at = 1
	}
	s.form.inputs[secretURL].field.Ghost = "https://name.example, what the sender calls"
	s.try()
	return s
}

// Update implements Overlay.
func (s *Secret) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		if strings.ContainsAny(strings.TrimRight(msg.Content, "\r\n"), "\r\n") {
			s.pasted = pastedLines.Replace(msg.Content)
			s.try()
			return nil, false
		}
	case tea.KeyPressMsg:
		switch {
		case key.Matches(msg, leaveKey):
			return nil, true
		case key.Matches(msg, devKey):
			if s.spec.DevKey != nil {
				return s.spec.DevKey(), true
			}
		case key.Matches(msg, enterKey):
			sec, err := s.secret()
			if err != nil {
				s.says, s.fits = safe.Line(err.Error()), false
				return nil, false
			}
			return s.spec.Done(EnteredSecret{Secret: sec, Entered: s.entered(), Keep: s.form.inputs[secretKeep].at == 1, PublicURL: s.publicURL()}), true
		}
		if s.pasted != "" && s.form.at == secretValue && !key.Matches(msg, formNext, formPrevious) {
			s.pasted = "" // another key begins again
		}
	}
	if s.form.update(msg) {
		s.try()
	}
	return nil, false
}

// secret is what was entered, or what is wrong with it; empty where the public URL alone is given.
func (s *Secret) secret() (provider.Secret, error) {
	if url := s.publicURL(); url != "" {
		if err := provider.CheckPublicURL(url); err != nil {
			return provider.Secret{}, err
		}
	}
	if s.urlAlone() {
		return provider.Secret{}, nil
	}
	name := s.spec.Provider
	if s.form.inputs[secretFor].at == 1 {
		name += "@" + s.spec.Path
	}
	sec, err := provider.NewSecret(name, s.entered())
	if err == nil && s.spec.Check != nil {
		err = s.spec.Check(sec)
	}
	return sec, err
}

func (s *Secret) urlAlone() bool {
	return s.entered() == "" && s.spec.Known && s.spec.SignsURL && s.publicURL() != ""
}

func (s *Secret) publicURL() string {
	return strings.TrimSpace(s.form.inputs[secretURL].field.Value())
}

func (s *Secret) entered() string {
	if s.pasted != "" {
		return s.pasted
	}
	return s.form.inputs[secretValue].field.Value()
}

func (s *Secret) try() {
	s.says, s.fits = safe.Text{}, false
	sec, err := s.secret()
	switch {
	case s.entered() == "" && !s.urlAlone():
	case err != nil:
		s.says = safe.Line(err.Error())
	case s.spec.Try != nil:
		s.says, s.fits = s.spec.Try(sec, s.publicURL())
	}
}

// saysLines is how many lines are kept for what is said, so that the dialog does not move.
const saysLines = 4

// View implements Overlay.
func (s *Secret) View(w, h int) Frame {
	inner := max(1, min(72, w-theme.BoxFrameWidth))
	lines, x, y := s.form.view(s.t, inner)
	if s.pasted != "" {
		n := strings.Count(strings.TrimRight(s.pasted, "\r\n"), "\n") + 1
		lines[secretValue] = s.t.NewRow(inner, theme.Style{}).Text(s.t.Accent, s.form.inputs[secretValue].label).Gap(2).
			Text(s.t.Plain, safe.Linef("%d lines were pasted", n)).String()
	}
	style := s.t.Warn
	if s.fits {
		style = s.t.Bold
	}
	if s.spec.File != "" {
		lines = append(lines, textLine(s.t, s.t.Dim, safe.Linef("the configuration file is %s, for you alone to read", s.spec.File).CutMiddle(inner), inner))
	}
	lines = append(lines, textLine(s.t, style, safe.Text{}, inner))
	says := s.says.WrapWords(inner)
	for i := range max(1, min(max(len(says), saysLines), h-theme.BoxFrameHeight-len(lines))) {
		says = append(says, safe.Text{})
		lines = append(lines, textLine(s.t, style, says[i], inner))
	}
	frame := framed(s.t, safe.Linef("what %s signs with", s.spec.Title), lines, inner, h, x, y)
	if s.pasted != "" && s.form.at == secretValue {
		frame.Cursor = nil
	}
	return frame
}

// Keys implements Overlay.
func (s *Secret) Keys() []key.Binding {
	list := append([]key.Binding{does(enterKey, "use this secret")}, s.form.keys()...)
	list = append(list, leaveKey)
	if s.spec.DevKey != nil {
		list = append(list, devKey)
	}
	return list
}

var devKey = keys.Bind("a development key instead", "ctrl+g")
