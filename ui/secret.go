package ui

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/provider"
	"creel/capture/safe"
	"creel/ui/detail"
	"creel/ui/overlay"
)

// atSignature reports whether enter is about the signature: its tab has the focus, or says so.
func (m *Model) atSignature() bool {
	ex := m.selected()
	if ex == nil || m.inResponse || m.deps.Providers == nil || m.detail.Tab() != detail.Signature || m.lay.Detail.Empty() {
		return false
	}
	return m.inDetail || !m.enterDoes(ex).Empty()
}

func (m *Model) enterLabel() safe.Text {
	switch {
	case m.atValue():
		return safe.Const("edit the value")
	case m.atFold() && m.detail.AtFold() == body.FoldShut:
		return safe.Const("unfold")
	case m.atFold():
		return safe.Const("fold")
	case !m.atSignature(), !m.refused(m.selected()).Empty():
		return safe.Text{}
	case m.asks(m.selected()):
		return safe.Const("confirm")
	}
	return safe.Const("secret")
}

// asks reports whether the request is a handshake that the user must confirm.
func (m *Model) asks(ex *capture.Exchange) bool {
	h, ok := m.deps.Providers.Handshake(ex)
	return ok && h.Ask != ""
}

// refused says why creel does not do what a handshake asks for, empty when it does.
func (m *Model) refused(ex *capture.Exchange) safe.Text {
	if h, ok := m.deps.Providers.Handshake(ex); ok && h.Ask == "" && h.Learned == nil && h.Need != "" && h.Reply.Status != 0 {
		return safe.Line(h.Need)
	}
	return safe.Text{}
}

// enterDoes says what enter does in the Signature tab, where that is of use.
func (m *Model) enterDoes(ex *capture.Exchange) safe.Text {
	h, isHandshake := m.deps.Providers.Handshake(ex)
	switch {
	case isHandshake && h.Ask != "":
		return safe.Const("confirms the subscription, after asking")
	case isHandshake && h.Learned != nil:
		return safe.Const("keeps the secret that came with it")
	case isHandshake && h.Need != "" && h.Reply.Status == 0:
		return safe.Linef("asks for the secret: %s", h.Need)
	case !m.refused(ex).Empty():
		return safe.Linef("does nothing: %s", m.refused(ex))
	case ex.Signature.Verdict == capture.NoSecret, ex.Signature.Verdict == capture.Invalid:
		if about, _ := m.deps.Providers.About(ex.Sender.Provider); about.SignsURL {
			return safe.Linef("asks for the %s and the public URL", cmp.Or(about.Asks, provider.SharedSecret))
		} else if about.Asks != "" {
			return safe.Linef("asks for the %s", about.Asks)
		}
		return safe.Const("asks for the secret")
	}
	return safe.Text{}
}

// openSecret asks for the secret of the sender, whether to keep the one that came, or to confirm.
func (m *Model) openSecret() tea.Cmd {
	ex, set := m.selected(), m.deps.Providers
	h, isHandshake := set.Handshake(ex)
	if isHandshake && h.Ask != "" {
		return m.askConfirmation(h)
	}
	if why := m.refused(ex); !why.Empty() {
		m.notify(why)
		return nil
	}
	about, known := set.About(ex.Sender.Provider)
	switch {
	case !known:
		m.notify(safe.Const("no known provider sends this: a [[scheme]] in the configuration describes a signature"))
		return nil
	case !about.Signed && h.Learned == nil:
		m.notify(safe.Linef("%s does not sign what it sends", about.Title))
		return nil
	}
	spec := overlay.SecretSpec{
		Provider: about.Name, Title: about.Title, Asks: about.Asks, Path: ex.Request.Path(), File: m.atHome(m.deps.Config.ConfigFile),
		Done: m.secretEntered, Check: set.CheckSecret,
		SignsURL: about.SignsURL, PublicURL: cmp.Or(m.public, ex.PublicURL), Known: set.HasSecret(about.Name),
	}
	if about.DevKey && m.deps.DevKey != nil {
		spec.DevKey = func() tea.Cmd { return m.makeDevKey(about.Name) }
	}
	if h.Learned != nil {
		spec.Came = h.Learned.Value
	}
	if b := ex.Request.Body; b.InMemory() && b.Size() <= trySize && h.Learned == nil {
		spec.Try = func(sec provider.Secret, url string) (safe.Text, bool) { return m.trySecret(ex, sec, url) }
	}
	m.stack.Open(overlay.NewSecret(m.theme, spec))
	return nil
}

// trySize is how large a body may be to be checked at each key press.
const trySize = 256 << 10

// trySecret says whether a secret fits a request that came by a public URL, which may be empty.
func (m *Model) trySecret(ex *capture.Exchange, sec provider.Secret, publicURL string) (safe.Text, bool) {
	r, err := m.deps.Providers.Check(m.ctx, ex, provider.Options{Provider: ex.Sender.Provider, Secret: sec.Value, PublicURL: publicURL})
	switch {
	case err != nil:
		return safe.Line(err.Error()), false
	case r.Signature.Verdict == capture.Valid:
		return safe.Linef("it fits: the signature of %s is valid", ex.Name()), true
	case r.Signature.Verdict == capture.Stale:
		return safe.Linef("it fits: %s", r.Explanation), true
	case r.URL != "":
		return safe.Linef("it does not fit %s with the URL %s, which is signed: the public URL must be what the sender calls", ex.Name(), r.URL), false
	case r.Explanation != "":
		return safe.Linef("it does not fit %s: %s", ex.Name(), r.Explanation), false
	}
	return safe.Linef("it does not fit %s", ex.Name()), false
}

// secretEntered takes a secret, checks again what it concerns, and keeps it when asked to.
func (m *Model) secretEntered(e overlay.EnteredSecret) tea.Cmd {
	var setURL tea.Cmd
	if e.PublicURL != "" && e.PublicURL != m.public {
		setURL = m.setPublicURL(e.PublicURL)
	}
	if e.Secret.Value == "" {
		return setURL
	}
	// From now on no export shows it.
	m.export.Redact.Known = append(m.export.Redact.Known, e.Secret.Value)
	ctx, set, keep := m.ctx, m.deps.Providers, m.deps.KeepSecret
	take := func() tea.Msg {
		changed, err := set.AddSecret(ctx, e.Secret)
		if err != nil {
			return did{err: err}
		}
		what := fmt.Sprintf("secret for %s taken", e.Secret)
		if changed > 0 {
			what += fmt.Sprintf(", verdicts changed: %d", changed)
		}
		if e.Keep && keep != nil {
			if err := keep(e.Secret.String(), e.Entered); err != nil {
				return did{err: fmt.Errorf("keep the secret for %s: %w", e.Secret, err)}
			}
			what += ", and kept"
		}
		return did{what: what}
	}
	return tea.Sequence(setURL, take)
}

func (m *Model) askPublicURL() {
	m.stack.Open(overlay.NewPrompt(m.theme, overlay.PromptSpec{
		Title: safe.Const("public URL: what senders call"), Verb: "use it until creel ends", Text: m.public,
		Select: true, Ghost: "https://name.example",
		Check: func(text string) (safe.Text, error) {
			if strings.TrimSpace(text) == "" {
				return safe.Const("none: signatures over the URL are checked with the URL that was called here"), nil
			}
			return safe.Const("signatures over the URL are checked with it"), provider.CheckPublicURL(strings.TrimSpace(text))
		},
		Done: func(text string) tea.Cmd { return m.setPublicURL(strings.TrimSpace(text)) },
	}))
}

// setPublicURL takes another public URL, with which signatures are checked again.
func (m *Model) setPublicURL(url string) tea.Cmd {
	ctx, set := m.ctx, m.deps.Providers
	return func() tea.Msg {
		changed, err := set.SetPublicURL(ctx, url)
		return order(func(m *Model) tea.Cmd {
			if err != nil {
				return m.report(did{err: err})
			}
			m.public = url
			what := "there is no public URL now"
			if url != "" {
				what = "senders call " + url
			}
			return m.report(did{what: fmt.Sprintf("%s; verdicts changed: %d", what, changed)})
		})
	}
}

// askConfirmation asks before the one request that a captured one may lead to.
func (m *Model) askConfirmation(h provider.Handshake) tea.Cmd {
	m.stack.Open(overlay.NewConfirm(m.theme, safe.Const("confirm this subscription?"), safe.Const("fetch the URL"),
		func() tea.Cmd { return m.confirmSubscription(h.Ask) },
		safe.Linef("%s asks for it. The URL is one of Amazon SNS:", h.Name),
		safe.Line(h.Ask)))
	return nil
}

// confirmSubscription fetches the URL, once, following nothing.
func (m *Model) confirmSubscription(url string) tea.Cmd {
	ctx, resender := m.ctx, m.deps.Resender
	return func() tea.Msg {
		if !provider.ConfirmationURL(url) || resender == nil {
			return did{err: fmt.Errorf("confirm: %s is not fetched", url)}
		}
		a, err := resender.Fetch(ctx, url)
		if err != nil {
			return did{err: fmt.Errorf("confirm: %w", err)}
		}
		if a.Failed() {
			return did{err: fmt.Errorf("confirm: %s %s", outcomeWords(&a), a.Err)}
		}
		return did{what: "the subscription is confirmed: " + outcomeWords(&a)}
	}
}

// makeDevKey makes a key of creel's own, or takes the one it made before, to sign in the provider's place.
func (m *Model) makeDevKey(name string) tea.Cmd {
	ctx, set, make := m.ctx, m.deps.Providers, m.deps.DevKey
	return func() tea.Msg {
		key, err := make(name)
		if err == nil {
			_, err = set.AddSecret(ctx, key.Secret)
		}
		return order(func(m *Model) tea.Cmd { m.showDevKey(key, err); return nil })
	}
}

// showDevKey shows the public half, which the app needs.
func (m *Model) showDevKey(key provider.DevKey, err error) {
	if err != nil {
		m.logProblem(err.Error())
		return
	}
	m.export.Redact.Known = append(m.export.Redact.Known, key.Secret.Value)
	lines := safe.Line(key.How + ":").WrapWords(devKeyWidth)
	public := bytes.TrimSpace([]byte(key.Public))
	for l := range bytes.Lines(public) {
		lines = append(lines, safe.Line(string(bytes.TrimRight(l, "\n"))).Wrap(devKeyWidth)...)
	}
	m.stack.Open(overlay.NewConfirm(m.theme, safe.Const("a development key"), safe.Const("copy the public key"),
		func() tea.Cmd { return m.copyText("the public key", public) }, lines...))
}

// devKeyWidth is how long the lines of a key are: those of PEM fit.
const devKeyWidth = 72
