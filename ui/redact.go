package ui

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/redact"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/ui/overlay"
)

// exporting is an export that is being chosen.
type exporting struct {
	rows    []*capture.Exchange
	subject safe.Text
	to      destination
	file    string // the file without its ending, where the user named one
	// shown are the hits that are switched off: their values are exported.
	shown map[redact.Hit]bool
}

func (x exporting) options(m *Model) export.Options {
	opt := m.export
	opt.Redact.Skip = x.shown
	return opt
}

func (m *Model) maskItem(x exporting) overlay.Item {
	hint := safe.Const("what is masked; switch it off and on")
	if n := len(x.shown); n > 0 {
		hint = safe.Linef("what is masked; %s switched off", words.Number(n))
	}
	return overlay.Item{Key: "M", Name: safe.Const("masks…"), Hint: hint, Do: func() tea.Cmd { return m.findMasked(x) }}
}

// findMasked counts what an export would mask, and offers it.
func (m *Model) findMasked(x exporting) tea.Cmd {
	p, opt := m.deps.Providers, m.export
	return m.prepare(safe.Const("finding what is masked"), func(ctx context.Context) tea.Msg {
		f, err := export.Find("markdown") // all formats for others mask the same
		if err != nil {
			return exported{err: err}
		}
		_, res, err := write(ctx, p, f, x.rows, opt)
		if err != nil {
			return exported{err: err}
		}
		hits := slices.SortedFunc(maps.Keys(res.Hits), func(a, b redact.Hit) int {
			return cmp.Or(res.Hits[b]-res.Hits[a], strings.Compare(a.Rule, b.Rule), strings.Compare(a.Where, b.Where))
		})
		return order(func(m *Model) tea.Cmd { m.openMasked(x, hits, res.Hits, 0); return nil })
	})
}

func (m *Model) openMasked(x exporting, hits []redact.Hit, counts map[redact.Hit]int, at int) {
	var items []overlay.Item
	for i, h := range hits {
		mark := "[x] "
		if x.shown[h] {
			mark = "[ ] "
		}
		items = append(items, overlay.Item{
			Name: safe.Line(mark + h.Where), Hint: safe.Linef("%s, %s×", h.Rule, words.Number(counts[h])),
			Do: func() tea.Cmd { m.openMasked(x.toggled(h), hits, counts, i); return nil },
		})
	}
	if len(hits) == 0 {
		items = append(items, overlay.Item{Name: safe.Const("nothing"), Off: safe.Const("no value looks like a secret")})
	}
	items = append(items, overlay.Item{
		Key: "x", Name: safe.Const("export…"), Hint: safe.Const("choose the format"),
		Do: func() tea.Cmd { m.openExport(x); return nil },
	})
	menu := overlay.NewMenu(m.theme, safe.Concat(safe.Const("masked in "), x.subject, safe.Const("   enter switches off and on")), items)
	menu.Select(at)
	m.stack.Open(menu)
}

func (x exporting) toggled(h redact.Hit) exporting {
	shown := map[redact.Hit]bool{}
	maps.Copy(shown, x.shown)
	if shown[h] {
		delete(shown, h)
	} else {
		shown[h] = true
	}
	x.shown = shown
	return x
}
