package ui

import (
	"strings"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/forward"
	"creel/ui/engine"
	"creel/ui/theme"
)

// Team is the team whose ring the screen shows.
type Team struct {
	Space string // the name of the ring
	Node  string // the node that captures here; empty when this screen only looks
	// Command starts a node of the team, to be run in a shell.
	Command string
	Status  func() engine.TeamStatus
	Look    func(capture.ID) // tells the others what is selected; zero is nothing
}

func (m *Model) drawTeam(r *theme.Row, brief bool) {
	at := m.deps.Config.Team
	if at == nil {
		return
	}
	s, look := m.facts.team, m.theme.Plain
	var said []string
	if s.Err != nil {
		look = m.theme.Warn
		said = append(said, "away")
	}
	if s.Waiting > 0 {
		said = append(said, words.Number(s.Waiting)+" waiting")
	}
	if s.Err == nil && !brief {
		said = append(said, s.Here...)
		for _, c := range s.Claims {
			said = append(said, c.Path+" → "+c.Who+"'s "+forward.ShortURL(c.To)) // ana's :3000
		}
	}
	r.Lit(m.theme.Dim, "team ").Text(look, safe.Line(at.Space).CutMiddle(16))
	if len(said) > 0 {
		r.Lit(look, ":").Gap(1).Text(look, safe.Line(strings.Join(said, ", ")).Cut(48))
	}
}

// tellSelected tells the team what the user has selected, unless it is the newest: all follow that.
func (m *Model) tellSelected() {
	at := m.deps.Config.Team
	if at == nil || at.Look == nil {
		return
	}
	var id capture.ID
	if ex := m.selected(); ex != nil && !m.list.Follow() {
		id = ex.ID
	}
	at.Look(id)
}

func (m *Model) looksOnly() bool {
	at := m.deps.Config.Team
	return at != nil && at.Node == ""
}

func (m *Model) ours(ex *capture.Exchange) bool {
	at := m.deps.Config.Team
	return at == nil || ex.Origin != nil && ex.Origin.Node == at.Node
}
