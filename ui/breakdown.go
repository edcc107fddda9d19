package ui

import (
	"bytes"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture/filter"
	"creel/capture/redact"
	"creel/capture/safe"
	"creel/capture/stats"
	"creel/ui/overlay"
	"creel/ui/theme"
)

func (m *Model) openBreakdown() {
	m.breakdown = overlay.NewBreakdown(m.theme, overlay.BreakdownSpec{Filter: m.filterRow, Export: m.breakdownMenu}, m.lay.W, m.lay.H-1)
	m.stack.Open(m.breakdown)
	m.takeFigures()
}

func (m *Model) takeFigures() {
	seconds := m.stat.Minute(m.now)
	m.facts.minute = overlay.Tallies(seconds[:], minuteCells)
	if m.breakdown == nil {
		return
	}
	if !m.stack.Has(m.breakdown) {
		m.breakdown = nil
		return
	}
	m.breakdown.Set(m.stat.Rows(m.now), m.now)
}

// minuteCells is how many cells of the header show the last minute.
const minuteCells = 12

// drawMinute is what arrived in the last minute, errors in red, where there is room.
func (m *Model) drawMinute(r *theme.Row) {
	if m.lay.W >= 100 && m.stats.Kept > 0 {
		r.Spark(m.facts.minute)
	}
}

func (m *Model) filterRow(r *stats.Row) tea.Cmd {
	text, ok := r.Filter()
	if !ok {
		m.notify(safe.Const("no filter can say which requests these are"))
		return nil
	}
	return m.setFilter(text)
}

// setFilter puts a filter in force that is written elsewhere.
func (m *Model) setFilter(text string) tea.Cmd {
	if err := m.filter.Set(text); err != nil {
		m.notify(safe.Line(err.Error()))
		return nil
	}
	m.inDetail, m.zoomed = false, false
	f := m.filter.Filter()
	if text == "" {
		f = &filter.Filter{}
	}
	return m.applyFilter(f)
}

func (m *Model) breakdownMenu(rows []stats.Row) {
	var items []overlay.Item
	for _, f := range stats.Formats() {
		items = append(items, overlay.Item{
			Key: formatKeys[f.Name], Name: safe.Line(f.Name),
			Do: func() tea.Cmd { return m.exportBreakdown(f, rows, m.now) },
		})
	}
	m.stack.Open(overlay.NewMenu(m.theme, safe.Const("export the breakdown to a file   secrets are masked"), items))
}

func (m *Model) exportBreakdown(f stats.Format, rows []stats.Row, now time.Time) tea.Cmd {
	ctx, p, all, config := m.ctx, m.deps.Providers, slices.Clone(m.index.all), m.export.Redact
	return func() tea.Msg {
		config, err := withSecrets(ctx, p, all, config)
		if err != nil {
			return exported{err: err}
		}
		r, err := redact.New(config)
		if err != nil {
			return exported{err: err}
		}
		scan := r.Scan()
		for i := range rows {
			rows[i].Path = scan.Target(rows[i].Path)
		}
		var b bytes.Buffer
		if err := f.Write(&b, rows); err != nil {
			return exported{err: err}
		}
		path, err := newFile("creel-breakdown-"+now.Format("20060102-150405"), f.Ext, b.Bytes())
		return exported{path: path, n: len(rows), err: err}
	}
}
