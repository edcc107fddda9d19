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

// compare marks, when the command is done, the lines of the request's body that
// differ from the previous different delivery of the same event.
func (p *Pane) compare(s *sheet) tea.Cmd {
	if s != &p.sheets[Body] || s.view.Format != body.JSON || p.deps.Before == nil {
		return nil
	}
	ctx, ex, text := p.deps.Ctx, p.ex, s.content.Text
	return p.later(func() func() tea.Cmd {
		old := p.deps.Before(ex)
		if old == nil {
			return nil
		}
		marks := marksAgainst(ctx, old, text)
		return func() tea.Cmd { p.compared(ex, old.ID, marks); return nil }
	})
}

func marksAgainst(ctx context.Context, old *capture.Exchange, text []byte) *compare.Marks {
	raw, err := old.Request.Body.Bytes(ctx)
	if err != nil || bytes.HasPrefix(text, []byte("\ufeff")) {
		return nil
	}
	return compare.Mark(body.Read(raw, old.Request.Fields).Text, text)
}

// compared marks the lines that differ from an earlier delivery, when the request is still shown.
func (p *Pane) compared(ex *capture.Exchange, with capture.ID, marks *compare.Marks) {
	s := &p.sheets[Body]
	if p.ex == nil || ex.ID != p.ex.ID || marks == nil || s.view == nil {
		return
	}
	s.was = func(l *body.Line) (aside, bool) {
		v, ok := marks.At(l.Off, l.End)
		if !ok {
			return aside{}, false
		}
		if l.Fold == body.FoldShut {
			return aside{before: safe.Linef("differs from %s", with)}, true
		}
		return wasText(&v, with), true
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
