package detail

import (
	"bytes"
	"context"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/compare"
	"creel/capture/safe"
)

// compared reports in what a body differs from that of an earlier delivery.
type compared struct {
	ex    *capture.Exchange
	with  capture.ID
	marks *compare.Marks
}

// compare marks, when the command is done, the lines of the request's body that
// differ from the previous different delivery of the same event.
func (p *Pane) compare(s *sheet) tea.Cmd {
	if s != &p.sheets[Body] || s.view.Format != body.JSON || p.deps.Before == nil {
		return nil
	}
	ctx, ex, text := p.deps.Ctx, p.ex, s.content.Text
	return func() tea.Msg {
		old := p.deps.Before(ex)
		if old == nil {
			return nil
		}
		return compared{ex, old.ID, marksAgainst(ctx, old, text)}
	}
}

func marksAgainst(ctx context.Context, old *capture.Exchange, text []byte) *compare.Marks {
	raw, err := old.Request.Body.Bytes(ctx)
	if err != nil || bytes.HasPrefix(text, []byte("\ufeff")) {
		return nil
	}
	return compare.Mark(body.Read(raw, old.Request.Fields).Text, text)
}

// compared marks the lines, when the request is still shown.
func (p *Pane) compared(msg compared) {
	s := &p.sheets[Body]
	if p.ex == nil || msg.ex.ID != p.ex.ID || msg.marks == nil || s.view == nil {
		return
	}
	s.was = func(l *body.Line) (aside, bool) {
		v, ok := msg.marks.At(l.Off, l.End)
		if !ok {
			return aside{}, false
		}
		if l.Fold == body.FoldShut {
			return aside{before: safe.Linef("differs from %s", msg.with)}, true
		}
		return wasText(&v, msg.with), true
	}
}

// wasMost is how much is shown of what a line was before.
const wasMost = 40

func wasText(v *compare.Value, with capture.ID) aside {
	old := safe.Line(v.Old[:min(len(v.Old), 4*wasMost)]).Cut(wasMost)
	switch v.Kind {
	case compare.Added:
		return aside{before: safe.Linef("new since %s", with)}
	case compare.Removed:
		return aside{value: safe.Line(v.Name).Cut(wasMost), after: safe.Linef(" was in %s", with)}
	case compare.Moved:
		return aside{before: safe.Linef("in another order in %s", with)}
	}
	return aside{safe.Const("was "), old, safe.Linef(" in %s", with)}
}
