package ui

import (
	"sync"

	tea "charm.land/bubbletea/v2"

	"creel/capture/safe"
	"creel/ui/docs"
	"creel/ui/keys"
	"creel/ui/overlay"
)

// rowSigns are what stands in a row of the list without words.
var rowSigns = []struct{ shown, means string }{
	{"502 → 500", "what the sender got, and what the newest attempt gave"},
	{"···", "the sender still waits"},
	{"▂ 12ms", "the time taken; a full bar: 95 % of this endpoint and event take less"},
	{"#4╭ #6╰", "tries of one delivery"},
}

// help opens all keys, those of this place first; its search finds the longer pages, too.
func (m *Model) help() {
	t := m.theme
	rows := m.keysHere()
	rows = append(rows, overlay.PageRow{}, overlay.PageRow{Name: safe.Const("In a row of the list"), Look: t.Title})
	for _, sign := range rowSigns {
		rows = append(rows, overlay.PageRow{Name: safe.Line("  " + sign.shown), Look: t.Plain, At: 22, Text: safe.Line(sign.means)})
	}
	rows = append(rows, overlay.PageRow{}, overlay.PageRow{Name: safe.Const("Getting requests in"), Look: t.Title})
	for i := range m.first.ways {
		w := m.first.ways[i]
		rows = append(rows, overlay.PageRow{Name: safe.Line("  " + w.from), Look: t.Dim, At: 12, Text: safe.Line(w.command())})
	}
	rows = append(rows, overlay.PageRow{}, overlay.PageRow{Name: safe.Const("Pages, which / searches, too; : pages opens them"), Look: t.Title})
	for _, p := range docs.Pages() {
		rows = append(rows, overlay.PageRow{Name: safe.Line("  " + p.Name), Look: t.Key, At: 22, Text: safe.Line(p.Short)})
	}
	group := ""
	for _, r := range KeyTable() {
		if r.Group != group {
			group = r.Group
			rows = append(rows, overlay.PageRow{}, overlay.PageRow{Name: safe.Line(group), Look: t.Title})
		}
		rows = append(rows, m.keyRow(r.Keys, safe.Line(r.Does)))
	}
	page := overlay.NewPage(t, safe.Const("keys"), rows, m.lay.W, m.lay.H-1)
	page.Finds(sync.OnceValue(func() (more []overlay.PageRow) {
		for _, p := range docs.Pages() {
			more = append(more, m.docRows(p)...)
		}
		return more
	}))
	page.InColumns()
	m.stack.Open(page)
}

func (m *Model) keyRow(keys string, does safe.Text) overlay.PageRow {
	return overlay.PageRow{Name: safe.Line("  " + keys), Look: m.theme.Key, At: 22, Text: does}
}

// keysHere are the keys with something to do where the focus is.
func (m *Model) keysHere() []overlay.PageRow {
	if c, ok := m.stack.Top().(*compareOverlay); ok {
		rows := []overlay.PageRow{{Name: safe.Const("Here, in the comparison"), Look: m.theme.Title}}
		for _, h := range keys.Hints(c.Pane.Keys()) {
			rows = append(rows, m.keyRow(h.Key, safe.Line(h.Desc)))
		}
		return rows
	}
	title := safe.Const("Here, in the list")
	if m.inDetail {
		title = safe.Const("Here, in the request")
	}
	rows := []overlay.PageRow{{Name: title, Look: m.theme.Title}}
	for _, a := range m.footerActions() {
		if names := a.keys.Keys(); len(names) > 0 {
			rows = append(rows, m.keyRow(keys.Names(names...), safe.Line(a.help)))
		}
	}
	return rows
}

func (m *Model) docRows(p docs.Page) []overlay.PageRow {
	t := m.theme
	var rows []overlay.PageRow
	for b := range docs.Blocks(p.Text) {
		text := safe.Line(b.Text)
		switch b.Kind {
		case docs.Heading:
			rows = append(rows, overlay.PageRow{Name: text, Look: t.Title})
		case docs.Code:
			rows = append(rows, overlay.PageRow{At: 4, Text: text})
		case docs.TableRow:
			rows = append(rows, overlay.PageRow{Name: safe.Line("  " + b.Name), Look: t.Key, At: 28, Text: text})
		case docs.Bullet:
			rows = append(rows, overlay.PageRow{Name: safe.Const("  " + "·"), Look: t.Dim, At: 4, Text: text})
		case docs.Blank:
			rows = append(rows, overlay.PageRow{})
		default:
			rows = append(rows, overlay.PageRow{At: 2, Text: text})
		}
	}
	return rows
}

func (m *Model) openPages() {
	var items []overlay.Item
	for i, p := range docs.Pages() {
		items = append(items, overlay.Item{
			Key: string("abcdefgimnoprstuvwxyz"[i]), Name: safe.Line(p.Name), Hint: safe.Line(p.Short),
			Do: func() tea.Cmd { m.openPage(safe.Line(p.Name), m.docRows(p)); return nil },
		})
	}
	m.stack.Open(overlay.NewMenu(m.theme, safe.Const("help pages"), items))
}
