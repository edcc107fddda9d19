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

func (m *Model) setReply() {
	note := safe.Text{}
	switch paths, all := m.answering(m.facts.targets); {
	case all != nil:
		note = safe.Linef("%s replies while it is on: this is for when it is off", all.Label())
	case len(paths) > 0:
		note = safe.Linef("the app replies on %s: this is for everything else", strings.Join(paths, ", "))
	}
	var dialog *overlay.Reply
	spec := overlay.ReplySpec{
		Now: m.deps.Standing.Spec(), Presets: m.presets, Note: note, Set: m.replySet,
	}
	if m.deps.KeepPreset != nil {
		spec.Keep = func(s reply.Spec) tea.Cmd { return m.askPresetName(dialog, s) }
	}
	dialog = overlay.NewReply(m.theme, spec)
	m.stack.Open(dialog)
}

func (m *Model) replySet(s reply.Spec) tea.Cmd {
	standing := m.deps.Standing
	return func() tea.Msg {
		err := standing.Set(s)
		return order(func(m *Model) tea.Cmd {
			m.takeFacts()
			if _, all := m.answering(m.facts.targets); err != nil {
				m.warn(safe.Line(err.Error()))
			} else if all != nil {
				m.notify(safe.Linef("%s is set, but %s replies while it is on: F switches it off", standing.Words(), all.Label()))
			} else {
				m.notify(safe.Linef("senders get %s from now on", m.facts.senders))
			}
			return nil
		})
	}
}

// askPresetName asks for the name that the reply of a dialog is to be kept under.
func (m *Model) askPresetName(dialog *overlay.Reply, spec reply.Spec) tea.Cmd {
	name := func(text string) string { return strings.TrimPrefix(strings.TrimSpace(text), "@") }
	m.stack.Open(overlay.NewPrompt(m.theme, overlay.PromptSpec{
		Title: safe.Const("keep as preset"), Verb: "keep it", Ghost: "a name, such as down",
		Check: func(text string) (safe.Text, error) {
			if err := reply.CheckPresetName(name(text), m.presets); err != nil {
				return safe.Text{}, err
			}
			return safe.Linef("@%s, in %s", name(text), m.atHome(m.deps.Config.ConfigFile)), nil
		},
		Done: func(text string) tea.Cmd {
			spec.Preset = name(text)
			return m.keepPreset(dialog, spec)
		},
	}))
	return nil
}

// keepPreset writes a preset to the configuration file; from then on it is there for all replies.
func (m *Model) keepPreset(dialog *overlay.Reply, spec reply.Spec) tea.Cmd {
	keep, file := m.deps.KeepPreset, m.atHome(m.deps.Config.ConfigFile)
	return func() tea.Msg {
		err := keep(spec)
		return order(func(m *Model) tea.Cmd {
			if err != nil {
				err = fmt.Errorf("preset @%s is not kept: %w", spec.Preset, err)
				m.logProblem(err.Error())
			} else {
				m.presets = append(m.presets, spec)
				m.notify(safe.Linef("preset @%s is kept in %s", spec.Preset, file))
			}
			dialog.PresetKept(spec, file, err)
			return nil
		})
	}
}

// inEditor gives text to the user's editor, and has done act on what became of it.
func (m *Model) inEditor(name string, text []byte, done func(editor.Result, error) tea.Msg) tea.Cmd {
	argv := editor.Argv(func(name string) (string, bool) { v := m.env(name); return v, v != "" })
	s, err := editor.Open(m.ctx, argv, name, text)
	if err != nil {
		return func() tea.Msg { return done(editor.Result{}, err) }
	}
	return m.deps.Exec(s.Cmd, func(err error) tea.Msg { return done(s.Finish(err)) })
}
