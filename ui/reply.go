package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture/reply"
	"creel/capture/safe"
	"creel/ui/editor"
	"creel/ui/overlay"
)

func noStanding(m *Model) safe.Text {
	if m.deps.Standing == nil {
		return safe.Const("the reply cannot be changed here")
	}
	return safe.Text{}
}

// replyLabel is for the first screen: there is little else to do yet.
func (m *Model) replyLabel() safe.Text {
	if m.showsFirst() {
		return safe.Const("reply")
	}
	return safe.Text{}
}

// setReply asks what senders are answered.
func (m *Model) setReply() tea.Cmd {
	note := safe.Text{}
	switch paths, all := m.answering(m.facts.targets); {
	case all != nil:
		note = safe.Linef("%s replies while it is on: this is for when it is off", all.Label())
	case len(paths) > 0:
		note = safe.Linef("the app replies on %s: this is for everything else", strings.Join(paths, ", "))
	}
	m.stack.Open(overlay.NewReply(m.theme, m.deps.Standing.Spec(), m.deps.Presets, note))
	return nil
}

func (m *Model) replySet(s overlay.ReplySet) tea.Cmd {
	if err := m.deps.Standing.Set(s.Spec); err != nil {
		m.warn(safe.Line(err.Error()))
		return nil
	}
	m.takeFacts()
	if _, all := m.answering(m.facts.targets); all != nil {
		m.notify(safe.Linef("%s is set, but %s replies while it is on: F switches it off", m.deps.Standing.Words(), all.Label()))
	} else {
		m.notify(safe.Linef("senders get %s from now on", m.facts.senders))
	}
	return nil
}

// askPresetName asks for the name that a reply is to be kept under.
func (m *Model) askPresetName(spec reply.Spec) tea.Cmd {
	if m.deps.KeepPreset == nil {
		m.notify(safe.Const("there is no configuration file to keep a preset in"))
		return nil
	}
	name := func(text string) string { return strings.TrimPrefix(strings.TrimSpace(text), "@") }
	m.stack.Open(overlay.NewPrompt(m.theme, overlay.PromptSpec{
		Title: safe.Const("keep as preset"), Verb: "keep it", Ghost: "a name, such as down",
		Check: func(text string) (safe.Text, error) {
			if err := reply.CheckPresetName(name(text), m.deps.Presets); err != nil {
				return safe.Text{}, err
			}
			return safe.Linef("@%s, in %s", name(text), m.deps.Config.ConfigFile), nil
		},
		Done: func(text string) tea.Msg {
			spec.Preset = name(text)
			return order(func(m *Model) tea.Cmd { return m.keepPreset(spec) })
		},
	}))
	return nil
}

// keepPreset writes a preset to the configuration file, beside the screen; from
// then on it is there for all answers.
func (m *Model) keepPreset(spec reply.Spec) tea.Cmd {
	keep, file := m.deps.KeepPreset, m.deps.Config.ConfigFile
	return func() tea.Msg {
		err := keep(spec)
		return order(func(m *Model) tea.Cmd {
			if err != nil {
				err = fmt.Errorf("preset @%s is not kept: %w", spec.Preset, err)
				m.logProblem(err.Error())
			} else {
				m.deps.Presets = append(m.deps.Presets, spec)
				m.notify(safe.Linef("preset @%s is kept in %s", spec.Preset, file))
			}
			return m.stack.Tell(overlay.PresetKept{Spec: spec, File: file, Err: err})
		})
	}
}

// dialogAnswered acts on what a dialog about replies, holds and rules decided; ok is
// false for any other message.
func (m *Model) dialogAnswered(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	switch d := msg.(type) {
	case overlay.RowFiltered:
		return m.filterRow(&d.Row), true
	case overlay.BreakdownExported:
		m.breakdownMenu(d.Rows)
	case overlay.ReplySet:
		return m.replySet(d), true
	case overlay.PresetAsked:
		return m.askPresetName(d.Spec), true
	case overlay.TargetsSet:
		m.deps.Targets.Set(d.List)
		m.takeFacts()
	case overlay.TargetKeep:
		return m.keepTarget(d.Target), true
	case overlay.RepeatAsked:
		return m.startRepeat(d.Plan), true
	case overlay.RepeatCanceled:
		m.cancelRepeat()
	case overlay.SampleChosen:
		return m.sendSample(d), true
	case overlay.EmptyChosen:
		return m.sendEmpty(), true
	case overlay.CurlWanted:
		return m.askCurl(), true
	case overlay.SecretEntered:
		return m.secretEntered(d), true
	case overlay.DevKeyWanted:
		return m.makeDevKey(d.Provider), true
	case overlay.HeldDecided:
		return m.heldDecided(d), true
	case overlay.NextTryAnswered:
		return m.nextTryAnswered(d), true
	case overlay.AnswerClosed:
		m.deps.Gate.Resume(d.ID)
	case overlay.RuleSwitched:
		m.ruled(m.deps.Rules.Enable(d.Index, d.On))
	case overlay.RuleMoved:
		m.ruled(m.deps.Rules.Move(d.From, d.To))
	case overlay.RuleRemoved:
		m.ruled(m.deps.Rules.Remove(d.Index))
	case overlay.RuleEdited:
		return m.editRule(d.Index), true
	case overlay.RulesUndone:
		m.undoRule()
	case overlay.RuleMade:
		return m.makeRule(), true
	case overlay.RulesSaved:
		m.saveRules()
	default:
		return nil, false
	}
	return nil, true
}

// withModel makes the callback of a dialog from a method of Model.
func withModel[T any](do func(*Model, T) tea.Cmd) func(T) tea.Msg {
	return func(decided T) tea.Msg {
		return order(func(m *Model) tea.Cmd { return do(m, decided) })
	}
}

// inEditor gives text to the user's editor, and has done act on what became of
// it.
func (m *Model) inEditor(name string, text []byte, done func(editor.Result, error) order) tea.Cmd {
	s, err := editor.Open(m.ctx, m.editorArgv(), name, text)
	if err != nil {
		return func() tea.Msg { return done(editor.Result{}, err) }
	}
	return m.deps.Exec(s.Cmd, func(err error) tea.Msg { return done(s.Finish(err)) })
}

// editorArgv is the command of the user's editor.
func (m *Model) editorArgv() []string {
	return editor.Argv(func(name string) (string, bool) { v := m.env(name); return v, v != "" })
}
